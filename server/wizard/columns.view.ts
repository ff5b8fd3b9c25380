import type { Choice, Columns, ColumnsStep, Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { Run } from '../runs/run.js'
import { amount } from '../runs/labels.js'
import type { FieldErrors } from '../web/form.js'
import type { PageLink, Table } from '../web/page.js'
import { fieldOf } from './columns.form.js'
import { wizardPage, type WizardPage } from './steps.view.js'

export interface ColumnRow {
  id: string
  name: string
  chosen: string
  error: string | undefined
  /** what is said of a column that is not taken */
  none: string
  options: readonly Choice[]
}

/** The page on which the columns of the file are given to SmartHR's fields. */
export interface ColumnsPage extends WizardPage {
  lead: string
  read: string
  problem: string | null
  errors: FieldErrors
  action: string
  /** null: キャンセル ends the run */
  leave: null
  table: Table
  rows: ColumnRow[]
  notes: readonly string[]
  otherFile: PageLink
}

export const columnsPage = (input: {
  flow: Flow
  step: ColumnsStep
  run: Pick<Run, 'id' | 'connector'>
  file: { columns: readonly string[]; rows: number }
  chosen: Columns
  fields: readonly Choice[]
  errors: FieldErrors
  problem: string | null
}): ColumnsPage => ({
  ...wizardPage(input.flow, 'columns', input.step.heading),
  hasErrors: Object.keys(input.errors).length > 0 || input.problem !== null,
  lead: input.step.lead,
  read: `${amount(input.file.columns.length)}列、${amount(input.file.rows)}${input.flow.words.counter}の${input.flow.words.item}を読み取りました。`,
  problem: input.problem,
  errors: input.errors,
  action: paths.step.to({ id: input.run.id, step: 'columns' }),
  leave: null,
  table: {
    caption: { table: 'ファイルの列', region: 'ファイルの列の表' },
    columns: [{ label: 'ファイルの列' }, { label: 'SmartHRの項目' }],
  },
  rows: input.file.columns.map((name, index) => ({
    id: fieldOf(index),
    name,
    chosen: input.chosen[name] ?? '',
    error: input.errors[fieldOf(index)],
    none: '取り込まない',
    options: input.fields,
  })),
  notes: input.step.notes,
  otherFile: {
    href: paths.newRun.to({ connector: input.run.connector }, { flow: input.flow.id }),
    label: 'ファイルを選択し直す',
  },
})
