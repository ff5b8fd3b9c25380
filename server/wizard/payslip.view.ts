import type { Connector, Flow, Period, PeriodStep } from '../contract/contract.js'
import { itemKinds, type ItemKind } from '../contract/statement.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import type { RegisteredItem } from '../payslips/payslips.js'
import type { Run } from '../runs/run.js'
import { steps, type Steps } from './wizard.view.js'

/** ［賞与対象開始日と締日］ */
export interface PeriodPage extends Steps {
  heading: string
  lead: string
  action: string
  fields: { id: 'from' | 'to'; label: string; value: string; error: string | undefined }[]
  errors: FieldErrors
}

export const periodPage = (input: {
  flow: Flow
  step: PeriodStep
  run: Run
  typed: Period
  errors: FieldErrors
}): PeriodPage => ({
  ...steps(input.flow, 'period'),
  heading: input.step.heading,
  lead: input.step.lead,
  action: paths.step.to({ id: input.run.id, step: 'period' }),
  fields: (['from', 'to'] as const).map(id => ({
    id,
    label: input.step[id],
    value: input.typed[id],
    error: input.errors[id],
  })),
  errors: input.errors,
})

/** A table of payslip items with what each is and whether employees see it. */
export interface ItemTable {
  action: string
  rows: { index: number; name: string; kind: ItemKind; shown: boolean; error: string | undefined }[]
  kinds: { value: string; label: string }[]
  errors: FieldErrors
}

/** 項目登録画面 */
export interface ItemsPage extends Steps, ItemTable {
  revision: number
  /** a tick by which kinds that make sums not add up are taken all the same; null: it is not needed */
  anyway: { checked: boolean } | null
}

const KINDS = Object.entries(itemKinds).map(([value, label]) => ({ value, label }))

/** 給与明細の項目, as they are registered. */
export const registryPage = (input: {
  connector: Connector
  items: readonly RegisteredItem[]
  errors: FieldErrors
}): ItemTable => ({
  action: paths.payslipItems.to({ connector: input.connector.id }),
  rows: input.items.map((item, index) => ({ ...item, index, error: input.errors[`kind-${index}`] })),
  kinds: KINDS,
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
  ...steps(input.flow, 'items'),
  action: paths.step.to({ id: input.run.id, step: 'items' }),
  revision: input.run.revision,
  anyway: input.doubted ? { checked: input.anyway ?? false } : null,
  rows: input.run.newItems.map(({ name, kind }, index) => ({
    index,
    name,
    kind: input.chosen?.[index]?.kind ?? kind,
    shown: input.chosen?.[index]?.shown ?? true,
    error: input.errors[`kind-${index}`],
  })),
  kinds: KINDS,
  errors: input.errors,
})
