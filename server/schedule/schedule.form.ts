import type { SyncFlow } from '../contract/contract.js'
import { notChosen, textField, type FieldErrors } from '../web/form.js'
import { asksDay } from './checkable.js'
import { weekdays } from './check.words.js'
import type { Order, Schedule } from './schedule.store.js'
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
} as const
export type FieldName = keyof typeof FIELDS

/** Each flow has a form of its own on the page. */
export const fieldId = ({ id }: Pick<SyncFlow, 'id'>, name: FieldName): string => `${id}-${name}`

export type Typed = Readonly<Record<string, string>>

const PRESET: Order = { rule: 'daily', weekday: 1, day: 1, hour: 2, reference: 'today' }

/** What is saved, or what is proposed, as the fields of the form. */
export const storedFields = (flow: SyncFlow, schedule: Schedule | null): Typed => {
  const { rule, weekday, day, hour, reference } = schedule ?? PRESET
  const values: Record<FieldName, string> = {
    rule,
    weekday: String(weekday),
    day: String(day),
    hour: String(hour),
    reference,
  }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [fieldId(flow, name as FieldName), value]))
}

export type ParsedSchedule = { ok: true; order: Order } | { ok: false; typed: Typed; errors: FieldErrors }

/** When a flow is to be checked, as chosen on the page. A weekday counts for a weekly check alone, a day for a monthly one. */
export function parseSchedule(flow: SyncFlow, body: unknown): ParsedSchedule {
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
    if (!found && counts) errors[id] = notChosen(FIELDS[name])
    return found?.value ?? preset
  }
  const rule = chosen('rule', RULES, PRESET.rule)
  const order: Order = {
    rule,
    weekday: Number(chosen('weekday', WEEKDAYS, '1', rule === 'weekly')),
    day: Number(chosen('day', DAYS, '1', rule === 'monthly')),
    hour: Number(chosen('hour', HOURS, '2')),
    reference: chosen('reference', REFERENCES, 'today', asksDay(flow)),
  }
  return Object.keys(errors).length > 0 ? { ok: false, typed, errors } : { ok: true, order }
}

/** 「毎週月曜日 2時台」 */
export function rhythmText({ rule, weekday, day, hour }: Order): string {
  const label = (options: readonly Option<string>[], value: string | number) =>
    options.find(option => option.value === String(value))?.label ?? ''
  const on = rule === 'weekly' ? label(WEEKDAYS, weekday) : rule === 'monthly' ? label(DAYS, day) : ''
  return `${label(RULES, rule)}${on} ${label(HOURS, hour)}`
}

export const referenceText = ({ reference }: Pick<Order, 'reference'>): string =>
  REFERENCES.find(({ value }) => value === reference)?.label ?? ''
