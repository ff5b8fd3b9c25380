import { Router } from 'express'
import { createSeeded } from '../core/seeded.js'
import type { StandIn } from '../core/stand-in.js'
import type { MadeUpPerson } from '../people.js'
import { createApi } from './api.js'
import { BRANDS, type Brand } from './brands.js'
import { todayInJapan } from './dates.js'
import { createLimiter } from './guard.js'
import { createLink } from './link.js'
import { replacePeople, seedStore } from './seed.js'
import type { Store } from './store.js'
import { setSwitches } from './switches.js'

/** What the three stand-ins share of the sandbox they run in. */
export interface KingOfTimeSurroundings {
  /** the sandbox's clock: windows, today, lifetimes */
  clock: { now(): Date }
  /** SmartHR's people, some of whom are here too */
  crews: readonly MadeUpPerson[]
  /** where the app is; the consent page sends nobody elsewhere */
  appUrl?: string | undefined
}

/** 勤革時, KING OF TIME and Touch On Time: the same service, each with its own data. */
export const createKingOfTimes = (surroundings: KingOfTimeSurroundings): StandIn[] =>
  BRANDS.map(brand => createKingOfTime({ brand, ...surroundings }))

/** The stand-in for one brand: API at `/v1.0`, consent page at `/link`. */
export function createKingOfTime({ brand, clock, crews, appUrl }: KingOfTimeSurroundings & { brand: Brand }): StandIn {
  const now = () => clock.now()
  const fresh = () => seedStore(brand, crews, todayInJapan(now()))
  const seeded = createSeeded(fresh)
  const store = seeded.now
  const limiter = createLimiter()

  const router = Router()
  router.use('/v1.0', createApi({ store, now, allows: () => limiter.allows() }))
  router.use(createLink({ brand, store, now, appUrl: appUrl ?? null }))

  return {
    name: brand.name,
    router,
    loggedPath: path => path.replace(/(\/tokens\/)[^/]+/, '$1***'),
    reset() {
      seeded.reset()
      limiter.reset()
    },
    keepConnections: () => seeded.keep('tokens', 'codes', 'misses'),
    state: () => stateOf(store()),
    populate: people => replacePeople(store(), people),
    people: records => setSwitches(store(), { employees: records }, () => undefined),
    switches: patch =>
      setSwitches(store(), patch, () => {
        store().employees = fresh().employees
      }),
    limits: patch => limiter.set(patch),
  }
}

/** Everything remembered, for assertions; tokens, codes and passwords stay out. */
const stateOf = ({ company, divisions, workingTypes, employees, tokens, violations, punches, switches }: Store) => ({
  company,
  divisions,
  workingTypes,
  employees: [...employees.values()],
  tokens: [...tokens.values()].map(({ token: _token, ...described }) => described),
  violations,
  punches,
  switches,
})
