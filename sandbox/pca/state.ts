import { openSessions } from './sessions.js'
import { PRODUCTS, type PcaStore, type Session } from './store.js'

/** The whole store as plain JSON, for assertions; without tokens and passwords. `now` is in milliseconds. */
export function pcaState(store: PcaStore, now: number): object {
  const sessions = [...openSessions(store, now).values()]
  return {
    switches: { ...store.switches },
    products: Object.fromEntries(
      PRODUCTS.map(product => [
        product,
        store.products[product].areas.map(area => ({ ...area, employees: area.employees.all() })),
      ]),
    ),
    sessions: sessions.map(sessionState),
    grants: store.grants.map(({ accessToken: _access, refreshToken: _refresh, ...described }) => described),
    services: store.services.map(({ id, users }) => ({ id, users: users.map(({ name }) => name) })),
    journal: [...store.journal],
  }
}

const sessionState = ({ snapshots, openedAt, usedAt, ...session }: Session) => ({
  ...session,
  openedAt: new Date(openedAt).toISOString(),
  usedAt: new Date(usedAt).toISOString(),
  snapshots: snapshots.size,
})
