import type { Knex } from 'knex'
import type { AccountRef } from '../connections/connection.store.js'
import { pairTrail, type OldLink, type PairChanged } from './pair-change.store.js'

export interface Link {
  smarthrId: string
  serviceId: string
  dead: boolean
}

export type LinkPair = Pick<Link, 'smarthrId' | 'serviceId'>

export type LinkSide = 'smarthr' | 'service'

const columnOf: Record<LinkSide, 'smarthr_id' | 'service_id'> = { smarthr: 'smarthr_id', service: 'service_id' }

const nameOf = ({ smarthrId, serviceId }: LinkPair) => JSON.stringify([smarthrId, serviceId])

/** The remembered pairs, per account. Dead ones stay as tombstones. */
export function createLinkStore(db: Knex, tenantId: string) {
  const links = (account: AccountRef) =>
    db('links').where({ tenant_id: tenantId, connector: account.connector, account_id: account.accountId })

  const trail = pairTrail(db, tenantId)

  return {
    /** Every link, live or dead, of the given records. */
    async of(account: AccountRef, side: LinkSide, ids: readonly string[]): Promise<Link[]> {
      if (ids.length === 0) return []
      const rows: { smarthr_id: string; service_id: string; dead: boolean }[] = await links(account)
        .whereRaw('?? = any(?)', [columnOf[side], [...ids]])
        .select('smarthr_id', 'service_id', 'dead')
      return rows.map(row => ({ smarthrId: row.smarthr_id, serviceId: row.service_id, dead: row.dead }))
    },

    /**
     * Remembers pairs. Returns those that can't be: one of their two records is paired with another one, or the pair
     * itself has ended. A pair that is remembered already is fine. `made`: by which run, and when.
     */
    async connect<Pair extends LinkPair>(
      account: AccountRef,
      pairs: readonly Pair[],
      made: { runId: string | null; at: Date },
    ): Promise<Pair[]> {
      if (pairs.length === 0) return []
      const added: { smarthr_id: string }[] = await db('links')
        .insert(
          pairs.map(pair => ({
            tenant_id: tenantId,
            connector: account.connector,
            account_id: account.accountId,
            smarthr_id: pair.smarthrId,
            service_id: pair.serviceId,
            run_id: made.runId,
            created_at: made.at,
          })),
        )
        .onConflict()
        .ignore()
        .returning('smarthr_id')
      if (added.length === pairs.length) return []
      const known = await this.of(
        account,
        'smarthr',
        pairs.map(pair => pair.smarthrId),
      )
      const live = new Set(known.filter(link => !link.dead).map(nameOf))
      return pairs.filter(pair => !live.has(nameOf(pair)))
    },

    /**
     * Pairs the person of SmartHR with another record, by an administrator's hand. The pair of before is forgotten, not
     * buried: its record is there, and may be found again by its number. What it was stays told (pair_changes). False: the
     * record is paired with somebody else.
     */
    async replace(account: AccountRef, pair: LinkPair, changed: PairChanged & { adminId: string }): Promise<boolean> {
      const mine = { smarthr_id: pair.smarthrId }
      const theirs = { service_id: pair.serviceId }
      const old = await links(account)
        .where(mine)
        .where(old => old.where({ dead: false }).orWhere(theirs))
        .delete()
        .returning<OldLink[]>('*')
      const added: unknown[] = await db('links')
        .insert({
          tenant_id: tenantId,
          connector: account.connector,
          account_id: account.accountId,
          ...mine,
          ...theirs,
          admin_id: changed.adminId,
          created_at: changed.at,
        })
        .onConflict()
        .ignore()
        .returning('smarthr_id')
      if (added.length !== 1) return false
      await trail.tell(account, { ...pair, before: old.find(({ dead }) => !dead), after: pair.serviceId }, changed)
      return true
    },

    /**
     * One of the two records is gone: the pair ends, and neither record is matched by number again. `changed`: which run
     * has found that, and when.
     */
    async bury(account: AccountRef, link: Link, changed: PairChanged & { runId: string }): Promise<void> {
      const [before] = await links(account)
        .where({ smarthr_id: link.smarthrId, service_id: link.serviceId, dead: false })
        .update({ dead: true })
        .returning<OldLink[]>('*')
      if (before) await trail.tell(account, { smarthrId: link.smarthrId, before, after: null }, changed)
    },

    forgetKeys: trail.forgetKeys,
  }
}

export type LinkStore = ReturnType<typeof createLinkStore>
