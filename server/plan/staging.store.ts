import type { Knex } from 'knex'
import type { Entry, KnownPerson } from '../contract/contract.js'
import type { ChosenKey } from '../contract/flow-keys.js'
import { isAddress } from '../contract/keys.js'
import { mapPiecewise } from '../platform/piecewise.js'
import type { Sealer } from '../platform/seal.js'
import { stagedKeys } from './staged-keys.js'
import { kept } from '../contract/declared.js'

export type StagedSide = 'source' | 'target'

/** An entry and its place in the listing, from 0. */
export type Staged<E extends Entry = Entry> = E & { position: number }

export interface StagedKey {
  id: string
  key: string
  /** false: only known to exist, not listed at the reference date */
  listed: boolean
}

/** Keys that look alike, by what they look like, on each side. */
export type LookAlikes = ReadonlyMap<string, Readonly<Record<StagedSide, readonly string[]>>>

/** Which row a sealed record belongs to: no two of a side have one place. */
const rowOfStaged = (runId: string, side: StagedSide, position: number): string => `${runId}|${side}|${position}`

interface StagedRow {
  position: number
  sealed: string
}

/**
 * An entry as its side has given it. A fetch that the release before has begun goes on with this one: it has staged
 * `detail` as `department`, and a payload as text.
 */
export function stagedEntry<E extends Entry>(json: string): E {
  const staged = JSON.parse(json) as E & { department?: string }
  const { document } = staged.values
  return {
    ...staged,
    ...(staged.department !== undefined && { detail: staged.department }),
    ...(typeof document === 'string' && { payload: JSON.parse(document) as unknown }),
  }
}

/** A record without 社員番号, where it is read beside another key. */
const NO_NUMBER = ''

/** What stands for the address of somebody of whom nothing but the id is known. */
const UNKNOWN_ADDRESS = '（メールアドレス）'

const openStaged = <E extends Entry>(
  sealer: Sealer,
  tenantId: string,
  runId: string,
  { side, sealed, position }: StagedRow & { side: StagedSide },
): E => stagedEntry<E>(sealer.open(sealed, `${tenantId}|run_staging.sealed`, rowOfStaged(runId, side, position)))

/** Adds rows; a record that is there already is left as it is. Returns how many were new. */
async function insertRows(db: Knex, rows: readonly object[]): Promise<number> {
  const { rowCount } = (await db.raw(
    `insert into run_staging select * from jsonb_populate_recordset(null::run_staging, ?::jsonb)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  )) as { rowCount: number }
  return rowCount
}

/** A side's listing as it is read, page by page. */
function listing(db: Knex, tenantId: string, sealer: Sealer) {
  const aad = `${tenantId}|run_staging.sealed`
  const { keysOf } = stagedKeys(tenantId, sealer)
  const staged = (runId: string, side: StagedSide) =>
    db('run_staging').where({ tenant_id: tenantId, run_id: runId, side })
  const rowOf = (runId: string, side: StagedSide, entry: Entry, position: number) => ({
    run_id: runId,
    tenant_id: tenantId,
    side,
    position,
    record_id: entry.id,
    ...keysOf(runId, entry.key),
    ...(entry.number !== undefined && { number: entry.number ?? NO_NUMBER }),
    sealed: sealer.sealPacked(JSON.stringify(entry), aad, rowOfStaged(runId, side, position)),
  })
  return {
    /** Drops whatever an earlier fetch of this run left. */
    async clear(runId: string): Promise<void> {
      await db('run_staging').where({ tenant_id: tenantId, run_id: runId }).delete()
      await db('run_pages').where({ tenant_id: tenantId, run_id: runId }).delete()
    },

    /** Where a side's listing has got to; null before its first page. */
    async progress(runId: string, side: StagedSide) {
      const row = (await db('run_pages').where({ tenant_id: tenantId, run_id: runId, side }).first('next', 'total')) as
        { next: string | null; total: number | null } | undefined
      return row ?? null
    },

    async count(runId: string, side: StagedSide): Promise<number> {
      const row = (await staged(runId, side).whereNotNull('sealed').count('* as n').first()) as { n: number }
      return Number(row.n)
    },

    /** Stores a page together with where to go on. Returns how many of its people were new to the listing. */
    async addPage(
      runId: string,
      side: StagedSide,
      page: { people: readonly Entry[]; from: number; next: string | null; total: number | null },
    ): Promise<number> {
      const rows = await mapPiecewise(page.people, (person, index) => rowOf(runId, side, person, page.from + index))
      const inserted = await insertRows(db, rows)
      await db('run_pages')
        .insert({ run_id: runId, tenant_id: tenantId, side, next: page.next, total: page.total })
        .onConflict(['run_id', 'side'])
        .merge(['next', 'total'])
      return inserted
    },

    /** Whole records of the target that its listing left out: they stand behind the listed ones. */
    async addUnlisted(runId: string, people: readonly Entry[]): Promise<void> {
      if (people.length === 0) return
      const row = (await staged(runId, 'target').max('position as last').first()) as { last: number | null }
      const from = (row.last ?? -1) + 1
      const rows = people.map((person, index) => rowOf(runId, 'target', person, from + index))
      await insertRows(db, rows)
    },

    /** People who exist on the target though its listing hides them at the reference date. */
    async addKnown(runId: string, people: readonly KnownPerson[]): Promise<void> {
      const rows = people.map(person => ({
        run_id: runId,
        tenant_id: tenantId,
        side: 'target',
        position: -1,
        record_id: person.id,
        ...keysOf(runId, person.key),
      }))
      await insertRows(db, rows)
    },

    /** How many people a side listed, those it hides at the reference date not counted. */
    async listed(runId: string, side: StagedSide): Promise<number> {
      const row = (await staged(runId, side).where('position', '>=', 0).count('* as n').first()) as {
        n: number
      }
      return Number(row.n)
    },

    /** The plan is made: source rows and all sealed values go, the target's ids stay (see docs/architecture.md). */
    async keepTargetIdsOnly(runId: string): Promise<void> {
      await staged(runId, 'source').delete()
      await staged(runId, 'target').update({ sealed: null, number: null, ...keysOf(runId, null) })
    },
  }
}

/** Whether this release can go on with what another has staged. */
const fitness = (db: Knex, tenantId: string, sealer: Sealer) => ({
  /**
   * Whether all of it goes with today's hashes: what another key has hashed, or nothing (the release before), fits
   * none. Nor does what a worker of the release before has staged by 社員番号 for a run that goes by another key.
   */
  async fits({ id: runId, key }: { id: string; key: ChosenKey }): Promise<boolean> {
    const odd: unknown = await db('run_staging')
      .where({ tenant_id: tenantId, run_id: runId })
      .where('position', '>=', 0)
      .whereRaw(key === null ? 'number is not null' : 'number is null')
      .first(db.raw('1'))
    if (odd !== undefined) return false
    const other: unknown = await db('run_staging')
      .where({ tenant_id: tenantId, run_id: runId })
      .whereRaw(`strpos(key, '@') > 0 and not starts_with(key, ?)`, [sealer.currentHash])
      .first(db.raw('1'))
    return other === undefined
  },
})

/** Whole records, opened. */
function records(db: Knex, tenantId: string, sealer: Sealer) {
  const staged = (runId: string, side: StagedSide) =>
    db('run_staging').where({ tenant_id: tenantId, run_id: runId, side })
  const { staged: stagedKey } = stagedKeys(tenantId, sealer)
  const open = <E extends Entry>(runId: string, side: StagedSide, row: StagedRow): Staged<E> => ({
    ...openStaged<E>(sealer, tenantId, runId, { side, ...row }),
    position: row.position,
  })
  return {
    /** The next people of a side in listing order, after `position`. */
    async next<E extends Entry>(
      runId: string,
      side: StagedSide,
      position: number,
      limit: number,
    ): Promise<Staged<E>[]> {
      const rows: StagedRow[] = await staged(runId, side)
        .where('position', '>', position)
        .orderBy('position')
        .limit(limit)
        .select('position', 'sealed')
      return mapPiecewise(rows, row => open<E>(runId, side, row))
    },

    async people(runId: string, side: StagedSide, ids: readonly string[]): Promise<Staged[]> {
      if (ids.length === 0) return []
      const rows: StagedRow[] = await staged(runId, side)
        .whereRaw('record_id = any(?)', [[...ids]])
        .whereNotNull('sealed')
        .select('position', 'sealed')
      return mapPiecewise(rows, row => open<Entry>(runId, side, row))
    },

    /** All staged records of the source with this key, in listing order. */
    async sharing(runId: string, key: string): Promise<Staged[]> {
      const rows: StagedRow[] = await staged(runId, 'source')
        .where({ key: stagedKey(runId, key) })
        .orderBy('position')
        .select('position', 'sealed')
      return rows.map(row => open<Entry>(runId, 'source', row))
    },

    /** Everything a side listed; for datasets that are small on any account. */
    async all(runId: string, side: StagedSide): Promise<Staged[]> {
      const rows: StagedRow[] = await staged(runId, side)
        .where('position', '>=', 0)
        .orderBy('position')
        .select('position', 'sealed')
      return mapPiecewise(rows, row => open<Entry>(runId, side, row))
    },
  }
}

/** Ids and keys alone, without opening a record. */
function keys(db: Knex, tenantId: string, sealer: Sealer) {
  const staged = (runId: string, side: StagedSide) =>
    db('run_staging').where({ tenant_id: tenantId, run_id: runId, side })
  const { asked, askedAlike } = stagedKeys(tenantId, sealer)

  /** The keys behind these hashes, out of a record of each. Nobody can say what one is of which nothing but the id is known. */
  const unhashed = async (runId: string, hashes: readonly string[]): Promise<Map<string, string>> => {
    if (hashes.length === 0) return new Map()
    const rows = (await db('run_staging')
      .where({ tenant_id: tenantId, run_id: runId })
      .whereIn('side', ['source', 'target'])
      .whereRaw('key = any(?)', [[...hashes]])
      .whereNotNull('sealed')
      .select('key', 'side', 'position', 'sealed')) as (StagedRow & { key: string; side: StagedSide })[]
    return new Map(rows.map(({ key, ...row }) => [key, kept(openStaged(sealer, tenantId, runId, row).key, 'key')]))
  }

  return {
    /** Which of these ids the target is known to have, and whether they are listed at the reference date. */
    async known(runId: string, ids: readonly string[]): Promise<Map<string, boolean>> {
      if (ids.length === 0) return new Map()
      const rows: { record_id: string; listed: boolean }[] = await staged(runId, 'target')
        .whereRaw('record_id = any(?)', [[...ids]])
        .select('record_id', db.raw('position >= 0 as listed'))
      return new Map(rows.map(row => [row.record_id, row.listed]))
    },

    async targetsByKey(runId: string, keys: readonly string[]): Promise<StagedKey[]> {
      if (keys.length === 0) return []
      const keyOf = asked(runId, keys)
      const rows: { record_id: string; key: string; listed: boolean }[] = await staged(runId, 'target')
        .whereRaw('key = any(?)', [[...keyOf.keys()]])
        .select('record_id', 'key', db.raw('position >= 0 as listed'))
      return rows.map(row => ({ id: row.record_id, key: kept(keyOf.get(row.key), 'key'), listed: row.listed }))
    },

    /** Who of the target has these 社員番号, where they are staged beside another key: number → ids. */
    async targetsByNumber(runId: string, numbers: readonly string[]): Promise<Map<string, string[]>> {
      const found = new Map<string, string[]>()
      if (numbers.length === 0) return found
      const rows: { record_id: string; number: string }[] = await staged(runId, 'target')
        .whereRaw('number = any(?)', [[...numbers]])
        .orderBy('position')
        .select('record_id', 'number')
      for (const { record_id: id, number } of rows) found.set(number, [...(found.get(number) ?? []), id])
      return found
    },

    /** Every key of either side that looks like one of these. */
    async lookAlikes(runId: string, keys: readonly string[]): Promise<LookAlikes> {
      if (keys.length === 0) return new Map()
      const [keyOf, looks] = [asked(runId, keys), askedAlike(runId, keys)]
      const rows = (await db('run_staging')
        .where({ tenant_id: tenantId, run_id: runId })
        .whereIn('side', ['source', 'target'])
        .whereRaw('look_alike = any(?)', [[...looks.keys()]])
        .distinct('side', 'key', 'look_alike')
        .orderBy('key')) as { side: StagedSide; key: string; look_alike: string }[]
      const others = await unhashed(
        runId,
        rows.map(({ key }) => key).filter(key => isAddress(key) && !keyOf.has(key)),
      )
      const found = new Map<string, Record<StagedSide, string[]>>()
      for (const { side, key, look_alike } of rows) {
        const look = kept(looks.get(look_alike), 'look-alike')
        const sides = found.get(look) ?? { source: [], target: [] }
        sides[side].push(keyOf.get(key) ?? others.get(key) ?? (isAddress(key) ? UNKNOWN_ADDRESS : key))
        found.set(look, sides)
      }
      return found
    },

    async sourceKeyCounts(runId: string, keys: readonly string[]): Promise<Map<string, number>> {
      if (keys.length === 0) return new Map()
      const keyOf = asked(runId, keys)
      const rows: { key: string; n: number }[] = await staged(runId, 'source')
        .whereRaw('key = any(?)', [[...keyOf.keys()]])
        .groupBy('key')
        .select('key', db.raw('count(*)::int as n'))
      return new Map(rows.map(row => [kept(keyOf.get(row.key), 'key'), row.n]))
    },
  }
}

/** What a fetch has read so far. One page in memory at a time; values sealed. */
export const createStagingStore = (db: Knex, tenantId: string, sealer: Sealer) => ({
  ...listing(db, tenantId, sealer),
  ...fitness(db, tenantId, sealer),
  ...records(db, tenantId, sealer),
  ...keys(db, tenantId, sealer),
})

export type StagingStore = ReturnType<typeof createStagingStore>
