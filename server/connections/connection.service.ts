import type {
  Account,
  ClientRegistration,
  Connector,
  ConsentAuth,
  CredentialsForm,
  TokenAnswer,
} from '../contract/contract.js'
import type { Act } from '../audit/acts.js'
import type { AuditEvent, Recorder } from '../audit/audit.store.js'
import { Conflict } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { Http } from '../calls/call.js'
import type { TokenSource } from '../calls/http.js'
import type { Logger } from '../platform/logger.js'
import type { TokenEndpoint } from '../calls/token-endpoint.js'
import { createTokenKeeper, storageThrough } from '../calls/token-keeper.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { AccessTokenStore } from './access-token.store.js'
import type { Connection, ConnectionStore } from './connection.store.js'
import type { Activation, PendingConnectionStore } from './pending-connection.store.js'

interface Who {
  tenantId: string
  adminId: string
}

interface TouchedStores {
  connections: ConnectionStore
  pendingConnections: PendingConnectionStore
  accessTokens: Pick<AccessTokenStore, 'revokeAll'>
  audit: Recorder
}

/** `Others`: the stores of what goes by a connection, for `beforeEnd`. */
export interface ConnectionsDeps<Others> {
  inTenant: InTenant<TouchedStores & Others>
  /** In the transaction that ends a connection: ends what goes by it. Throws Conflict while that is not possible. */
  beforeEnd(stores: Others, connectionId: string, now: Date): Promise<void>
  clock: Clock
  log: Logger
  /** null: nothing to renew or revoke tokens at */
  endpointOf(connector: Connector): TokenEndpoint | null
  /** calls with a token that is not stored yet, or with none */
  httpWith(connector: Connector, token: string | null): Http
  clientOf(connector: Connector): ClientRegistration | null
}

/** Why a connection that was begun has come to nothing. */
export const conflictsOf = ({ labels: { account } }: Connector) => ({
  gone: '連携の確認が完了しないまま時間が経過しました。もう一度、連携を開始してください。',
  taken: `すでに別の${account}と連携しています。変更する場合は、先に連携を解除してください。`,
  replaced: `別の画面で連携の手続きをやり直したため、この画面の${account}とは連携していません。もう一度、連携を開始してください。`,
})

/** What is recorded of a connection. */
const about = (act: Act, { id }: Connector, connection: Pick<Connection, 'id' | 'accountName'>): AuditEvent => ({
  act,
  connector: id,
  about: connection.id,
  details: { account: connection.accountName },
})

const noToken: TokenAnswer = { accessToken: '', refreshToken: null, expiresIn: null, raw: {} }

/** 連携を解除: the credentials go at once. The service is asked to revoke them; its failure changes nothing. */
const disconnecting =
  <Others>({ inTenant, beforeEnd, clock, log, endpointOf }: ConnectionsDeps<Others>) =>
  async (tenantId: string, connector: Connector, connection: Connection): Promise<void> => {
    const token = await inTenant(tenantId, async stores => {
      const { accessTokens, connections, audit } = stores
      const now = clock.now()
      const held = await connections.lock(connection.id)
      // Another click was faster.
      if ((await connections.current(connector.id))?.id !== connection.id) return null
      await beforeEnd(stores, connection.id, now)
      await connections.end(connection.id, now)
      await accessTokens.revokeAll(connection.id, now)
      await audit.add(about('unlink', connector, connection))
      return held?.refreshToken ?? (held?.accessToken || null)
    })
    const endpoint = endpointOf(connector)
    if (token === null || endpoint === null) return
    await endpoint.revoke(token).catch((error: unknown) => log.info('token not revoked at the service', { err: error }))
  }

/** Connecting, reconnecting and disconnecting a service. */
export function createConnections<Others>(deps: ConnectionsDeps<Others>) {
  const { inTenant, clock, endpointOf, httpWith, clientOf } = deps

  async function confirm({ tenantId, adminId }: Who, connector: Connector, shownId: string): Promise<void> {
    const attempt = () =>
      inTenant(tenantId, async ({ connections, pendingConnections, audit }): Promise<Activation | 'replaced'> => {
        const pending = await pendingConnections.find(connector.id, adminId)
        if (pending) {
          if (pending.id !== shownId) return 'replaced'
          const outcome = await pendingConnections.activate(pending)
          if (outcome === 'active') await audit.add(about('link', connector, pending))
          return outcome
        }
        const current = await connections.current(connector.id)
        return current?.state === 'active' && current.createdBy === adminId ? 'active' : 'gone'
      })
    const first = await attempt()
    // Another tab was faster by a moment: what it did is visible now.
    const outcome = first === 'gone' ? await attempt() : first
    if (outcome !== 'active') throw new Conflict(conflictsOf(connector)[outcome])
  }

  /** Keeps a fresh authorisation: in force at once, or pending until the administrator has ticked what must be ticked. */
  async function take(
    { tenantId, adminId }: Who,
    connector: Connector,
    account: Account,
    token: TokenAnswer,
    fields: Readonly<Record<string, string>> = {},
  ) {
    const now = clock.now()
    const asks = connector.auth.texts.confirmNotes !== null
    const id = await inTenant(tenantId, async ({ pendingConnections, audit }) => {
      const added = await pendingConnections.add({
        connector: connector.id,
        adminId,
        account,
        credentials: { ...token, fields },
        expiresAt: token.expiresIn === null ? null : new Date(now.getTime() + token.expiresIn * 1000),
        now,
      })
      if (asks) await audit.add(about('link.granted', connector, { id: added, accountName: account.name }))
      return added
    })
    if (asks) return false
    await confirm({ tenantId, adminId }, connector, id)
    return true
  }

  return {
    /** The tokens of one connection. Throws ReconnectNeeded when only a new consent helps. */
    tokensOf: (connector: Connector, tenantId: string, connectionId: string): TokenSource =>
      createTokenKeeper({
        endpoint: endpointOf(connector),
        clock,
        side: 'service',
        product: connector.labels.product,
        storage: storageThrough(work =>
          inTenant(tenantId, ({ connections }) => work(connections.tokens(connectionId))),
        ),
      }),

    /** After consent: who gave it and for which account. Throws Forbidden with the sentence. Returns whether it is in force. */
    async grant(who: Who, connector: Connector, consent: ConsentAuth, token: TokenAnswer, code: string) {
      const account = await consent.identify(httpWith(connector, token.accessToken), token, code)
      return take(who, connector, account, token)
    },

    /** Credentials typed here, tried at the service first. Throws Forbidden with the sentence. Returns whether it is in force. */
    async typed(who: Who, connector: Connector, form: CredentialsForm, values: Readonly<Record<string, string>>) {
      const { account, token } = await form.check(values, {
        http: bearer => httpWith(connector, bearer),
        client: clientOf(connector),
      })
      return take(who, connector, account, token ?? noToken, token ? {} : values)
    },

    /**
     * ［連携する］ for the pending connection that the page showed. A second click finds its work done. Throws Conflict
     * when another account is in force, or when the page's connection is no longer the pending one.
     */
    confirm,

    async drop(tenantId: string, adminId: string, connector: Connector): Promise<void> {
      await inTenant(tenantId, async ({ pendingConnections, audit }) => {
        if (await pendingConnections.drop(connector.id, adminId))
          await audit.add({ act: 'link.dropped', connector: connector.id })
      })
    },

    disconnect: disconnecting(deps),
  }
}

export type Connections = ReturnType<typeof createConnections>
