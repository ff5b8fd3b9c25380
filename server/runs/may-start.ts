/**
 * Whether a flow may be started now: one rule for the dashboard, opening a run, a start by one click, 再実行
 * and 同期.
 */
import type { AccessTokenStore } from '../connections/access-token.store.js'
import type { Connection, ConnectionStore } from '../connections/connection.store.js'
import { hasExpired } from '../connections/own-connection.js'
import type { SettingsStore } from '../connections/settings.store.js'
import { needsSettings, type Connector, type Flow } from '../contract/contract.js'
import type { GrantStore } from '../smarthr/grant.store.js'
import { closedSentence } from './labels.js'
import type { Run } from './run.js'
import type { RunStore } from './run.store.js'

export interface Who {
  tenantId: string
  adminId: string
}

/** Why a flow can't be started now. */
export type Blocked =
  | { because: 'not-connected' }
  | { because: 'reconnect'; side: 'smarthr' | 'service' }
  | { because: 'settings-missing' }
  | { because: 'token-missing' }
  | { because: 'closed'; sentence: string }
  | { because: 'expired' }
  /** `runId` null: that run has ended by now */
  | { because: 'running'; runId: string | null }

/** What decides, as it is now. */
export interface StartFacts {
  /** the connection that counts: the company's, or the administrator's own */
  connection: Connection | null
  /** the administrator's authorisation in SmartHR is in force */
  smarthrActive: boolean
  settingsSaved: boolean
  /** what the service has tokens to fetch */
  fetchable: readonly string[]
  /** the run that is on already, if any */
  active: Pick<Run, 'id'> | null
  now: Date
}

/** Whose connection counts: the company's (null), or each administrator's own. */
export const ownerOf = ({ auth }: Connector, adminId: string): string | null => (auth.perAdmin ? adminId : null)

/** Whether a flow may be started, and on which connection; or what keeps it from that. Pure. */
export function mayStart(
  connector: Connector,
  flow: Flow,
  facts: StartFacts,
): { connection: Connection } | { blocked: Blocked } {
  const { connection, now } = facts
  if (!connection) return { blocked: { because: 'not-connected' } }
  const blocked = (): Blocked | null => {
    if (connection.state === 'reconnect_needed') return { because: 'reconnect', side: 'service' }
    if (!facts.smarthrActive) return { because: 'reconnect', side: 'smarthr' }
    if (needsSettings(flow) && !facts.settingsSaved) return { because: 'settings-missing' }
    if (flow.kind === 'publication' && !facts.fetchable.includes(flow.publication.resource))
      return { because: 'token-missing' }
    const sentence = closedSentence(connector, now)
    if (sentence !== null) return { because: 'closed', sentence }
    if (hasExpired(connection, now)) return { because: 'expired' }
    return facts.active ? { because: 'running', runId: facts.active.id } : null
  }
  const reason = blocked()
  return reason ? { blocked: reason } : { connection }
}

/** The stores that know what decides. */
export interface StartStores {
  connections: Pick<ConnectionStore, 'current'>
  grants: Pick<GrantStore, 'state'>
  settings: Pick<SettingsStore, 'find'>
  accessTokens: Pick<AccessTokenStore, 'resourcesInForce'>
  runs: Pick<RunStore, 'active' | 'activeOf'>
}

/** What decides about a connector's flows. `active` is the connection's run; see `flowFacts` for one flow's. */
export async function startFacts(
  { connections, grants, settings, accessTokens, runs }: StartStores,
  { adminId }: Pick<Who, 'adminId'>,
  connector: Connector,
  now: Date,
): Promise<StartFacts & { active: Run | null }> {
  const connection = await connections.current(connector.id, ownerOf(connector, adminId))
  return {
    connection,
    smarthrActive: (await grants.state(adminId)) === 'active',
    settingsSaved: connection !== null && (await settings.find(connector.id, connection.accountId)) !== null,
    fetchable: connection && connector.accessTokens ? await accessTokens.resourcesInForce(connection.id) : [],
    active: connection && (await runs.active(connection.id)),
    now,
  }
}

/** The same for one flow: a colleague's run of it counts, too, where each administrator has a connection. */
export async function flowFacts(
  stores: StartStores,
  who: Pick<Who, 'adminId'>,
  { connector, flow }: { connector: Connector; flow: Flow },
  now: Date,
): Promise<StartFacts> {
  const facts = await startFacts(stores, who, connector, now)
  return { ...facts, active: facts.active ?? (await stores.runs.activeOf(connector.id, flow.id)) }
}
