import { Router, type Request, type Response } from 'express'
import { asksItems, type Connector } from '../contract/contract.js'
import type { Recorder } from '../audit/audit.store.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { PayslipItemStore } from './payslip-item.store.js'
import { signedIn } from '../install/guard.js'
import { flash } from '../web/session.js'
import type { RegisteredItem } from './statement-items.js'
import { registryPage } from './registered-item.view.js'
import { itemChanges } from './item-changes.js'
import { parseItems } from './registered-item.form.js'

/** 給与明細の項目: what a company registered for a service's statements can be changed at any time. */
export function payslipItemRoutes({
  inTenant,
  connectorOf,
}: {
  inTenant: InTenant<{
    connections: Pick<ConnectionStore, 'current'>
    payslipItems: Pick<PayslipItemStore, 'of' | 'change'>
    audit: Recorder
  }>
  connectorOf(id: string): Connector
}): Router {
  const router = Router()

  const open = async (req: Request, res: Response) => {
    const connector = connectorOf(String(req.params.connector))
    if (!connector.flows.some(asksItems)) throw new NotFound()
    const { tenant } = signedIn(res)
    const connection = await inTenant(tenant.id, ({ connections }) => connections.current(connector.id))
    const account = connection && {
      tenantId: tenant.id,
      connector: connector.id,
      accountId: connection.accountId,
    }
    const items = account ? await inTenant(tenant.id, ({ payslipItems }) => payslipItems.of(account)) : new Map()
    return { connector, account, items: [...items.values()] as RegisteredItem[] }
  }

  router.get(paths.payslipItems.pattern, async (req, res) => {
    const { connector, account, items } = await open(req, res)
    if (!account) {
      flash(req, { kind: 'warning', text: connector.auth.texts.notice })
      return res.redirect(paths.connection.to({ connector: connector.id }))
    }
    res.render('pages/payslip-items', { connector, page: registryPage({ connector, items, errors: {} }) })
  })

  router.post(paths.payslipItems.pattern, async (req, res) => {
    const { connector, account, items } = await open(req, res)
    if (!account) return res.redirect(303, paths.connection.to({ connector: connector.id }))
    const { items: chosen, errors } = parseItems(items, [], req.body)
    if (Object.keys(errors).length > 0) {
      res.status(422)
      return res.render('pages/payslip-items', { connector, page: registryPage({ connector, items: chosen, errors }) })
    }
    await inTenant(account.tenantId, async ({ payslipItems, audit }) => {
      await payslipItems.change(account, chosen)
      const changes = itemChanges(items, chosen)
      await audit.add({ act: 'payslip-items.changed', connector: connector.id, details: { changes } })
    })
    flash(req, { kind: 'success', text: '給与明細の項目を保存しました。' })
    res.redirect(303, paths.payslipItems.to({ connector: connector.id }))
  })

  return router
}
