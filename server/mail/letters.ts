import type { About } from '../contract/about.js'
import type { Connector, Flow } from '../contract/contract.js'
import { connectorBy } from '../contract/flow-keys.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import { daysLeft } from '../connections/own-connection.js'
import type { AdminStore } from '../install/admin.store.js'
import type { TenantStore } from '../install/tenant.store.js'
import { isAboutApproval, type Mail } from '../jobs/mail.store.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { ItemStore } from '../runs/item.store.js'
import { leftOutSentence, leftReason } from '../runs/labels.js'
import { calledInMails } from '../runs/reasons.js'
import { hadSelection, isHeldBack, type Outcome, type Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { approvalNeeded } from '../runs/approval.js'
import { firedFor } from '../runs/guard.check.js'
import type { GuardStore } from '../runs/guard.store.js'
import { firedSentences } from '../runs/guard.words.js'
import { createApprovalLetter, type ApprovalLetterStores } from './approval-letter.js'
import { expiryMail } from './expiry-mail.view.js'
import { heldBackMail } from './held-back-mail.view.js'
import type { Written } from './letter.js'
import { publicationMail } from './publication-mail.view.js'
import { resultMail, SHOWN_FAILURES } from './result-mail.view.js'

/** What a mail says, and to whom. */
export interface Letter extends Written {
  to: string
}

/** The stores that letters are written from. */
export interface LetterStores extends ApprovalLetterStores {
  runs: RunStore
  items: ItemStore
  connections: ConnectionStore
  admins: AdminStore
  guard: Pick<GuardStore, 'counts' | 'base' | 'saved'>
}

export interface LetterDeps {
  tenants: Pick<TenantStore, 'find'>
  clock: Clock
  connectorOf(id: string): Connector
  appUrl: string
  about: About
}

/** Writes a mail's letter from what is stored when it is sent; null when there is nothing to tell any more. */
export function createLetters({ tenants, clock, connectorOf, appUrl, about }: LetterDeps) {
  async function runOf(runs: RunStore, runId: string): Promise<{ run: Run; connector: Connector; flow: Flow }> {
    const run = await runs.find(runId)
    const connector = run && connectorBy(connectorOf(run.connector), run.keyed)
    const flow = connector?.flows.find(candidate => candidate.id === run?.flow)
    if (!run || !connector || !flow) throw new Error('a mail without its run')
    return { run, connector, flow }
  }

  /** A run by one click waits for an administrator; null when it does so no longer. */
  async function aboutWaiting(stores: LetterStores, runId: string): Promise<Letter | null> {
    const { runs, guard, items } = stores
    const { run, flow } = await runOf(runs, runId)
    if (!isHeldBack(run)) return null
    const fired = await firedFor(guard, { run, flow })
    const { total } = await items.selected(run.id)
    const asks = await approvalNeeded(stores, run, { fired, total, now: clock.now() })
    const sentences = firedSentences(flow, fired)
    const url = new URL(paths.step.to({ id: run.id, step: 'confirm' }), appUrl).href
    return { to: run.adminEmail, ...heldBackMail({ flow, run, asks, sentences, url }) }
  }

  /** The result of a run; null when its recipient is no administrator any more. */
  async function aboutRun(
    { runs, items, admins }: LetterStores,
    tenantId: string,
    { runId, recipient }: { runId: string; recipient: string | null },
  ): Promise<Letter | null> {
    const tenant = await tenants.find(tenantId)
    const { run, connector, flow } = await runOf(runs, runId)
    if (!tenant) throw new Error('a mail without its company')
    if (!(await admins.isAdministrator(recipient ?? run.adminId))) return null
    const to = recipient === null ? run.adminEmail : (await admins.find(recipient))?.email
    if (to === undefined) return null
    const lines = async (outcome: Outcome) =>
      (await items.chosen(run.id, { limit: SHOWN_FAILURES, outcomes: [outcome] })).items.map(item => ({
        ...calledInMails(item, flow),
        reason: item.reason ?? '',
      }))
    // Where people were not chosen, the result includes those who were left out.
    const left = hadSelection(flow, run) ? { items: [], total: 0 } : await items.left(run.id, SHOWN_FAILURES)
    const mail = (flow.kind === 'publication' ? publicationMail : resultMail)({
      connector,
      flow,
      run,
      about,
      company: tenant.name,
      failures: await lines('failed'),
      unconfirmed: await lines('unconfirmed'),
      left: left.items.map(item => ({ ...calledInMails(item, flow), reason: leftReason(item) })),
      leftTotal: left.total,
      leftOut: leftOutSentence(flow, run),
      remarks: await items.countRemarks(run.id),
      reportUrl: new URL(paths.report.to({ id: run.id }), appUrl).href,
    })
    return { to, ...mail }
  }

  /** The warning that an administrator's own connection is about to end; null when it is not true any more. */
  async function aboutOwnConnection({ connections, admins }: LetterStores, mail: Mail): Promise<Letter | null> {
    const connection = mail.connectionId === null ? null : await connections.find(mail.connectionId)
    const connector = connection && connectorOf(connection.connector)
    const owner = connection?.owner ? await admins.find(connection.owner) : null
    if (!connection?.validUntil || !connector?.auth.perAdmin || !owner || connection.state === 'ended') return null
    const left = daysLeft(connection.validUntil, clock.now())
    if (left === 0 || left > connector.auth.perAdmin.warnDays) return null
    const url = new URL(paths.connection.to({ connector: connector.id }), appUrl).href
    return {
      to: owner.email,
      ...expiryMail({ connector, auth: connector.auth.perAdmin, left, until: connection.validUntil, url }),
    }
  }

  const aboutApproval = createApprovalLetter({ clock, connectorOf, appUrl })

  return (stores: LetterStores, tenantId: string, mail: Mail): Promise<Letter | null> =>
    isAboutApproval(mail)
      ? aboutApproval(stores, mail)
      : mail.runId === null
        ? aboutOwnConnection(stores, mail)
        : mail.kind === 'held-back'
          ? aboutWaiting(stores, mail.runId)
          : aboutRun(stores, tenantId, { runId: mail.runId, recipient: mail.recipient })
}
