import { Router } from 'express'
import { createSeeded } from '../core/seeded.js'
import type { StandIn } from '../core/stand-in.js'
import type { MadeUpPerson } from '../people.js'
import { answerRefused, apiRouter } from './api.js'
import { createLimiter } from './limiter.js'
import { pagesRouter } from './pages.js'
import { employeeOf, seedStore } from './seed.js'
import { newEmployee, setEmployees } from './store.js'
import { setSwitches } from './switches.js'

/** The stand-in for ミキワメ's store of departments and employees; `crews` are the people SmartHR's seed shares with it. */
export function createMikiwame(crews: readonly MadeUpPerson[]): StandIn {
  const seeded = createSeeded(() => seedStore(crews))
  const store = seeded.now
  const limiter = createLimiter()
  const router = Router()
  router.use('/admin', pagesRouter(store))
  router.use(apiRouter({ store, arrive: limiter.arrive }))
  router.use(answerRefused)

  return {
    name: 'mikiwame',
    router,
    reset() {
      seeded.reset()
      limiter.reset()
    },
    state: () => ({
      switches: store().switches,
      companies: store().companies.map(({ token: _token, byEmail: _byEmail, ...company }) => company),
    }),
    populate(people) {
      const [midori] = store().companies
      if (!midori) return
      store().nextEmployee = 1
      setEmployees(
        midori,
        people.map(person => employeeOf(store(), midori, person)),
      )
    },
    people: records => setSwitches(store(), { employees: records }),
    move() {
      const [midori] = store().companies
      const [first, ...others] = midori?.employees ?? []
      if (!midori || !first) return
      const { id: _id, ...about } = first
      setEmployees(midori, [...others, newEmployee(store(), { ...about, email: `joined${Date.now()}@midori.example` })])
    },
    switches: patch => setSwitches(store(), patch),
    limits: patch => limiter.set(patch),
  }
}
