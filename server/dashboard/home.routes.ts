import { Router } from 'express'
import type { ConnectionState } from '../connections/connection.store.js'
import { hasExpired } from '../connections/own-connection.js'
import { categories, type Category } from '../contract/categories.js'
import type { Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { SignedIn } from '../install/guard.js'
import type { Page, Label } from '../web/page.js'

const statuses: Readonly<Record<ConnectionState | 'none', Label>> = {
  none: { label: '未連携', look: 'st-grey' },
  pending: { label: '未連携', look: 'st-grey' },
  ended: { label: '未連携', look: 'st-grey' },
  active: { label: '連携中', look: 'st-green' },
  reconnect_needed: { label: '再連携が必要', look: 'st-error' },
}

export interface ServiceCard {
  id: string
  category: Category
  name: string
  summary: string
  /** null: nobody knows before sign-in */
  status: Label | null
  href: string
  button: string
}

const card = (connector: Connector, state: ConnectionState | 'none', isSignedIn: boolean): ServiceCard => {
  const dashboard = paths.dashboard.to({ connector: connector.id })
  const connected = state === 'active' || state === 'reconnect_needed'
  return {
    id: connector.id,
    category: connector.category,
    name: connector.labels.app,
    summary: connector.labels.summary,
    status: isSignedIn ? statuses[state] : null,
    href: isSignedIn ? dashboard : paths.signIn.to({}, { returnTo: dashboard }),
    button: connected ? 'アプリを開く' : '連携をはじめる',
  }
}

/** 給与, 勤怠 …, each with its services. */
export interface HomePage extends Page {
  groups: { id: string; title: string; services: readonly ServiceCard[] }[]
}

export const homePage = (services: readonly ServiceCard[]): HomePage => ({
  title: '連携サービス',
  groups: Object.entries(categories)
    .map(([id, title]) => ({ id, title, services: services.filter(({ category }) => category === id) }))
    .filter(group => group.services.length > 0),
})

/** The front page: the services, as a store shows them. */
export function homeRoutes({
  inTenant,
  clock,
  connectors,
}: {
  inTenant: InTenant<{ connections: ConnectionStore }>
  clock: Clock
  connectors: readonly Connector[]
}): Router {
  const router = Router()
  router.get(paths.home.pattern, async (_req, res) => {
    const { tenant, admin }: Partial<SignedIn> = res.locals
    const stateOf = async (connector: Connector) => {
      if (!tenant || !admin) return 'none'
      const owner = connector.auth.perAdmin ? admin.id : null
      const current = await inTenant(tenant.id, stores => stores.connections.current(connector.id, owner))
      if (current && hasExpired(current, clock.now())) return 'reconnect_needed'
      return current?.state ?? 'none'
    }
    const services = await Promise.all(
      connectors.map(async connector => card(connector, await stateOf(connector), tenant !== undefined)),
    )
    res.render('pages/home', { page: homePage(services) })
  })
  return router
}
