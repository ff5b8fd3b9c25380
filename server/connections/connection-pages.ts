import type { Recorder } from '../audit/audit.store.js'
import type { Request, Response } from 'express'
import type { Connector } from '../contract/contract.js'
import type { FieldRules } from '../contract/field-rules.js'
import { connectorBy } from '../contract/flow-keys.js'
import type { Consent } from '../install/consent.js'
import { paths } from '../paths.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Logger } from '../platform/logger.js'
import { flash } from '../web/session.js'
import type { Connections } from './connection.service.js'
import type { FieldRulesStore } from './field-rules.store.js'
import type { FlowKeyStore } from './flow-key.store.js'
import type { ConnectionStore } from './connection.store.js'
import type { PendingConnectionStore } from './pending-connection.store.js'

/** What the pages of a connection have in common. */

export interface ConnectionRoutesDeps {
  inTenant: InTenant<{
    connections: ConnectionStore
    pendingConnections: PendingConnectionStore
    fieldRules: Pick<FieldRulesStore, 'find'>
    flowKeys: Pick<FlowKeyStore, 'find'>
    audit: Recorder
  }>
  connections: Connections
  connectorOf(id: string): Connector
  /** null: the app is not registered with the service */
  consentOf(connector: Connector): Consent | null
  /** where the app's calls come from; empty: nobody has said */
  outboundIps: readonly string[]
  log: Logger
}

/** What the company has chosen for an account: the rules of its fields, and the connector by the key. */
export async function chosenFor(
  { fieldRules, flowKeys }: { fieldRules: Pick<FieldRulesStore, 'find'>; flowKeys: Pick<FlowKeyStore, 'find'> },
  connector: Connector,
  { accountId }: { accountId: string },
): Promise<{ rules: FieldRules | null; connector: Connector }> {
  const rules = await fieldRules.find(connector.id, accountId)
  return { rules, connector: connectorBy(connector, await flowKeys.find(connector.id, accountId)) }
}

/** After connecting: to the dashboard, or to the page that confirms a connection that is not in force yet. */
export function toConfirmOrDashboard(
  req: Request,
  res: Response,
  { connector, active, log }: { connector: Connector; active: boolean; log: Logger },
): void {
  const to = { connector: connector.id }
  if (!active) return res.redirect(303, paths.connectionConfirm.to(to))
  log.info('service connected', to)
  flash(req, { kind: 'success', text: connector.auth.texts.connected })
  res.redirect(303, paths.dashboard.to(to))
}
