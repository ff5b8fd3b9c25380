import { fixedToken, type ServiceCalls } from '../connections/service-calls.js'
import type { Connections } from '../connections/connection.service.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import { createRunSession } from '../connections/run-session.js'
import type { RunSessionStore } from '../connections/run-session.store.js'
import type { SettingsStore } from '../connections/settings.store.js'
import type { SmarthrCalls } from '../connections/smarthr-calls.js'
import type { Caller, Http } from '../calls/call.js'
import { connectorOf } from '../connectors/registry.js'
import {
  needsSettings,
  readsFile,
  type Connector,
  type Directory,
  type Flow,
  type Values,
} from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { askedOfSmarthr, type RunRules } from '../contract/field-rules.js'
import { flowBy, keyedBy } from '../contract/flow-keys.js'
import { askedOptions, tablePaths, type RunTables } from '../contract/value-tables.js'
import type { TenantStore } from '../install/tenant.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Logger } from '../platform/logger.js'
import { createCrewDirectory } from '../smarthr/crews.js'
import { createCrewDocuments } from '../smarthr/crew-documents.js'
import { requireCustomItem } from '../smarthr/custom-items.js'
import { createDepartmentDirectory } from '../smarthr/departments.js'
import { createPayslipDirectory } from '../smarthr/payslips.js'
import { readScopeLists } from '../smarthr/scope-lists.js'
import { createYearEndResults } from '../smarthr/year-end-results.js'
import type { FileStore } from './file.store.js'
import { readingStates, type Run } from './run.js'
import { keyOfRun } from './flow-of.js'
import { fileOf } from './run-file.js'
import { noDirectory, type OpenAreas, type OpenedFor, type OpenSides } from './sides.js'

export interface OpenSidesDeps {
  inTenant: InTenant<{
    connections: ConnectionStore
    settings: SettingsStore
    runSessions: RunSessionStore
    files: FileStore
  }>
  tenants: Pick<TenantStore, 'find'>
  connections: Pick<Connections, 'tokensOf'>
  services: ServiceCalls
  smarthr: SmarthrCalls
  clock: Clock
  log: Logger
}

/** What the wizard's options say, in the target's paths. */
const chosenFor = (flow: Flow, run: Pick<Run, 'options' | 'tabled'>): Values =>
  Object.fromEntries(
    askedOptions(flow, run.tabled).flatMap(({ name, path }) => {
      const chosen = run.options[name]
      return chosen ? [[path, chosen.value]] : []
    }),
  )

/** The connector's settings for new people, in the target's paths. */
const settingsFor = (flow: Flow, { settings }: Connector, values: Readonly<Record<string, string>>): Values =>
  needsSettings(flow) ? (declared(settings, 'settings').onCreate?.(values) ?? {}) : {}

/** What the dialog showed and 同期 has kept; a change of the settings afterwards is for the next run. */
const frozen = ({ options }: Pick<Run, 'options'>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, value]))

/** What a plan is read by, and what is written is read by what its plan went by. */
const rulesOf = ({ state, rules, ruled }: OpenedFor): RunRules | null => (readingStates.includes(state) ? rules : ruled)
const tablesOf = ({ state, tables, tabled }: OpenedFor): RunTables | null =>
  readingStates.includes(state) ? tables : tabled

/** SmartHR's records of the kind that a flow reads or writes. */
function openSmarthr(http: Http, flow: Flow, { customItem }: Connector, run: OpenedFor): Directory {
  switch (flow.dataset) {
    case 'employees':
      return createCrewDirectory({
        http,
        paths: [
          ...askedOfSmarthr(flow, rulesOf(run)),
          ...tablePaths(flow, tablesOf(run)),
          ...(flow.alsoReads ?? []),
          ...(run.scope?.paths ?? []),
        ],
        ...(flow.key && { key: flow.key }),
        ...(customItem && { before: () => requireCustomItem(http, customItem) }),
      })
    case 'departments':
      return createDepartmentDirectory({ http })
    case 'payslips':
      return createPayslipDirectory({ http })
    case 'crew-documents':
      return createCrewDocuments({ http })
    case 'year-end-results':
      return createYearEndResults({ http })
  }
}

/** The run's connection with calls that carry its credentials; to be closed whatever happens. */
async function openService(deps: OpenSidesDeps, run: OpenedFor, caller?: Caller) {
  const { inTenant, tenants, connections, services, clock, log } = deps
  const connector = connectorOf(run.connector)
  const tenant = await tenants.find(run.tenantId)
  if (!tenant) throw new Error('a run without its tenant')
  const { connection, held, settings } = await inTenant(run.tenantId, async stores => {
    const found = await stores.connections.find(run.connectionId)
    return {
      connection: found,
      held: await stores.connections.tokens(run.connectionId).read(),
      settings: found && (await stores.settings.find(run.connector, found.accountId)),
    }
  })
  if (!connection) throw new Error('a run without its connection')
  const account = { id: connection.accountId, code: connection.accountCode, name: connection.accountName }
  // A service counts calls per account, not per connection.
  const limitKey = `${connector.id}:${account.id}`
  const { session } = connector.auth
  const client = services.clientOf(connector)
  const inSession =
    session && client
      ? createRunSession({
          inTenant,
          log,
          run,
          session,
          fields: held?.fields ?? {},
          client,
          http: (token, by) => services.httpTo(connector, token === null ? null : fixedToken(token), limitKey, by),
          ...(caller && { caller }),
        })
      : null
  const token = services.operatorTokenOf(connector, tenant)
  const tokens =
    inSession ?? (token === null ? connections.tokensOf(connector, run.tenantId, connection.id) : fixedToken(token))
  return {
    tenant,
    connector,
    settings,
    context: { account, log, today: clock.today, http: services.httpTo(connector, tokens, limitKey, caller) },
    close: async () => {
      await inSession?.end()
    },
  }
}

/** Opens what a run reads from and writes to, with the credentials of its administrator and its connection. */
export function createOpenSides(deps: OpenSidesDeps): { openSides: OpenSides; openAreas: OpenAreas } {
  const { smarthr, inTenant } = deps

  return {
    async openAreas(run) {
      const { connector, context, close } = await openService(deps, run)
      try {
        return (await connector.areas?.(context)) ?? []
      } finally {
        await close()
      }
    },

    async openSides(run, caller) {
      const { tenant, connector, settings, context, close } = await openService(deps, run, caller)
      const declaredFlow = connector.flows.find(candidate => candidate.id === run.flow)
      if (!declaredFlow) throw new Error(`no flow ${run.flow}`)
      const key = keyOfRun(run)
      const flow = flowBy(declaredFlow, key)
      const http = smarthr.httpFor(tenant, run.adminId, caller)
      const crews = openSmarthr(http, declaredFlow, connector, run)
      const records =
        flow.kind === 'publication'
          ? noDirectory
          : connector.open({
              ...context,
              area: run.area?.value ?? null,
              flow: flow.id,
              dataset: flow.dataset,
              period: run.period,
              file: readsFile(flow) ? await fileOf({ inTenant, tenantId: run.tenantId, runId: run.id }) : null,
              settings: run.settings,
            })
      const [own, service] = [
        keyedBy(crews, declaredFlow, key, 'smarthr'),
        keyedBy(records, declaredFlow, key, 'service'),
      ]
      const toService = flow.direction === 'to-service'
      return {
        connector,
        flow,
        source: toService ? own : service,
        target: toService ? service : own,
        sourceIs: toService ? 'smarthr' : 'service',
        targetIs: toService ? 'service' : 'smarthr',
        names: { source: flow.from, target: flow.to },
        scopeLists: lists => readScopeLists(http, lists),
        account: { connector: connector.id, accountId: context.account.id },
        onCreate: {
          ...(toService && settingsFor(flow, connector, { ...settings, ...frozen(run) })),
          ...chosenFor(flow, run),
        },
        close,
      }
    },
  }
}
