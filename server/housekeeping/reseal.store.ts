import type { Knex } from 'knex'
import type { Logger } from '../platform/logger.js'
import type { Sealer } from '../platform/seal.js'

/** Values sealed anew in one transaction. */
const AT_ONCE = 500

/** Every sealed column, and what of its row the sealed text is bound to. `refreshed`: a token keeper may be about to change it. */
const PLACES = [
  { table: 'smarthr_grants', column: 'credentials', row: 'admin_id::text', refreshed: true },
  { table: 'connections', column: 'credentials', row: 'id::text', refreshed: true },
  { table: 'runs', column: 'session', row: 'id::text', refreshed: false },
  { table: 'runs', column: 'said', row: 'id::text', refreshed: false },
  { table: 'runs', column: 'scope_sealed', row: 'id::text', refreshed: false },
  { table: 'scopes', column: 'sealed', row: 'id::text', refreshed: false },
  { table: 'approvals', column: 'comment', row: 'id::text', refreshed: false },
  { table: 'run_items', column: 'sealed', row: `run_id || '|' || source_id`, refreshed: false },
  { table: 'run_items', column: 'said', row: `run_id || '|' || id`, refreshed: false },
  { table: 'run_files', column: 'sealed', row: `run_id || '|' || file || '|columns'`, refreshed: false },
  { table: 'run_file_parts', column: 'sealed', row: `run_id || '|' || file || '|' || part`, refreshed: false },
  { table: 'key_comparisons', column: 'sealed', row: 'id::text', refreshed: false },
  { table: 'run_staging', column: 'sealed', row: `run_id || '|' || side || '|' || position`, refreshed: false },
] as const

interface SealedRow {
  part: number
  place: string
  sealed: string
  bound: string
}

/** Seals anew what an older key has sealed, or what is not bound to its row. */
export function createResealStore(db: Knex, tenantId: string, sealer: Sealer) {
  return {
    /** Some values of the company; gives how many. What can't be opened is left, and told. */
    async reseal(log: Pick<Logger, 'error'>): Promise<number> {
      let done = 0
      for (const { table, column, row, refreshed } of PLACES) {
        // A refresh under way says which token it has read: that must still be the one.
        const free = refreshed ? 'and (t.refreshing_until is null or t.refreshing_until < clock_timestamp())' : ''
        const { rows } = await db.raw<{ rows: SealedRow[] }>(
          `select t.tableoid::int8 as part, t.ctid::text as place, t.${column} as sealed, ${row} as bound from ${table} t
           where t.tenant_id = ? and not starts_with(t.${column}, ?) and split_part(t.${column}, '.', 2) = any (?) ${free}
           limit ?`,
          [tenantId, sealer.current, [...sealer.keyIds], AT_ONCE - done],
        )
        const at = `${tenantId}|${table}.${column}`
        const anew = rows.flatMap(({ part, place, sealed, bound }) => {
          try {
            return [{ part, place, sealed, anew: sealer.anew(sealed, at, bound) }]
          } catch (error) {
            log.error('a sealed value does not open', { table, err: error })
            return []
          }
        })
        const { rows: changed } = await db.raw<{ rows: unknown[] }>(
          `update ${table} t set ${column} = n.anew
           from jsonb_to_recordset(?::jsonb) as n (part int8, place tid, sealed text, anew text)
           where t.ctid = n.place and t.tableoid = n.part and t.tenant_id = ? and t.${column} = n.sealed ${free}
           returning 1`,
          [JSON.stringify(anew), tenantId],
        )
        done += changed.length
        if (done >= AT_ONCE) break
      }
      return done
    },
  }
}

export type ResealStore = ReturnType<typeof createResealStore>
