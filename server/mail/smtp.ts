import nodemailer from 'nodemailer'
import type { SendMail } from './outbox.job.js'

/** A mail server that says nothing for so long is left for later. */
const SILENCE_MS = 10_000

/** Mail through SMTP, each with what stands `below` all. Throws when the server did not take it. */
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
  return {
    async send(mail) {
      // An object: text would be read as a list of addresses.
      const to = { name: '', address: mail.to }
      await transport.sendMail({ to, subject: mail.subject, text: mail.text + below, messageId: mail.messageId })
    },
    close: () => transport.close(),
  }
}
