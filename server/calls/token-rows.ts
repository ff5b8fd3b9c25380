import type { Knex } from 'knex'
import type { StoredToken } from './token-keeper.js'

/** A refresh that takes longer has died with its process. */
const UNDER_WAY_S = 10

/** Callers after a failed refresh share its failure for so long, so that a sign-in server in trouble is left alone. */
const FAILURE_SHARED_S = 3

type Refresh = StoredToken['refresh']

/** What stands beside an authorisation's sealed tokens about their refresh, for a `select`. */
export const refreshColumn = (db: Knex): Knex.Raw<{ refresh: Refresh }> =>
  db.raw(
    `case when refreshing_until > clock_timestamp() then 'under-way'
       when refresh_failed_until > clock_timestamp() then 'failed' else 'idle' end as refresh`,
  )

/** To be set when new tokens are stored. */
export const noRefresh = { refreshing_until: null, refresh_failed_until: null }

/** Refreshes take turns across processes, each in statements of its own. `sealed`: the tokens as the caller has read them. */
export const refreshTurns = (db: Knex, row: () => Knex.QueryBuilder) => ({
  /** False: another caller refreshes, or has. */
  async claim(sealed: string): Promise<boolean> {
    const claimed: number = await row()
      .where({ credentials: sealed })
      .where(free => free.whereNull('refreshing_until').orWhere('refreshing_until', '<', db.raw('clock_timestamp()')))
      .update({ refreshing_until: db.raw('clock_timestamp() + make_interval(secs => ?)', [UNDER_WAY_S]) })
    return claimed === 1
  },

  async failed(sealed: string): Promise<void> {
    await row()
      .where({ credentials: sealed })
      .update({
        refreshing_until: null,
        refresh_failed_until: db.raw('clock_timestamp() + make_interval(secs => ?)', [FAILURE_SHARED_S]),
      })
  },
})
