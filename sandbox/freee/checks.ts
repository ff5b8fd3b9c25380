import { badRequest, Refused } from './errors.js'

/** One key of a request body: its Japanese name for messages, and what the schema and the reference allow. */
export type Field =
  | { key: string; label: string; kind: 'text'; max: number; nullable?: true; only?: TextRule }
  | { key: string; label: string; kind: 'digits'; length: number }
  | { key: string; label: string; kind: 'date'; nullable?: true }
  | { key: string; label: string; kind: 'choice'; values: readonly string[] }
  | { key: string; label: string; kind: 'whole' | 'number'; min: number; max: number; nullable?: true }
  | { key: string; label: string; kind: 'flag' }

type TextRule = 'nameKana' | 'addressKana' | 'latinKana'

const TEXT_RULES: Record<TextRule, { pattern: RegExp; words: string }> = {
  nameKana: { pattern: /^[ァ-ヺー・ヽヾｦ-ﾟ 　]*$/, words: 'カタカナ' },
  // A reading has house numbers too, but neither kanji nor hiragana.
  addressKana: { pattern: /^[^\p{Script=Han}\p{Script=Hiragana}]*$/u, words: 'カタカナ' },
  latinKana: { pattern: /^[A-Za-zＡ-Ｚａ-ｚ0-9０-９ァ-ヺー・ｦ-ﾟ()（）.．\-－ 　]*$/, words: '英字カナ' },
}

const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const WRONG_FORM = 'リクエストの形式が不正です。'

/**
 * The known keys of `source`, each checked; unknown keys are dropped as freee does. Throws the 400 with every message
 * found. `required` keys must be there and not blank.
 */
export function parseFields(source: unknown, fields: readonly Field[], required: readonly string[]) {
  if (!isObject(source)) throw new Refused(badRequest())
  const messages: string[] = []
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const value = source[field.key]
    if (value === undefined || (required.includes(field.key) && (value === null || isBlank(value)))) {
      if (required.includes(field.key)) messages.push(`${field.label}を入力してください。`)
      continue
    }
    const message = messageFor(field, value)
    if (message) messages.push(message)
    else values[field.key] = value
  }
  if (messages.length > 0) throw new Refused(badRequest([...new Set(messages)]))
  return values
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const isBlank = (value: unknown) => typeof value === 'string' && value.trim() === ''

/** What freee says to the value, or null. Texts: freee §6.4 where it has one. */
function messageFor(field: Field, value: unknown): string | null {
  if (value === null) return 'nullable' in field && field.nullable ? null : WRONG_FORM
  switch (field.kind) {
    case 'text': {
      if (typeof value !== 'string') return WRONG_FORM
      if ([...value].length > field.max) return `${field.label}は${field.max}文字以内で入力してください。`
      const rule = field.only && TEXT_RULES[field.only]
      return rule && !rule.pattern.test(value) ? `${field.label}は${rule.words}で入力してください。` : null
    }
    case 'digits':
      if (typeof value !== 'string') return WRONG_FORM
      return value.length === field.length && /^[0-9]+$/.test(value)
        ? null
        : `${field.label}は${field.length}桁の数字で入力してください。`
    case 'date':
      return typeof value === 'string' && isDate(value) ? null : WRONG_FORM
    case 'choice':
      return typeof value === 'string' && field.values.includes(value) ? null : WRONG_FORM
    case 'whole':
    case 'number':
      if (typeof value !== 'number' || (field.kind === 'whole' && !Number.isInteger(value))) return WRONG_FORM
      return value < field.min || value > field.max
        ? `${field.label}は${field.min}以上${field.max}以下で入力してください。`
        : null
    case 'flag':
      return typeof value === 'boolean' ? null : WRONG_FORM
  }
}

/** `2026-02-30` has the form of a date and is none. */
function isDate(text: string): boolean {
  if (!DATE.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** A whole number in a query string. Absent or blank gives the fallback; without one that is a 400. */
export function wholeParam(value: unknown, range: { min: number; max: number }, fallback?: number): number {
  if ((value === undefined || value === '') && fallback !== undefined) return fallback
  if (typeof value !== 'string' || !/^-?[0-9]{1,15}$/.test(value)) throw new Refused(badRequest())
  return inRange(Number(value), range)
}

/** A whole number in a JSON body; `"1"` is none. */
export function wholeValue(value: unknown, range: { min: number; max: number }): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new Refused(badRequest())
  return inRange(value, range)
}

function inRange(value: number, { min, max }: { min: number; max: number }) {
  if (value < min || value > max) throw new Refused(badRequest())
  return value
}

export function flagParam(value: unknown): boolean {
  if (value === undefined || value === '' || value === 'false') return false
  if (value === 'true') return true
  throw new Refused(badRequest())
}

export const COMPANY_ID = { min: 1, max: 2147483647 }
export const YEAR = { min: 2000, max: 2100 }
export const MONTH = { min: 1, max: 12 }
