import type { Connector, Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import { APPROVAL_HOURS, modeLabels } from '../runs/approval.js'
import { PRESET } from '../runs/guard.js'
import type { FieldErrors } from '../web/form.js'
import type { SinceShown } from '../web/since-shown.js'
import type { Field, Page } from '../web/page.js'
import { limitFields } from './limits.form.js'

/** A flow that asks for a second administrator where a limit is exceeded; `waits`: it was asked for. */
export interface RestingFlow {
  connector: Connector
  flow: Flow
  waits: boolean
}

/** ［大きな変更の確認］: from which numbers on 同期 asks once more. */
export interface LimitsPage extends Page {
  lead: string
  notes: readonly string[]
  /** why no limit can be loosened, and where to go for that */
  resting: { text: string; links: { href: string; label: string }[] } | null
  groups: { title: string; fields: Field[] }[]
  errors: FieldErrors
  since: SinceShown
}

export const LIMITS_TITLE = '大きな変更の確認'

const RESTING = `「${modeLabels.dangerous}」が設定されている連携があるため、基準は、小さくすることだけができます。大きくする場合は、先に［承認］で「${modeLabels.always}」にするか（依頼中の変更は取り下げるか）、承認を弱めてください。弱める変更は、ほかの管理者が同意するか、${APPROVAL_HOURS}時間が過ぎると適用されます。`

const restingOf = (flows: readonly RestingFlow[]): LimitsPage['resting'] =>
  flows.length === 0
    ? null
    : {
        text: RESTING,
        links: flows.map(({ connector, flow, waits }) => ({
          href: paths.approvalRules.to({ connector: connector.id }),
          label: `${connector.labels.product}の承認：${flow.panel.title}${waits ? '（変更を依頼中）' : ''}`,
        })),
      }

export const limitsPage = ({
  typed,
  errors = {},
  resting = [],
  since,
}: {
  typed: Readonly<Record<string, string>>
  errors?: FieldErrors
  resting?: readonly RestingFlow[]
  since: SinceShown
}): LimitsPage => ({
  title: LIMITS_TITLE,
  hasErrors: Object.keys(errors).length > 0,
  lead: '同期する内容がこの基準を超えると、開始する前に、対象の人数の入力を求めます。基準は、すべての連携サービスに適用されます。',
  notes: [
    '基準は、初期値より小さくできます。初期値より大きくすることと、確認をやめることはできません。',
    `［承認］で「${modeLabels.dangerous}」にしている連携があるときは、現在の基準より大きくすることもできません。`,
    '重要な項目には、銀行口座も含まれます。',
    '人数と割合の両方がある基準は、両方を超えたときに確認します。',
    '2名の番号や口座が入れ替わるときは、人数にかかわらず確認します。',
  ],
  resting: restingOf(resting),
  groups: limitFields.map(({ rule, fields }) => ({
    title: rule,
    fields: fields.map(({ name, label, unit }) => ({
      id: name,
      label,
      kind: 'integer',
      value: typed[name] ?? '',
      error: errors[name],
      help: `初期値：${PRESET[name]}${unit}`,
      suffix: unit,
    })),
  })),
  errors,
  since,
})
