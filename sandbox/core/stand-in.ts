import type { Router } from 'express'
import type { MadeUpPerson } from '../people.js'

/** One service as the sandbox knows it. */
export interface StandIn {
  /** its name in the control API and its path: `/{name}` */
  name: string
  router: Router
  /** back to the seed; tokens and log-ins end */
  reset(): void
  /** Copies what signing in and connecting leave (log-ins, tokens); what comes back puts it back, after a reset. */
  keepConnections?(): () => void
  /** everything remembered, without tokens and passwords */
  state(): object
  /** its people are these from now on; master data stays */
  populate(people: readonly MadeUpPerson[]): void
  /** its people are exactly these from now on, in the service's own words; throws on what it does not know */
  people(records: readonly Record<string, unknown>[]): void
  /** the first of each list leaves, and somebody joins at its end; absent where a list is one photograph */
  move?(): void
  /** sets switches; throws on an unknown name or value */
  switches(patch: Record<string, unknown>): void
  limits(patch: LimitsPatch): void
  /** a path as the request log may keep it, where secrets stand in paths */
  loggedPath?(path: string): string
}

export interface LimitsPatch {
  perHour?: number
  perSecond?: number | null
  enabled?: boolean
}
