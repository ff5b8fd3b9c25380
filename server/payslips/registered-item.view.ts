import type { Connector } from '../contract/contract.js'
import { type ItemKind, itemKinds } from '../contract/statement.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import type { Page } from '../web/page.js'
import type { RegisteredItem } from './statement-items.js'

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

/** What to know before kinds are chosen. */
export const NOTES = [
  '差引支給額・支給合計・控除合計は、それぞれ1つだけ登録できます。3つともないと、取り込めません。',
  'チェックを外した項目は、SmartHRに取り込みません。',
  '種別は、SmartHRの給与明細項目の種別に合わせてください。SmartHRにない項目は、SmartHRの給与明細の設定でも登録が必要な場合があります。',
]

export const KINDS = Object.entries(itemKinds).map(([value, label]) => ({ value, label }))

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
