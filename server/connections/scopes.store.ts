import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { pathsOf, type FrozenScope, type RunScope, type ScopeConditions } from '../contract/scope.js'
import { NotOffered } from '../errors.js'
import { oneAtATime } from '../platform/one-at-a-time.js'
import type { Sealer } from '../platform/seal.js'

/** A company's 対象範囲, as it is listed. */
export interface SavedScope {
  id: string
  name: string
  /** the flows that begin with it */
  presets: readonly string[]
  /** as they are stored; undefined: they can't be read */
  conditions: unknown
  updatedAt: Date
  updatedByName: string
}

/** What a page before the fetch offers. */
export interface ScopeOption {
  id: string
  name: string
  isPreset: boolean
}

export interface ScopeOrder {
  connector: string
  name: string
  conditions: ScopeConditions
  /** the flows that are to begin with it; what begins with another one goes over to it */
  presets: readonly string[]
  adminId: string
  now: Date
}

export const SCOPE_GONE = '選択した対象範囲は削除されています。対象範囲を選択し直してください。'

const UNIQUE_VIOLATION = '23505'

const digestOf = (plain: string) => createHash('sha256').update(plain).digest('hex')

/** Two scopes with the same conditions have different digests: nobody finds out who is excluded by trying. */
const written = (conditions: ScopeConditions) => {
  const plain = JSON.stringify({ salt: randomBytes(16).toString('base64url'), conditions })
  return { plain, digest: digestOf(plain) }
}

/** What is sealed of scopes, and of runs' copies. What does not open, or is another one, is undefined. */
function createBooks(tenantId: string, sealer: Sealer) {
  const places = { scopes: `${tenantId}|scopes.sealed`, runs: `${tenantId}|runs.scope_sealed` }
  const open = (place: keyof typeof places, id: string, row: { sealed: string | null; digest: string }) => {
    if (row.sealed === null) return undefined
    try {
      const plain = sealer.open(row.sealed, places[place], id)
      if (digestOf(plain) !== row.digest) return undefined
      return { plain, conditions: (JSON.parse(plain) as { conditions?: unknown } | null)?.conditions }
    } catch {
      // Whatever is wrong with it, the fetch ends with a sentence; nothing of it may reach the log.
      return undefined
    }
  }
  return {
    open,
    seal: (place: keyof typeof places, plain: string, id: string) => sealer.seal(plain, places[place], id),
  }
}

/** What a company has saved. */
function saved(db: Knex, tenantId: string, sealer: Sealer) {
  const books = createBooks(tenantId, sealer)
  const scopes = (connector: string) =>
    db('scopes').where({ 'scopes.tenant_id': tenantId, 'scopes.connector': connector })

  /** The flows that begin with this scope, and no others. */
  const keepPresets = async (trx: Knex, id: string, { connector, presets }: ScopeOrder) => {
    await trx('scope_presets').where({ tenant_id: tenantId, connector, scope_id: id }).delete()
    if (presets.length === 0) return
    await trx('scope_presets')
      .insert(presets.map(flow => ({ tenant_id: tenantId, connector, flow, scope_id: id })))
      .onConflict(['tenant_id', 'connector', 'flow'])
      .merge({ scope_id: id })
  }

  return {
    /** In the order of their names. */
    async list(connector: string): Promise<SavedScope[]> {
      const rows = (await scopes(connector)
        .join('admins', 'admins.id', 'scopes.updated_by')
        .orderBy('scopes.name')
        .select(
          'scopes.id',
          'scopes.name',
          'scopes.sealed',
          'scopes.digest',
          'scopes.updated_at as updatedAt',
          'admins.name as updatedByName',
          db.raw(
            `array(select flow from scope_presets p where p.tenant_id = scopes.tenant_id and p.scope_id = scopes.id
              order by flow) as presets`,
          ),
        )) as (SavedScope & { sealed: string; digest: string })[]
      return rows.map(({ sealed, digest, ...scope }) => ({
        ...scope,
        conditions: books.open('scopes', scope.id, { sealed, digest })?.conditions,
      }))
    },

    /** What a flow's first page offers. */
    options: async (connector: string, flow: string): Promise<ScopeOption[]> =>
      (await scopes(connector)
        .orderBy('scopes.name')
        .select(
          'scopes.id',
          'scopes.name',
          db.raw(
            `exists (select from scope_presets p
              where p.tenant_id = scopes.tenant_id and p.scope_id = scopes.id and p.flow = ?) as "isPreset"`,
            [flow],
          ),
        )) as ScopeOption[],

    async find(connector: string, id: string): Promise<SavedScope | null> {
      return (await this.list(connector)).find(scope => scope.id === id) ?? null
    },

    /** Whoever saves at the same moment waits. */
    lock: (connector: string) => oneAtATime(db, 'scopes', tenantId, connector),

    /** Makes one, or changes the one with this id. `taken`: another one has the name. */
    async save(id: string | null, order: ScopeOrder): Promise<'saved' | 'taken' | 'gone'> {
      const { connector, name, adminId, now } = order
      const { plain, digest } = written(order.conditions)
      const own = id ?? randomUUID()
      const sealed = books.seal('scopes', plain, own)
      const values = { name, sealed, digest, updated_by: adminId, updated_at: now }
      try {
        return await db.transaction(async trx => {
          if (id === null) await trx('scopes').insert({ tenant_id: tenantId, id: own, connector, ...values })
          else if ((await trx('scopes').where({ tenant_id: tenantId, id, connector }).update(values)) === 0)
            return 'gone'
          await keepPresets(trx, own, order)
          return 'saved'
        })
      } catch (error) {
        if ((error as { code?: string }).code === UNIQUE_VIOLATION) return 'taken'
        throw error
      }
    },

    remove: async (connector: string, id: string): Promise<boolean> =>
      (await db('scopes').where({ tenant_id: tenantId, connector, id }).delete()) === 1,
  }
}

/** The copies that runs keep. */
function copies(db: Knex, tenantId: string, sealer: Sealer) {
  const books = createBooks(tenantId, sealer)

  const freeze = (
    { id, name, digest, opened }: { id: string; name: string; digest: string; opened: ReturnType<typeof books.open> },
    runId: string,
  ): FrozenScope => ({
    scope: { id, name, digest, paths: pathsOf(opened?.conditions) },
    sealed: opened ? books.seal('runs', opened.plain, runId) : null,
  })

  const ofRun = async (runId: string) => {
    const row = (await db('runs')
      .where({ tenant_id: tenantId, id: runId })
      .whereNotNull('scope')
      .first('scope', 'scope_sealed as sealed')) as { scope: RunScope; sealed: string | null } | undefined
    return row && { ...row, opened: books.open('runs', runId, { sealed: row.sealed, digest: row.scope.digest }) }
  }

  return {
    /**
     * The scope that a run is read by, as it is now; that of `from`, the run itself or one that it repeats, where it has
     * been deleted since. Throws NotOffered for one that was never there.
     */
    async frozen(
      { connector, runId, id }: { connector: string; runId: string; id: string },
      from: string,
    ): Promise<FrozenScope> {
      const row = (await db('scopes')
        .where({ tenant_id: tenantId, connector, id })
        .first('id', 'name', 'sealed', 'digest')) as
        { id: string; name: string; sealed: string; digest: string } | undefined
      if (row) return freeze({ ...row, opened: books.open('scopes', id, row) }, runId)
      const kept = await ofRun(from)
      if (kept?.scope.id !== id) throw new NotOffered(SCOPE_GONE)
      return freeze({ ...kept.scope, opened: kept.opened }, runId)
    },

    /** The conditions that a run goes by; undefined: they can't be read. */
    conditionsOf: async (runId: string): Promise<unknown> => (await ofRun(runId))?.opened?.conditions,
  }
}

/** 対象範囲 of a company, and the copies that its runs keep. */
export const createScopeStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...saved(db, tenantId, sealer),
  ...copies(db, tenantId, sealer),
})

export type ScopeStore = ReturnType<typeof createScopeStore>
