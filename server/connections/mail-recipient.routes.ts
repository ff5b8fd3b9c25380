import { Router, type Response } from 'express'
import type { Recorder } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import type { AdminStore } from '../install/admin.store.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { changedSince, sinceShown } from '../web/since-shown.js'
import { parseRecipients } from './mail-recipient.form.js'
import type { MailRecipientStore } from './mail-recipient.store.js'
import { mailRecipientsPage, recipientChanges, storedFields } from './mail-recipient.view.js'

export interface MailRecipientRoutesDeps {
  inTenant: InTenant<{ admins: AdminStore; mailRecipients: MailRecipientStore; audit: Recorder }>
  clock: Clock
  connectorOf(id: string): Connector
}

/** Who gets the mails about a service's runs. */
export function mailRecipientRoutes({ inTenant, clock, connectorOf }: MailRecipientRoutesDeps): Router {
  const router = Router()
  const show = (res: Response, connector: Connector, page: Parameters<typeof mailRecipientsPage>[0]) =>
    res.render('pages/mail-recipients', { connector, page: mailRecipientsPage(page) })

  router.get(paths.mailRecipients.pattern, async (req, res) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant } = signedIn(res)
    const { administrators, stored } = await inTenant(tenant.id, async ({ admins, mailRecipients }) => ({
      administrators: await admins.administrators(),
      stored: await mailRecipients.find(connector.id),
    }))
    const typed = storedFields(stored, administrators)
    show(res, connector, { administrators, typed, errors: {}, since: sinceShown(Object.entries(typed)) })
  })

  router.post(paths.mailRecipients.pattern, async (req, res) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant } = signedIn(res)
    const refused = await inTenant(tenant.id, async ({ admins, mailRecipients, audit }) => {
      await mailRecipients.lock(connector.id)
      const administrators = await admins.administrators()
      const before = await mailRecipients.find(connector.id)
      const stored = Object.entries(storedFields(before, administrators))
      const typed = stored.flatMap(([name]) => {
        const field = textField(req.body, name)
        return field.typed === '' ? [] : [[name, field.value] as const]
      })
      const merged = changedSince(req.body, { typed, stored })
      const errors = {}
      if (merged)
        return {
          administrators,
          typed: Object.fromEntries(merged),
          errors,
          since: sinceShown(stored, { changed: true }),
        }
      const parsed = parseRecipients(administrators, req.body)
      if (!parsed.ok) return { administrators, typed: parsed.typed, errors: parsed.errors, since: sinceShown(stored) }
      const changes = recipientChanges(before, parsed.recipients, administrators)
      await mailRecipients.save(connector.id, parsed.recipients, clock.now())
      await audit.add({ act: 'mail-recipients.saved', connector: connector.id, details: { changes } })
      return null
    })
    if (refused) return show(res.status(422), connector, refused)
    flash(req, { kind: 'success', text: '結果メールの送信先を保存しました' })
    res.redirect(303, paths.mailRecipients.to({ connector: connector.id }))
  })

  return router
}
