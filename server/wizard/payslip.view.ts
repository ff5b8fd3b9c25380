import type { Connector, Flow, Period, PeriodStep } from '../contract/contract.js'
import { itemKinds, type ItemKind } from '../contract/statement.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import type { Checkbox, Field, Page } from '../web/page.js'
import type { RegisteredItem } from '../payslips/payslips.js'
import type { Run } from '../runs/run.js'
import { wizardPage, type WizardPage } from './wizard.view.js'

/** ［賞与対象開始日と締日］ */
export interface PeriodPage extends WizardPage {
  lead: string
  action: string
  fields: Field[]
  errors: FieldErrors
}

export const periodPage = (input: {
  flow: Flow
  step: PeriodStep
  run: Run
  typed: Period
  errors: FieldErrors
}): PeriodPage => ({
  ...wizardPage(input.flow, 'period', input.step.heading),
  hasErrors: Object.keys(input.errors).length > 0,
  lead: input.step.lead,
  action: paths.step.to({ id: input.run.id, step: 'period' }),
  fields: (['from', 'to'] as const).map(id => ({
    id,
    label: input.step[id],
    kind: 'date',
    value: input.typed[id],
    error: input.errors[id],
    required: true,
  })),
  errors: input.errors,
})

/** A table of payslip items with what each is and whether employees see it. */
export interface ItemTable {
  action: string
  rows: { index: number; name: string; kind: ItemKind; shown: boolean; error: string | undefined }[]
  kinds: { value: string; label: string }[]
  notes: readonly string[]
  errors: FieldErrors
}

/** ［給与明細の項目］ */
export type RegistryPage = Page & ItemTable & { lead: string }

/** 項目登録画面 */
export interface ItemsPage extends WizardPage, ItemTable {
  lead: string
  revision: number
  /** a tick by which kinds that make sums not add up are taken all the same; null: it is not needed */
  anyway: Checkbox | null
}

const NOTES = [
  '差引支給額・支給合計・控除合計は、それぞれ1つだけ登録できます。3つともないと、取り込めません。',
  'チェックを外した項目は、SmartHRに取り込みません。',
  '種別は、SmartHRの給与明細項目の種別に合わせてください。SmartHRにない項目は、SmartHRの給与明細の設定でも登録が必要な場合があります。',
]

const KINDS = Object.entries(itemKinds).map(([value, label]) => ({ value, label }))

/** 給与明細の項目, as they are registered. */
export const registryPage = (input: {
  connector: Connector
  items: readonly RegisteredItem[]
  errors: FieldErrors
}): RegistryPage => ({
  title: '給与明細の項目',
  hasErrors: Object.keys(input.errors).length > 0,
  lead: '取り込んだことのある項目です。従業員に表示する項目と種別を変更できます。変更は、次に明細を取得したときから有効です。取り込み済みの明細は変わりません。',
  action: paths.payslipItems.to({ connector: input.connector.id }),
  rows: input.items.map((item, index) => ({ ...item, index, error: input.errors[`kind-${index}`] })),
  kinds: KINDS,
  notes: NOTES,
  errors: input.errors,
})

export const itemsPage = (input: {
  flow: Flow
  run: Run
  /** what was chosen when the form came back with errors */
  chosen: readonly RegisteredItem[] | null
  errors: FieldErrors
  /** sums do not add up with what was chosen */
  doubted?: boolean
  anyway?: boolean
}): ItemsPage => ({
  ...wizardPage(input.flow, 'items', '項目の登録'),
  hasErrors: Object.keys(input.errors).length > 0,
  lead: `まだ登録されていない項目が${input.run.newItems.length}件あります。従業員に表示する項目にチェックを入れ、種別を選択してください。登録すると、もう一度明細を取り込みます。`,
  action: paths.step.to({ id: input.run.id, step: 'items' }),
  revision: input.run.revision,
  anyway: input.doubted
    ? {
        name: 'anyway',
        value: 'yes',
        label: '合計が一致しないことを確認し、このまま登録する',
        checked: input.anyway ?? false,
        error: undefined,
      }
    : null,
  rows: input.run.newItems.map(({ name, kind }, index) => ({
    index,
    name,
    kind: input.chosen?.[index]?.kind ?? kind,
    shown: input.chosen?.[index]?.shown ?? true,
    error: input.errors[`kind-${index}`],
  })),
  kinds: KINDS,
  notes: NOTES,
  errors: input.errors,
})
