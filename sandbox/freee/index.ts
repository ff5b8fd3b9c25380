import type { Router } from 'express'
import { createSeeded } from '../core/seeded.js'
import type { MadeUpPerson } from '../people.js'
import type { RequestLimit } from './limiter.js'
import { employGiven } from './given.js'
import { createFreeeRouter } from './router.js'
import { addCompanies, MIDORI, replaceEmployees, seedStore } from './seed.js'
import { freeeState } from './state.js'
import { STATEMENT_SWITCHES } from './statement-switches.js'
import { setSwitches } from './switches.js'

/** freee's own limit (freee §6.2). */
const FREEE_LIMIT: RequestLimit = { perHour: 10_000, perSecond: null, enabled: true }

/** What the stand-in needs of the sandbox it runs in. */
export interface FreeeSurroundings {
  /** The sandbox's clock; decides token lifetimes. */
  now(): Date
}

export interface FreeeStandIn {
  name: 'freee'
  /** To be mounted at `/freee`: accounts site and HR API (`/hr/api/v1`). */
  router: Router
  /** Back to the seed: employees, switches and limit; every token is gone. */
  reset(): void
  /** Copies who is logged in and which tokens are good; what comes back puts it back, after a reset. */
  keepConnections(): () => void
  /** The employees of 事業所番号 0123456789 are these people from now on, paid in this month and the last. */
  populate(people: readonly MadeUpPerson[]): void
  /** The same company employs exactly these people, described as `state` shows them. */
  people(records: readonly Record<string, unknown>[]): void
  /** The first of each list leaves, and somebody joins at its end. */
  move(): void
  /** Everything remembered, without tokens and passwords. */
  state(): object
  /** Sets some of `FreeeSwitches`, adds so many `companies` (or one of each size), or changes a statement (`STATEMENT_SWITCHES`); throws on an unknown name or value. */
  switches(patch: Record<string, unknown>): void
  /** The limits per company; when off, requests are counted but not refused. */
  limits(patch: { perHour?: number; perSecond?: number | null; enabled?: boolean }): void
}

/** The stand-in for freee, with people who are also in SmartHR (`crews`; the first 25 count) and some who are not. */
export function createFreee(surroundings: FreeeSurroundings, crews: readonly MadeUpPerson[]): FreeeStandIn {
  const seeded = createSeeded(() => seedStore(crews))
  const store = seeded.now
  let limit = FREEE_LIMIT
  const { router, forget } = createFreeeRouter({
    store,
    now: () => surroundings.now().getTime(),
    limit: () => limit,
  })
  return {
    name: 'freee',
    router,
    reset() {
      seeded.reset()
      limit = FREEE_LIMIT
      forget()
    },
    keepConnections: () => seeded.keep('grants', 'codes', 'logIns'),
    populate(people) {
      const company = store().companies.get(MIDORI.id)
      if (company) replaceEmployees(company, people, surroundings.now())
    },
    people(records) {
      const company = store().companies.get(MIDORI.id)
      if (company) employGiven(company, records)
    },
    move() {
      const company = store().companies.get(MIDORI.id)
      const [first] = company?.employees.all() ?? []
      if (!company || !first) return
      company.employees.remove(first.id)
      company.employees.add({ ...first, id: company.employees.nextId(), num: `J${first.num}` })
      for (const statements of [company.salaryStatements, company.bonusStatements]) {
        const month = statements.at(-1)?.pay_date.slice(0, 7) ?? ''
        const at = statements.findIndex(statement => statement.pay_date.startsWith(month))
        const [gone] = at < 0 ? [] : statements.splice(at, 1)
        if (gone) statements.push({ ...gone, id: Math.max(...statements.map(({ id }) => id), gone.id) + 1 })
      }
    },
    state: () => freeeState(store()),
    switches({ companies, ...patch }) {
      if (typeof companies === 'number') addCompanies(store(), Array<number>(companies).fill(0))
      if (Array.isArray(companies)) addCompanies(store(), companies as number[])
      const company = store().companies.get(MIDORI.id)
      const isOfStatements = ([name]: [string, unknown]) => name in STATEMENT_SWITCHES
      const entries = Object.entries(patch)
      setSwitches(store().switches, Object.fromEntries(entries.filter(entry => !isOfStatements(entry))))
      for (const [name, value] of entries.filter(isOfStatements))
        if (company) STATEMENT_SWITCHES[name]?.(company, value)
    },
    limits(patch) {
      limit = { ...limit, ...patch }
    },
  }
}
