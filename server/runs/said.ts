import type { Knex } from 'knex'
import type { Sealer } from '../platform/seal.js'
import { unwritableInReason } from './errors-csv.js'
import { saidRow, saidSeal } from './item.rows.js'

/** Reasons sealed in one statement. */
const AT_ONCE = 1_000

/** Keeps whole reasons sealed with the people they are about; null: what stands in clear is all. */
export function createSaid(db: Knex, tenantId: string, sealer: Sealer) {
  return async (runId: string, reasons: readonly { id: string; whole: string | null }[]): Promise<void> => {
    const rows = reasons.flatMap(({ id, whole }) => (whole === null ? [] : [{ id, whole }]))
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const sealed = rows.slice(from, from + AT_ONCE).map(({ id, whole }) => ({
        id,
        said: sealer.seal(whole, saidSeal(tenantId), saidRow(runId, id)),
        lost: unwritableInReason(whole),
      }))
      await db.raw(
        `update run_items i set said = r.said, unwritable = i.unwritable + r.lost
         from jsonb_to_recordset(?::jsonb) as r(id bigint, said text, lost integer)
         where i.tenant_id = ? and i.run_id = ? and i.id = r.id`,
        [JSON.stringify(sealed), tenantId, runId],
      )
    }
  }
}
