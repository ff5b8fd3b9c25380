import type { Change } from '../audit/acts.js'
import type { ComparedFlow, KeyComparison, Paired } from '../connections/flow-key.store.js'
import type { Connector } from '../contract/contract.js'
import { KEY_CHOICE, keyChoices, NUMBER, type ChosenKey } from '../contract/flow-keys.js'
import { paths } from '../paths.js'
import { amount } from '../runs/labels.js'
import type { FieldErrors } from '../web/form.js'
import type { Fact, Field, Label, Page, Table } from '../web/page.js'

export const FIELD = 'key'

/** ［従業員を見分ける項目］ */
export interface FlowKeyPage extends Page {
  lead: string
  action: string
  back: string
  field: Field
  notes: readonly string[]
  errors: FieldErrors
}

export interface DifferingRow {
  number: string
  name: string
  /** 今 and 変更後 */
  cells: { heading: string; status: Label; text: string }[]
}

/** What a change would do, before it is saved. */
export interface ComparisonPage extends Page {
  back: string
  facts: Fact[]
  phase: 'reading' | 'read'
  poll: string
  /** why nothing can be said */
  failure: string | null
  lists: {
    heading: string
    text: string
    list: (Table & { rowView: '/partials/rows/differing'; rows: DifferingRow[] }) | null
  }[]
  save: { action: string; comparison: string } | null
}

const labelOf = (connector: Connector, key: ChosenKey): string =>
  keyChoices(connector).find(({ id }) => id === key)?.label ?? ''

/** For the record. */
export const keyChange = (connector: Connector, now: ChosenKey, then: ChosenKey): Change => ({
  label: KEY_CHOICE,
  before: labelOf(connector, now),
  after: labelOf(connector, then),
})

export function flowKeyPage({
  connector,
  now,
  typed,
  error,
}: {
  connector: Connector
  now: ChosenKey
  typed: string
  error?: string | undefined
}): FlowKeyPage {
  const to = { connector: connector.id }
  return {
    title: KEY_CHOICE,
    hasErrors: error !== undefined,
    lead: `SmartHRと${connector.labels.product}の従業員が同じ人かを、どの項目で見分けるかを選択してください。いまは、${labelOf(connector, now)}で見分けています。`,
    action: paths.keyComparison.to(to),
    back: paths.dashboard.to(to),
    field: {
      id: FIELD,
      label: KEY_CHOICE,
      kind: 'radio',
      value: typed,
      error,
      options: keyChoices(connector).map(({ id, label }) => ({ value: id ?? NUMBER, label })),
    },
    notes: [
      '［変更した場合の違いを確認］を押すと、両方のサービスから情報を取得し、見分け方が変わる従業員を表示します。確認してから保存できます。',
      'メールアドレスは、大文字と小文字、全角と半角を区別しません。空白の従業員と、同じメールアドレスの従業員が複数いる場合は、同期の対象外になります。',
      '変更は、次に取得した情報から有効です。取得済みの同期は変わりません。',
    ],
    errors: error === undefined ? {} : { [FIELD]: error },
  }
}

const looks: Readonly<Record<string, string>> = { 一致: 'st-blue', 新規登録: 'st-green', 対象外: 'st-grey' }

const cellOf = (heading: string, { label, text }: Paired) => ({
  heading,
  status: { label, look: looks[label] ?? 'st-grey' },
  text,
})

function listOf(
  connector: Connector,
  { flow: id, people, differing, shown }: ComparedFlow,
): ComparisonPage['lists'][number] {
  const flow = connector.flows.find(candidate => candidate.id === id)
  const heading = flow?.panel.title ?? id
  const more = differing > shown.length ? `先頭の${amount(shown.length)}名を表示しています。` : ''
  return {
    heading,
    text:
      differing === 0
        ? `${amount(people)}名を確認しました。違いはありません。`
        : `${amount(people)}名を確認しました。変更すると、${amount(differing)}名の見分け方が変わります。${more}`,
    list:
      shown.length === 0
        ? null
        : {
            caption: { table: `${heading}で違いのある従業員`, region: `${heading}で違いのある従業員の表` },
            columns: [{ label: '社員番号' }, { label: '氏名', look: 'who' }, { label: '今' }, { label: '変更後' }],
            rowView: '/partials/rows/differing',
            rows: shown.map(({ number, name, now, then }) => ({
              number,
              name,
              cells: [cellOf('今', now), cellOf('変更後', then)],
            })),
          },
  }
}

export function comparisonPage(connector: Connector, comparison: KeyComparison): ComparisonPage {
  const { id, now, then, result } = comparison
  const to = { connector: connector.id }
  const flows = result !== null && 'flows' in result ? result.flows : null
  return {
    title: '変更した場合の違い',
    wide: true,
    back: paths.flowKey.to(to),
    facts: [[KEY_CHOICE, `${labelOf(connector, now)} → ${labelOf(connector, then)}`]],
    phase: result === null ? 'reading' : 'read',
    poll: paths.keyComparison.to(to),
    failure: result !== null && 'failure' in result ? result.failure : null,
    lists: (flows ?? []).map(flow => listOf(connector, flow)),
    save: flows ? { action: paths.flowKey.to(to), comparison: id } : null,
  }
}
