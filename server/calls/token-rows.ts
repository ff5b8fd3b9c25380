import type { Knex } from 'knex'
import type { Credentials } from '../platform/credentials.js'
import type { StoredToken, TokenStorage } from './token-keeper.js'

/** A refresh that takes longer has died with its process. */
const UNDER_WAY_S = 10

/** Callers after a failed refresh share its failure for so long, so that a sign-in server in trouble is left alone. */
const FAILURE_SHARED_S = 3

/** To be set when new tokens are stored. */
export const noRefresh = { refreshing_until: null, refresh_failed_until: null }

/** What every table of authorisations has, beside what it is about. */
interface TokenRow {
  id: string
  state: string
  /** sealed; null: they are gone */
  credentials: string | null
  expires_at: Date | null
  refresh: StoredToken['refresh']
}

export interface TokenRows extends TokenStorage {
  /** As `read`, holding the row until the transaction ends. */
  lock(): Promise<StoredToken | null>
  /** Without `held`: whichever tokens are stored. */
  markReconnectNeeded(held?: StoredToken): Promise<boolean>
}

/** One authorisation in the table it is kept in, inside the caller's transaction. */
export function tokenRows(
  db: Knex,
  {
    row,
    seal,
    open,
  }: { row: () => Knex.QueryBuilder; seal(credentials: Credentials): string; open(sealed: string): Credentials },
): TokenRows {
  const refresh = db.raw(
    `case when refreshing_until > clock_timestamp() then 'under-way'
       when refresh_failed_until > clock_timestamp() then 'failed' else 'idle' end as refresh`,
  )
  const held = (found: TokenRow | undefined): StoredToken | null =>
    found?.credentials
      ? {
          id: found.id,
          sealed: found.credentials,
          active: found.state !== 'reconnect_needed',
          expiresAt: found.expires_at,
          refresh: found.refresh,
          ...open(found.credentials),
        }
      : null
  const first = async (query: Knex.QueryBuilder) =>
    held((await query.first('id', 'state', 'credentials', 'expires_at', refresh)) as TokenRow | undefined)
  const inSeconds = (seconds: number) => db.raw('clock_timestamp() + make_interval(secs => ?)', [seconds])
  const change = async (query: Knex.QueryBuilder, values: object): Promise<boolean> => {
    const changed: number = await query.update(values)
    return changed === 1
  }
  const still = ({ sealed }: StoredToken) => row().where({ credentials: sealed })

  return {
    read: () => first(row()),
    lock: () => first(row().forUpdate()),

    claim: token =>
      change(
        still(token).where(free =>
          free.whereNull('refreshing_until').orWhere('refreshing_until', '<', db.raw('clock_timestamp()')),
        ),
        { refreshing_until: inSeconds(UNDER_WAY_S) },
      ),

    renewed: (token, credentials, expiresAt) =>
      change(still(token), {
        // What was just renewed works, whoever has doubted it meanwhile.
        state: db.raw(`case state when 'reconnect_needed' then 'active' else state end`),
        credentials: seal(credentials),
        expires_at: expiresAt,
        updated_at: db.fn.now(),
        ...noRefresh,
      }),

    failed: token =>
      change(still(token), { refreshing_until: null, refresh_failed_until: inSeconds(FAILURE_SHARED_S) }),

    markReconnectNeeded: token =>
      change((token ? still(token) : row()).where({ state: 'active' }), {
        state: 'reconnect_needed',
        updated_at: db.fn.now(),
      }),
  }
}
