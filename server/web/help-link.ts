import type { Connector } from '../contract/contract.js'
import type { HelpTopic } from '../contract/help.js'
import { paths } from '../paths.js'

/** Which help a service's views have: those of the wizard have their step's, the others here that of their name. */
const OF_VIEWS: Readonly<Record<string, HelpTopic>> = {
  begin: 'dashboard',
  'key-comparison': 'flow-key',
  'connection-new': 'connection',
  'connection-confirm': 'connection',
  disconnect: 'connection',
  'take-back': 'report',
  'approval-rules': 'approval',
  'own-connection': 'connection',
  'own-connection-confirm': 'connection',
  'own-connection-end': 'connection',
  'access-token-new': 'access-tokens',
  'access-token-shown': 'access-tokens',
  'access-token-revoke': 'access-tokens',
  'scope-form': 'scopes',
  'scope-end': 'scopes',
}

const GENERAL: Readonly<Record<string, string>> = {
  audit: 'audit',
  limits: 'limits',
  people: 'people',
  person: 'people',
  pair: 'people',
  'pair-confirm': 'people',
  'company-end': 'company-end',
  'not-admin': 'sign-in',
  'sign-in-failed': 'sign-in',
  'signed-out': 'sign-in',
  'choose-tenant': 'sign-in',
}

const NAMED = new Set([
  'dashboard',
  'connection',
  'settings',
  'field-rules',
  'flow-key',
  'scopes',
  'value-tables',
  'payslip-items',
  'access-tokens',
  'mail-recipients',
  'schedule',
  'report',
  'runs',
  'changes',
])

/** The help of what a view shows; null where it has none of its own. */
export function helpOfView(view: string, connector: Pick<Connector, 'id'> | undefined): string | null {
  const name = view.replace(/^pages\//, '')
  const general = GENERAL[name]
  if (general) return paths.helpOn.to({ subject: general })
  const topic = name.startsWith('wizard/')
    ? name.slice('wizard/'.length)
    : (OF_VIEWS[name] ?? (NAMED.has(name) ? name : null))
  return connector && topic ? paths.helpPage.to({ connector: connector.id, topic }) : null
}
