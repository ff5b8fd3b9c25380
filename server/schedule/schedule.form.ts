import { UNKNOWN_RECIPIENT } from '../connections/mail-recipient.form.js'
import { SCOPE_GONE, type ScopeOption } from '../connections/scopes.store.js'
import type { SyncFlow } from '../contract/contract.js'
import { SCOPE } from '../contract/scope.js'
import type { ApprovalMode } from '../runs/approval.js'
import { many } from '../web/fields.js'
import { notChosen, notOffered, textField, type FieldErrors } from '../web/form.js'
import { asksDay } from './checkable.js'
import { weekdays } from './check.words.js'
import type { Admin } from '../install/admin.store.js'
import { chosenRecipients, joined, stillThere, type CheckRecipients } from './recipients.js'
import type { Mode, Order, Schedule } from './schedule.store.js'
import type { Reference, Rule } from './slots.js'

interface Option<Value extends string> {
  value: Value
  label: string
}

export const RULES: readonly Option<Rule>[] = [
  { value: 'daily', label: '毎日' },
  { value: 'weekdays', label: '平日（土日・祝日を除く）' },
  { value: 'weekly', label: '毎週' },
  { value: 'monthly', label: '毎月' },
]

export const REFERENCES: readonly Option<Reference>[] = [
  { value: 'today', label: '確認した日' },
  { value: 'month-end', label: '確認した月の末日' },
  { value: 'next-month', label: '確認した月の翌月1日' },
]

/** What 自動で同期 does under each rule of 承認. */
const AUTO_HELP: Readonly<Record<ApprovalMode, string>> = {
  off: '［すべてを選択］で選択される従業員を、確認なしで同期します。大きな変更を含むときは同期せず、確認待ちにします。',
  dangerous:
    '［すべてを選択］で選択される従業員を、確認なしで同期します。大きな変更を含むときは同期せず、確認待ちにします。大きな変更を含む同期には、ほかの管理者の承認が必要です。',
  always:
    'この向きの同期は「常に承認」に設定されているため、自動では開始せず、確認待ちにします。確認画面で［承認を依頼］を押し、ほかの管理者が承認すると、同期を開始します。',
}

export const MODES: readonly (Option<Mode> & { help: string })[] = [
  {
    value: 'notify',
    label: '知らせるだけ',
    help: 'ダッシュボードとメールで知らせます。24時間たった内容は、取得し直してから同期します。',
  },
  {
    value: 'confirm',
    label: '確認して同期',
    help: '取得した内容を、次回の確認まで（長くて7日間）用意しておきます。内容を確認して［同期］を押すと、同期します。',
  },
  {
    value: 'auto',
    label: '自動で同期',
    help: AUTO_HELP.off,
  },
]

/** … as the page of a flow with this rule of 承認 offers them. */
export const modesUnder = (approval: ApprovalMode): typeof MODES =>
  MODES.map(mode => (mode.value === 'auto' ? { ...mode, help: AUTO_HELP[approval] } : mode))

/** 自動で同期 is offered after so many runs without a failure, one after the other. */
export const RUNS_BEFORE = 3

/**
 * Why 自動で同期 can't be chosen yet; null: it can. One that is on already stays on. `against`: the flow the other way,
 * where that one goes by itself: what was changed last would be lost to whichever of the two comes first.
 */
export function notYetAutomatic(
  wellInARow: number,
  { schedule, against }: { schedule: Pick<Schedule, 'mode'> | null; against: SyncFlow | null },
): string | null {
  if (schedule?.mode === 'auto') return null
  if (against !== null)
    return `「${against.panel.title}」が「自動で同期」のため、選択できません。両方の向きを自動で同期すると、後から変更した内容が元に戻ることがあります。先に、「${against.panel.title}」の設定を変更してください。`
  return wellInARow >= RUNS_BEFORE
    ? null
    : `「自動で同期」は、手動の同期が${String(RUNS_BEFORE)}回続けて成功した後に選択できます（現在 ${String(wellInARow)}／${String(RUNS_BEFORE)}回）。`
}

/** Whom a check looks at: one of the company's 対象範囲, or everybody. */
const EVERYBODY = 'everybody'

/** What a flow's form offers beside what every form does. */
export interface Offered {
  scopes: readonly ScopeOption[]
  /** whom its mails can go to: those of the company, by name */
  administrators: readonly Admin[]
  /** why 自動で同期 can't be chosen yet; null: it can */
  notYet: string | null
  schedule: Schedule | null
  /** the flow's rule of 承認, as it holds now */
  approval: ApprovalMode
}

/** 対象範囲 of the form; none where the company has no scope and the schedule none that is gone. */
export const scopeOptions = ({ scopes, schedule }: Pick<Offered, 'scopes' | 'schedule'>): readonly Option<string>[] =>
  scopes.length === 0 && !schedule?.scopeId
    ? []
    : [{ value: EVERYBODY, label: '全員' }, ...scopes.map(({ id, name }) => ({ value: id, label: name }))]

/** The scope that is saved was deleted since. */
export const isScopeGone = ({ scopes, schedule }: Offered): boolean =>
  Boolean(schedule?.scopeId) && !scopes.some(({ id }) => id === schedule?.scopeId)

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

export const WEEKDAYS = weekdays.map((label, index) => ({ value: String(index + 1), label: `${label}曜日` }))
export const HOURS = numbers(0, 23).map(hour => ({ value: String(hour), label: `${String(hour)}時台` }))
const LAST_DAY = 31
export const DAYS = numbers(1, LAST_DAY).map(day => ({
  value: String(day),
  label: day === LAST_DAY ? '末日' : `${String(day)}日`,
}))

/** What each field of the form is called. */
export const FIELDS = {
  rule: '頻度',
  weekday: '曜日',
  day: '日',
  hour: '時刻',
  reference: '基準日',
  scope: SCOPE,
  mode: '差分が見つかったとき',
  recipients: 'メールの送信先',
} as const
export type FieldName = keyof typeof FIELDS

/** … and in the sentence that it was not chosen. */
const ASKED: Readonly<Record<FieldName, string>> = { ...FIELDS, mode: `「${FIELDS.mode}」の動作` }

/** Each flow has a form of its own on the page. */
export const fieldId = ({ id }: Pick<SyncFlow, 'id'>, name: FieldName): string => `${id}-${name}`

export type Typed = Readonly<Record<string, string>>

const PRESET: Order = {
  rule: 'daily',
  weekday: 1,
  day: 1,
  hour: 2,
  reference: 'today',
  mode: 'notify',
  scopeId: null,
  recipients: null,
}

/** What a form is drawn from. */
export type Saved = Pick<Offered, 'schedule' | 'scopes' | 'administrators'>

/** What is saved, or what is proposed, as the fields of the form. */
export const storedFields = (flow: SyncFlow, { schedule, scopes, administrators }: Saved): Typed => {
  const preset = { ...PRESET, scopeId: scopes.find(({ isPreset }) => isPreset)?.id ?? null }
  const { rule, weekday, day, hour, reference, mode, scopeId, recipients } = schedule ?? preset
  const values: Record<FieldName, string> = {
    rule,
    weekday: String(weekday),
    day: String(day),
    hour: String(hour),
    reference,
    scope: scopeId ?? EVERYBODY,
    mode,
    recipients: joined(stillThere(recipients, administrators) ?? []),
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [fieldId(flow, name as FieldName), value]))
}

export type ParsedSchedule = { ok: true; order: Order } | { ok: false; typed: Typed; errors: FieldErrors }

const given = (body: unknown, id: string): unknown => (body as Record<string, unknown> | undefined)?.[id]

/** Whether the form has the field: those of releases before lack some, and leave them as they are. */
export const asks = (body: unknown, id: string): boolean => given(body, id) !== undefined

/** What the form says in a field. */
export const typedIn = (flow: SyncFlow, body: unknown, id: string): string =>
  id === fieldId(flow, 'recipients') ? joined(many(given(body, id))) : textField(body, id).value

/**
 * When a flow is to be checked, whom for, and what then, as chosen on the page. A weekday counts for a weekly check alone, a
 * day for a monthly one.
 */
export function parseSchedule(flow: SyncFlow, body: unknown, offered: Offered): ParsedSchedule {
  const before = offered.schedule
  const typed: Record<string, string> = {}
  const errors: Record<string, string> = {}
  const chosen = <Value extends string>(
    name: FieldName,
    options: readonly Option<Value>[],
    preset: Value,
    counts = true,
  ) => {
    const id = fieldId(flow, name)
    const { value } = textField(body, id)
    typed[id] = value
    const found = options.find(option => option.value === value)
    if (!found && counts) errors[id] = (value === '' ? notChosen : notOffered)(ASKED[name])
    return found?.value ?? preset
  }
  const chosenScope = (): string | null => {
    const id = fieldId(flow, 'scope')
    if (!asks(body, id) && (before || offered.scopes.length === 0)) return before?.scopeId ?? null
    const { value } = textField(body, id)
    typed[id] = value
    if (value === EVERYBODY) return null
    if (!offered.scopes.some(scope => scope.id === value))
      errors[id] = value === '' ? notChosen(FIELDS.scope) : SCOPE_GONE
    return value
  }
  const chosenToTell = (): CheckRecipients => {
    const id = fieldId(flow, 'recipients')
    if (!asks(body, id)) return before?.recipients ?? null
    typed[id] = typedIn(flow, body, id)
    const recipients = chosenRecipients(typed[id], offered.administrators)
    if (recipients === undefined) errors[id] = UNKNOWN_RECIPIENT
    return recipients ?? null
  }
  const chosenMode = (): Mode => {
    const id = fieldId(flow, 'mode')
    const mode = asks(body, id) ? chosen('mode', MODES, PRESET.mode) : (before?.mode ?? PRESET.mode)
    if (mode === 'auto' && offered.notYet !== null) errors[id] = offered.notYet
    return mode
  }
  const rule = chosen('rule', RULES, PRESET.rule)
  const order: Order = {
    rule,
    weekday: Number(chosen('weekday', WEEKDAYS, '1', rule === 'weekly')),
    day: Number(chosen('day', DAYS, '1', rule === 'monthly')),
    hour: Number(chosen('hour', HOURS, '2')),
    reference: chosen('reference', REFERENCES, 'today', asksDay(flow)),
    scopeId: chosenScope(),
    mode: chosenMode(),
    recipients: chosenToTell(),
  }
  return Object.keys(errors).length > 0 ? { ok: false, typed, errors } : { ok: true, order }
}

export const modeText = ({ mode }: Pick<Order, 'mode'>): string =>
  MODES.find(({ value }) => value === mode)?.label ?? ''

/** The name of what is saved; one that is gone has none any more. */
export const scopeText = ({ scopeId }: Pick<Order, 'scopeId'>, scopes: readonly ScopeOption[]): string =>
  scopeId === null ? '全員' : (scopes.find(({ id }) => id === scopeId)?.name ?? '削除された対象範囲')

/** 「毎週月曜日 2時台」 */
export function rhythmText({ rule, weekday, day, hour }: Pick<Order, 'rule' | 'weekday' | 'day' | 'hour'>): string {
  const label = (options: readonly Option<string>[], value: string | number) =>
    options.find(option => option.value === String(value))?.label ?? ''
  const on = rule === 'weekly' ? label(WEEKDAYS, weekday) : rule === 'monthly' ? label(DAYS, day) : ''
  return `${label(RULES, rule)}${on} ${label(HOURS, hour)}`
}

export const referenceText = ({ reference }: Pick<Order, 'reference'>): string =>
  REFERENCES.find(({ value }) => value === reference)?.label ?? ''
