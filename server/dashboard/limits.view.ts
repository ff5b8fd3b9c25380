import { PRESET } from '../runs/guard.js'
import type { FieldErrors } from '../web/form.js'
import type { Field, Page } from '../web/page.js'
import { limitFields } from './limits.form.js'

/** ［大きな変更の確認］: from which numbers on 同期 asks once more. */
export interface LimitsPage extends Page {
  lead: string
  notes: readonly string[]
  groups: { title: string; fields: Field[] }[]
  errors: FieldErrors
}

export const LIMITS_TITLE = '大きな変更の確認'

export const limitsPage = (typed: Readonly<Record<string, string>>, errors: FieldErrors): LimitsPage => ({
  title: LIMITS_TITLE,
  hasErrors: Object.keys(errors).length > 0,
  lead: '同期する内容がこの基準を超えると、開始する前に、対象の人数の入力を求めます。基準は、すべての連携サービスに適用されます。',
  notes: [
    '基準は、初期値より小さくできます。大きくすることと、確認をやめることはできません。',
    '重要な項目には、銀行口座も含まれます。',
    '人数と割合の両方がある基準は、両方を超えたときに確認します。',
    '2名の番号や口座が入れ替わるときは、人数にかかわらず確認します。',
  ],
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
})
