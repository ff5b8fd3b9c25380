import type { Connection, ConnectionStore } from '../connections/connection.store.js'
import type { FieldRulesStore } from '../connections/field-rules.store.js'
import type { FlowKeyStore } from '../connections/flow-key.store.js'
import type { ScopeStore } from '../connections/scopes.store.js'
import { presetsOf, settingChoices } from '../connections/settings.form.js'
import type { SavedSettings, SettingsStore } from '../connections/settings.store.js'
import type { ValueTableStore } from '../connections/value-tables.store.js'
import { needsSettings, usesSettings, type Connector, type Flow } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { rulesFor, type RunRules } from '../contract/field-rules.js'
import { flowBy, type ChosenKey } from '../contract/flow-keys.js'
import type { FrozenScope } from '../contract/scope.js'
import { tabledOptions, tablesFor, type RunTables } from '../contract/value-tables.js'
import { Conflict } from '../errors.js'
import type { Run } from './run.js'

interface Account {
  connector: Connector
  flow: Flow
  accountId: string
}

/** The settings that shape a plan, as they are now: what is saved, or what holds while nothing is. */
export async function settingsNow(
  { settings }: { settings: Pick<SettingsStore, 'find'> },
  { connector, flow, accountId }: Account,
): Promise<SavedSettings> {
  if (!usesSettings(flow)) return {}
  return (await settings.find(connector.id, accountId)) ?? presetsOf(declared(connector.settings, 'settings'))
}

/** 項目の設定 for a run of the flow, as they are now. */
export const rulesNow = async (
  { fieldRules }: { fieldRules: Pick<FieldRulesStore, 'find'> },
  { connector, flow, accountId }: Account,
): Promise<RunRules | null> => rulesFor(connector, flow, await fieldRules.find(connector.id, accountId))

/** By what a run of the flow tells people apart, as it is chosen now. */
export async function keyNow(
  { flowKeys }: { flowKeys: Pick<FlowKeyStore, 'find'> },
  { connector, flow, accountId }: Account,
): Promise<ChosenKey> {
  const key = await flowKeys.find(connector.id, accountId)
  // What is no longer offered is not guessed at: the run goes by what its pages say.
  return flowBy(flow, key) === flow ? null : key
}

/** What a run's 対象範囲 is to be: one by its id, or everybody. */
export type ScopeChoice = { id: string } | 'everybody'

/**
 * 対象範囲 for a reading, as it is now: the one just chosen, else that of `from`, the run itself or one that it repeats. It
 * never becomes everybody by itself. Throws NotOffered for one that is gone.
 */
export function scopeNow(
  { scopes }: { scopes: Pick<ScopeStore, 'frozen'> },
  run: Pick<Run, 'id' | 'connector'>,
  { chosen, from }: { chosen?: ScopeChoice; from: Pick<Run, 'id' | 'scope'> },
): Promise<FrozenScope | null> {
  const choice = chosen ?? (from.scope === null ? 'everybody' : { id: from.scope.id })
  if (choice === 'everybody') return Promise.resolve(null)
  return scopes.frozen({ connector: run.connector, runId: run.id, id: choice.id }, from.id)
}

/** 対応表 for a run of the flow, as they are now. */
export const tablesNow = async (
  { valueTables }: { valueTables: Pick<ValueTableStore, 'current'> },
  { connector, flow, accountId }: Account,
): Promise<RunTables | null> =>
  tabledOptions(flow).length === 0 ? null : tablesFor(flow, await valueTables.current(connector.id, accountId))

/** What new people get by the settings as they are saved now, by the field's name. Empty where no person is new. */
export async function settingsForNew(
  { settings }: { settings: Pick<SettingsStore, 'find'> },
  { connector, flow, accountId }: Account,
  newcomers: number,
): Promise<Run['options']> {
  if (newcomers === 0 || !needsSettings(flow)) return {}
  const saved = await settings.find(connector.id, accountId)
  return saved ? settingChoices(declared(connector.settings, 'settings'), saved) : {}
}

export const DISCONNECTED =
  'この同期を準備したときの連携は解除されています。ダッシュボードから、同期を開始し直してください。'

/** The connection a run was prepared with; throws Conflict when it was ended since. */
export async function stillConnected(
  { connections }: { connections: Pick<ConnectionStore, 'find'> },
  run: Pick<Run, 'connectionId'>,
): Promise<Connection> {
  const connection = await connections.find(run.connectionId)
  if (!connection || !['active', 'reconnect_needed'].includes(connection.state)) {
    throw new Conflict(DISCONNECTED)
  }
  return connection
}
