import { Router, type Request, type Response } from 'express'
import type { Recorder } from '../audit/audit.store.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { FlowKeyStore, KeyComparison } from '../connections/flow-key.store.js'
import type { Connector } from '../contract/contract.js'
import { KEY_CHOICE, keyChoices, NUMBER, type ChosenKey } from '../contract/flow-keys.js'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import type { JobStore } from '../jobs/job.store.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { closedSentence } from '../runs/labels.js'
import { notChosen, textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { comparisonPage, FIELD, flowKeyPage, keyChange } from './flow-key.view.js'

export interface FlowKeyDeps {
  inTenant: InTenant<{
    connections: Pick<ConnectionStore, 'current'>
    flowKeys: FlowKeyStore
    jobs: Pick<JobStore, 'enqueue'>
    audit: Recorder
  }>
  clock: Clock
  connectorOf(id: string): Connector
}

const SAME_KEY = `いまの${KEY_CHOICE}が選択されています。変更する場合は、別の項目を選択してください。`
const NOT_OFFERED = `選択できない項目です。画面が古い可能性があります。画面を開き直してから、${KEY_CHOICE}を選択してください。`
const OUTDATED =
  '確認した違いが古くなったため、保存していません。項目を選択して、もう一度［変更した場合の違いを確認］を押してください。'

/** ［従業員を見分ける項目］: a choice, what it would change, and only then 保存. */
export function flowKeyRoutes({ inTenant, clock, connectorOf }: FlowKeyDeps): Router {
  const router = Router()

  /** A service with a choice, and what was chosen; `at` null: it is not connected. */
  const subject = async (req: Request, res: Response) => {
    const connector = connectorOf(String(req.params.connector))
    const choices = keyChoices(connector)
    if (choices.length === 0) throw new NotFound()
    const at = await inTenant(signedIn(res).tenant.id, async ({ connections, flowKeys }) => {
      const connection = await connections.current(connector.id)
      if (!connection) return null
      const found = await flowKeys.comparison(connector.id, connection.accountId)
      const now = await flowKeys.find(connector.id, connection.accountId)
      // Both sides are read anew where the connection is another one, or somebody has changed the key since.
      const holds = found !== null && found.connectionId === connection.id && found.now === now
      return { connection, now, comparison: holds ? found : null }
    })
    return { connector, choices, at }
  }

  const unconnected = (res: Response, { id }: Connector) => res.redirect(303, paths.connection.to({ connector: id }))

  router.get(paths.flowKey.pattern, async (req, res) => {
    const { connector, at } = await subject(req, res)
    if (!at) return unconnected(res, connector)
    show(res, connector, { now: at.now, typed: at.now ?? NUMBER })
  })

  router.get(paths.keyComparison.pattern, async (req, res) => {
    const { connector, at } = await subject(req, res)
    if (!at) return unconnected(res, connector)
    const { comparison } = at
    if (!comparison) return res.redirect(303, paths.flowKey.to({ connector: connector.id }))
    const page = comparisonPage(connector, comparison)
    if (req.accepts(['html', 'json']) === 'json') return res.json({ phase: page.phase, text: '', done: 0, total: 0 })
    res.render('pages/key-comparison', { connector, page })
  })

  router.post(paths.keyComparison.pattern, async (req, res) => {
    const { connector, choices, at } = await subject(req, res)
    if (!at) return unconnected(res, connector)
    const { typed, chosen, error } = parseChoice(req.body, { choices, now: at.now, connector, clock })
    if (!chosen || error !== undefined) {
      res.status(422)
      return show(res, connector, { now: at.now, typed, error })
    }
    const { tenant, admin } = signedIn(res)
    const { connection, now } = at
    await inTenant(tenant.id, async ({ flowKeys, jobs, audit }) => {
      const order = { connectionId: connection.id, adminId: admin.id, now, then: chosen.id, at: clock.now() }
      const account = { connector: connector.id, accountId: connection.accountId }
      await jobs.enqueue('keys.compare', await flowKeys.compare(account, order))
      const changes = [keyChange(connector, now, chosen.id)]
      await audit.add({ act: 'flow-key.compared', connector: connector.id, details: { changes } })
    })
    res.redirect(303, paths.keyComparison.to({ connector: connector.id }))
  })

  router.post(paths.flowKey.pattern, async (req, res) => {
    const { connector, at } = await subject(req, res)
    if (!at) return unconnected(res, connector)
    const { typed } = textField(req.body, 'comparison')
    const comparison = readyAs(at.comparison, typed)
    const saved = comparison !== null && (await save(res, connector, at.connection.accountId, comparison))
    if (!saved) {
      res.status(422)
      return show(res, connector, { now: at.now, typed: at.now ?? NUMBER, error: OUTDATED })
    }
    flash(req, { kind: 'success', text: `${KEY_CHOICE}を変更しました` })
    res.redirect(303, paths.flowKey.to({ connector: connector.id }))
  })

  /** False: another page was faster. */
  const save = (res: Response, connector: Connector, accountId: string, { id, now, then }: KeyComparison) =>
    inTenant(signedIn(res).tenant.id, async ({ flowKeys, audit }) => {
      if (!(await flowKeys.dropComparison(id))) return false
      const order = { key: then, adminId: signedIn(res).admin.id, now: clock.now() }
      await flowKeys.save(connector.id, accountId, order)
      const changes = [keyChange(connector, now, then)]
      await audit.add({ act: 'flow-key.saved', connector: connector.id, details: { changes } })
      return true
    })

  return router
}

const show = (
  res: Response,
  connector: Connector,
  shown: { now: ChosenKey; typed: string; error?: string | undefined },
) => res.render('pages/flow-key', { connector, page: flowKeyPage({ connector, ...shown }) })

/** What was chosen, or a sentence for the field. Both sides are read at once: not in a service's closed hours. */
function parseChoice(
  body: unknown,
  {
    choices,
    now,
    connector,
    clock,
  }: { choices: ReturnType<typeof keyChoices>; now: ChosenKey; connector: Connector; clock: Clock },
) {
  const { typed } = textField(body, FIELD)
  const chosen = choices.find(({ id }) => (id ?? NUMBER) === typed)
  const error = (): string | undefined => {
    if (typed === '') return notChosen(KEY_CHOICE)
    if (!chosen) return NOT_OFFERED
    return chosen.id === now ? SAME_KEY : (closedSentence(connector, clock.now()) ?? undefined)
  }
  return { typed, chosen, error: error() }
}

/** The comparison that was looked at, once it says something. */
const readyAs = (comparison: KeyComparison | null, id: string): KeyComparison | null =>
  comparison?.id === id && comparison.result !== null && 'flows' in comparison.result ? comparison : null
