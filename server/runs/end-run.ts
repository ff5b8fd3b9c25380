import type { MailRecipientStore } from '../connections/mail-recipient.store.js'
import { connectorOf } from '../connectors/registry.js'
import type { JobStore } from '../jobs/job.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import type { ItemStore, Rest } from './item.store.js'
import { begunReasons } from './reasons.js'
import type { Run, RunState } from './run.js'
import type { RunStore } from './run.store.js'
import { toldOf } from './told.js'

/** The product that a run writes to. */
function targetOf({ connector, flow }: Run): string {
  const target = connectorOf(connector).flows.find(({ id }) => id === flow)?.to
  if (target === undefined) throw new Error(`no flow ${flow}`)
  return target
}

/** The stores that a run's end is written to. */
export interface EndStores {
  items: Pick<ItemStore, 'settleRest' | 'countOutcomes'>
  runs: Pick<RunStore, 'progressed' | 'end' | 'lock'>
  mails: Pick<MailStore, 'add'>
  mailRecipients: Pick<MailRecipientStore, 'find'>
  jobs: Pick<JobStore, 'enqueue'>
}

export interface RunEnd {
  now: Date
  /** why the whole run stops here, for every person without an outcome; absent when each has one */
  rest?: Rest
  aborted?: boolean
  expired?: boolean
  /** why it ended early, for the report */
  why?: string
}

/**
 * Ends an applying run in the caller's transaction. Every selected person has an outcome, and the state follows from
 * the counts. The result mail is in the outbox exactly when the run has ended.
 */
export async function endRun(stores: EndStores, run: Run, end: RunEnd): Promise<RunState | null> {
  const { items, runs } = stores
  const { id: runId } = run
  if (end.rest) {
    const begun = begunReasons(targetOf(run), end.rest.reason)
    await runs.progressed(runId, await items.settleRest(runId, { ...end.rest, begun }, end.now))
  }
  const { succeeded, failed, unconfirmed, pending } = await items.countOutcomes(runId)
  if (pending > 0) throw new Error('a run must not end while people are without an outcome')
  const early = end.aborted ? ('aborted' as const) : end.expired ? ('expired' as const) : null
  // What nobody could confirm may have gone through, or not.
  const all = unconfirmed > 0 ? null : failed === 0 ? 'succeeded' : succeeded === 0 ? 'failed' : null
  const state = early ?? all ?? 'partly_failed'
  const ended = await runs.end(
    runId,
    state,
    end.now,
    end.why ?? (end.rest?.outcome === 'failed' ? end.rest.reason : null),
  )
  if (!ended) return null
  await announce(stores, run, state, end.now)
  return state
}

/** The result mails of a run that has ended, in the same transaction: one for each who is to be told. */
export async function announce(
  { mails, mailRecipients, jobs }: Pick<EndStores, 'mails' | 'mailRecipients' | 'jobs'>,
  { id, connector, adminId }: Run,
  state: RunState,
  now: Date,
): Promise<void> {
  const told = toldOf(await mailRecipients.find(connector), { startedBy: adminId, allWell: state === 'succeeded' })
  for (const recipient of [...(told.starter ? [null] : []), ...told.others]) {
    const mailId = await mails.add(id, 'result', recipient, now)
    if (mailId) await jobs.enqueue(recipient === null ? 'mail.result' : 'mail.copy', mailId)
  }
}
