import type { Change } from '../audit/acts.js'
import { amount } from '../contract/conversions.js'
import type { Connector, PlainDate, SyncFlow } from '../contract/contract.js'
import { SCOPE, scopeConditions, scopedFlows } from '../contract/scope.js'
import { paths } from '../paths.js'
import type { FieldErrors } from '../web/form.js'
import type { Fact, Field, Page, PageLink } from '../web/page.js'
import type { SinceShown } from '../web/since-shown.js'
import {
  CONDITIONS,
  exceptionFields,
  isOver,
  listed,
  MAX_EXCEPTIONS,
  MAX_NAME,
  TYPES_HOW,
  statusChoices,
  typesHow,
} from './scopes.form.js'
import type { Listed, Offered, TypedException, TypedScope } from './scopes.form.js'
import type { HeadCount } from './scopes.service.js'
import type { SavedScope } from './scopes.store.js'

const listOf = ({ id }: Pick<Connector, 'id'>): string => paths.scopes.to({ connector: id })

/** The flows that begin with a scope. */
export const titlesOf = (flows: readonly SyncFlow[], ids: readonly string[]): string =>
  flows
    .filter(({ id }) => ids.includes(id))
    .map(({ panel }) => panel.title)
    .join('、')

/** Boxes of one condition. */
export interface TicksCard {
  id: string
  legend: string
  help: string
  /** what the ticks are for, where that is asked */
  how: Field | null
  choices: { value: string; label: string; checked: boolean }[]
  /** ticks that go along unseen: there is no list now to show them in */
  kept: readonly string[]
  error: string | undefined
}

export interface ExceptionRow {
  legend: string
  number: Field
  reason: Field
  until: Field
}

/** The form of one 対象範囲. */
export interface ScopePage extends Page {
  lead: string
  back: PageLink
  action: string
  /** false: there is nothing to choose from, and nothing that was typed */
  isOpen: boolean
  rangeHelp: string
  exceptHelp: string
  /** why there is no form: SmartHR could not be asked */
  problem: string | null
  warnings: string[]
  count: string | null
  name: Field
  ticks: TicksCard[]
  range: Field[]
  exceptions: ExceptionRow[]
  presets: TicksCard
  errors: FieldErrors
  since: SinceShown
}

const HELP: Readonly<Record<Listed, string>> = {
  department: 'チェックを入れた部署と、その下位のすべての部署の従業員が対象です。部署1で判定します。',
  'employment-type':
    'チェックを入れた雇用形態の従業員だけを対象にするか、対象から外すかを選択してください。対象から外す場合は、後からSmartHRに追加した雇用形態も対象です。雇用形態が未登録の従業員は、どちらの場合も対象外です。',
  establishment: 'チェックを入れた事業所の従業員が対象です。',
  status: 'チェックを入れた在籍状況の従業員が対象です。',
}
const EXCEPT_HELP =
  '条件に当てはまっていても、対象から外す従業員です。終了日は、対象から外す最後の日です。今日以降の日付を入力すると、その翌日から対象に戻ります。空欄の場合は、外したままです。理由は、同期の画面に表示されます。'
const OVER = '期限切れ：終了日を過ぎたため、対象に戻っています。外し続ける場合は、終了日を入力し直してください。'
const RANGE_HELP =
  '先頭から末尾までの社員番号の従業員が対象です。末尾の数字で比較します（例：A001からA099まで）。数字の前の文字が異なる社員番号は、対象外です。'
const PRESET_HELP = 'チェックを入れた同期では、はじめからこの対象範囲を選択します。'

const unseen = (ticked: number): string =>
  `SmartHRから一覧を取得できなかったため、選択肢を表示できません。${ticked > 0 ? `選択していた${amount(ticked)}件は、そのまま残しています。` : ''}時間をおいて、［保存］か［人数を確認］を、もう一度押してください。`

/** Empty rows below those that are filled. */
const SPARE_ROWS = 3

const text = (id: string, label: string, value: string, errors: FieldErrors, more: Partial<Field> = {}): Field => ({
  id,
  label,
  kind: 'text',
  value,
  error: errors[id],
  ...more,
})

function exceptionRows(exceptions: readonly TypedException[], errors: FieldErrors, today: PlainDate): ExceptionRow[] {
  const rows = Math.min(MAX_EXCEPTIONS, exceptions.length + SPARE_ROWS)
  return Array.from({ length: rows }, (_, index) => {
    const { number = '', reason = '', until = '' } = exceptions[index] ?? {}
    const names = exceptionFields(index)
    return {
      legend: `${index + 1}行目`,
      number: text(names.number, '社員番号', number, errors),
      reason: text(names.reason, '理由', reason, errors),
      until: text(names.until, '終了日', until, errors, {
        kind: 'date',
        help: isOver({ until }, today) && !errors[names.until] ? OVER : undefined,
      }),
    }
  })
}

const countText = ({ inside, counted, total }: HeadCount): string =>
  total !== null && counted < total
    ? `SmartHRの従業員${amount(total)}名のうち、先頭の${amount(counted)}名まで確認しました。条件に当てはまる従業員は、その中の${amount(inside)}名です。`
    : `SmartHRの従業員${amount(counted)}名のうち、条件に当てはまる従業員は${amount(inside)}名です。退職済の従業員や、基準日に在籍していない従業員も含みます。`

/** Conditions that name what SmartHR does not have any more. */
const staleIn = (typed: TypedScope, offered: Offered): string[] =>
  listed
    .filter(op => typed.ticked[op].some(value => !offered[op].some(({ id }) => id === value)))
    .map(
      op =>
        `指定した${CONDITIONS[op]}の一部が、SmartHRにありません。この対象範囲では同期できないため、条件を確認して保存してください。`,
    )

export interface ScopePageInput {
  connector: Connector
  /** null: a new one */
  saved: SavedScope | null
  typed: TypedScope
  /** null: SmartHR could not be asked */
  offered: Offered | null
  /** the form was sent: what stands in it is shown whether SmartHR could be asked or not */
  isSent?: boolean
  problem?: string | null
  count?: HeadCount | null
  errors?: FieldErrors
  since: SinceShown
  today: PlainDate
}

/** 雇用形態 alone may be turned round. */
const howField = (typed: TypedScope, errors: FieldErrors): Field => ({
  id: TYPES_HOW,
  label: 'チェックを入れた雇用形態',
  kind: 'radio',
  value: typed.without,
  error: errors[TYPES_HOW],
  options: [
    { value: typesHow.only, label: 'この雇用形態だけを対象にする' },
    { value: typesHow.except, label: 'この雇用形態を除く、すべてを対象にする' },
  ],
})

/** Boxes of one list. Without the list, what was ticked in it goes along until there is one. */
function ticksCard(op: Listed, { typed, offered, errors = {} }: ScopePageInput): TicksCard {
  const legend = op === 'department' ? '部署（下位の部署を含む）' : CONDITIONS[op]
  const list = offered?.[op] ?? (op === 'status' ? statusChoices : null)
  const help =
    list === null
      ? unseen(typed.ticked[op].length)
      : list.length > 0
        ? HELP[op]
        : `SmartHRに${CONDITIONS[op]}が登録されていません。`
  return {
    id: op,
    legend,
    help,
    how: op === 'employment-type' && list?.length !== 0 ? howField(typed, errors) : null,
    choices: (list ?? []).map(({ id, label }) => ({ value: id, label, checked: typed.ticked[op].includes(id) })),
    kept: list === null ? typed.ticked[op] : [],
    error: errors[op],
  }
}

export function scopePage(input: ScopePageInput): ScopePage {
  const {
    connector,
    saved,
    typed,
    offered,
    isSent = false,
    problem = null,
    count = null,
    errors = {},
    since,
    today,
  } = input
  const to = { connector: connector.id }
  const flows = scopedFlows(connector)
  const isUnreadable = saved !== null && !scopeConditions.safeParse(saved.conditions).success
  return {
    title: saved ? '対象範囲の変更' : '対象範囲の追加',
    hasErrors: Object.keys(errors).length > 0 || problem !== null,
    lead: '指定した条件のすべてに当てはまる従業員が、同期の対象です。指定しない条件では、対象を絞り込みません。',
    isOpen: offered !== null || isSent,
    rangeHelp: RANGE_HELP,
    exceptHelp: EXCEPT_HELP,
    back: { href: listOf(connector), label: `${SCOPE}に戻る` },
    action: saved ? paths.scope.to({ ...to, scope: saved.id }) : paths.newScope.to(to),
    problem,
    warnings: [
      ...(isUnreadable ? ['保存された条件を読み取れませんでした。条件を指定し直して、保存してください。'] : []),
      ...(offered && Object.keys(errors).length === 0 ? staleIn(typed, offered) : []),
    ],
    count: count && countText(count),
    name: text('name', '名前', typed.name, errors, {
      help: `同期の画面に表示されます。${MAX_NAME}文字以内で入力してください。`,
      required: true,
    }),
    ticks: listed.map(op => ticksCard(op, input)),
    range: [text('from', '先頭の社員番号', typed.from, errors), text('to', '末尾の社員番号', typed.to, errors)],
    exceptions: exceptionRows(typed.exceptions, errors, today),
    presets: {
      id: 'preset',
      legend: 'はじめに選ぶ同期',
      help: PRESET_HELP,
      how: null,
      kept: [],
      choices: flows.map(({ id, panel }) => ({ value: id, label: panel.title, checked: typed.presets.includes(id) })),
      error: undefined,
    },
    errors,
    since,
  }
}

/** What a scope says, term by term, as 操作履歴 keeps it: names of settings, and of people how many. */
function termsOf(typed: TypedScope, offered: Offered, flows: readonly SyncFlow[]): Map<string, string> {
  const names = (op: Listed) =>
    typed.ticked[op].map(value => offered[op].find(({ id }) => id === value)?.label ?? '（SmartHRにない）').join('、') +
    (op === 'employment-type' && typed.ticked[op].length > 0 && typed.without === typesHow.except ? 'を除く' : '')
  return new Map([
    ['名前', typed.name],
    ...listed.map((op): [string, string] => [CONDITIONS[op], names(op)]),
    [CONDITIONS.number, typed.from === '' ? '' : `${typed.from}から${typed.to}まで`],
    [CONDITIONS.except, typed.exceptions.length > 0 ? `${typed.exceptions.length}名` : ''],
    ['はじめに選ぶ同期', titlesOf(flows, typed.presets)],
  ])
}

/** What was saved and was different before. */
export function scopeChanges(connector: Connector, offered: Offered, before: TypedScope, after: TypedScope): Change[] {
  const flows = scopedFlows(connector)
  const [was, is] = [termsOf(before, offered, flows), termsOf(after, offered, flows)]
  const changes = [...is].flatMap(([label, text]) =>
    was.get(label) === text ? [] : [{ label, before: was.get(label) ?? '', after: text }],
  )
  const others = JSON.stringify(before.exceptions) !== JSON.stringify(after.exceptions)
  const isTold = changes.some(({ label }) => label === CONDITIONS.except)
  const people = `${after.exceptions.length}名`
  return others && !isTold
    ? [...changes, { label: CONDITIONS.except, before: people, after: `${people}（内容を変更）` }]
    : changes
}

/** Without it, the next run of the flow would be about everybody. */
export const IN_USE =
  'はじめに選ぶ同期に指定されているため、削除できません。この対象範囲を変更してチェックを外すか、別の対象範囲に指定してから、削除してください。'

/** 「対象範囲を削除しますか？」 */
export const scopeEndPage = (
  connector: Connector,
  { id, name, presets }: SavedScope,
): Page & { heading: string; text: string; facts: Fact[] } => ({
  title: '対象範囲の削除',
  heading: SCOPE,
  text:
    presets.length > 0
      ? IN_USE
      : '取得済みの同期では、取得したときの対象範囲を引き続き使います。必要になった場合は、もう一度追加してください。',
  dialog: {
    title: '対象範囲を削除しますか？',
    content: '削除する対象範囲',
    action: paths.scopeEnd.to({ connector: connector.id, scope: id }),
    hidden: {},
    cancel: listOf(connector),
    button: presets.length > 0 ? null : '削除',
    dangerous: true,
  },
  facts: [
    ['名前', name],
    ['はじめに選ぶ同期', titlesOf(scopedFlows(connector), presets) || '-'],
  ],
})
