/** From and to as `HH:MM` of Japan; the end no longer belongs to it. */
export type BanWindow = readonly [from: string, to: string]

/** Japan has no summer time, so nine hours are enough and the host's zone does not matter. */
const inJapan = (now: Date) => new Date(now.getTime() + 9 * 3_600_000).toISOString()

/** `2026-11-20` in Japan. */
export const todayInJapan = (now: Date): string => inJapan(now).slice(0, 10)

/** Whether calls are banned now; the minute of the end is open again (§6). */
export function isBanned(now: Date, windows: readonly BanWindow[]): boolean {
  const time = inJapan(now).slice(11, 16)
  return windows.some(([from, to]) => from <= time && time < to)
}

/** `2026-02-30` has the form of a date and is none. */
export function isDate(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}

/** The same day of another year; 29 February becomes the 28th. */
export function plusYears(date: string, years: number): string {
  const moved = `${Number(date.slice(0, 4)) + years}${date.slice(4)}`
  const exists: boolean = isDate(moved)
  return exists ? moved : moved.replace(/29$/, '28')
}

export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
