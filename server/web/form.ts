import { NUL, one } from './fields.js'

/** A text field as it came: what to show again, and what it means. Arrays and objects are no text. */
export function textField(body: unknown, name: string): { typed: string; value: string; broken: boolean } {
  const given = (body as Record<string, unknown> | undefined)?.[name]
  if (given === undefined) return { typed: '', value: '', broken: false }
  if (typeof given !== 'string') return { typed: '', value: '', broken: true }
  const typed = given.replaceAll(NUL, '')
  return { typed: typed.slice(0, 1000), value: typed.normalize('NFKC').trim(), broken: given.includes(NUL) }
}

/** A checkbox is ticked when it came at all as the value the page gave it. */
export const ticked = (body: unknown, name: string): boolean =>
  (body as Record<string, unknown> | undefined)?.[name] === 'yes'

/** The revision of the plan that a page was drawn for; 0, which no plan has, where none is named. */
export function revisionOf(body: unknown): number {
  const revision = Number(one((body as Record<string, unknown> | undefined)?.revision))
  return Number.isSafeInteger(revision) ? revision : 0
}

/** What is wrong with a field and what to do about it, for the message beside it. */
export const notTyped = (label: string): string => `${label}が入力されていません。入力してください。`
export const notChosen = (label: string): string => `${label}が選択されていません。選択してください。`
export const notOffered = (label: string): string =>
  `${label}に、選択できない値が指定されています。選択し直してください。`
export const notReadable = (label: string): string => `${label}が正しくありません。入力し直してください。`

/** Messages per field, in the order of the page; empty = the form is fine. */
export type FieldErrors = Readonly<Record<string, string>>
