import type { Act } from '../audit/acts.js'
import type { Recorder } from '../audit/audit.store.js'
import type { Connector, Flow } from '../contract/contract.js'
import { Conflict, Forbidden, NotFound } from '../errors.js'
import type { AdminStore } from '../install/admin.store.js'
import type { JobStore } from '../jobs/job.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { hoursAfter, isWeaker, modeLabels, ruleAt, type ApprovalMode, type NextRule } from '../runs/approval.js'
import type { ApprovalStore } from '../runs/approval.store.js'
import type { Who } from '../runs/may-start.js'
import { shownRule, type ChosenRule } from './approval-rules.form.js'

interface RuleStores {
  admins: Pick<AdminStore, 'administrators'>
  approvals: ApprovalStore
  mails: Pick<MailStore, 'addApproval'>
  jobs: Pick<JobStore, 'enqueue'>
  audit: Recorder
}

export interface ApprovalRulesDeps {
  inTenant: InTenant<RuleStores>
  clock: Clock
}

/** A flow's rule as it holds now, and a weaker one that waits. */
export interface StandingRule {
  flow: Flow
  mode: ApprovalMode
  next: NextRule | null
}

export interface RulesShown {
  rules: StandingRule[]
  /** how many could agree to each other's runs */
  administrators: number
}

/** What became of what was pressed; `changed`: nothing, since a rule is another one by now than the page has shown. */
export type Saved = 'saved' | 'asked' | 'unchanged' | 'changed'

/** … and a weaker rule that was saved and waits already: asked for by whom. */
export interface SavedRules {
  outcome: Saved
  waits: 'own' | 'other' | null
}

/** The request that a page showed. */
export interface ShownRequest {
  mode: string
  askedAt: string
}

export const shownRequest = ({ mode, at }: Pick<NextRule, 'mode' | 'at'>): ShownRequest => ({
  mode,
  askedAt: at.toISOString(),
})

export const ALONE =
  '承認できる管理者が、ほかにいないため、承認を設定したり、強めたりすることはできません。ほかの管理者がRenkeiにログインしてから、もう一度保存してください。'
const NOTHING_WAITS = '弱める変更は、すでに取り下げられたか、適用されています。現在の設定を確認してください。'
const OWN = '自分が依頼した変更には、同意できません。ほかの管理者が同意するか、適用される日時までお待ちください。'

const told = (flow: Flow, before: ApprovalMode, after: ApprovalMode) => ({
  changes: [{ label: flow.panel.title, before: modeLabels[before], after: modeLabels[after] }],
})

/** A weaker rule is asked for: it waits, and every administrator hears of it. */
async function askWeaker(
  { approvals, mails, jobs, audit }: RuleStores,
  order: {
    who: Who
    connector: Connector
    flow: Flow
    from: ApprovalMode
    to: ApprovalMode
    now: Date
    administrators: readonly { id: string }[]
  },
): Promise<void> {
  const { who, connector, flow, from, to, now, administrators } = order
  const next = { mode: to, adminId: who.adminId, from: hoursAfter(now) }
  await approvals.askRule(connector.id, flow.id, { mode: from, now, next })
  await audit.add({ act: 'approval-rules.asked', connector: connector.id, details: told(flow, from, to) })
  for (const { id } of administrators) {
    const about = { about: 'approval-weaker', of: `${connector.id}|${flow.id}`, runId: null } as const
    const mailId = await mails.addApproval(about, id, now)
    if (mailId) await jobs.enqueue('mail.approval', mailId)
  }
}

/** Those that were chosen and do not hold yet; null: one of them is another one by now than the page has shown. */
async function otherRules(
  approvals: Pick<ApprovalStore, 'rule'>,
  connector: Connector,
  modes: ReadonlyMap<Flow, ChosenRule>,
  now: Date,
) {
  const chosen: { flow: Flow; mode: ApprovalMode; rule: ReturnType<typeof ruleAt> }[] = []
  for (const [flow, { mode, shown }] of modes) {
    const rule = ruleAt(await approvals.rule(connector.id, flow.id), now)
    // Pressed twice, it holds, or was asked for.
    if (mode === rule.mode) continue
    if (shown !== null && shown !== shownRule(rule) && rule.next?.mode !== mode) return null
    chosen.push({ flow, mode, rule })
  }
  return chosen
}

/** Which flows begin only after a second administrator has agreed; what is made weaker takes a day, or a second one. */
export function createApprovalRules({ inTenant, clock }: ApprovalRulesDeps) {
  const change = (who: Who, connector: Connector, work: (stores: RuleStores, now: Date) => Promise<void>) =>
    inTenant(who.tenantId, async stores => {
      await stores.approvals.lockRules(connector.id)
      await work(stores, clock.now())
    })
  /** A weaker rule that waits; throws Conflict where none does any more. */
  const waiting = async ({ approvals }: RuleStores, connector: Connector, flow: Flow, now: Date) => {
    const { mode, next } = ruleAt(await approvals.rule(connector.id, flow.id), now)
    if (!next) throw new Conflict(NOTHING_WAITS)
    return { mode, next }
  }

  return {
    shown: (tenantId: string, connector: Connector): Promise<RulesShown> =>
      inTenant(tenantId, async ({ approvals, admins }) => {
        const saved = await approvals.rules(connector.id)
        const now = clock.now()
        return {
          rules: connector.flows.map(flow => ({
            flow,
            ...ruleAt(saved.find(rule => rule.flow === flow.id) ?? null, now),
          })),
          administrators: (await admins.administrators()).length,
        }
      }),

    /** A stronger rule holds at once; a weaker one is asked for, and all administrators hear of it. */
    async save(who: Who, connector: Connector, modes: ReadonlyMap<Flow, ChosenRule>): Promise<SavedRules> {
      let outcome: Saved = 'unchanged'
      let waits: SavedRules['waits'] = null
      await change(who, connector, async (stores, now) => {
        const { approvals, admins, audit } = stores
        const administrators = await admins.administrators()
        const chosen = await otherRules(approvals, connector, modes, now)
        if (chosen === null) {
          outcome = 'changed'
          return
        }
        for (const { flow, mode, rule } of chosen) {
          if (!isWeaker(mode, rule.mode)) {
            if (administrators.length < 2) throw new Conflict(ALONE)
            await approvals.setRule(connector.id, flow.id, mode, who.adminId, now)
            const details = told(flow, rule.mode, mode)
            await audit.add({ act: 'approval-rules.saved', connector: connector.id, details })
            if (outcome === 'unchanged') outcome = 'saved'
            continue
          }
          // The same once more changes nothing about its day.
          if (rule.next?.mode === mode) {
            if (waits !== 'other') waits = rule.next.adminId === who.adminId ? 'own' : 'other'
            continue
          }
          await askWeaker(stores, { who, connector, flow, from: rule.mode, to: mode, now, administrators })
          outcome = 'asked'
        }
      })
      return { outcome, waits }
    },

    /**
     * ［変更に同意する］ of a second administrator, and ［変更を取り下げる］ of anybody; false: another request waits than the
     * page showed, and nothing was done.
     */
    async decide(
      who: Who,
      connector: Connector,
      { flow, op, shown }: { flow: Flow | undefined; op: 'agree' | 'call-back'; shown: ShownRequest },
    ): Promise<boolean> {
      if (!flow) throw new NotFound()
      let isShown = true
      await change(who, connector, async (stores, now) => {
        const { mode, next } = await waiting(stores, connector, flow, now)
        if (op === 'agree' && next.adminId === who.adminId) throw new Forbidden(OWN)
        const asked = shownRequest(next)
        isShown = asked.mode === shown.mode && asked.askedAt === shown.askedAt
        if (!isShown) return
        const after = op === 'agree' ? next.mode : mode
        await stores.approvals.setRule(connector.id, flow.id, after, who.adminId, now)
        const act: Act = op === 'agree' ? 'approval-rules.agreed' : 'approval-rules.called-back'
        const details = {
          requester: next.adminName,
          ...(op === 'agree' ? told(flow, mode, after) : told(flow, next.mode, mode)),
        }
        await stores.audit.add({ act, connector: connector.id, details })
      })
      return isShown
    },
  }
}

export type ApprovalRules = ReturnType<typeof createApprovalRules>
