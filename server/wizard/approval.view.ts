import type { Flow } from '../contract/contract.js'
import { NAME_LABELS } from '../payslips/payroll-names.js'
import { paths } from '../paths.js'
import { isOpen, type Approval } from '../runs/approval.js'
import { endedText, type EndedState } from '../runs/approval.words.js'
import { at, type Label } from '../runs/labels.js'
import { isFollowUp, type Run } from '../runs/run.js'
import { fetchAgain, whereItStands, type FetchAgain } from '../runs/step-urls.js'
import { undoLabel } from '../runs/undoing.words.js'
import type { FieldErrors } from '../web/form.js'
import type { Fact, Field, Page, PageLink } from '../web/page.js'
import { COMMENT, MAX_COMMENT } from './approval.form.js'
import { COMMENT_GONE, confirmPage, dialogOf, type ConfirmInput, type ConfirmPage } from './confirm.view.js'
import type { WhyNot } from './start.service.js'

/** The same plan that the dialog showed, for whoever is asked. */
export type ApprovalPlan = Pick<ConfirmPage, 'summary' | 'guard' | 'left' | 'people' | 'facts' | 'notes'> & {
  /** what the requester has agreed to in the dialog */
  agreed: string[]
}

/** The page of a request for 承認. */
export interface ApprovalPage extends Page {
  status: Label
  lead: string
  asked: Fact[]
  /** what became of it, and where to go on, or ［取得し直す］; null: it waits */
  ended: ({ text: string } & GoesOn) | null
  plan: ApprovalPlan | null
  /** whoever may decide: the two buttons; whoever asked: ［依頼を取り下げる］ */
  decide: Decide | null
  withdraw: { hidden: Readonly<Record<string, string>>; text: string } | null
  /** why what was pressed was not done */
  problem: string | null
  /** a comment that was typed, and can be sent no more */
  unsent: string | null
  errors: FieldErrors
}

/** Both buttons, and the comment; the form's address names the part of the people that is shown. */
interface Decide {
  action: string
  hidden: Readonly<Record<string, string>>
  text: string
  approve: string
  comment: Field
}

/** The way on from a request that has ended. */
interface GoesOn {
  link: PageLink | null
  again: FetchAgain | null
}

interface ApprovalInput {
  flow: Flow
  run: Run
  approval: Approval
  adminId: string
  now: Date
  /** of a request that has ended: why nobody could begin it, as far as that is known */
  why?: WhyNot | null
  typed?: string
  /** the part of the people that is shown */
  place?: { after?: string; before?: string }
  problem?: string | null
  errors?: FieldErrors
}

const labels: Readonly<Record<Approval['state'], Label>> = {
  open: { label: '承認待ち', look: 'st-warning' },
  approved: { label: '承認済み', look: 'st-green' },
  returned: { label: '差し戻し', look: 'st-warning' },
  withdrawn: { label: '取り下げ', look: 'st-grey' },
  void: { label: '無効', look: 'st-grey' },
  expired: { label: '期限切れ', look: 'st-grey' },
}

function planOf(flow: Flow, approval: Approval, input: ConfirmInput): ApprovalPlan {
  const { summary, guard, left, people, facts, notes, ticks } = confirmPage(input)
  const { names } = approval.confirmation
  const payroll: Fact[] = names
    ? [
        [NAME_LABELS.admin, names.admin],
        [NAME_LABELS.crew, names.crew],
      ]
    : []
  return {
    summary: { ...summary, about: [...summary.about, ...payroll] },
    guard: guard && {
      ...guard,
      lead: `目安を超える変更があります。依頼した管理者は、対象の${flow.words.counter === '名' ? '人数' : '件数'}を入力して確認しています。`,
    },
    agreed: ticks.map(({ text, box }) => `${text}依頼した管理者は「${box.label}」にチェックを入れています。`),
    left,
    people,
    facts,
    notes,
  }
}

const leadOf = ({ requestedByName }: Approval, is: { waits: boolean; isOwn: boolean }, act: string): string => {
  if (!is.waits) return '承認の依頼の内容と結果を確認できます。'
  return is.isOwn
    ? `ほかの管理者に承認を依頼した内容です。承認されると、${act}を開始します。`
    : `${requestedByName}さんが承認を依頼した内容です。確認して、承認または差し戻しをしてください。`
}

/** Who has sent it back, when and why. */
const sentBack = ({ state, decidedByName, decidedAt, comment }: Approval): Fact[] =>
  state === 'returned'
    ? [
        ['差し戻した管理者', decidedByName ?? ''],
        ['差し戻した日時', at(decidedAt)],
        ['コメント', comment ?? COMMENT_GONE],
      ]
    : []

/** Where whoever looks goes on. A plan that nobody can begin is read anew by whoever asked. */
function goesOnAt({ run, flow, why }: ApprovalInput, state: EndedState, isOwn: boolean): GoesOn {
  const link = (href: string, label: string): GoesOn => ({ link: { href, label }, again: null })
  if (run.state !== 'ready') return link(whereItStands(run, flow), '現在の状況を確認')
  if (!why?.outdated && state !== 'expired') return link(paths.step.to({ id: run.id, step: 'confirm' }), '内容を確認')
  if (!isOwn) return link(paths.report.to({ id: run.id }), '現在の状況を確認')
  // What goes on from another run is begun there once more.
  if (isFollowUp(run)) return link(paths.report.to({ id: run.retryOf ?? run.undoOf ?? run.id }), '連携レポートを確認')
  return { link: null, again: fetchAgain(flow, run) }
}

function endedOf(input: ApprovalInput, state: Approval['state'], isOwn: boolean): ApprovalPage['ended'] {
  if (state === 'open' || state === 'approved') return null
  const { run, flow, why } = input
  const causes = [...new Set([state === 'void' ? why?.stale : null, why?.outdated])].filter(cause => cause != null)
  const text = endedText(state, { act: undoLabel(flow.words.act, run), isOwn, isReady: run.state === 'ready', causes })
  return { text, ...goesOnAt(input, state, isOwn) }
}

function decideOf(
  { flow, run, approval, typed = '', place, errors = {} }: ApprovalInput,
  plan: ConfirmInput | null,
): Decide {
  const { act } = flow.words
  const field = plan?.field ?? undefined
  return {
    action: paths.approval.to({ id: run.id }, { ...place, field }),
    hidden: { approval: approval.id, ...(field && { field }) },
    text: `承認すると、すぐに${undoLabel(act, run)}を開始します。実行者は${approval.requestedByName}さん、承認者はあなたとして記録します。`,
    approve: plan ? `承認して${dialogOf(flow, plan.run).button}` : `承認して${act}`,
    comment: {
      id: COMMENT,
      label: 'コメント（差し戻す場合）',
      kind: 'long',
      value: typed,
      error: errors[COMMENT],
      help: `差し戻す理由を、${MAX_COMMENT}文字以内で入力してください。依頼した管理者に表示されます。`,
      focus: errors[COMMENT] !== undefined,
    },
  }
}

/** A request that waits and that nobody can begin any more: said before the button is pressed. */
const standsInTheWay = ({ why }: ApprovalInput, waits: boolean): string | null =>
  waits && why?.stale
    ? `このままでは、承認しても開始できません。差し戻すか、取り下げてください。理由：${why.stale}`
    : null

/** `plan`: what the dialog shows; null where it is not looked at any more. */
export function approvalPage(input: ApprovalInput, plan: ConfirmInput | null): ApprovalPage {
  const { flow, run, approval, adminId, now, typed = '', problem = null, errors = {} } = input
  const waits = isOpen(approval, now)
  const state = approval.state === 'open' && !waits ? 'expired' : approval.state
  const isOwn = approval.requestedBy === adminId
  const decides = waits && !isOwn
  const { act } = flow.words
  const ended = endedOf(input, state, isOwn)
  return {
    title: `承認の依頼：${undoLabel(flow.title, run)}`,
    wide: true,
    hasErrors: Object.keys(errors).length > 0,
    status: labels[state],
    lead: leadOf(approval, { waits, isOwn }, undoLabel(act, run)),
    asked: [
      ['依頼した管理者', approval.requestedByName],
      ['依頼日時', at(approval.requestedAt)],
      ['期限', at(approval.expiresAt)],
      ...sentBack(approval),
    ],
    ended,
    plan: plan && planOf(flow, approval, { ...plan, forApproval: { typesHere: decides } }),
    decide: decides ? decideOf(input, plan) : null,
    withdraw:
      waits && isOwn
        ? {
            hidden: { approval: approval.id },
            text: `依頼を取り下げると、対象を選択し直すことができます。取り下げずに対象や設定を変更した場合も、この依頼は無効になります。`,
          }
        : null,
    // What became of it is said once.
    problem: problem === ended?.text ? null : (problem ?? standsInTheWay(input, waits)),
    unsent: !decides && typed.trim() !== '' ? typed : null,
    errors,
  }
}
