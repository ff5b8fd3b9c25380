import type { Connector } from '../contract/contract.js'
import { connectorBy } from '../contract/flow-keys.js'
import type { AdminStore } from '../install/admin.store.js'
import { approvalMailOf, type Mail } from '../jobs/mail.store.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import { isOpen, ruleAt } from '../runs/approval.js'
import type { ApprovalStore } from '../runs/approval.store.js'
import { firedFor } from '../runs/guard.check.js'
import type { GuardStore } from '../runs/guard.store.js'
import { firedSentences } from '../runs/guard.words.js'
import type { ItemStore } from '../runs/item.store.js'
import type { RunStore } from '../runs/run.store.js'
import { askedMail, returnedMail, weakerMail } from './approval-mail.view.js'
import type { Written } from './letter.js'

export interface ApprovalLetterStores {
  admins: AdminStore
  approvals: Pick<ApprovalStore, 'find' | 'rule' | 'isApproved'>
  runs: RunStore
  items: Pick<ItemStore, 'selected'>
  guard: Pick<GuardStore, 'counts' | 'base' | 'saved'>
}

interface Deps {
  clock: Clock
  connectorOf(id: string): Connector
  appUrl: string
}

/** What is said of 承認 by mail, from what is stored when it is sent; null when it is not so any more. */
export function createApprovalLetter({ clock, connectorOf, appUrl }: Deps) {
  const urlOf = (path: string) => new URL(path, appUrl).href

  async function aboutRun(stores: ApprovalLetterStores, kind: string, id: string): Promise<Written | null> {
    const { approvals, runs, guard, items } = stores
    const approval = await approvals.find(id)
    const run = approval && (await runs.find(approval.runId))
    const connector = run && connectorBy(connectorOf(run.connector), run.keyed)
    const flow = connector?.flows.find(candidate => candidate.id === run?.flow)
    if (!approval || !run || !connector || !flow) return null
    const subject = { flow, run, url: urlOf(paths.approval.to({ id: run.id })) }
    if (kind === 'approval-returned')
      return approval.state === 'returned' ? returnedMail({ ...subject, by: approval.decidedByName ?? '' }) : null
    if (!isOpen(approval, clock.now())) return null
    const chosen = await items.selected(run.id)
    return askedMail({
      ...subject,
      requester: approval.requestedByName,
      counts: { new: chosen.new, changed: chosen.total - chosen.new },
      sentences: firedSentences(flow, await firedFor(guard, { run, flow })),
      until: approval.expiresAt,
    })
  }

  async function aboutRule(
    { approvals }: ApprovalLetterStores,
    connectorId: string,
    flowId: string,
  ): Promise<Written | null> {
    const connector = connectorOf(connectorId)
    const flow = connector.flows.find(({ id }) => id === flowId)
    const { mode, next } = ruleAt(await approvals.rule(connectorId, flowId), clock.now())
    if (!flow || !next) return null
    const url = urlOf(paths.approvalRules.to({ connector: connectorId }))
    return weakerMail({
      flow,
      url,
      by: next.adminName,
      from: next.from,
      before: mode,
      after: next.mode,
    })
  }

  return async (stores: ApprovalLetterStores, mail: Mail): Promise<(Written & { to: string }) | null> => {
    const { admins } = stores
    const to = mail.recipient === null ? null : await admins.find(mail.recipient)
    if (!to || !(await admins.isAdministrator(to.id))) return null
    const [about, of, flow] = approvalMailOf(mail.kind)
    if (about === undefined || of === undefined) throw new Error(`a mail of an unknown kind: ${mail.kind}`)
    const letter = flow === undefined ? await aboutRun(stores, about, of) : await aboutRule(stores, of, flow)
    return letter && { to: to.email, ...letter }
  }
}
