import { amount, slashed } from '../contract/conversions.js'
import type { Connector, PlainDate } from '../contract/contract.js'
import { SCOPE, scopeConditions, scopedFlows, type ScopeConditions } from '../contract/scope.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { Page, PageLink, Table } from '../web/page.js'
import { CONDITIONS, isOver, statusChoices, type Listed, type Offered } from './scopes.form.js'
import type { SavedScope } from './scopes.store.js'
import { titlesOf } from './scopes.view.js'

/** A condition in words. */
export interface ShownCondition {
  /** null: the fold says it */
  text: string | null
  /** all its values, where the line has no room for them */
  fold: { title: string; values: string[] } | null
}

export interface ScopeRow {
  name: string
  conditions: ShownCondition[]
  presets: string
  updatedAt: string
  updatedBy: string
  change: string
  remove: string
}

/** ［対象範囲］ */
export interface ScopesPage extends Page {
  lead: string
  back: PageLink
  add: PageLink
  empty: string
  table: Table
  rows: ScopeRow[]
  notes: readonly string[]
}

const TABLE: Table = {
  caption: { table: SCOPE, region: `${SCOPE}の表` },
  columns: [
    { label: '名前', look: 'who' },
    { label: '条件', look: 'what' },
    { label: 'はじめに選ぶ同期' },
    { label: '更新日時' },
    { label: '更新者' },
    { label: '操作' },
  ],
}

const NOTES: readonly string[] = [
  '変更は、次に取得した情報から有効です。取得済みの同期は、取得したときの対象範囲のまま変わりません。',
  '対象範囲の外の従業員は、対象外になります。どちらのサービスにも書き込まず、退職の扱いにもしません。',
  '対象範囲は、従業員の同期だけで使います。給与明細の取り込みや、公開では使いません。',
]
const NAMELESS =
  'SmartHRから名前を取得できなかったため、部署などの条件は件数だけを表示しています。時間をおいて、開き直してください。'
const UNREADABLE = '保存された内容を読み取れません。条件を指定し直して保存してください。'
const GONE = '（SmartHRにない値）'

/** Values of a condition that are shown without a click. */
const AT_ONCE = 3

type Condition = ScopeConditions[number]

/** The first values, and all of them behind a fold where there are more. */
function listing(label: string, values: string[], behind = ''): ShownCondition {
  const more = values.length - AT_ONCE
  const ending = `${more > 0 ? `、ほか${amount(more)}件` : ''}${behind}`
  return {
    text: `${label}：${values.slice(0, AT_ONCE).join('、')}${ending}`,
    fold: more > 0 ? { title: `${label}をすべて表示（${amount(values.length)}件）`, values } : null,
  }
}

function exceptText({ values }: Extract<Condition, { op: 'except' }>, today: PlainDate): ShownCondition {
  const over = values.filter(({ until }) => isOver({ until: until ?? '' }, today)).length
  return {
    text: null,
    fold: {
      title: `${CONDITIONS.except}（${amount(values.length)}名${over > 0 ? `、うち期限切れ${amount(over)}名` : ''}）`,
      values: values.map(({ number = '', reason, until }) => {
        const last = until === null ? '終了日なし' : `${slashed(until)}まで`
        return `${number}：${reason}（${last}${isOver({ until: until ?? '' }, today) ? '、期限切れ' : ''}）`
      }),
    },
  }
}

function conditionText(one: Condition, offered: Offered | null, today: PlainDate): ShownCondition {
  if (one.op === 'except') return exceptText(one, today)
  if (one.op === 'number') return { text: `${CONDITIONS.number}：${one.values[0]}から${one.values[1]}まで`, fold: null }
  const behind =
    one.op === 'department' ? '（下位の部署を含む）' : one.op === 'employment-type' && one.except ? 'を除く' : ''
  const label = CONDITIONS[one.op]
  const choices = one.op === 'status' ? statusChoices : offered?.[one.op]
  // Nobody has said that they are gone.
  if (!choices) return { text: `${label}（${amount(one.values.length)}件、名前は未取得）${behind}`, fold: null }
  return listing(label, namesOf(one.values, choices), behind)
}

const namesOf = (values: readonly string[], choices: Offered[Listed]): string[] =>
  values.map(value => choices.find(({ id }) => id === value)?.label ?? GONE)

function conditionsOf({ conditions }: SavedScope, offered: Offered | null, today: PlainDate): ShownCondition[] {
  const read = scopeConditions.safeParse(conditions)
  return read.success ? read.data.map(one => conditionText(one, offered, today)) : [{ text: UNREADABLE, fold: null }]
}

interface ScopesInput {
  connector: Connector
  scopes: readonly SavedScope[]
  /** what SmartHR calls what conditions name; null: it did not say */
  offered: Offered | null
  today: PlainDate
}

export function scopesPage({ connector, scopes, offered, today }: ScopesInput): ScopesPage {
  const flows = scopedFlows(connector)
  return {
    title: SCOPE,
    wide: true,
    lead: '同期の対象にする従業員の条件に名前を付けて保存し、同期を始める画面で選択します。',
    back: { href: paths.dashboard.to({ connector: connector.id }), label: 'ダッシュボードに戻る' },
    add: { href: paths.newScope.to({ connector: connector.id }), label: '対象範囲を追加' },
    empty: '対象範囲は未登録です。すべての従業員が同期の対象です。',
    table: TABLE,
    rows: scopes.map(scope => ({
      name: scope.name,
      conditions: conditionsOf(scope, offered, today),
      presets: titlesOf(flows, scope.presets) || '-',
      updatedAt: jstDateTime(scope.updatedAt),
      updatedBy: scope.updatedByName,
      change: paths.scope.to({ connector: connector.id, scope: scope.id }),
      remove: paths.scopeEnd.to({ connector: connector.id, scope: scope.id }),
    })),
    notes: [...(offered === null ? [NAMELESS] : []), ...NOTES],
  }
}
