import type { ConnectionStore } from '../connections/connection.store.js'
import { Conflict, NotFound } from '../errors.js'
import type { JobStore } from '../jobs/job.store.js'
import { digestOf, nameOptions, namesOf, presetNames, type PayrollNames } from '../payslips/payslips.js'
import type { PayrollStore } from '../payslips/payroll.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { findRun, type FlowOf } from '../runs/flow-of.js'
import { PAGE_ROWS, type ItemPage } from '../runs/item.rows.js'
import type { ItemStore, Result } from '../runs/item.store.js'
import type { StartStores, Who } from '../runs/may-start.js'
import type { PublicationStore } from '../runs/publication.store.js'
import type { RunFailures } from '../runs/run-failures.js'
import { settingsForNew, stillConnected } from '../runs/run-settings.js'
import type { Run, GroupFacts } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import type { OpenSides } from '../runs/sides.js'
import type { ChoiceStore } from './choice.store.js'
import { goneSince, publish, replacedBy, type PublishStores } from './publish.js'
import { refusalOf, whyNotStarted } from './refusals.js'
import type { SelectionStore } from './selection.store.js'

/** What the dialog shows. */
export interface Shown {
  page: ItemPage
  selected: { total: number; new: number; changed: number }
  /** what everybody new gets by the connector's settings */
  forNew: Run['options']
  /** changes with whatever is shown of whom and what: what was confirmed must be what is written */
  mark: string
  /** how many of them an earlier run has imported */
  repeated: number
  /** for payslips: items of the selected that SmartHR may not know */
  newItems: readonly string[]
  /** for payslips: what their payroll is to be called */
  names: PayrollNames | null
}

/** What the dialog showed, and what was typed there. */
export interface Confirmation {
  revision: number
  mark: string
  names: PayrollNames | null
  /** ticked: records that were imported before are imported again */
  again: boolean
  /** ticked: a side lists far fewer people than before, and that is right */
  fewer: boolean
}

export interface StartingStores extends StartStores, PublishStores {
  connections: ConnectionStore
  runs: RunStore
  items: ItemStore
  selection: SelectionStore
  choices: Pick<ChoiceStore, 'overtaken' | 'queue'>
  payrolls: Pick<PayrollStore, 'names'>
  publications: PublicationStore
  jobs: JobStore
}

/** What everybody new gets beside the chosen ones, and the mark of all that the dialog shows. */
async function markOf({ selection }: Pick<StartingStores, 'selection'>, run: Run, forNew: Run['options']) {
  const settings = Object.keys(forNew).length > 0 ? digestOf(JSON.stringify(forNew)) : ''
  return `${await selection.mark(run.id)}${settings}`
}

/** The dialog, and 同期: the run is queued for exactly what the dialog showed, or published. */
export function createStarting({
  inTenant,
  clock,
  flowOf,
  openSides,
  failures,
}: {
  inTenant: InTenant<StartingStores>
  clock: Clock
  flowOf: FlowOf
  openSides: OpenSides
  failures: Pick<RunFailures, 'asking'>
}) {
  /** A repeat goes on with the payroll of the run before; everything else is another one. */
  const proposedNames = async ({ runs, payrolls }: StartingStores, run: Run, group: GroupFacts | undefined) => {
    const { flow } = flowOf(run.connector, run.flow)
    if (flow.kind !== 'import' || !group) return null
    const before = run.retryOf !== null && run.groupId !== null ? await runs.find(run.retryOf) : null
    return (before && namesOf(before)) ?? presetNames(group, flow.payslips, await payrolls.names())
  }

  const selectedNewItems = async ({ items }: StartingStores, { id, newItems }: Run): Promise<string[]> => {
    if (newItems.length === 0) return []
    const sent = new Set(await items.changedFields(id))
    return newItems.flatMap(({ name }) => (sent.has(name) ? [name] : []))
  }

  /** Who is gone since the plan of a publication; asked outside any transaction. */
  const goneFrom = async (run: Run): Promise<Result[]> => {
    const { flow } = flowOf(run.connector, run.flow)
    if (flow.kind !== 'publication' || run.state !== 'ready') return []
    const chosen = await inTenant(run.tenantId, ({ publications }) => publications.sources(run.id))
    return failures.asking(run, () => goneSince(openSides, run, flow, chosen, run.referenceDate ?? clock.today()))
  }

  /** Queues or publishes a run that nothing stands in the way of. False: somebody was faster. */
  const begin = async (
    stores: StartingStores,
    run: Run,
    order: { adminId: string; shown: Confirmation; total: number; forNew: Run['options']; gone: readonly Result[] },
  ): Promise<boolean> => {
    const { adminId, shown, total, forNew, gone } = order
    const { connector, flow } = flowOf(run.connector, run.flow)
    const { revision } = shown
    const now = clock.now()
    if (flow.kind === 'publication')
      return publish(stores, { connector, flow }, run, { revision, adminId, total, gone, now })
    const options = { ...run.options, ...forNew, ...(shown.names && nameOptions(shown.names)) }
    if (!(await stores.choices.queue(run.id, { revision, selected: total, adminId, options, now }))) return false
    await stores.jobs.enqueue('run.apply', run.id)
    return true
  }

  return {
    shown: (run: Run, place: { after?: string; before?: string }): Promise<Shown> =>
      inTenant(run.tenantId, async stores => {
        const { items, selection } = stores
        const { accountId } = await stillConnected(stores, run)
        const selected = await items.selected(run.id)
        const account = { ...flowOf(run.connector, run.flow), accountId }
        const forNew = await settingsForNew(stores, account, selected.new)
        const page = await items.chosen(run.id, { ...place, limit: PAGE_ROWS })
        return {
          page,
          selected,
          forNew,
          mark: await markOf(stores, run, forNew),
          repeated: await selection.countRepeated(run.id),
          newItems: await selectedNewItems(stores, run),
          names: await proposedNames(stores, run, page.items[0]?.content.group),
        }
      }),

    /**
     * 同期: queues the run for exactly the people the page showed; or publishes them, but for those who are gone by now,
     * and says how many they are. Throws Conflict with what happened instead.
     */
    start: async (who: Who, runId: string, shown: Confirmation): Promise<{ gone: number }> => {
      const before = await inTenant(who.tenantId, stores => findRun(stores, runId))
      const gone = before.revision === shown.revision ? await goneFrom(before) : []
      await inTenant(who.tenantId, async stores => {
        const run = await stores.runs.lock(runId)
        if (!run) throw new NotFound()
        const { connector, flow } = flowOf(run.connector, run.flow)
        const { accountId } = await stillConnected(stores, run)
        const selected = await stores.items.selected(runId)
        const forNew = await settingsForNew(stores, { connector, flow, accountId }, selected.new)
        const mark = await markOf(stores, run, forNew)
        if (run.state === 'ready') {
          const refusal = await refusalOf(stores, { who, connector, flow, run, shown, selected, mark, clock })
          if (refusal !== null) throw new Conflict(refusal)
        }
        const order = { adminId: who.adminId, shown, total: selected.total, forNew, gone }
        if (await begin(stores, run, order)) return
        throw new Conflict(whyNotStarted(await findRun(stores, runId), shown.revision, flow))
      })
      return { gone: gone.length }
    },

    /** The snapshot that a publication would take the place of. */
    replaced: (run: Run): Promise<Run | null> => {
      const { flow } = flowOf(run.connector, run.flow)
      return flow.kind === 'publication'
        ? inTenant(run.tenantId, stores => replacedBy(stores, run, flow))
        : Promise.resolve(null)
    },
  }
}

export type Starting = ReturnType<typeof createStarting>
