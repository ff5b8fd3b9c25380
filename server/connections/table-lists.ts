import type { Caller } from '../calls/call.js'
import type { Connector, Flow, ListEntry } from '../contract/contract.js'
import type { ValueTable } from '../contract/value-tables.js'
import { ReconnectNeeded, VendorUnavailable } from '../errors.js'
import type { TenantStore } from '../install/tenant.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Logger } from '../platform/logger.js'
import { createCrewDirectory } from '../smarthr/crews.js'
import type { GrantStore } from '../smarthr/grant.store.js'
import type { Connections } from './connection.service.js'
import type { Connection, ConnectionStore } from './connection.store.js'
import { fixedToken, type ServiceCalls } from './service-calls.js'
import type { SmarthrCalls } from './smarthr-calls.js'

/** A page waits for them: what takes longer is given up. */
const PATIENCE_MS = 20_000

const tooSlow = ({ labels }: Connector) =>
  `SmartHRまたは${labels.product}からの応答に時間がかかっているため、中断しました。時間をおいて、やり直してください。`

/** Both lists of a table, as they are now. */
export interface TableLists {
  sources: readonly ListEntry[]
  targets: readonly ListEntry[]
}

interface Who {
  tenantId: string
  adminId: string
}

export interface TableListsDeps {
  inTenant: InTenant<{
    connections: Pick<ConnectionStore, 'markReconnectNeeded'>
    grants: Pick<GrantStore, 'markReconnectNeeded'>
  }>
  tenants: Pick<TenantStore, 'find'>
  connections: Pick<Connections, 'tokensOf'>
  services: ServiceCalls
  smarthr: SmarthrCalls
  clock: Clock
  log: Logger
  patienceMs?: number
}

/** Reads lists of SmartHR and of a service while a page is drawn. Throws what either answers. */
export function createTableLists(deps: TableListsDeps) {
  const { inTenant, tenants, connections, services, smarthr, clock, log, patienceMs = PATIENCE_MS } = deps

  /** The lists of one side: SmartHR's by the administrator's consent, the service's by the company's connection. */
  const open = async (
    { tenantId, adminId }: Who,
    { connector, flow, connection }: { connector: Connector; flow: Flow; connection: Connection },
    caller: Caller,
  ) => {
    const tenant = await tenants.find(tenantId)
    if (!tenant) throw new Error('a connection without its company')
    const { accountId: id, accountCode: code, accountName: name } = connection
    const token = services.operatorTokenOf(connector, tenant)
    const tokens = token === null ? connections.tokensOf(connector, tenantId, connection.id) : fixedToken(token)
    return {
      smarthr: createCrewDirectory({ http: smarthr.httpFor(tenant, adminId, caller), paths: [] }),
      service: connector.open({
        http: services.httpTo(connector, tokens, `${connector.id}:${id}`, caller),
        account: { id, code, name },
        log,
        area: null,
        flow: flow.id,
        dataset: flow.dataset,
        period: null,
        file: null,
        settings: {},
        today: clock.today,
      }),
    }
  }

  return async (
    who: Who,
    { connector, connection, table }: { connector: Connector; connection: Connection; table: ValueTable },
  ): Promise<TableLists> => {
    const { flow, option } = table
    const signal = AbortSignal.timeout(patienceMs)
    try {
      const sides = await open(who, { connector, flow, connection }, { signal })
      const toService = flow.direction === 'to-service'
      const [source, target] = toService ? [sides.smarthr, sides.service] : [sides.service, sides.smarthr]
      const [sources, targets] = await Promise.all([source.choices?.(option.from.list), target.choices?.(option.list)])
      return { sources: sources ?? [], targets: targets ?? [] }
    } catch (error) {
      if (error instanceof ReconnectNeeded)
        await inTenant(who.tenantId, stores =>
          error.side === 'smarthr'
            ? stores.grants.markReconnectNeeded(who.adminId)
            : stores.connections.markReconnectNeeded(connection.id),
        )
      if (signal.aborted) throw new VendorUnavailable(tooSlow(connector), clock.now(), { cause: error })
      throw error
    }
  }
}

export type ReadTableLists = ReturnType<typeof createTableLists>
