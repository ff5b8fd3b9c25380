import type { Recorder } from '../audit/audit.store.js'
import { createOptionsOf, type Area, type Choice, type CreateOption } from '../contract/contract.js'
import { askedOptions } from '../contract/value-tables.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { FlowOf } from '../runs/flow-of.js'
import type { RunFailures } from '../runs/run-failures.js'
import { settingsNow, stillConnected } from '../runs/run-settings.js'
import type { Run } from '../runs/run.js'
import type { OpenAreas, OpenSides } from '../runs/sides.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { SettingsStore } from '../connections/settings.store.js'
import type { ChoiceStore } from './choice.store.js'

/** A choice for new people, with the entries of the target's list as they are now. */
export interface OpenOption extends CreateOption {
  choices: readonly Choice[]
}

interface ChoicesStores {
  audit: Recorder
  choices: Pick<ChoiceStore, 'lastArea' | 'options'>
  connections: Pick<ConnectionStore, 'find'>
  settings: Pick<SettingsStore, 'find'>
}

/** What an administrator chooses from lists of the service, which is asked while the page is drawn. */
export function createChoices({
  inTenant,
  flowOf,
  openSides,
  openAreas,
  failures,
}: {
  inTenant: InTenant<ChoicesStores>
  flowOf: FlowOf
  openSides: OpenSides
  openAreas: OpenAreas
  failures: Pick<RunFailures, 'asking'>
}) {
  return {
    /** The areas to choose from, as they are now, and the one chosen last. Throws like any call there. */
    openAreas: (run: Run): Promise<{ areas: readonly Area[]; last: string | null }> =>
      failures.asking(run, async () => ({
        areas: await openAreas(run),
        last: await inTenant(run.tenantId, ({ choices }) => choices.lastArea(run.connectionId)),
      })),

    /** What has to be chosen for new people, with the target's lists as they are now. Throws like any call there. */
    openOptions: (run: Run): Promise<OpenOption[]> =>
      failures.asking(run, async () => {
        const { flow } = flowOf(run.connector, run.flow, run)
        const { target, close } = await openSides(run)
        try {
          const options: OpenOption[] = []
          for (const option of askedOptions(flow, run.tabled)) {
            options.push({ ...option, choices: (await target.choices?.(option.list)) ?? [] })
          }
          return options
        } finally {
          await close()
        }
      }),

    /** Keeps what was chosen for new people; false when the plan has changed since the page was drawn. */
    chooseOptions: (run: Run, revision: number, chosen: Readonly<Record<string, Choice>>) =>
      inTenant(run.tenantId, async ({ choices, audit }) => {
        if (!(await choices.options(run.id, revision, chosen))) return false
        const labels = new Map(
          createOptionsOf(flowOf(run.connector, run.flow, run).flow).map(({ name, label }) => [name, label]),
        )
        const changes = Object.entries(chosen).map(([name, { label }]) => ({
          label: labels.get(name) ?? name,
          before: run.options[name]?.label ?? '',
          after: label,
        }))
        await audit.add({ act: 'run.options', connector: run.connector, runId: run.id, details: { changes } })
        return true
      }),

    /** The settings a flow would use now, to tell whether they changed since the run's fetch. */
    settingsNow: (run: Run) =>
      inTenant(run.tenantId, async stores => {
        const { accountId } = await stillConnected(stores, run)
        return settingsNow(stores, { ...flowOf(run.connector, run.flow, run), accountId })
      }),
  }
}

export type Choices = ReturnType<typeof createChoices>
