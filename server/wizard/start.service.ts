import type { Recorder } from '../audit/audit.store.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { FieldRulesStore } from '../connections/field-rules.store.js'
import type { FlowKeyStore } from '../connections/flow-key.store.js'
import { Conflict, NotFound } from '../errors.js'
import type { Connector, Flow } from '../contract/contract.js'
import type { JobStore } from '../jobs/job.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import { nameOptions } from '../payslips/payroll-names.js'
import type { PayrollStore } from '../payslips/payroll.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { findRun, type FlowOf } from '../runs/flow-of.js'
import type { ItemStore, Result } from '../runs/item.store.js'
import { clearanceFor, type Approval, type Clearance } from '../runs/approval.js'
import { APPROVAL_ASKED } from '../runs/approval.words.js'
import type { StartStores, Who } from '../runs/may-start.js'
import type { PublicationStore } from '../runs/publication.store.js'
import type { RunFailures } from '../runs/run-failures.js'
import { settingsForNew, stillConnected } from '../runs/run-settings.js'
import type { Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { firedFor } from '../runs/guard.check.js'
import type { Fired } from '../runs/guard.js'
import type { GuardStore } from '../runs/guard.store.js'
import { firedSentences } from '../runs/guard.words.js'
import type { OpenSides } from '../runs/sides.js'
import { askOthers, type AskingStores } from './asking.js'
import type { ChoiceStore } from './choice.store.js'
import type { Confirmation } from './confirm.form.js'
import { markOf } from './dialog.service.js'
import { countRefusal, WrongCount } from './guard.service.js'
import { goneSince, publish, type PublishStores } from './publish.js'
import { FEWER, outdated, refusalOf, REPEATED, staleness, whyNotStarted } from './refusals.js'
import type { Selection, SelectionStore } from './selection.store.js'

export interface StartingStores extends StartStores, PublishStores, Omit<AskingStores, 'mails'> {
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
  mails: Pick<MailStore, 'add' | 'addApproval'>
  jobs: JobStore
}

export interface StartingDeps {
  inTenant: InTenant<StartingStores>
  clock: Clock
  flowOf: FlowOf
  openSides: OpenSides
  failures: Pick<RunFailures, 'asking'>
}

type StartDeps = Pick<StartingDeps, 'clock' | 'flowOf'>

/** Who is gone since the plan of a publication; asked outside any transaction. */
async function goneFrom(deps: StartingDeps, run: Run): Promise<Result[]> {
  const { inTenant, clock, flowOf, openSides, failures } = deps
  const { flow } = flowOf(run.connector, run.flow, run)
  if (flow.kind !== 'publication' || run.state !== 'ready') return []
  const chosen = await inTenant(run.tenantId, ({ publications }) => publications.sources(run.id))
  return failures.asking(run, () => goneSince(openSides, run, flow, chosen, run.referenceDate ?? clock.today()))
}

/** What stands at a locked run, as its dialog shows it. */
interface Standing {
  connector: Connector
  flow: Flow
  run: Run
  selected: Selection
  forNew: Run['options']
  mark: string
}

/** … that is what was shown, and in whose way nothing stands. */
interface Ready extends Standing {
  fired: readonly Fired[]
}

/** What stands at a run: who is selected, what they get, what its dialog shows. */
export async function standing(
  { flowOf }: Pick<StartDeps, 'flowOf'>,
  stores: StartingStores,
  run: Run,
): Promise<Standing> {
  const { connector, flow } = flowOf(run.connector, run.flow, run)
  const { accountId } = await stillConnected(stores, run)
  const selected = await stores.selection[run.state === 'ready' ? 'confirmed' : 'choice'](run.id)
  const forNew = await settingsForNew(stores, { connector, flow, accountId }, selected.new)
  return { connector, flow, run, selected, forNew, mark: markOf(selected, forNew) }
}

/**
 * Looks at a locked run for exactly what was shown. Throws Conflict with what happened instead. `who`: in whose name it
 * is to begin.
 */
async function readyFor(
  { clock }: Pick<StartDeps, 'clock'>,
  stores: StartingStores,
  { who, shown, ...at }: Standing & { who: Who; shown: Confirmation },
): Promise<Ready> {
  const { flow, run, selected } = at
  if (run.state !== 'ready') throw new Conflict(whyNotStarted(run, shown.revision, flow))
  const fired = await firedFor(stores.guard, { run, flow })
  const refusal = await refusalOf(stores, { ...at, who, shown, clock })
  if (refusal !== null) throw new Conflict(refusal)
  const wrong = countRefusal(flow, fired, shown.count, selected.total)
  if (wrong !== null) throw new WrongCount(wrong, fired)
  return { ...at, fired }
}

interface Start {
  who: Who
  shown: Confirmation
  gone: readonly Result[]
  clearance: Clearance
  now: Date
  /** by a check, and not by anybody's hand */
  automatic?: boolean
  /** how the act is called, and what is told of it besides */
  act?: 'run.approved'
  requester?: string
}

/** Queues or publishes the run. Throws Conflict where another click was faster. */
async function begin(
  stores: StartingStores,
  { connector, flow, run, selected, forNew, fired }: Ready,
  { who: { adminId }, shown, gone, clearance, now, automatic = false, ...told }: Start,
): Promise<void> {
  const { revision } = shown
  const { total } = selected
  const isBegun = async () => {
    if (flow.kind === 'publication')
      return publish(stores, { connector, flow }, run, { revision, adminId, total, gone, clearance, now })
    const options = { ...run.options, ...forNew, ...(shown.names && nameOptions(shown.names)) }
    const order = { revision, selected: total, adminId, options, automatic, clearance, now }
    if (!(await stores.choices.queue(run.id, order))) return false
    await stores.jobs.enqueue('run.apply', run.id)
    return true
  }
  if (!(await isBegun())) throw new Conflict(whyNotStarted(await findRun(stores, run.id), revision, flow))
  await stores.audit.add({
    act: told.act ?? (flow.kind === 'publication' ? 'run.published' : automatic ? 'run.automatic' : 'run.started'),
    connector: run.connector,
    runId: run.id,
    details: {
      ...(told.requester !== undefined && { requester: told.requester }),
      total: total - gone.length,
      new: selected.new,
      confirmed: [...(shown.again ? [REPEATED] : []), ...(shown.fewer ? [FEWER] : []), ...firedSentences(flow, fired)],
    },
  })
}

/** The rule of 承認 was changed while the dialog stood open: its button would do something else. */
export const RULE_CHANGED = '承認の設定が変更されました。内容を確認して、もう一度ボタンを押してください。'

/** What the dialog of an approved request showed, and was sent with. */
const shownIn = ({ revision, mark, confirmation }: Approval): Confirmation => ({
  revision,
  mark,
  ...confirmation,
  asks: true,
})

/** Why nobody can begin what was asked for, as the request's page says it. */
export interface WhyNot {
  /** why what was asked for can't be begun as it is */
  stale: string | null
  /** why nobody can begin the plan any more, so that it must be read anew */
  outdated: string | null
}

async function locked({ runs }: Pick<StartingStores, 'runs'>, runId: string): Promise<Run> {
  const run = await runs.lock(runId)
  if (!run) throw new NotFound()
  return run
}

/**
 * The one place where a run is started that somebody, or a check, has looked at before: queues it for exactly the people who
 * were shown, or publishes them, in the caller's transaction. Where the rule of 承認 says so, the others are asked instead,
 * and nothing begins (`asked`); a check can't ask. Throws Conflict with what stands in the way; nothing is changed then.
 * `gone`: people of a publication who are gone since its plan.
 */
export async function startShown(
  deps: StartDeps,
  stores: StartingStores,
  { who, runId, shown }: { who: Who; runId: string; shown: Confirmation },
  { gone = [], automatic = false }: { gone?: readonly Result[]; automatic?: boolean } = {},
): Promise<{ asked: boolean }> {
  const run = await locked(stores, runId)
  const ready = await readyFor(deps, stores, { ...(await standing(deps, stores, run)), who, shown })
  const now = deps.clock.now()
  const { fired, selected } = ready
  const clearance = await clearanceFor(stores, run, { fired, total: selected.total, now })
  if (!clearance && automatic) throw new Conflict(APPROVAL_ASKED)
  if ((clearance === null) !== shown.asks) throw new Conflict(RULE_CHANGED)
  if (clearance) await begin(stores, ready, { who, shown, gone, clearance, now, automatic })
  else await askOthers(stores, { run, who, shown, total: selected.total, new: selected.new, now })
  return { asked: clearance === null }
}

/** 同期: the run is queued for exactly what the dialog showed, or published; or another administrator is asked. */
export function createStarting(deps: StartingDeps) {
  const { inTenant, clock } = deps
  return {
    /**
     * 同期, or ［承認を依頼］: see `startShown`. People who are gone by now are not published; returns how many. Throws
     * Conflict with what happened instead.
     */
    start: async (who: Who, runId: string, shown: Confirmation): Promise<{ gone: number; asked: boolean }> => {
      const before = await inTenant(who.tenantId, stores => findRun(stores, runId))
      const gone = before.revision === shown.revision && !shown.asks ? await goneFrom(deps, before) : []
      const { asked } = await inTenant(who.tenantId, stores =>
        startShown(deps, stores, { who, runId, shown }, { gone }),
      )
      return { gone: gone.length, asked }
    },

    /** Looks at a request as ［承認して同期］ would, and changes nothing. */
    whyNot: (run: Run, approval: Approval): Promise<WhyNot> =>
      inTenant(run.tenantId, async stores => {
        if (run.state !== 'ready') return { stale: null, outdated: null }
        const who = { tenantId: run.tenantId, adminId: approval.requestedBy }
        const facts = { ...(await standing(deps, stores, run)), who, shown: shownIn(approval), clock }
        return { stale: await staleness(stores, facts), outdated: await outdated(stores, facts) }
      }),

    /**
     * Another administrator agrees: the request is marked, and the run begins in the name of whoever asked, or neither.
     * `decide` looks at the locked request and throws where it can't be agreed to. `stale`: why what was asked for can't
     * be begun any more, whoever agrees; the request is void.
     */
    startApproved: async (
      who: Who,
      runId: string,
      decide: (approval: Approval | null, stores: StartingStores) => Promise<Approval>,
    ): Promise<{ gone: number } | { stale: string }> => {
      const before = await inTenant(who.tenantId, stores => findRun(stores, runId))
      const gone = await goneFrom(deps, before)
      return inTenant(who.tenantId, async stores => {
        const run = await locked(stores, runId)
        const approval = await decide(await stores.approvals.lockLatest(runId), stores)
        const now = clock.now()
        const asker = { tenantId: who.tenantId, adminId: approval.requestedBy }
        const shown = shownIn(approval)
        const at = await standing(deps, stores, run)
        const stale = run.state === 'ready' ? await staleness(stores, { ...at, who: asker, shown, clock }) : null
        if (stale !== null) {
          await stores.approvals.decide(approval.id, 'void', { adminId: null, now })
          return { stale }
        }
        const ready = await readyFor(deps, stores, { ...at, who: asker, shown })
        await stores.approvals.decide(approval.id, 'approved', { adminId: who.adminId, now })
        const { fired, selected } = ready
        const clearance = await clearanceFor(stores, run, { fired, total: selected.total, now })
        if (!clearance) throw new Error('an approved run is not cleared')
        const told = { act: 'run.approved', requester: approval.requestedByName } as const
        await begin(stores, ready, { who: asker, shown, gone, clearance, now, ...told })
        return { gone: gone.length }
      })
    },
  }
}

export type Starting = ReturnType<typeof createStarting>
