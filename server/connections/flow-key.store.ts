import type { Knex } from 'knex'
import type { ChosenKey } from '../contract/flow-keys.js'
import type { Sealer } from '../platform/seal.js'

/** Somebody who would be told apart otherwise. */
export interface Differing {
  number: string
  name: string
  now: Paired
  then: Paired
}

/** Who is found in the target. */
export interface Paired {
  /** 一致, 新規登録 or 対象外 */
  label: string
  /** whose record it is, or why there is none */
  text: string
}

/** What a comparison has come to, or why it could not be made. */
export type Compared = { flows: ComparedFlow[] } | { failure: string }

/** … for one flow: how many take part, who of them differs, and the first of those. */
export interface ComparedFlow {
  flow: string
  people: number
  differing: number
  shown: Differing[]
}

/** What a change of the key would do, as it is read from both sides. */
export interface KeyComparison {
  id: string
  connectionId: string
  connector: string
  adminId: string
  now: ChosenKey
  then: ChosenKey
  /** null: both sides are being read */
  result: Compared | null
}

interface ComparisonRow extends Omit<KeyComparison, 'result'> {
  sealed: string | null
}

const columns = {
  id: 'id',
  connectionId: 'connection_id',
  connector: 'connector',
  adminId: 'admin_id',
  now: 'key_now',
  then: 'key_then',
  sealed: 'sealed',
} as const

/** By what people are told apart, per account of the service, and what a change of it would do. */
export function createFlowKeyStore(db: Knex, tenantId: string, sealer: Sealer) {
  const place = `${tenantId}|key_comparisons.sealed`
  const comparisons = () => db('key_comparisons').where({ tenant_id: tenantId })
  const opened = (row: ComparisonRow | undefined): KeyComparison | null => {
    if (!row) return null
    const { sealed, ...comparison } = row
    return {
      ...comparison,
      result: sealed === null ? null : (JSON.parse(sealer.open(sealed, place, row.id)) as Compared),
    }
  }

  return {
    /** What was chosen; null: 社員番号, or nothing ever was. */
    async find(connector: string, accountId: string): Promise<ChosenKey> {
      const row = (await db('flow_keys')
        .where({ tenant_id: tenantId, connector, account_id: accountId })
        .first('key')) as { key: ChosenKey } | undefined
      return row?.key ?? null
    },

    async save(
      connector: string,
      accountId: string,
      { key, adminId, now }: { key: ChosenKey; adminId: string; now: Date },
    ): Promise<void> {
      const values = { key, updated_by: adminId, updated_at: now }
      await db('flow_keys')
        .insert({ tenant_id: tenantId, connector, account_id: accountId, ...values })
        .onConflict(['tenant_id', 'connector', 'account_id'])
        .merge(values)
    },

    /** A comparison that takes the place of the one before; gives its id. */
    async compare(
      { connector, accountId }: { connector: string; accountId: string },
      order: { connectionId: string; adminId: string; now: ChosenKey; then: ChosenKey; at: Date },
    ): Promise<string> {
      await comparisons().where({ connector, account_id: accountId }).delete()
      const [row] = (await db('key_comparisons')
        .insert({
          tenant_id: tenantId,
          connector,
          account_id: accountId,
          connection_id: order.connectionId,
          admin_id: order.adminId,
          key_now: order.now,
          key_then: order.then,
          created_at: order.at,
        })
        .returning('id')) as { id: string }[]
      if (!row) throw new Error('insert returned no comparison')
      return row.id
    },

    /** The comparison of an account; null: there is none, or it is gone. */
    async comparison(connector: string, accountId: string): Promise<KeyComparison | null> {
      return opened(await comparisons().where({ connector, account_id: accountId }).first<ComparisonRow>(columns))
    },

    /** One that is yet to be made; null: it is made, or another has taken its place. */
    async toCompare(id: string): Promise<KeyComparison | null> {
      return opened(await comparisons().where({ id }).whereNull('sealed').first<ComparisonRow>(columns))
    },

    async compared(id: string, result: Compared): Promise<void> {
      await comparisons()
        .where({ id })
        .whereNull('sealed')
        .update({ sealed: sealer.seal(JSON.stringify(result), place, id) })
    },

    /** False: another page was faster. */
    dropComparison: async (id: string): Promise<boolean> => (await comparisons().where({ id }).delete()) === 1,

    /** Nobody is kept whom nobody looks at; returns how many comparisons went. */
    dropStale: (before: Date): Promise<number> => comparisons().where('created_at', '<', before).delete(),
  }
}

export type FlowKeyStore = ReturnType<typeof createFlowKeyStore>
