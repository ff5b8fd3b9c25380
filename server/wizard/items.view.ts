import type { Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { RegisteredItem } from '../payslips/statement-items.js'
import { KINDS, NOTES, type ItemTable } from '../payslips/registered-item.view.js'
import type { Run } from '../runs/run.js'
import type { FieldErrors } from '../web/form.js'
import type { Checkbox } from '../web/page.js'
import { wizardPage, type WizardPage } from './steps.view.js'

/** 項目登録画面 */
export interface ItemsPage extends WizardPage, ItemTable {
  lead: string
  revision: number
  /** a tick by which kinds that make sums not add up are taken all the same; null: it is not needed */
  anyway: Checkbox | null
}

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
