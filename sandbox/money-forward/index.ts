import { Router } from 'express'
import { createSeeded } from '../core/seeded.js'
import type { StandIn } from '../core/stand-in.js'
import type { MadeUpPerson } from '../people.js'
import { createAdmin } from './admin.js'
import { apiRouter } from './api.js'
import { createLimiter } from './limiter.js'
import { payPeople, seedStore } from './seed.js'
import { simRouter } from './sim.js'
import type { MoneyForwardStore, Office } from './store.js'
import { setSwitches } from './switches.js'

export interface MoneyForwardSurroundings {
  clock: { now(): Date }
  /** SmartHR's people of みどり商会, who get the payslips */
  crews: readonly MadeUpPerson[]
  /** where the app and its feed are, until the connection names another address */
  appUrl: string
}

/**
 * The stand-in for マネーフォワード クラウド給与: the API that payslips are read from (`/api/v2`), the admin site that
 * fetches employees and year-end results from our feed (`/admin`), and the same without pages (`/sim`).
 */
export function createMoneyForward({ clock, crews, appUrl }: MoneyForwardSurroundings): StandIn {
  const now = () => clock.now()
  const seeded = createSeeded(() => seedStore(crews))
  const store = seeded.now
  const limiter = createLimiter()
  const admin = createAdmin({ offices: () => store().offices, appUrl, now })
  const office = (apiKey: unknown) =>
    apiKey === undefined ? store().offices[0] : store().offices.find(candidate => candidate.apiKey === apiKey)

  const router = Router()
  router.use('/api/v2', apiRouter({ store, arrive: limiter.arrive }))
  router.use('/sim', simRouter({ office, appUrl, now }))
  router.use('/admin', admin.router)

  return {
    name: 'money-forward',
    router,
    loggedPath: path => path.replace(/(\/offices\/)[^/]+/, '$1***'),
    reset() {
      seeded.reset()
      limiter.reset()
      admin.reset()
    },
    state: () => stateOf(store()),
    populate(people) {
      const [midori] = store().offices
      if (midori) payPeople(midori, people)
    },
    people: records => setSwitches(store(), { employees: records }, now()),
    move() {
      for (const run of store().offices[0]?.runs ?? []) {
        const first = run.payslips.shift()
        if (first) run.payslips.push({ ...first, employee_code: `J${first.employee_code}` })
      }
    },
    switches: patch => setSwitches(store(), patch, now()),
    limits: patch => limiter.set(patch),
  }
}

/** Everything remembered, for assertions; API KEYs and tokens stay out. */
const stateOf = ({ offices, switches }: MoneyForwardStore) => ({ switches, offices: offices.map(officeState) })

const officeState = ({ apiKey: _apiKey, employees, declarations, connection, ...office }: Office) => ({
  ...office,
  employees: [...employees.values()],
  declarations: [...declarations.values()],
  connection: connection && { subdomain: connection.subdomain, url: connection.url, access_token: '[masked]' },
})
