import type { PerAdminAuth, Connector } from '../contract/contract.js'
import type { Recorder } from '../audit/audit.store.js'
import { AppError, Conflict } from '../errors.js'
import type { Admin } from '../install/admin.store.js'
import type { Tenant } from '../install/tenant.store.js'
import type { Clock } from '../platform/clock.js'
import type { Count } from '../platform/counting.js'
import type { Http } from '../calls/call.js'
import { hasCustomItem, makeCustomItem } from '../smarthr/custom-items.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Connection } from './connection.store.js'
import type { OwnConnectionStore } from './own-connection.store.js'
import { endOf } from './own-connection.js'

/** Runs that were prepared with a connection and have not been started. */
interface OpenRuns {
  abandon(connectionId: string, now: Date): Promise<void>
}

export interface OwnConnectionsDeps {
  inTenant: InTenant<{ ownConnections: OwnConnectionStore; runs: OpenRuns; audit: Recorder }>
  clock: Clock
  /** the service, opened by the company's token; throws Forbidden when the operator has named none for it */
  httpOf(connector: Connector, tenant: Tenant): Http
  smarthrOf(tenant: Tenant, adminId: string): Http
  /** lets a company's custom item be made once in a while, longer than SmartHR is waited for */
  makings: Count
}

/** Connections that last for a limited time, one per administrator. */
export function createOwnConnections({ inTenant, clock, httpOf, smarthrOf, makings }: OwnConnectionsDeps) {
  return {
    /** Throws Forbidden when the operator has not registered the company: consent at SmartHR would be for nothing. */
    mayConnect(tenant: Tenant, connector: Connector): void {
      httpOf(connector, tenant)
    },

    /**
     * Connects the administrator, or renews the connection for its whole time. The first one of a company also makes the
     * custom item in SmartHR. Later ones do not: an administrator who deleted it decides about it.
     */
    async make(tenant: Tenant, admin: Admin, connector: Connector, auth: PerAdminAuth): Promise<void> {
      const account = await auth.identify(httpOf(connector, tenant))
      const now = clock.now()
      const outcome = await inTenant(tenant.id, async ({ ownConnections, audit }) => {
        const made = await ownConnections.connect({
          connector: connector.id,
          owner: admin.id,
          account,
          validUntil: endOf(auth.days, now),
          now,
        })
        await audit.add({ act: 'link', connector: connector.id, details: { account: account.name } })
        return made
      })
      const { customItem } = connector
      if (outcome !== 'first' || !customItem) return
      try {
        await makeCustomItem(smarthrOf(tenant, admin.id), customItem)
      } catch (error) {
        // Without the item nothing can be synchronised: the next try begins from the start.
        await inTenant(tenant.id, ({ ownConnections }) => ownConnections.forget(connector.id))
        throw error
      }
    },

    /** Whether what the service needs in SmartHR is gone; null: nobody can say just now, or it needs nothing. */
    async itemIsGone(tenant: Tenant, admin: Admin, { customItem }: Connector): Promise<boolean | null> {
      if (!customItem) return null
      try {
        return !(await hasCustomItem(smarthrOf(tenant, admin.id), customItem))
      } catch (error) {
        if (error instanceof AppError) return null
        throw error
      }
    },

    /**
     * Makes it once more, since the administrator said so; leaves one that is there alone. Throws Conflict while somebody
     * else may be making it: SmartHR takes a name twice.
     */
    async makeItemAgain(tenant: Tenant, admin: Admin, { id, customItem }: Connector): Promise<void> {
      if (!customItem) return
      const wait = await makings(`${tenant.id}:${id}`)
      if (wait > 0)
        throw new Conflict(
          `カスタム項目の作成を受け付けたばかりです。${wait}秒ほど待ってから、画面を再読み込みして確認してください。`,
        )
      await makeCustomItem(smarthrOf(tenant, admin.id), customItem)
      await inTenant(tenant.id, ({ audit }) => audit.add({ act: 'custom-item.made', connector: id }))
    },

    /** Ends one administrator's connection; what was synchronised stays. */
    end: (tenantId: string, connection: Connection): Promise<void> =>
      inTenant(tenantId, async ({ ownConnections, runs, audit }) => {
        const { id, connector, accountName } = connection
        await ownConnections.end(connection, clock.now())
        await audit.add({ act: 'unlink', connector, about: id, details: { account: accountName } })
        await runs.abandon(connection.id, clock.now())
      }),
  }
}

export type OwnConnections = ReturnType<typeof createOwnConnections>
