import { Temporal } from 'temporal-polyfill'

/** Daily hours in Japan in which a service is closed; see the connectors' contract. */
export interface ClosedHours {
  /** `HH:MM`, half-open */
  windows: readonly { from: string; to: string }[]
  guardSeconds: number
}

/** A window as it lies around an instant. */
export interface ClosedSpell {
  /** when calls stop and when they may start again, guard included */
  from: Date
  until: Date
  /** `10:00`: when the service says it opens */
  opensAt: string
}

// Japan has no summer time: its days are 24 hours, counted nine hours ahead of UTC.
const JAPAN_MS = 9 * 3_600_000
const DAY_MS = 24 * 3_600_000

const minutesOf = (time: string) => {
  const { hour, minute } = Temporal.PlainTime.from(time)
  return hour * 60 + minute
}

/** The spell that `now` falls into, or the next one to come; null for a service that never closes. */
export function nextClosedSpell(hours: ClosedHours | null, now: Date): ClosedSpell | null {
  if (!hours || hours.windows.length === 0) return null
  const midnight = Math.floor((now.getTime() + JAPAN_MS) / DAY_MS) * DAY_MS - JAPAN_MS
  const guard = hours.guardSeconds * 1000
  const spells = [midnight, midnight + DAY_MS].flatMap(day =>
    hours.windows.map(({ from, to }) => ({
      from: new Date(day + minutesOf(from) * 60_000 - guard),
      until: new Date(day + minutesOf(to) * 60_000 + guard),
      opensAt: to,
    })),
  )
  return spells
    .filter(spell => now < spell.until)
    .reduce<ClosedSpell | null>((first, spell) => (first && first.from <= spell.from ? first : spell), null)
}

/** The spell `now` falls into; null while the service is open. */
export function closedSpell(hours: ClosedHours | null, now: Date): ClosedSpell | null {
  const next = nextClosedSpell(hours, now)
  return next && next.from <= now ? next : null
}
