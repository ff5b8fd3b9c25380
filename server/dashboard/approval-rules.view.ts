import { APPROVAL, APPROVAL_HOURS, modeLabels, modesOf } from '../runs/approval.js'
import { at } from '../runs/labels.js'
import type { FieldErrors } from '../web/form.js'
import type { Field, Page } from '../web/page.js'
import { fieldOf, shownField, shownRule } from './approval-rules.form.js'
import { shownRequest, type RulesShown, type ShownRequest, type StandingRule } from './approval-rules.service.js'

/** A weaker rule that was asked for. */
export interface WaitingRule {
  flow: string
  /** what its buttons decide about */
  shown: ShownRequest
  text: string
  /** null: one's own */
  agree: string | null
  callBack: string
}

/** ［承認］: which flows begin only after a second administrator has agreed. */
export interface ApprovalRulesPage extends Page {
  lead: string
  notes: readonly string[]
  /** nobody else could agree */
  alone: string | null
  /** a button was pressed for a request that is another one by now */
  changed: string | null
  waiting: WaitingRule[]
  fields: Field[]
  /** what the fields stand at, so that only what is changed here is saved */
  shown: { name: string; value: string }[]
  errors: FieldErrors
}

const NOTES = [
  '「大きな変更だけ承認」では、［大きな変更の確認］の基準を超える変更があるときだけ、承認が必要です。',
  '「大きな変更だけ承認」にしている間、［大きな変更の確認］の基準は、小さくすることだけができます。大きくする場合は、先に「常に承認」にするか、承認を弱めてください。',
  '承認が必要な同期では、確認画面のボタンが［承認を依頼］になります。ほかの管理者が承認すると、依頼した管理者を実行者として開始します。',
  '自分が依頼した内容は、自分では承認できません。',
  `弱める変更（承認なしにする、「常に承認」から「大きな変更だけ承認」にする）は、ほかの管理者が同意するか、${APPROVAL_HOURS}時間が過ぎると適用されます。依頼すると、すべての管理者にメールで知らせます。強める変更は、すぐに適用されます。`,
]

const ALONE_NOW =
  'Renkeiにログインしたことがある管理者が、あなただけのため、承認を使えません。ほかの管理者がRenkeiにログインすると、使えるようになります。'
/** A rule holds on when the others have gone. */
const ALONE_HELD =
  'Renkeiにログインしたことがある管理者が、あなただけです。承認が必要な同期は、ほかの管理者がRenkeiにログインするまで開始できません。'
const WEAKEN = `ほかの管理者がログインできない場合は、承認を弱めて保存してください。${APPROVAL_HOURS}時間が過ぎると適用されます。`
const WEAKER_WAITS = '弱める変更は、依頼済みです。適用される日時までお待ちください。'

/** What one administrator alone can do; null: there are more. */
function aloneOf({ rules, administrators }: RulesShown): string | null {
  if (administrators > 1) return null
  const held = rules.filter(({ mode }) => mode !== 'off')
  if (held.length === 0) return ALONE_NOW
  return ALONE_HELD + (held.every(({ next }) => next) ? WEAKER_WAITS : WEAKEN)
}

/** The page of a company that has no rule and can make none has no fields. */
export const canSave = ({ rules, administrators }: RulesShown): boolean =>
  administrators > 1 || rules.some(({ mode }) => mode !== 'off')

const CHANGED = {
  request:
    '依頼の内容が変わりました。画面を表示した後に、依頼し直されたためです。設定は変更していません。現在の依頼の内容を確認して、もう一度操作してください。',
  rule: 'この画面を開いた後に、ほかの管理者が承認の設定を変更したか、変更を依頼したため、保存していません。現在の設定を表示しています。必要な場合は、選択し直して、もう一度［保存］を押してください。',
}

/** Whoever agrees is to know what will not be asked about any more. */
const DANGEROUS =
  '適用された後は、［大きな変更の確認］の基準を超える同期だけに、承認が必要です。基準も確認してください。'

function waitingOf({ flow, mode, next }: StandingRule, adminId: string): WaitingRule[] {
  if (!next) return []
  return [
    {
      flow: flow.id,
      shown: shownRequest(next),
      text: `「${flow.panel.title}」を「${modeLabels[mode]}」から「${modeLabels[next.mode]}」にする変更を、${next.adminName}さんが${at(next.at)}に依頼しています。${at(next.from)}に適用されます。${next.mode === 'dangerous' ? DANGEROUS : ''}`,
      agree: next.adminId === adminId ? null : '変更に同意する',
      callBack: '変更を取り下げる',
    },
  ]
}

export function approvalRulesPage(
  standing: RulesShown,
  {
    adminId,
    typed,
    errors = {},
    hasChanged = null,
  }: {
    adminId: string
    typed?: Readonly<Record<string, string>>
    errors?: FieldErrors
    hasChanged?: keyof typeof CHANGED | null
  },
): ApprovalRulesPage {
  return {
    title: APPROVAL,
    hasErrors: Object.keys(errors).length > 0,
    lead: '同期を開始する前に、ほかの管理者の承認を必要とするかどうかを選択してください。',
    notes: NOTES,
    alone: aloneOf(standing),
    changed: hasChanged && CHANGED[hasChanged],
    waiting: standing.rules.flatMap(rule => waitingOf(rule, adminId)),
    fields: !canSave(standing)
      ? []
      : standing.rules.map(({ flow, mode }) => ({
          id: fieldOf(flow),
          label: flow.panel.title,
          kind: 'radio',
          value: typed?.[fieldOf(flow)] ?? mode,
          error: errors[fieldOf(flow)],
          options: modesOf(flow).map(value => ({ value, label: modeLabels[value] })),
        })),
    shown: standing.rules.map(({ flow, mode, next }) => ({ name: shownField(flow), value: shownRule({ mode, next }) })),
    errors,
  }
}
