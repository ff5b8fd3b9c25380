import { Router, type Response } from 'express'
import type { Recorder } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import type { AdminStore } from '../install/admin.store.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { flash } from '../web/session.js'
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
    show(res, connector, { administrators, typed: storedFields(stored, administrators), errors: {} })
  })

  router.post(paths.mailRecipients.pattern, async (req, res) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant } = signedIn(res)
    const { administrators, parsed } = await inTenant(tenant.id, async ({ admins, mailRecipients, audit }) => {
      const administrators = await admins.administrators()
      const parsed = parseRecipients(administrators, req.body)
      if (parsed.ok) {
        const changes = recipientChanges(await mailRecipients.find(connector.id), parsed.recipients, administrators)
        await mailRecipients.save(connector.id, parsed.recipients, clock.now())
        await audit.add({ act: 'mail-recipients.saved', connector: connector.id, details: { changes } })
      }
      return { administrators, parsed }
    })
    if (!parsed.ok) {
      res.status(422)
      return show(res, connector, { administrators, ...parsed })
    }
    flash(req, { kind: 'success', text: '結果メールの送信先を保存しました' })
    res.redirect(303, paths.mailRecipients.to({ connector: connector.id }))
  })

  return router
}
