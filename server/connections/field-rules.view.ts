import type { Change } from '../audit/acts.js'
import { categories } from '../contract/categories.js'
import type { Connector } from '../contract/contract.js'
import {
  FIELD_RULES,
  presetRule,
  type FieldRule,
  type FieldRules,
  type RuledField,
  type Way,
} from '../contract/field-rules.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import type { Label, Page } from '../web/page.js'
import type { SinceShown } from '../web/since-shown.js'
import { isChosen, nameOf } from './field-rules.form.js'

/** What one of the selects offers. */
export interface RuleChoice {
  name: string
  label: string
  value: string
  options: { value: string; label: string }[]
  error: string | undefined
}

export interface RuleRow {
  label: string
  /** 新しい項目, where nobody has seen it yet */
  mark: Label | null
  /** why nothing can be chosen for it */
  reason: string | null
  /** a choice, or what holds */
  way: RuleChoice | string
  blanks: RuleChoice | string
  newOnly: { name: string; label: string; checked: boolean } | null
}

/** ［項目の設定］ */
export interface FieldRulesPage extends Page {
  lead: string
  action: string
  back: string
  presets: { value: string; label: string; text: string }[]
  /** what is new, or shown without being saved */
  notices: string[]
  rows: RuleRow[]
  columns: { way: string; blanks: string; newOnly: string }
  notes: readonly string[]
  errors: FieldErrors
  since: SinceShown
}

export const presetLabels = ({ category }: Pick<Connector, 'category'>) => ({
  smarthr: 'SmartHRを正とする',
  service: `${categories[category]}側を正とする`,
  initial: 'はじめの設定に戻す',
})

/** What each of them fills the form with. */
const presetTexts = ({ labels: { product } }: Connector): Readonly<Record<string, string>> => ({
  smarthr: `見分ける項目を除くすべての項目を、SmartHRから${product}へだけ同期する設定にします。新規登録に必要な項目は、SmartHRに新しく登録する従業員にだけ、${product}からも登録します。`,
  service: `見分ける項目を除くすべての項目を、${product}からSmartHRへだけ同期する設定にします。新規登録に必要な項目は、${product}に新しく登録する従業員にだけ、SmartHRからも登録します。`,
  initial: 'すべての項目を、何も変更していないときの設定にします。',
})

export type Preset = keyof ReturnType<typeof presetLabels>

const columns = { way: '同期する向き', blanks: '空白のとき', newOnly: '新規登録のときだけ' }
const KEEP = '何もしない'
const REASONS = {
  key: '従業員を見分ける項目のため、変更できません。',
  needed: '新規登録に必要な項目です。選択した向きと逆の同期では、新しく登録する従業員にだけ登録します。',
}

const wayLabels = ({ labels }: Connector): Readonly<Record<Way, string>> => ({
  both: '両方',
  'to-service': `${labels.product}へだけ`,
  'to-smarthr': 'SmartHRへだけ',
  none: 'しない',
})

/** Erasing on one side alone says on which, where the field goes both ways. */
function blanksLabels({ labels }: Connector, { erasing, ways }: RuledField) {
  const where = erasing[0] === 'to-service' ? labels.product : 'SmartHR'
  const erase = erasing.length === 1 && ways.includes('both') ? `${where}を空白にする` : '空白にする'
  return { keep: KEEP, erase }
}

const optionsOf = <Value extends string>(values: readonly Value[], labels: Readonly<Record<Value, string>>) =>
  values.map(value => ({ value, label: labels[value] }))

const reasonOf = (fields: readonly RuledField[], { locked, lead, id }: RuledField): string | null => {
  if (locked !== null) return REASONS[locked]
  const leader = fields.find(field => field.id === lead)
  return lead !== id && leader ? `「${leader.label}」と同じ設定になります。` : null
}

interface FieldRulesInput {
  connector: Connector
  fields: readonly RuledField[]
  /** fields that nobody has seen yet, by their ids */
  unseen: readonly string[]
  typed: FieldRules
  /** what was pressed to fill the form; null: what is saved */
  preset: Preset | null
  errors: FieldErrors
  since: SinceShown
}

function rowOf({ connector, fields, unseen, typed, errors }: FieldRulesInput, field: RuledField): RuleRow {
  const { id, label, erasing } = field
  const rule = typed[field.lead] ?? presetRule(field)
  const [ofWay, ofBlanks] = [wayLabels(connector), blanksLabels(connector, field)]
  const choice = (name: string, what: string, value: string, options: RuleChoice['options']): RuleChoice => ({
    name,
    label: `${label}：${what}`,
    value,
    options,
    error: errors[name],
  })
  const open = isChosen(field)
  const newOnly = nameOf.newOnly(id)
  return {
    label,
    mark: unseen.includes(id) ? { label: '新しい項目', look: 'st-blue' } : null,
    reason: reasonOf(fields, field),
    way: open ? choice(nameOf.way(id), columns.way, rule.way, optionsOf(field.ways, ofWay)) : ofWay[rule.way],
    blanks:
      open && erasing.length > 0
        ? choice(nameOf.blanks(id), columns.blanks, rule.blanks, optionsOf(['keep', 'erase'] as const, ofBlanks))
        : field.lead === id
          ? KEEP
          : '-',
    newOnly: open ? { name: newOnly, label: `${label}：${columns.newOnly}`, checked: rule.newOnly } : null,
  }
}

const newFieldsText = (labels: readonly string[]) =>
  `新しい項目${labels.map(label => `「${label}」`).join('')}があります。`

/** On the dashboard: what came with a later release and goes nowhere until it is saved. */
export const unseenText = (fields: readonly RuledField[]): string =>
  `${newFieldsText(fields.map(({ label }) => label))}${FIELD_RULES}を確認して保存するまで、同期しません。`

export function fieldRulesPage(input: FieldRulesInput): FieldRulesPage {
  const { connector, fields, unseen, preset, errors, since } = input
  const to = { connector: connector.id }
  const [presets, texts] = [presetLabels(connector), presetTexts(connector)]
  const labels = fields.flatMap(({ id, label }) => (unseen.includes(id) ? [label] : []))
  return {
    title: FIELD_RULES,
    wide: true,
    hasErrors: Object.keys(errors).length > 0,
    lead: `SmartHRと${connector.labels.product}の間で、どの項目を、どの向きに同期するかを選択してください。`,
    action: paths.fieldRules.to(to),
    back: paths.dashboard.to(to),
    presets: Object.entries(presets).map(([value, label]) => ({ value, label, text: texts[value] ?? '' })),
    notices: [
      ...(labels.length > 0
        ? [`${newFieldsText(labels)}同期する場合は、向きを選択してください。［保存］を押すまで、同期しません。`]
        : []),
      ...(preset ? [`「${presets[preset]}」の内容を表示しています。［保存］を押すまで、設定は変わりません。`] : []),
    ],
    rows: fields.map(field => rowOf(input, field)),
    columns,
    notes: [
      '変更は、次に取得した情報から有効です。取得済みの同期は変わりません。',
      '「しない」の項目は、SmartHRから取得せず、比較も変更もしません。ただし、在籍の判定と一覧の表示に使う社員番号、氏名、部署、在籍状況、入社年月日、退職年月日は取得します。住所や口座は、SmartHRから一部だけを取得できないため、1つでも同期する項目があれば、まとめて取得します。',
      ...(fields.some(({ erasing }) => erasing.length > 0)
        ? ['「空白にする」を選択すると、同期元で空白の項目は、同期先の登録内容も空白になります。']
        : []),
      '「新規登録のときだけ」にチェックを入れた項目は、登録済みの従業員では、比較も変更もしません。',
    ],
    errors,
    since,
  }
}

/** What was saved and was different before, in the words of the page. `before` null: what held without rules. */
export function fieldRuleChanges(
  connector: Connector,
  fields: readonly RuledField[],
  before: FieldRules | null,
  after: FieldRules,
): Change[] {
  const text = (field: RuledField, rule: FieldRule | undefined): string =>
    rule
      ? [
          wayLabels(connector)[rule.way],
          ...(field.erasing.length > 0 ? [`${columns.blanks}：${blanksLabels(connector, field)[rule.blanks]}`] : []),
          ...(rule.newOnly ? [columns.newOnly] : []),
        ].join('、')
      : ''
  return fields.filter(isChosen).flatMap(field => {
    const was = text(field, before === null ? presetRule(field) : before[field.id])
    const is = text(field, after[field.id])
    return was === is ? [] : [{ label: field.label, before: was, after: is }]
  })
}
