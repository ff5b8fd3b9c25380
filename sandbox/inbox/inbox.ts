import { Router } from 'express'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { Faults } from '../core/faults.js'
import { escapeHtml, page } from '../core/html.js'

export interface ReceivedMail {
  id: number
  receivedAt: string
  from: string
  to: string[]
  subject: string
  text: string
  html: string
  messageId: string
}

/** A mail server that keeps everything and sends nothing on, with a page to read it. */
export function createInbox(faults: Faults) {
  let mails: ReceivedMail[] = []
  let nextId = 1

  const smtp = new SMTPServer({
    authOptional: true,
    // The strict parser refuses quoted local parts with two dots, which mail servers take; see onRcptTo.
    lenientAddressParsing: true,
    onRcptTo({ address }, _session, done) {
      const local = address.slice(0, address.lastIndexOf('@'))
      const fine = /^".*"$/.test(local) || !/^\.|\.\.|\.$|[\s,;:<>()[\]\\"]/.test(local)
      done(fine ? null : Object.assign(new Error('Bad recipient address syntax'), { responseCode: 501 }))
    },
    disabledCommands: ['STARTTLS'],
    onConnect(_session, done) {
      const fault = faults.strike('smtp', 'CONNECT', '/')
      if (fault === null) done()
      else if (fault.drop) done(Object.assign(new Error('gone'), { responseCode: 421 }))
      else done(Object.assign(new Error('try again later'), { responseCode: fault.status ?? 451 }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then(mail => {
          mails.push({
            id: nextId++,
            receivedAt: new Date().toISOString(),
            from: mail.from?.address ?? '',
            to: session.envelope.rcptTo.map(recipient => recipient.address),
            subject: mail.subject ?? '',
            text: mail.text ?? '',
            html: mail.html ?? '',
            messageId: mail.messageId ?? '',
          })
          done()
        }, done)
      })
    },
  })
  smtp.on('error', () => undefined)

  const router = Router()
  router.get('/', (_req, res) => {
    const rows = [...mails]
      .reverse()
      .map(
        mail =>
          `<tr><td>${escapeHtml(mail.receivedAt)}</td><td>${escapeHtml(mail.to.join(', '))}</td>` +
          `<td><a href="/inbox/${mail.id}">${escapeHtml(mail.subject)}</a></td></tr>`,
      )
      .join('')
    const table = rows
      ? `<table><thead><tr><th>受信日時</th><th>宛先</th><th>件名</th></tr></thead><tbody>${rows}</tbody></table>`
      : '<p>メールはありません。</p>'
    res.send(page('受信箱（サンドボックス）', table))
  })
  const find = (id: unknown) => mails.find(candidate => String(candidate.id) === id)
  router.get('/:id/html', (req, res) => {
    const mail = find(req.params.id)
    // A mail may hold anything: nothing of it is run or fetched.
    res.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups")
    if (mail?.html) res.type('html').send(mail.html)
    else res.status(404).send(page('HTMLのメールはありません', '<p><a href="/inbox">受信箱に戻る</a></p>'))
  })
  router.get('/:id', (req, res) => {
    const mail = find(req.params.id)
    if (!mail) {
      res.status(404).send(page('メールが見つかりません', '<p><a href="/inbox">受信箱に戻る</a></p>'))
      return
    }
    const text = escapeHtml(mail.text).replace(/https?:\/\/(?:&#38;|[^\s）)&])+/g, url => `<a href="${url}">${url}</a>`)
    res.send(
      page(
        mail.subject,
        `<p>差出人：${escapeHtml(mail.from)}<br>宛先：${escapeHtml(mail.to.join(', '))}</p><pre>${text}</pre>` +
          (mail.html ? `<p><a href="/inbox/${mail.id}/html">HTMLで表示する</a></p>` : '') +
          '<p><a href="/inbox">受信箱に戻る</a></p>',
      ),
    )
  })

  return {
    smtp,
    router,
    mails: () => mails,
    clear() {
      mails = []
    },
  }
}
