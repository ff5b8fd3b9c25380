import type { Knex } from 'knex'

/** The account of a service that links belong to. Another account of the same service starts with none. */
export interface LinkScope {
  tenantId: string
  connector: string
  accountId: string
}

export interface Link {
  smarthrId: string
  serviceId: string
  dead: boolean
}

export type LinkPair = Pick<Link, 'smarthrId' | 'serviceId'>

export type LinkSide = 'smarthr' | 'service'

const columnOf: Record<LinkSide, 'smarthr_id' | 'service_id'> = { smarthr: 'smarthr_id', service: 'service_id' }

const nameOf = ({ smarthrId, serviceId }: LinkPair) => JSON.stringify([smarthrId, serviceId])

/** The remembered pairs. Dead ones stay as tombstones. */
export function createLinkStore(db: Knex) {
  const links = (scope: LinkScope) =>
    db('links').where({ tenant_id: scope.tenantId, connector: scope.connector, account_id: scope.accountId })

  return {
    /** Every link, live or dead, of the given records. */
    async of(scope: LinkScope, side: LinkSide, ids: readonly string[]): Promise<Link[]> {
      if (ids.length === 0) return []
      const rows: { smarthr_id: string; service_id: string; dead: boolean }[] = await links(scope)
        .whereRaw('?? = any(?)', [columnOf[side], [...ids]])
        .select('smarthr_id', 'service_id', 'dead')
      return rows.map(row => ({ smarthrId: row.smarthr_id, serviceId: row.service_id, dead: row.dead }))
    },

    /**
     * Remembers pairs. Returns those that can't be: one of their two records is paired with another one, or the pair
     * itself has ended. A pair that is remembered already is fine.
     */
    async connect<Pair extends LinkPair>(scope: LinkScope, pairs: readonly Pair[]): Promise<Pair[]> {
      if (pairs.length === 0) return []
      await db('links')
        .insert(
          pairs.map(pair => ({
            tenant_id: scope.tenantId,
            connector: scope.connector,
            account_id: scope.accountId,
            smarthr_id: pair.smarthrId,
            service_id: pair.serviceId,
          })),
        )
        .onConflict()
        .ignore()
      const known = await this.of(
        scope,
        'smarthr',
        pairs.map(pair => pair.smarthrId),
      )
      const live = new Set(known.filter(link => !link.dead).map(nameOf))
      return pairs.filter(pair => !live.has(nameOf(pair)))
    },

    /** One of the two records is gone: the pair ends, and neither record is matched by number again. */
    async bury(scope: LinkScope, link: Link): Promise<void> {
      await links(scope)
        .where({ smarthr_id: link.smarthrId, service_id: link.serviceId, dead: false })
        .update({ dead: true })
    },
  }
}
