import nodemailer from 'nodemailer'
import type { SendMail } from './outbox.job.js'

/** A mail server that says nothing for so long is left for later. */
const SILENCE_MS = 10_000

/** Mail through SMTP. Throws when the server did not take it. */
export function createSmtp({ url, from }: { url: string; from: string }): { send: SendMail; close(): void } {
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
      await transport.sendMail({ to, subject: mail.subject, text: mail.text, messageId: mail.messageId })
    },
    close: () => transport.close(),
  }
}
