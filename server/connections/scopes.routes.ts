import { Router, type Request, type Response } from 'express'
import type { Recorder } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import { listsOf, scopedFlows, type ScopeConditions } from '../contract/scope.js'
import { AppError, NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ScopeLists } from '../smarthr/scope-lists.js'
import { textField, type FieldErrors } from '../web/form.js'
import { isUuid } from '../web/ids.js'
import { flash } from '../web/session.js'
import { asShown, changedSince, sinceShown } from '../web/since-shown.js'
import type { ConnectionStore } from './connection.store.js'
import {
  conditionsOf,
  exceptionFields,
  knownExceptions,
  offeredOf,
  lostConditions,
  parseScopeForm,
  scopeOf,
  scopePairs,
  SCOPE_BOXES,
  sentScope,
  typedOf,
} from './scopes.form.js'
import type { Offered, TypedScope } from './scopes.form.js'
import type { ScopeService } from './scopes.service.js'
import type { SavedScope, ScopeStore } from './scopes.store.js'
import { scopesPage } from './scopes-list.view.js'
import { IN_USE, scopeChanges, scopeEndPage, scopePage, type ScopePageInput } from './scopes.view.js'

export interface ScopeRoutesDeps {
  inTenant: InTenant<{ connections: Pick<ConnectionStore, 'current'>; scopes: ScopeStore; audit: Recorder }>
  scopeService: ScopeService
  clock: Clock
  connectorOf(id: string): Connector
}

const NAME_TAKEN = 'この名前の対象範囲は、すでにあります。別の名前を入力してください。'
const GONE =
  'この対象範囲は、別の画面で削除されたため、保存していません。新しい対象範囲として追加する場合は、［保存］を押してください。'

/** Behind why a form could not be kept. */
const KEPT =
  '対象範囲は保存していません。入力した内容は、この画面に残しています。解消した後に、もう一度ボタンを押してください。'

const notFound = (number: string) =>
  `社員番号「${number}」の従業員を、SmartHRで1名に特定できません。社員番号を確認して、入力し直してください。`

const savedText = (replaced: readonly string[]): string =>
  replaced.length === 0
    ? '対象範囲を保存しました'
    : `対象範囲を保存しました。${replaced.map(name => `「${name}」`).join('、')}は、はじめに選択される対象範囲ではなくなりました`

/** Who is excluded by number. Whoever was saved is not asked for again. */
const whoIsExcluded =
  (scopeService: ScopeService) => async (res: Response, saved: SavedScope | null, typed: TypedScope) => {
    const known = knownExceptions(saved?.conditions)
    const fresh = typed.exceptions.flatMap(({ number }) => (known.has(number) ? [] : [number]))
    const ids = new Map([...known, ...(fresh.length > 0 ? await scopeService.people(signedIn(res), fresh) : [])])
    const errors: FieldErrors = Object.fromEntries(
      typed.exceptions.flatMap(({ number }, index) =>
        ids.has(number) ? [] : [[exceptionFields(index).number, notFound(number)]],
      ),
    )
    return { ids, errors }
  }

/** What to show where the scope is another one by now than the page has shown; null: nothing to mind. */
function changedMeanwhile(
  body: unknown,
  typed: TypedScope,
  now: SavedScope | undefined,
): Partial<ScopePageInput> | null {
  const stored = scopePairs(typedOf(now))
  const merged = now && changedSince(body, { typed: scopePairs(typed), stored, boxes: SCOPE_BOXES })
  return merged ? { saved: now, typed: scopeOf(merged), since: sinceShown(stored, { changed: true }) } : null
}

/** Stores a form without mistakes, unless the scope is another one by now than the page has shown. */
async function keepScope(
  { inTenant, clock }: Pick<ScopeRoutesDeps, 'inTenant' | 'clock'>,
  res: Response,
  form: {
    connector: Connector
    saved: SavedScope | null
    typed: TypedScope
    before: TypedScope
    offered: Offered
    conditions: ScopeConditions
    body: unknown
  },
) {
  const { connector, saved, typed, before, offered, conditions, body } = form
  const { tenant, admin } = signedIn(res)
  const order = { connector: connector.id, name: typed.name, conditions, presets: typed.presets }
  return inTenant(tenant.id, async ({ scopes, audit }) => {
    await scopes.lock(connector.id)
    const all = await scopes.list(connector.id)
    const changed = changedMeanwhile(
      body,
      typed,
      all.find(({ id }) => id === saved?.id),
    )
    if (changed) return { outcome: 'changed', changed } as const
    // Each flow begins with one scope: whichever did so until now is told.
    const replaced = all
      .filter(({ id, presets }) => id !== saved?.id && presets.some(flow => typed.presets.includes(flow)))
      .map(({ name }) => name)
    const outcome = await scopes.save(saved?.id ?? null, { ...order, adminId: admin.id, now: clock.now() })
    if (outcome !== 'saved') return { outcome, replaced }
    const details = { name: typed.name, changes: scopeChanges(connector, offered, before, typed) }
    await audit.add({ act: saved ? 'scope.changed' : 'scope.made', connector: connector.id, details })
    return { outcome, replaced }
  })
}

/** The form of one scope: shown, counted by, and saved. */
function createForms(deps: Omit<ScopeRoutesDeps, 'connectorOf'>) {
  const { scopeService, clock } = deps
  const excludedIn = whoIsExcluded(scopeService)
  const show = (res: Response, input: Omit<ScopePageInput, 'today'>) =>
    res.render('pages/scope-form', {
      connector: input.connector,
      page: scopePage({ ...input, today: clock.today() }),
    })

  /** The lists that conditions are chosen from; null: SmartHR could not be asked, and the page has said so. */
  const listsFor = async (
    res: Response,
    input: Omit<ScopePageInput, 'offered' | 'today'>,
  ): Promise<ScopeLists | null> => {
    try {
      return await scopeService.lists(signedIn(res))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const problem = error.message + (input.isSent ? KEPT : '')
      show(res.status(error.status), { ...input, offered: null, problem })
      return null
    }
  }

  /** Somebody has deleted it since the form was opened: what was typed is the form of a new one. */
  const gone = async (req: Request, res: Response, connector: Connector) => {
    const since = sinceShown(scopePairs(typedOf()))
    const typed = sentScope(req.body, scopedFlows(connector))
    const input = { connector, saved: null, typed, isSent: true, since, problem: GONE }
    const lists = await listsFor(res, input)
    if (lists) show(res.status(404), { ...input, offered: offeredOf(lists) })
  }

  const showForm = async (res: Response, connector: Connector, saved: SavedScope | null) => {
    const typed = typedOf(saved ?? {})
    const input = { connector, saved, typed, since: sinceShown(scopePairs(typed)) }
    const lists = await listsFor(res, input)
    if (lists) show(res, { ...input, offered: offeredOf(lists) })
  }

  /** What a form comes to: a head-count, mistakes, or what is to be saved. null: it was answered. */
  const answered = async (req: Request, res: Response, connector: Connector, saved: SavedScope | null) => {
    const before = typedOf(saved ?? {})
    const since = asShown(req.body, scopePairs(before))
    // What was typed outlives a SmartHR that can't be asked.
    const flows = scopedFlows(connector)
    const lists = await listsFor(res, { connector, saved, typed: sentScope(req.body, flows), isSent: true, since })
    if (!lists) return null
    const offered = offeredOf(lists)
    const against = { offered, flows, before, today: clock.today() }
    const { typed, errors: mistyped } = parseScopeForm(req.body, against)
    const errors = { ...lostConditions(before, typed, offered), ...mistyped }
    const again = (status: number, more: Partial<ScopePageInput>) => {
      show(res.status(status), { connector, saved, typed, offered, since, ...more })
      return null
    }
    const isCount = textField(req.body, 'do').value === 'count'
    // A name is for what is saved.
    const wrong = Object.fromEntries(Object.entries(errors).filter(([id]) => !isCount || id !== 'name'))
    if (Object.keys(wrong).length > 0) return again(422, { errors: wrong })
    try {
      const excluded = await excludedIn(res, saved, typed)
      if (Object.keys(excluded.errors).length > 0) return again(422, { errors: excluded.errors })
      const conditions = conditionsOf(typed, excluded.ids)
      if (!isCount) return { typed, before, offered, conditions, again }
      return again(200, { count: await scopeService.count(signedIn(res), conditions, lists) })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return again(error.status, { problem: error.message + KEPT })
    }
  }

  const save = async (req: Request, res: Response, connector: Connector, saved: SavedScope | null) => {
    const form = await answered(req, res, connector, saved)
    if (!form) return
    const { again } = form
    const kept = await keepScope(deps, res, { ...form, connector, saved, body: req.body as unknown })
    if (kept.outcome === 'changed') return again(422, kept.changed)
    const { outcome, replaced } = kept
    if (outcome === 'taken') return again(422, { errors: { name: NAME_TAKEN } })
    if (outcome === 'gone') return gone(req, res, connector)
    flash(req, { kind: 'success', text: savedText(replaced) })
    res.redirect(303, paths.scopes.to({ connector: connector.id }))
  }

  return { showForm, save, gone }
}

/** ［対象範囲］: listed, made, changed and deleted. */
export function scopeRoutes(deps: ScopeRoutesDeps): Router {
  const { inTenant, connectorOf, scopeService, clock } = deps
  const router = Router()
  const { showForm, save, gone } = createForms(deps)

  const subject = async (req: Request, res: Response) => {
    const connector = connectorOf(String(req.params.connector))
    if (scopedFlows(connector).length === 0) throw new NotFound()
    const who = signedIn(res)
    const connection = await inTenant(who.tenant.id, ({ connections }) => connections.current(connector.id))
    return { connector, who, connection }
  }

  const found = async (req: Request, res: Response) => {
    const at = await subject(req, res)
    const { scope: id } = req.params
    const saved = isUuid(id) ? await inTenant(at.who.tenant.id, ({ scopes }) => scopes.find(at.connector.id, id)) : null
    if (!saved && (!isUuid(id) || !at.connection)) throw new NotFound()
    return { ...at, saved }
  }
  const theScope = async (req: Request, res: Response) => {
    const { saved, ...at } = await found(req, res)
    if (!saved) throw new NotFound()
    return { ...at, saved }
  }

  /** What SmartHR calls the values of conditions; null: it does not say so now, and the list goes without. */
  const namesFor = async (res: Response, scopes: readonly SavedScope[]): Promise<Offered | null> => {
    const needed = [...new Set(scopes.flatMap(({ conditions }) => listsOf(conditions)))]
    try {
      return offeredOf(await scopeService.names(signedIn(res), needed))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return null
    }
  }

  const toConnect = (res: Response, { id }: Connector) => res.redirect(303, paths.connection.to({ connector: id }))

  router.get(paths.scopes.pattern, async (req, res) => {
    const { connector, who, connection } = await subject(req, res)
    if (!connection) return toConnect(res, connector)
    const scopes = await inTenant(who.tenant.id, stores => stores.scopes.list(connector.id))
    const offered = await namesFor(res, scopes)
    res.render('pages/scopes', { connector, page: scopesPage({ connector, scopes, offered, today: clock.today() }) })
  })

  router.get(paths.newScope.pattern, async (req, res) => {
    const { connector, connection } = await subject(req, res)
    if (!connection) return toConnect(res, connector)
    await showForm(res, connector, null)
  })

  router.get(paths.scope.pattern, async (req, res) => {
    const { connector, connection, saved } = await theScope(req, res)
    if (!connection) return toConnect(res, connector)
    await showForm(res, connector, saved)
  })

  router.post(paths.newScope.pattern, async (req, res) => {
    const { connector, connection } = await subject(req, res)
    if (!connection) return toConnect(res, connector)
    await save(req, res, connector, null)
  })

  router.post(paths.scope.pattern, async (req, res) => {
    const { connector, connection, saved } = await found(req, res)
    if (!connection) return toConnect(res, connector)
    await (saved ? save(req, res, connector, saved) : gone(req, res, connector))
  })

  router.get(paths.scopeEnd.pattern, async (req, res) => {
    const { connector, saved } = await theScope(req, res)
    res.render('pages/scope-end', { connector, page: scopeEndPage(connector, saved) })
  })

  // Whatever a flow begins with stays: without it, the next run would be about everybody.
  router.post(paths.scopeEnd.pattern, async (req, res) => {
    const { connector, who, saved } = await theScope(req, res)
    const list = paths.scopes.to({ connector: connector.id })
    if (saved.presets.length > 0) {
      flash(req, { kind: 'warning', text: IN_USE })
      return res.redirect(303, list)
    }
    await inTenant(who.tenant.id, async ({ scopes, audit }) => {
      if (!(await scopes.remove(connector.id, saved.id))) return
      await audit.add({ act: 'scope.deleted', connector: connector.id, details: { name: saved.name } })
    })
    flash(req, { kind: 'success', text: '対象範囲を削除しました' })
    res.redirect(303, list)
  })

  return router
}
