import { createHash, randomBytes } from 'node:crypto'
import type { Recorder } from '../audit/audit.store.js'
import type { FeedPermission } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { AccessToken, AccessTokenStore, TokenOwners } from '../connections/access-token.store.js'
import type { ConnectionStore } from '../connections/connection.store.js'

/** Says to people, and to scanners of published code, what it is. */
const PREFIX = 'rk_'
const BYTES = 32

/** Too random to be guessed, so that a plain hash is enough (OWASP: no need to slow down a look-up). */
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

export interface IssueOrder extends FeedPermission {
  /** of the form that asks, so that sending it twice issues one token */
  id: string
  connectionId: string
  connector: string
  name: string
  memo: string
}

/** Who calls the feed. */
export interface Caller {
  tenantId: string
  token: AccessToken
}

interface TokenStores {
  accessTokens: AccessTokenStore
  connections: ConnectionStore
  audit: Recorder
  companyEnds: { askedAt(): Promise<Date | null> }
}

export interface AccessTokensDeps {
  inTenant: InTenant<TokenStores>
  tokenOwners: TokenOwners
  clock: Clock
}

/** Tokens by which a service fetches what is published. */
export function createAccessTokens({ inTenant, tokenOwners, clock }: AccessTokensDeps) {
  /** The token while it and its connection are in force, and the company's data are not being deleted; null from then on. */
  const inForce = async ({ accessTokens, connections, companyEnds }: TokenStores, id: string) => {
    const token = await accessTokens.find(id)
    if (!token || token.revokedAt || (await companyEnds.askedAt())) return null
    const connection = await connections.find(token.connectionId)
    return connection && ['active', 'reconnect_needed'].includes(connection.state) ? token : null
  }

  return {
    /** The new token, which is told once and kept nowhere; null when the form was sent before. */
    async issue({ tenantId, adminId }: { tenantId: string; adminId: string }, order: IssueOrder) {
      const token = PREFIX + randomBytes(BYTES).toString('base64url')
      const added = await inTenant(tenantId, async ({ accessTokens, audit }) => {
        const isNew = await accessTokens.add({ ...order, adminId, hash: hashOf(token), now: clock.now() })
        const { id, connector, name, resources } = order
        if (isNew) await audit.add({ act: 'token.issued', connector, about: id, details: { name, resources } })
        return isNew
      })
      return added ? token : null
    },

    /** The company and the token in force; null when there is none, or none any more. */
    async callerOf(token: string): Promise<Caller | null> {
      if (!token.startsWith(PREFIX) || token.length > 100) return null
      const owner = await tokenOwners.ofHash(hashOf(token))
      if (!owner) return null
      const { tenantId, tokenId } = owner
      return inTenant(tenantId, async stores => {
        const found = await inForce(stores, tokenId)
        if (!found) return null
        await stores.accessTokens.used(tokenId, clock.now())
        return { tenantId, token: found }
      })
    },

    revoke: (tenantId: string, { id, connector, name }: AccessToken): Promise<boolean> =>
      inTenant(tenantId, async ({ accessTokens, audit }) => {
        const revoked = await accessTokens.revoke(id, clock.now())
        if (revoked) await audit.add({ act: 'token.revoked', connector, about: id, details: { name } })
        return revoked
      }),
  }
}

export type AccessTokenService = ReturnType<typeof createAccessTokens>
