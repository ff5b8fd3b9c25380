/** 承認: whether a run may begin only after another administrator has agreed. See docs/approval.md. */
import type { Flow } from '../contract/contract.js'
import type { Fired } from './guard.js'
import type { ApprovalState, Run } from './run.js'

/** off; a rule of the guard fires; every run */
export type ApprovalMode = 'off' | 'dangerous' | 'always'

/** From the weakest to the strongest. */
export const approvalModes: readonly ApprovalMode[] = ['off', 'dangerous', 'always']

export const APPROVAL = '承認'

export const modeLabels: Readonly<Record<ApprovalMode, string>> = {
  off: '承認なし',
  dangerous: '大きな変更だけ承認',
  always: '常に承認',
}

/** What a flow offers: only one that writes over records has a guard that could fire. */
export const modesOf = ({ kind }: Pick<Flow, 'kind'>): readonly ApprovalMode[] =>
  kind === 'sync' ? approvalModes : approvalModes.filter(mode => mode !== 'dangerous')

/** A weaker rule that was asked for, and from when on it holds. */
export interface NextRule {
  mode: ApprovalMode
  adminId: string
  adminName: string
  at: Date
  from: Date
}

/** A flow's rule as it was saved. */
export interface ApprovalRule {
  flow: string
  mode: ApprovalMode
  next: NextRule | null
}

/** A weaker rule holds so long after it was asked for, and a request is good for so long. */
export const APPROVAL_HOURS = 24
const HOUR_MS = 3_600_000

export const hoursAfter = (now: Date): Date => new Date(now.getTime() + APPROVAL_HOURS * HOUR_MS)

/** The rule as it holds now. Pure. */
export function ruleAt(rule: ApprovalRule | null, now: Date): { mode: ApprovalMode; next: NextRule | null } {
  if (rule === null) return { mode: 'off', next: null }
  const { mode, next } = rule
  return next && next.from <= now ? { mode: next.mode, next: null } : { mode, next }
}

export const isWeaker = (mode: ApprovalMode, than: ApprovalMode): boolean =>
  approvalModes.indexOf(mode) < approvalModes.indexOf(than)

/** What one administrator has asked of the others about a run. */
export interface Approval {
  id: string
  runId: string
  revision: number
  mark: string
  /** what else the dialog was sent with: its ticks, and the names of a payroll */
  confirmation: Confirmed
  state: ApprovalState
  requestedBy: string
  requestedByName: string
  requestedAt: Date
  expiresAt: Date
  decidedBy: string | null
  decidedByName: string | null
  decidedAt: Date | null
  /** why it was sent back */
  comment: string | null
}

/** What was agreed to in the dialog besides plan and ticks. */
export interface Confirmed {
  again: boolean
  fewer: boolean
  count: string
  names: { admin: string; crew: string } | null
}

/** It was asked for and may still be decided. */
export const isOpen = ({ state, expiresAt }: Pick<Approval, 'state' | 'expiresAt'>, now: Date): boolean =>
  state === 'open' && expiresAt > now

/** What a run would begin with. */
export interface StartOf {
  fired: readonly Fired[]
  total: number
  now: Date
}

/** The stores that know. */
export interface ApprovalStores {
  approvals: {
    rule(connector: string, flow: string): Promise<ApprovalRule | null>
    isApproved(run: Pick<Run, 'id' | 'revision'>): Promise<boolean>
  }
}

/**
 * Whether a run may begin only after another administrator has agreed. `fired`: the rules of the guard that fire for the
 * selected people; `total`: how many those are. Where nobody is written, there is nothing to agree to.
 */
export async function approvalNeeded(
  { approvals }: ApprovalStores,
  run: Pick<Run, 'id' | 'revision' | 'connector' | 'flow'>,
  { fired, total, now }: StartOf,
): Promise<boolean> {
  if (total === 0) return false
  const { mode } = ruleAt(await approvals.rule(run.connector, run.flow), now)
  if (mode === 'off' || (mode === 'dangerous' && fired.length === 0)) return false
  return !(await approvals.isApproved(run))
}

/** Whether the rule asks for a second administrator about whatever the flow writes, also about what is no run. */
export async function alwaysAsks(
  { approvals }: { approvals: Pick<ApprovalStores['approvals'], 'rule'> },
  { connector, flow }: Pick<Run, 'connector' | 'flow'>,
  now: Date,
): Promise<boolean> {
  return ruleAt(await approvals.rule(connector, flow), now).mode === 'always'
}

declare const asked: unique symbol

/** That the rule was asked for: no store begins a run without one. `clearanceFor` alone makes it. */
export interface Clearance {
  readonly [asked]: true
  /** what is noted with the run: the database begins none without it, whichever release asks */
  readonly cleared_revision: number
}

/** The one gate through which every write begins; null: another administrator has to agree first. */
export async function clearanceFor(
  stores: ApprovalStores,
  run: Pick<Run, 'id' | 'revision' | 'connector' | 'flow'>,
  facts: StartOf,
): Promise<Clearance | null> {
  if (await approvalNeeded(stores, run, facts)) return null
  return { cleared_revision: run.revision } as Clearance
}
