import { Router, type Request, type Response } from 'express'
import type { Connector, ConnectorSettings } from '../contract/contract.js'
import type { Change } from '../audit/acts.js'
import type { Recorder } from '../audit/audit.store.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ConnectionStore } from './connection.store.js'
import type { SavedSettings, SettingsStore } from './settings.store.js'
import type { FieldErrors } from '../web/form.js'
import { signedIn } from '../install/guard.js'
import { flash } from '../web/session.js'
import { parseSettings, presetsOf, settingChoices } from './settings.form.js'
import { settingsPage } from './settings.view.js'

export interface SettingsRoutesDeps {
  inTenant: InTenant<{ connections: ConnectionStore; settings: SettingsStore; audit: Recorder }>
  clock: Clock
  connectorOf(id: string): Connector
}

/** What was saved and was different before, in the words of the page. */
function changesOf(form: ConnectorSettings, before: SavedSettings, after: SavedSettings): Change[] {
  const [was, is] = [settingChoices(form, before), settingChoices(form, after)]
  return form.fields.flatMap(({ name, label }) =>
    before[name] === after[name]
      ? []
      : [{ label, before: name in before ? (was[name]?.label ?? '') : '', after: is[name]?.label ?? '' }],
  )
}

/** The connector's own settings (エクスポート設定), drawn from its declaration. */
export function settingsRoutes({ inTenant, clock, connectorOf }: SettingsRoutesDeps): Router {
  const router = Router()

  const subject = async (req: Request, res: Response) => {
    const connector = connectorOf(String(req.params.connector))
    if (!connector.settings) throw new NotFound()
    const { tenant, admin } = signedIn(res)
    const found = await inTenant(tenant.id, async ({ connections, settings }) => {
      const connection = await connections.current(connector.id)
      return { connection, saved: connection && (await settings.find(connector.id, connection.accountId)) }
    })
    return { connector, form: connector.settings, tenant, admin, ...found }
  }

  const show = (
    res: Response,
    { connector, form }: { connector: Connector; form: ConnectorSettings },
    typed: Readonly<Record<string, string>>,
    errors: FieldErrors,
  ) => res.render('pages/settings', { connector, page: settingsPage(form, { typed, errors }) })

  router.get(paths.settings.pattern, async (req, res) => {
    const { connector, form, connection, saved } = await subject(req, res)
    if (!connection) return res.redirect(paths.connection.to({ connector: connector.id }))
    show(res, { connector, form }, saved ?? presetsOf(form), {})
  })

  router.post(paths.settings.pattern, async (req, res) => {
    const { connector, form, tenant, admin, connection, saved } = await subject(req, res)
    if (!connection) return res.redirect(303, paths.connection.to({ connector: connector.id }))
    const parsed = parseSettings(form, req.body)
    if (!parsed.ok) {
      res.status(422)
      return show(res, { connector, form }, parsed.typed, parsed.errors)
    }
    await inTenant(tenant.id, async ({ settings, audit }) => {
      await settings.save(connector.id, connection.accountId, {
        settings: parsed.settings,
        adminId: admin.id,
        now: clock.now(),
      })
      const changes = changesOf(form, saved ?? {}, parsed.settings)
      await audit.add({ act: 'settings.saved', connector: connector.id, details: { changes } })
    })
    flash(req, { kind: 'success', text: form.saved })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  return router
}
