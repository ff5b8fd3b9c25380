/**
 * A payment month as a number, so that months can be compared and counted: year × 12 + (month − 1).
 */
export type PaymentMonth = number

export interface SentMonth {
  year: number
  /** 1–12 */
  month: number
}

/** The month freee really reads or writes: for 翌月払い it shifts what was sent by one month (freee §5.2). */
export function effectiveMonth(
  sent: SentMonth,
  group: { monthOfPayDay: 'this_month' | 'next_month' } | null,
): PaymentMonth {
  return sent.year * 12 + (sent.month - 1) + (group?.monthOfPayDay === 'next_month' ? 1 : 0)
}

export function monthOf(date: string): SentMonth {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)) }
}

/**
 * Whether somebody belongs to the company in the sent month: not retired before its first day and not joining after its
 * last (freee §9). The sent month counts here, not the shifted one.
 */
export function isEmployedIn(sent: SentMonth, person: { entryDate: string; retireDate: string | null }): boolean {
  const month = `${sent.year}-${String(sent.month).padStart(2, '0')}`
  return person.entryDate.slice(0, 7) <= month && (person.retireDate === null || person.retireDate.slice(0, 7) >= month)
}

/** Values by payment month, ascending. A value holds until the next one. */
export type Monthly<T> = { from: PaymentMonth; value: T }[]

/** What holds in a month. Before the first entry that entry counts, so that an earlier 入社日 finds a value. */
export function readMonth<T>(history: Monthly<T>, month: PaymentMonth): T {
  let found = history[0]
  for (const entry of history) {
    if (entry.from > month) break
    found = entry
  }
  if (!found) throw new Error('A monthly value without any entry')
  return found.value
}

/** From `month` on the changed value holds, until the next entry; earlier months keep theirs (freee §5.2). */
export function writeMonth<T extends object>(history: Monthly<T>, month: PaymentMonth, changes: Partial<T>): T {
  const value = { ...readMonth(history, month), ...changes }
  const same = history.find(entry => entry.from === month)
  if (same) same.value = value
  else {
    history.push({ from: month, value })
    history.sort((left, right) => left.from - right.from)
  }
  return value
}
