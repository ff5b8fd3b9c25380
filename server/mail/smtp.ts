import nodemailer from 'nodemailer'
import { Unanswered, type SendMail } from './outbox.job.js'

/** A mail server that says nothing for so long is left for later. */
const SILENCE_MS = 10_000

/** Whether an error is the server's answer, its refusal that is. */
const isAnswer = (error: unknown) => error instanceof Error && 'responseCode' in error

/** Mail through SMTP, each with what stands `below` all. Throws when the server did not take it, or did not say so. */
export function createSmtp({ url, from, below = '' }: { url: string; from: string; below?: string }): {
  send: SendMail
  close(): void
} {
  const transport = nodemailer.createTransport(
    {
      url,
      connectionTimeout: SILENCE_MS,
      greetingTimeout: SILENCE_MS,
      dnsTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
    },
    { from },
  )
  /** A lost connection or silence says nothing of when it was: a mail is read to its end after the server asked for it. */
  const whollySent = new Set<string>()
  transport.use('stream', ({ data, message }, done) => {
    message.processFunc(text => text.once('end', () => whollySent.add(data.messageId ?? '')))
    done()
  })
  return {
    async send(mail) {
      const { subject, messageId } = mail
      const parts = { text: mail.text + below, html: mail.html(below) }
      // An object: text would be read as a list of addresses.
      const to = { name: '', address: mail.to }
      try {
        await transport.sendMail({ to, subject, ...parts, messageId })
      } catch (error) {
        if (!whollySent.has(messageId) || isAnswer(error)) throw error
        throw new Unanswered('the mail server did not answer', { cause: error })
      } finally {
        whollySent.delete(messageId)
      }
    },
    close: () => transport.close(),
  }
}
