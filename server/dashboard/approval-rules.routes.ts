import { Router, type Request, type Response } from 'express'
import type { Connector } from '../contract/contract.js'
import { Conflict, NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { APPROVAL_HOURS } from '../runs/approval.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { parseRules, type ParsedRules } from './approval-rules.form.js'
import { ALONE, type ApprovalRules, type Saved, type SavedRules } from './approval-rules.service.js'
import { approvalRulesPage, canSave } from './approval-rules.view.js'

export interface ApprovalRulesRoutesDeps {
  approvalRules: ApprovalRules
  connectorOf(id: string): Connector
}

type Done = Exclude<Saved, 'changed'>

const SAID: Readonly<Record<Done, string>> = {
  saved: '承認の設定を保存しました',
  asked: `承認の設定を保存しました。弱める変更は、ほかの管理者が同意するか、${APPROVAL_HOURS}時間が過ぎると適用されます`,
  unchanged: '承認の設定は変更されていません',
}

const WAITS: Readonly<Record<NonNullable<SavedRules['waits']>, string>> = {
  own: 'この変更は、すでに依頼しています。ほかの管理者が同意するか、表示されている日時になると適用されます',
  other:
    '同じ変更を、ほかの管理者が依頼しています。待たずに適用する場合は、内容を確認して［変更に同意する］を押してください',
}

const saidOf = (outcome: Done, waits: SavedRules['waits']): string => {
  if (waits === null) return SAID[outcome]
  return outcome === 'unchanged' ? WAITS[waits] : `${SAID[outcome]}。${WAITS[waits]}`
}

/** Which flows begin only after a second administrator has agreed. */
export function approvalRulesRoutes({ approvalRules, connectorOf }: ApprovalRulesRoutesDeps): Router {
  const router = Router()

  const show = async (
    req: Request,
    res: Response,
    refused: Partial<Extract<ParsedRules, { ok: false }>> & { hasChanged?: 'request' | 'rule' } = {},
  ) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant, admin } = signedIn(res)
    const page = approvalRulesPage(await approvalRules.shown(tenant.id, connector), { adminId: admin.id, ...refused })
    res.render('pages/approval-rules', { connector, page })
  }

  router.get(paths.approvalRules.pattern, (req, res) => show(req, res))

  router.post(paths.approvalRules.pattern, async (req, res) => {
    const connector = connectorOf(String(req.params.connector))
    const { tenant, admin } = signedIn(res)
    const who = { tenantId: tenant.id, adminId: admin.id }
    const { value: op } = textField(req.body, 'op')
    const said = (kind: 'success' | 'info' | 'warning', text: string) => {
      flash(req, { kind, text })
      res.redirect(303, paths.approvalRules.to({ connector: connector.id }))
    }
    try {
      if (op === 'save') {
        if (!canSave(await approvalRules.shown(tenant.id, connector))) throw new Conflict(ALONE)
        const parsed = parseRules(connector.flows, req.body)
        if (!parsed.ok) return await show(req, res.status(422), parsed)
        const saved = await approvalRules.save(who, connector, parsed.modes)
        // As it stands, and not as it was typed: what was stronger than the page's rule may be weaker than today's.
        if (saved.outcome === 'changed') return await show(req, res.status(409), { hasChanged: 'rule' })
        return said(saved.waits === 'other' ? 'info' : 'success', saidOf(saved.outcome, saved.waits))
      }
      if (op !== 'agree' && op !== 'call-back') throw new NotFound()
      const { value: id } = textField(req.body, 'flow')
      const isDone = await approvalRules.decide(who, connector, {
        flow: connector.flows.find(flow => flow.id === id),
        op,
        shown: { mode: textField(req.body, 'next').value, askedAt: textField(req.body, 'asked_at').value },
      })
      if (!isDone) return await show(req, res.status(409), { hasChanged: 'request' })
      said('success', op === 'agree' ? '変更に同意しました。承認の設定を変更しました' : '変更を取り下げました')
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      said('warning', error.message)
    }
  })

  return router
}
