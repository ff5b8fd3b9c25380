import type { Connector } from '../connectors/contract.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import type { Data } from '../stores.js'
import { resultMail, SHOWN_FAILURES } from './result-mail.view.js'

export interface Outgoing {
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

export interface ResultMailDeps {
  data: Data
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
export function createResultMailJob({ data, clock, log, send, connectorOf, appUrl }: ResultMailDeps) {
  return async ({ tenantId, mailId }: { tenantId: string; mailId: string }): Promise<void> => {
    const tenant = await data.tenants.find(tenantId)
    await data.inTenant(tenantId, async ({ mails, runs, items, jobs }) => {
      const mail = await mails.lock(tenantId, mailId)
      if (!mail || mail.sentAt) return
      const run = await runs.find(tenantId, mail.runId)
      const connector = run && connectorOf(run.connector)
      const flow = connector?.flows.find(candidate => candidate.id === run?.flow)
      if (!run || !connector || !flow || !tenant) throw new Error('a mail without its run')
      const { items: failures } = await items.chosen(tenantId, run.id, { limit: SHOWN_FAILURES, outcomes: ['failed'] })
      const { subject, text } = resultMail({
        connector,
        flow,
        run,
        company: tenant.name,
        failures: failures.map(item => ({ key: item.key, reason: item.reason ?? '' })),
        reportUrl: new URL(paths.report.to({ id: run.id }), appUrl).href,
      })
      try {
        const messageId = `<${mail.id}@${new URL(appUrl).hostname}>`
        await send({ to: run.adminEmail, subject, text, messageId })
      } catch (error) {
        const now = clock.now()
        await mails.failed(tenantId, mailId, error instanceof Error ? error.message : String(error))
        if (now.getTime() - mail.createdAt.getTime() > GIVE_UP_AFTER) {
          log.error('result mail given up', { runId: run.id, err: error })
          return
        }
        const runAt = new Date(Date.now() + retryAfter(mail.attempts))
        log.warn('result mail not sent, will be repeated', { runId: run.id, runAt, err: error })
        await jobs.enqueue('mail.result', { tenantId, mailId }, `mail:${mailId}`, runAt)
        return
      }
      await mails.sent(tenantId, mailId, clock.now())
      log.info('result mail sent', { runId: run.id })
    })
  }
}
