/** What a service holds of somebody, path by path; by month where it keeps several versions. */
export type Flat = Readonly<Record<string, unknown>>

export interface Held {
  own: Flat
  /** parts that hold from a month on, ascending; months are year × 12 + month − 1 */
  parts: readonly { name: string; versions: readonly { from: number; value: Flat }[] }[]
  /** the month the service writes to when it is told `month` */
  shift: number
}

export const alone = (own: Flat): Held => ({ own, parts: [], shift: 0 })

/** Nested objects and lists as paths; an empty object or list holds nothing. */
export function flat(value: unknown, prefix = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return prefix === '' ? {} : { [prefix]: value }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, entry]) => flat(entry, prefix === '' ? key : `${prefix}.${key}`)),
  ) as Record<string, unknown>
}

/** What holds in a month. Before the first version that one counts. */
export function at(held: Held, month: number): Flat {
  const parts = held.parts.map(
    ({ versions }) => (versions.findLast(({ from }) => from <= month) ?? versions[0])?.value ?? {},
  )
  return Object.assign({}, held.own, ...parts) as Flat
}

const versionsOf = (held: Held, path: string) =>
  held.parts.find(({ name }) => path.startsWith(`${name}.`))?.versions ?? []

/** The month of the first version in the part a path belongs to. */
export const beginOf = (held: Held, path: string): number | undefined => versionsOf(held, path)[0]?.from

/** The first month after `month` with a version of its own in the part a path belongs to: a write ends there. */
export const endOf = (held: Held, path: string, month: number): number =>
  versionsOf(held, path).find(({ from }) => from > month)?.from ?? Number.MAX_SAFE_INTEGER

/** Every month in which either of two states has a version, and the one before the first. */
export function monthsOf(...states: readonly Held[]): number[] {
  const months = states.flatMap(({ parts }) => parts.flatMap(({ versions }) => versions.map(({ from }) => from)))
  return [...new Set([0, ...months, ...months.map(month => month - 1)])].sort((a, b) => a - b)
}

export const monthOf = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
export const monthName = (month: number): string =>
  `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`

export const isBlank = (value: unknown): boolean => value === undefined || value === null || value === ''
