import type { About } from '../contract/about.js'
import type { Connector } from '../contract/contract.js'
import type { TenantStore } from '../install/tenant.store.js'
import type { JobStore } from '../jobs/job.store.js'
import { isAboutApproval, SENDING_S, type Mail, type MailStore } from '../jobs/mail.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Logger } from '../platform/logger.js'
import { mailbox } from '../platform/mailbox.js'
import { createLetters, type Letter, type LetterStores } from './letters.js'

/** `to`: one address, quoted where it has to be; see mailbox() */
export interface Outgoing extends Letter {
  /** the same for every attempt, so that a mailbox that got it twice shows it once */
  messageId: string
}

/** Throws Unanswered when nobody knows whether the mail has gone out. */
export type SendMail = (mail: Outgoing) => Promise<void>

/** The mail server had the whole mail and did not say what it did with it. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

const MINUTE_S = 60

/** 10 s, 20 s, 40 s … at most every 10 minutes, for three days. */
const retryAfter = (attempts: number) => Math.min(10 * 2 ** attempts, 10 * MINUTE_S)
const GIVE_UP_AFTER = 3 * 24 * 60 * MINUTE_S * 1000

/** A mail that nobody knows about is sent a second time, never a third. */
export const UNANSWERED_AT_MOST = 2

/** The job of a mail; see migrations/036_mail_recipients.ts and migrations/048_schedules.ts. */
const jobOf = ({ recipient, scheduleId, kind }: Pick<Mail, 'recipient' | 'scheduleId' | 'kind'>) =>
  isAboutApproval({ kind })
    ? 'mail.approval'
    : scheduleId !== null
      ? 'mail.check'
      : recipient === null
        ? 'mail.result'
        : 'mail.copy'

const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000)

export interface OutboxStores extends LetterStores {
  mails: MailStore
  jobs: JobStore
}

/** Writes what is said of checks, from what is stored when it is sent; null when there is nothing to tell any more. */
export type CheckLetter<Stores> = (stores: Stores, mail: Mail, scheduleId: string) => Promise<Letter | null>

export interface OutboxDeps<Stores extends OutboxStores = OutboxStores> {
  inTenant: InTenant<Stores>
  tenants: Pick<TenantStore, 'find'>
  clock: Clock
  log: Logger
  send: SendMail
  connectorOf(id: string): Connector
  checkLetter: CheckLetter<Stores>
  appUrl: string
  about: About
}

/**
 * Sends one mail of the outbox. It is marked before the mail server hears of it, so that two jobs never send it at once
 * and only a process that dies in between, or a mail server that does not answer, lets it be sent twice. A failed attempt
 * is noted and repeated later.
 */
export function createOutboxJob<Stores extends OutboxStores>(deps: OutboxDeps<Stores>) {
  const { inTenant, clock, log, send, appUrl, checkLetter } = deps
  const letterOf = createLetters(deps)

  /** The letter of a mail that is the caller's to send; null when there is nothing to send. */
  async function take(stores: Stores, tenantId: string, mailId: string) {
    const { mails, jobs } = stores
    const mail = await mails.claim(mailId)
    if (!mail) {
      // Sent, or in another's hands: should that one have died, it is sent a second time.
      const other = await mails.underWay(mailId)
      if (other) await jobs.enqueue(jobOf(other), mailId, inSeconds(SENDING_S))
      return null
    }
    if (mail.unanswered >= UNANSWERED_AT_MOST) {
      await repeat(stores, mail, new Error('a worker died while it sent the mail'))
      return null
    }
    const letter = await (mail.scheduleId === null
      ? letterOf(stores, tenantId, mail)
      : checkLetter(stores, mail, mail.scheduleId))
    if (letter === null) {
      // The connection it warned of has been renewed or has ended, or its recipient is no administrator any more.
      await mails.sent(mailId, clock.now())
      return null
    }
    const to = mailbox(letter.to)
    if (to === null) {
      // No other try can go better: SmartHR has no address for this administrator that mail can go to.
      await mails.failed(mailId, 'not a mail address')
      log.error('mail without a usable address', { mailId })
      return null
    }
    return { mail, outgoing: { ...letter, to, messageId: `<${mail.id}@${new URL(appUrl).hostname}>` } }
  }

  async function repeat({ mails, jobs }: OutboxStores, mail: Mail, error: unknown): Promise<void> {
    const now = clock.now()
    const unanswered = mail.unanswered + (error instanceof Unanswered ? 1 : 0)
    await mails.failed(mail.id, error instanceof Error ? error.message : String(error), unanswered)
    if (unanswered >= UNANSWERED_AT_MOST) {
      log.error('mail given up, it may have arrived or not', { mailId: mail.id, err: error })
      return
    }
    if (now.getTime() - mail.createdAt.getTime() > GIVE_UP_AFTER) {
      log.error('mail given up', { mailId: mail.id, err: error })
      return
    }
    const runAt = inSeconds(retryAfter(mail.attempts))
    log.warn('mail not sent, will be repeated', { mailId: mail.id, runAt, err: error })
    await jobs.enqueue(jobOf(mail), mail.id, runAt)
  }

  return async ({ tenantId, mailId }: { tenantId: string; mailId: string }): Promise<void> => {
    const taken = await inTenant(tenantId, stores => take(stores, tenantId, mailId))
    if (!taken) return
    const { mail, outgoing } = taken
    // The mail server is spoken to without a transaction: however long it takes, nobody else waits for it.
    const failure = await send(outgoing).then(
      () => null,
      (error: unknown) => ({ error }),
    )
    await inTenant(tenantId, async stores => {
      if (failure) return repeat(stores, mail, failure.error)
      await stores.mails.sent(mailId, clock.now())
      log.info('mail sent', { mailId, kind: mail.kind })
    })
  }
}
