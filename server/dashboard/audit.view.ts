import { actKinds, acts, detailLabels, type Change, type Details } from '../audit/acts.js'
import type { Recorded } from '../audit/audit.store.js'
import { amount, slashed } from '../contract/conversions.js'
import type { Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { Page, PageLink, Table } from '../web/page.js'
import type { SelectionOp } from '../wizard/select.form.js'
import { foundText } from './run-list.view.js'

/** What the list is filtered by; '' is everything. */
export interface Asked {
  kind: string
  connector: string
  from: string
  until: string
}

export interface AuditRow {
  at: string
  act: string
  by: string
  service: string
  /** the run it is about */
  href: string | null
  details: readonly string[]
  from: string
}

export interface AuditPage extends Page {
  asked: Asked
  kinds: { options: { value: string; label: string }[]; chosen: string }
  services: { options: { value: string; label: string }[]; chosen: string }
  list: Table & { rowView: '/partials/rows/audit'; rows: AuditRow[] }
  /** how many a filter has found */
  found: string | null
  empty: string | null
  csv: string
  pages: PageLink[]
}

const whoElse = {
  admin: '管理者',
  person: 'ログインしていない利用者',
  service: '連携先（アクセストークン）',
  system: '自動処理',
  operator: '運用担当者',
} as const

const labelOf = (act: string): string => (act in acts ? acts[act as keyof typeof acts].label : act)

const byOf = ({ adminName, actor }: Recorded): string => adminName ?? whoElse[actor]

const change = ({ label, before, after }: Change) => `${label}：${before || '（未設定）'} → ${after || '（未設定）'}`

/** Whatever button stores ticks has a word here. */
type Pressed = Exclude<SelectionOp['kind'], 'keep'> | 'own-ticks'

/** Codes as their page says them. */
const words: Readonly<Record<Pressed | 'utf8' | 'sjis', string>> = {
  search: '検索',
  filter: '絞り込み',
  unfilter: '絞り込みを解除',
  'select-page': 'このページの対象をすべて選択',
  'select-all': 'すべて選択',
  clear: '選択を解除',
  confirm: '確認',
  back: '戻る',
  page: 'ページの移動',
  sort: '並べ替え',
  field: '変更する項目で絞り込み',
  doomed: '失敗する対象だけを表示',
  warned: '警告ありの対象だけを表示',
  class: '差分なし・対象外の表示',
  omit: '項目を同期しない',
  restore: '項目を同期する',
  'own-ticks': 'チェックを反映',
  utf8: 'UTF-8',
  sjis: 'Shift_JIS',
}

const said = (name: string, value: unknown): string => {
  if (typeof value === 'number') return amount(value)
  if (Array.isArray(value)) return value.join('、')
  const text = String(value)
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return slashed(text)
  return name === 'button' || name === 'encoding' ? ((words as Readonly<Record<string, string>>)[text] ?? text) : text
}

/** Details as sentences, one each; what this release does not know is told by its name. */
const detailsOf = ({ changes, ...rest }: Details): string[] => [
  ...Object.entries(rest).flatMap(([name, value]) =>
    Array.isArray(value) && value.length === 0
      ? []
      : [`${detailLabels[name as keyof typeof detailLabels] ?? name}：${said(name, value)}`],
  ),
  ...(changes?.length === 0 ? ['変更なし'] : (changes ?? []).map(change)),
]

const serviceOf = (id: string | null, connectors: readonly Connector[]): string =>
  id === null ? '' : (connectors.find(connector => connector.id === id)?.labels.app ?? id)

const fromOf = ({ address, agent }: Recorded): string => [address, agent].filter(part => part !== null).join('　')

const rowOf = (event: Recorded, connectors: readonly Connector[]): AuditRow => ({
  at: jstDateTime(event.at),
  act: labelOf(event.act),
  by: byOf(event),
  service: serviceOf(event.connector, connectors),
  href: event.runId === null ? null : paths.report.to({ id: event.runId }),
  details: detailsOf(event.details),
  from: fromOf(event),
})

export function auditPage(input: {
  asked: Asked
  events: readonly Recorded[]
  more: boolean
  before: string | undefined
  connectors: readonly Connector[]
}): AuditPage {
  const { asked, events, more, before, connectors } = input
  const filtered = Object.values(asked).some(value => value !== '')
  const query = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''))
  const last = events.at(-1)
  return {
    title: '操作履歴',
    wide: true,
    asked,
    kinds: {
      options: Object.entries(actKinds).map(([value, label]) => ({ value, label })),
      chosen: asked.kind,
    },
    services: {
      options: connectors.map(({ id, labels }) => ({ value: id, label: labels.app })),
      chosen: asked.connector,
    },
    list: {
      caption: { table: '操作履歴', region: '操作履歴' },
      columns: [
        { label: '日時' },
        { label: '操作' },
        { label: '操作した人' },
        { label: '連携サービス' },
        { label: '内容' },
        { label: '接続元' },
      ],
      rowView: '/partials/rows/audit',
      rows: events.map(event => rowOf(event, connectors)),
    },
    found: filtered ? foundText(events.length, more || before !== undefined) : null,
    empty:
      events.length > 0
        ? null
        : filtered
          ? '該当する操作履歴はありません。別の条件を試してください。'
          : '操作履歴はありません。',
    csv: paths.auditCsv.to({}, query),
    pages: [
      ...(before === undefined ? [] : [{ href: paths.audit.to({}, query), label: '最初へ' }]),
      ...(more && last ? [{ href: paths.audit.to({}, { ...query, before: last.id }), label: '次へ' }] : []),
    ],
  }
}

export const csvHeader = ['日時', '操作', '操作した人', '連携サービス', '同期ID', '内容', '接続元', 'ブラウザ']

/** An event as a line of the file. */
export const csvLine = (event: Recorded, connectors: readonly Connector[]): string[] => [
  jstDateTime(event.at),
  labelOf(event.act),
  byOf(event),
  serviceOf(event.connector, connectors),
  event.runId ?? '',
  detailsOf(event.details).join(' / '),
  event.address ?? '',
  event.agent ?? '',
]
