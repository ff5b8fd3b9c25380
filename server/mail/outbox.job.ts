import type { Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import { calledInMails } from '../runs/reasons.js'
import { leftOutSentence, leftReason } from '../runs/labels.js'
import { hadSelection } from '../runs/run.js'
import { daysLeft } from '../connections/own-connection.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { AdminStore } from '../install/admin.store.js'
import type { TenantStore } from '../install/tenant.store.js'
import type { JobStore } from '../jobs/job.store.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ItemStore } from '../runs/item.store.js'
import type { RunStore } from '../runs/run.store.js'
import { expiryMail } from './expiry-mail.view.js'
import type { Mail, MailStore } from '../jobs/mail.store.js'
import { mailbox } from '../platform/mailbox.js'
import { publicationMail } from './publication-mail.view.js'
import { resultMail, SHOWN_FAILURES } from './result-mail.view.js'

export interface Outgoing {
  /** one address, quoted where it has to be; see mailbox() */
  to: string
  subject: string
  text: string
  /** the same for every attempt, so that a mailbox that got it twice shows it once */
  messageId: string
}

export type SendMail = (mail: Outgoing) => Promise<void>

const MINUTE = 60_000

/** 10 s, 20 s, 40 s … at most every 10 minutes, for three days. */
const retryAfter = (attempts: number) => Math.min(10_000 * 2 ** attempts, 10 * MINUTE)
const GIVE_UP_AFTER = 3 * 24 * 60 * MINUTE

interface OutboxStores {
  mails: MailStore
  jobs: JobStore
  runs: RunStore
  items: ItemStore
  connections: ConnectionStore
  admins: AdminStore
}

export interface OutboxDeps {
  inTenant: InTenant<OutboxStores>
  tenants: Pick<TenantStore, 'find'>
  clock: Clock
  log: Logger
  send: SendMail
  connectorOf(id: string): Connector
  appUrl: string
}

/**
 * Sends one mail of the outbox. The row stays locked while it is sent, so that two jobs never send it at once; a failed
 * attempt is noted and repeated later.
 */
export function createOutboxJob({ inTenant, tenants, clock, log, send, connectorOf, appUrl }: OutboxDeps) {
  type Letter = Omit<Outgoing, 'messageId'>

  /** The result of a run. */
  async function aboutRun({ runs, items }: OutboxStores, tenantId: string, runId: string): Promise<Letter> {
    const tenant = await tenants.find(tenantId)
    const run = await runs.find(runId)
    const connector = run && connectorOf(run.connector)
    const flow = connector?.flows.find(candidate => candidate.id === run?.flow)
    if (!run || !connector || !flow || !tenant) throw new Error('a mail without its run')
    const { items: failures } = await items.chosen(run.id, { limit: SHOWN_FAILURES, outcomes: ['failed'] })
    // Where people were not chosen, the result includes those who were left out.
    const left = hadSelection(flow, run) ? { items: [], total: 0 } : await items.left(run.id, SHOWN_FAILURES)
    const mail = (flow.kind === 'publication' ? publicationMail : resultMail)({
      connector,
      flow,
      run,
      company: tenant.name,
      failures: failures.map(item => ({ ...calledInMails(item, flow), reason: item.reason ?? '' })),
      left: left.items.map(item => ({ ...calledInMails(item, flow), reason: leftReason(item) })),
      leftTotal: left.total,
      leftOut: leftOutSentence(flow, run),
      remarks: await items.countRemarks(run.id),
      reportUrl: new URL(paths.report.to({ id: run.id }), appUrl).href,
    })
    return { to: run.adminEmail, ...mail }
  }

  /** The warning that an administrator's own connection is about to end; null when it is not true any more. */
  async function aboutOwnConnection({ connections, admins }: OutboxStores, mail: Mail): Promise<Letter | null> {
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

  return async ({ tenantId, mailId }: { tenantId: string; mailId: string }): Promise<void> => {
    await inTenant(tenantId, async stores => {
      const { mails, jobs } = stores
      const mail = await mails.lock(mailId)
      if (!mail || mail.sentAt) return
      const letter =
        mail.runId !== null ? await aboutRun(stores, tenantId, mail.runId) : await aboutOwnConnection(stores, mail)
      if (letter === null) {
        // The connection it warned of has been renewed or has ended.
        await mails.sent(mailId, clock.now())
        return
      }
      const to = mailbox(letter.to)
      if (to === null) {
        // No other try can go better: SmartHR has no address for this administrator that mail can go to.
        await mails.failed(mailId, 'not a mail address')
        log.error('mail without a usable address', { mailId })
        return
      }
      try {
        const messageId = `<${mail.id}@${new URL(appUrl).hostname}>`
        await send({ ...letter, to, messageId })
      } catch (error) {
        const now = clock.now()
        await mails.failed(mailId, error instanceof Error ? error.message : String(error))
        if (now.getTime() - mail.createdAt.getTime() > GIVE_UP_AFTER) {
          log.error('mail given up', { mailId, err: error })
          return
        }
        const runAt = new Date(Date.now() + retryAfter(mail.attempts))
        log.warn('mail not sent, will be repeated', { mailId, runAt, err: error })
        await jobs.enqueue('mail.result', mailId, runAt)
        return
      }
      await mails.sent(mailId, clock.now())
      log.info('mail sent', { mailId, kind: mail.kind })
    })
  }
}
