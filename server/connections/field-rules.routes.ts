import { Router, type Request, type Response } from 'express'
import type { Recorder } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import {
  hasFieldRules,
  presetRules,
  ruledFields,
  unseenFields,
  type FieldRules,
  type RuledField,
} from '../contract/field-rules.js'
import { connectorBy } from '../contract/flow-keys.js'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { FieldErrors } from '../web/form.js'
import { flash } from '../web/session.js'
import { changedSince, sinceShown, type SinceShown } from '../web/since-shown.js'
import type { ConnectionStore } from './connection.store.js'
import { parseFieldRules, rulePairs, rulesOf } from './field-rules.form.js'
import type { FlowKeyStore } from './flow-key.store.js'
import type { FieldRulesStore } from './field-rules.store.js'
import { fieldRuleChanges, fieldRulesPage, presetLabels, type Preset } from './field-rules.view.js'

export interface FieldRulesDeps {
  inTenant: InTenant<{
    connections: ConnectionStore
    fieldRules: FieldRulesStore
    flowKeys: FlowKeyStore
    audit: Recorder
  }>
  clock: Clock
  connectorOf(id: string): Connector
}

/** What is saved, as the page shows it: what nobody has seen is off. */
function shownRules(fields: readonly RuledField[], saved: FieldRules | null): FieldRules {
  const presets = presetRules(fields, 'initial')
  if (saved === null) return presets
  return Object.fromEntries(
    Object.entries(presets).map(([id, preset]) => [id, saved[id] ?? { ...preset, way: 'none' as const }]),
  )
}

/** ［項目の設定］: which fields go which way. */
export function fieldRulesRoutes({ inTenant, clock, connectorOf }: FieldRulesDeps): Router {
  const router = Router()

  const subject = async (req: Request, res: Response) => {
    const declared = connectorOf(String(req.params.connector))
    if (!hasFieldRules(declared)) throw new NotFound()
    const { key, ...found } = await inTenant(signedIn(res).tenant.id, async ({ connections, fieldRules, flowKeys }) => {
      const connection = await connections.current(declared.id)
      return {
        connection,
        saved: connection && (await fieldRules.find(declared.id, connection.accountId)),
        key: connection && (await flowKeys.find(declared.id, connection.accountId)),
      }
    })
    const connector = connectorBy(declared, key)
    return { connector, fields: ruledFields(connector), ...found }
  }

  const show = (
    res: Response,
    { connector, fields, saved }: { connector: Connector; fields: RuledField[]; saved: FieldRules | null },
    shown: { typed: FieldRules; preset?: Preset | null; errors?: FieldErrors; since: SinceShown },
  ) =>
    res.render('pages/field-rules', {
      connector,
      page: fieldRulesPage({
        connector,
        fields,
        unseen: unseenFields(connector, saved).map(({ id }) => id),
        preset: null,
        errors: {},
        ...shown,
      }),
    })

  router.get(paths.fieldRules.pattern, async (req, res) => {
    const found = await subject(req, res)
    const { connector, fields, connection, saved } = found
    if (!connection) return res.redirect(paths.connection.to({ connector: connector.id }))
    const preset = (Object.keys(presetLabels(connector)) as Preset[]).find(name => name === req.query.preset) ?? null
    const stored = shownRules(fields, saved)
    const since = sinceShown(rulePairs(fields, stored))
    show(res, found, { typed: preset ? presetRules(fields, preset) : stored, preset, since })
  })

  router.post(paths.fieldRules.pattern, async (req, res) => {
    const found = await subject(req, res)
    const { connector, fields, connection } = found
    if (!connection) return res.redirect(303, paths.connection.to({ connector: connector.id }))
    const parsed = parseFieldRules(fields, req.body)
    const { tenant, admin } = signedIn(res)
    const refused = await inTenant(tenant.id, async ({ fieldRules, audit }) => {
      await fieldRules.lock(connector.id, connection.accountId)
      const before = await fieldRules.find(connector.id, connection.accountId)
      const stored = rulePairs(fields, shownRules(fields, before))
      const typed = rulePairs(fields, parsed.ok ? parsed.rules : parsed.typed)
      const merged = changedSince(req.body, { typed, stored })
      if (merged) return { typed: rulesOf(fields, merged), since: sinceShown(stored, { changed: true }) }
      if (!parsed.ok) return { ...parsed, since: sinceShown(stored) }
      const { rules } = parsed
      await fieldRules.save(connector.id, connection.accountId, { rules, adminId: admin.id, now: clock.now() })
      const changes = fieldRuleChanges(connector, fields, before, rules)
      await audit.add({ act: 'field-rules.saved', connector: connector.id, details: { changes } })
      return null
    })
    if (refused) return show(res.status(422), found, refused)
    flash(req, { kind: 'success', text: '項目の設定を保存しました' })
    res.redirect(303, paths.fieldRules.to({ connector: connector.id }))
  })

  return router
}
