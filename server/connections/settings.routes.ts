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
import { signedIn } from '../install/guard.js'
import { flash } from '../web/session.js'
import { parseSettings, presetsOf, settingChoices } from './settings.form.js'
import { settingsPage } from './settings.view.js'
import { changedSince, sinceShown, type Pairs } from '../web/since-shown.js'

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

/** What is saved, as the form's fields. */
const storedIn = ({ fields }: ConnectorSettings, saved: SavedSettings): Pairs =>
  fields.map(({ name }) => [name, saved[name] ?? ''])

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
    page: Parameters<typeof settingsPage>[1],
  ) => res.render('pages/settings', { connector, page: settingsPage(form, page) })

  router.get(paths.settings.pattern, async (req, res) => {
    const { connector, form, connection, saved } = await subject(req, res)
    if (!connection) return res.redirect(paths.connection.to({ connector: connector.id }))
    const typed = saved ?? presetsOf(form)
    show(res, { connector, form }, { typed, errors: {}, since: sinceShown(storedIn(form, typed)) })
  })

  router.post(paths.settings.pattern, async (req, res) => {
    const { connector, form, tenant, admin, connection } = await subject(req, res)
    if (!connection) return res.redirect(303, paths.connection.to({ connector: connector.id }))
    const parsed = parseSettings(form, req.body)
    const refused = await inTenant(tenant.id, async ({ settings, audit }) => {
      await settings.lock(connector.id, connection.accountId)
      const saved = await settings.find(connector.id, connection.accountId)
      const stored = storedIn(form, saved ?? presetsOf(form))
      const typed = storedIn(form, parsed.ok ? parsed.settings : parsed.typed)
      const merged = changedSince(req.body, { typed, stored })
      if (merged) return { typed: Object.fromEntries(merged), errors: {}, since: sinceShown(stored, { changed: true }) }
      if (!parsed.ok) return { typed: parsed.typed, errors: parsed.errors, since: sinceShown(stored) }
      await settings.save(connector.id, connection.accountId, {
        settings: parsed.settings,
        adminId: admin.id,
        now: clock.now(),
      })
      const changes = changesOf(form, saved ?? {}, parsed.settings)
      await audit.add({ act: 'settings.saved', connector: connector.id, details: { changes } })
      return null
    })
    if (refused) return show(res.status(422), { connector, form }, refused)
    flash(req, { kind: 'success', text: form.saved })
    res.redirect(303, paths.dashboard.to({ connector: connector.id }))
  })

  return router
}
