import { createSeeded } from '../core/seeded.js'
import type { StandIn } from '../core/stand-in.js'
import type { MadeUpPerson } from '../people.js'
import { createLimits } from './limits.js'
import { createPcaRouter } from './router.js'
import { employ, seedStore } from './seed.js'
import { pcaState } from './state.js'
import { PRODUCTS } from './store.js'
import { setSwitches } from './switches.js'
import { stampOf } from './table.js'

/** The stand-in for PCAクラウド給与 and 給与hyper; `crews` are SmartHR's people of みどり商会. */
export function createPca(clock: { now(): Date }, crews: readonly MadeUpPerson[]): StandIn {
  const seeded = createSeeded(() => seedStore(crews))
  const store = seeded.now
  const limits = createLimits()
  const now = () => clock.now().getTime()
  return {
    name: 'pca',
    router: createPcaRouter({ store, now, limits }),
    reset() {
      seeded.reset()
      limits.reset()
    },
    keepConnections: () => seeded.keep('grants', 'sessions'),
    state: () => pcaState(store(), now()),
    populate(people) {
      for (const product of PRODUCTS) {
        const [area] = store().products[product].areas
        if (area) employ(area, people, stampOf(now()))
      }
    },
    people(records) {
      for (const product of PRODUCTS) setSwitches(store(), { product, employees: records }, stampOf(now()))
    },
    switches: patch => setSwitches(store(), patch, stampOf(now())),
    limits: patch => limits.set(patch),
  }
}
