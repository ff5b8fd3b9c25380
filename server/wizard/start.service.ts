import type { Recorder } from '../audit/audit.store.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { FieldRulesStore } from '../connections/field-rules.store.js'
import type { FlowKeyStore } from '../connections/flow-key.store.js'
import { Conflict, NotFound } from '../errors.js'
import type { JobStore } from '../jobs/job.store.js'
import { nameOptions } from '../payslips/payroll-names.js'
import type { PayrollStore } from '../payslips/payroll.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { findRun, type FlowOf } from '../runs/flow-of.js'
import type { ItemStore, Result } from '../runs/item.store.js'
import type { StartStores, Who } from '../runs/may-start.js'
import type { PublicationStore } from '../runs/publication.store.js'
import type { RunFailures } from '../runs/run-failures.js'
import { settingsForNew, stillConnected } from '../runs/run-settings.js'
import type { Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { firedFor } from '../runs/guard.check.js'
import type { GuardStore } from '../runs/guard.store.js'
import { firedSentences } from '../runs/guard.words.js'
import type { OpenSides } from '../runs/sides.js'
import type { ChoiceStore } from './choice.store.js'
import type { Confirmation } from './confirm.form.js'
import { markOf } from './dialog.service.js'
import { countRefusal, WrongCount } from './guard.service.js'
import { goneSince, publish, type PublishStores } from './publish.js'
import { FEWER, refusalOf, REPEATED, whyNotStarted } from './refusals.js'
import type { SelectionStore } from './selection.store.js'

export interface StartingStores extends StartStores, PublishStores {
  audit: Recorder
  connections: ConnectionStore
  runs: RunStore
  items: ItemStore
  selection: SelectionStore
  choices: Pick<ChoiceStore, 'overtaken' | 'queue'>
  fieldRules: Pick<FieldRulesStore, 'find'>
  flowKeys: Pick<FlowKeyStore, 'find'>
  payrolls: Pick<PayrollStore, 'names'>
  publications: PublicationStore
  guard: GuardStore
  jobs: JobStore
}

export interface StartingDeps {
  inTenant: InTenant<StartingStores>
  clock: Clock
  flowOf: FlowOf
  openSides: OpenSides
  failures: Pick<RunFailures, 'asking'>
}

/** Who is gone since the plan of a publication; asked outside any transaction. */
async function goneFrom(deps: StartingDeps, run: Run): Promise<Result[]> {
  const { inTenant, clock, flowOf, openSides, failures } = deps
  const { flow } = flowOf(run.connector, run.flow, run)
  if (flow.kind !== 'publication' || run.state !== 'ready') return []
  const chosen = await inTenant(run.tenantId, ({ publications }) => publications.sources(run.id))
  return failures.asking(run, () => goneSince(openSides, run, flow, chosen, run.referenceDate ?? clock.today()))
}

type StartDeps = Pick<StartingDeps, 'clock' | 'flowOf'>

/** What a start may be besides. */
interface Order {
  /** people of a publication who are gone since its plan */
  gone?: readonly Result[]
  /** by a check, and not by anybody's hand */
  automatic?: boolean
}

/** Queues or publishes a run that nothing stands in the way of. False: another click was faster. */
async function begin(
  { clock, flowOf }: StartDeps,
  stores: StartingStores,
  run: Run,
  order: Order & { adminId: string; shown: Confirmation; total: number; forNew: Run['options'] },
): Promise<boolean> {
  const { adminId, shown, total, forNew, gone = [], automatic = false } = order
  const { connector, flow } = flowOf(run.connector, run.flow, run)
  const { revision } = shown
  const now = clock.now()
  if (flow.kind === 'publication')
    return publish(stores, { connector, flow }, run, { revision, adminId, total, gone, now })
  const options = { ...run.options, ...forNew, ...(shown.names && nameOptions(shown.names)) }
  if (!(await stores.choices.queue(run.id, { revision, selected: total, adminId, options, automatic, now })))
    return false
  await stores.jobs.enqueue('run.apply', run.id)
  return true
}

/** Who is selected of a run as it stands, and what they get; what its dialog shows. */
export async function selectedNow({ flowOf }: Pick<StartDeps, 'flowOf'>, stores: StartingStores, run: Run) {
  const { connector, flow } = flowOf(run.connector, run.flow, run)
  const { accountId } = await stillConnected(stores, run)
  const selected = await stores.selection[run.state === 'ready' ? 'confirmed' : 'choice'](run.id)
  const forNew = await settingsForNew(stores, { connector, flow, accountId }, selected.new)
  return { selected, forNew, mark: markOf(selected, forNew) }
}

/**
 * The one place where a run is started that somebody, or a check, has looked at before: queues it for exactly the people who
 * were shown, or publishes them, in the caller's transaction. Throws Conflict with what stands in the way instead; nothing
 * is changed then.
 */
export async function startShown(
  deps: StartDeps,
  stores: StartingStores,
  { who, runId, shown }: { who: Who; runId: string; shown: Confirmation },
  order: Order = {},
): Promise<void> {
  const { clock, flowOf } = deps
  const { gone = [], automatic = false } = order
  const run = await stores.runs.lock(runId)
  if (!run) throw new NotFound()
  const { connector, flow } = flowOf(run.connector, run.flow, run)
  const { selected, forNew, mark } = await selectedNow(deps, stores, run)
  const fired = run.state === 'ready' ? await firedFor(stores.guard, { run, flow }) : []
  if (run.state === 'ready') {
    const refusal = await refusalOf(stores, { who, connector, flow, run, shown, selected, mark, clock })
    if (refusal !== null) throw new Conflict(refusal)
    const wrong = countRefusal(flow, fired, shown.count, selected.total)
    if (wrong !== null) throw new WrongCount(wrong, fired)
  }
  if (!(await begin(deps, stores, run, { ...order, adminId: who.adminId, shown, total: selected.total, forNew })))
    throw new Conflict(whyNotStarted(await findRun(stores, runId), shown.revision, flow))
  await stores.audit.add({
    act: flow.kind === 'publication' ? 'run.published' : automatic ? 'run.automatic' : 'run.started',
    connector: run.connector,
    runId,
    details: {
      total: selected.total - gone.length,
      new: selected.new,
      confirmed: [...(shown.again ? [REPEATED] : []), ...(shown.fewer ? [FEWER] : []), ...firedSentences(flow, fired)],
    },
  })
}

/** 同期: the run is queued for exactly what the dialog showed, or published. */
export function createStarting(deps: StartingDeps) {
  const { inTenant } = deps
  return {
    /**
     * 同期: queues the run for exactly the people the page showed, or publishes them. People who are gone by now are not
     * published; returns how many. Throws Conflict with what happened instead.
     */
    start: async (who: Who, runId: string, shown: Confirmation): Promise<{ gone: number }> => {
      const before = await inTenant(who.tenantId, stores => findRun(stores, runId))
      const gone = before.revision === shown.revision ? await goneFrom(deps, before) : []
      await inTenant(who.tenantId, stores => startShown(deps, stores, { who, runId, shown }, { gone }))
      return { gone: gone.length }
    },
  }
}

export type Starting = ReturnType<typeof createStarting>
