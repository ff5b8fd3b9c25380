import type { Recorder } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import { jstMidnight } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ChangeStore, Spell, WrittenClass, WrittenItem } from '../runs/change.store.js'
import { PAGE_ROWS } from '../runs/item.rows.js'
import type { ItemStore } from '../runs/item.store.js'
import type { Change, Run } from '../runs/run.js'
import type { Days } from './changes.form.js'

/** What a run has written of one person: a field, or of somebody new the whole record. */
export interface Written {
  run: Run
  item: WrittenItem
  /** of forgotten people the fields alone; null: not even those are known */
  changes: readonly (Change | null)[]
  /** which of the person's rows it is, from 0 */
  nth: number
}

/** Where a page begins: at this row. */
export interface ChangePlace {
  run: string
  item: string
  nth: number
}

/** People that are read at once. */
const CHUNK = 25

export interface ChangesStores {
  changes: ChangeStore
  items: Pick<ItemStore, 'openable'>
  audit: Recorder
}

type Look = <T>(work: (stores: ChangesStores) => Promise<T>) => Promise<T>

const spellOf = ({ from, to }: Days): Spell => ({ from: jstMidnight(from), until: jstMidnight(to, 1) })

/** Names of fields in place of changes: what is kept of people who are forgotten. */
const fieldsAlone = ({ changedFields }: WrittenItem): (Change | null)[] =>
  changedFields.length === 0 ? [null] : changedFields.map(field => ({ field, label: field, before: '', after: '' }))

const changesOf = (item: WrittenItem): (Change | null)[] =>
  item.content.changes.length > 0 ? item.content.changes : fieldsAlone(item)

/** Somebody's rows: one for each field; where records are `folded`, one for all of somebody new. */
const rowsOf = (item: WrittenItem, folded: boolean): (Change | null)[][] =>
  folded && item.class === 'new' ? [changesOf(item)] : changesOf(item).map(change => [change])

/** What is asked of the runs. */
interface Asked {
  runs: readonly Run[]
  spell: Spell
  /** null: both */
  of: WrittenClass | null
  folded: boolean
  place: ChangePlace | null
}

/** Everything that these runs have written, the newest run first, from a place on. */
async function* writtenBy(look: Look, { runs, spell, of, folded, place }: Asked): AsyncGenerator<Written> {
  const start =
    place === null
      ? 0
      : Math.max(
          0,
          runs.findIndex(({ id }) => id === place.run),
        )
  for (const run of runs.slice(start)) {
    const isFirst = run.id === place?.run
    let below = isFirst ? String(BigInt(place.item) + 1n) : null
    for (;;) {
      const from = below
      const items = await look(({ changes }) => changes.people(run.id, { ...spell, of }, { below: from, limit: CHUNK }))
      for (const item of items) {
        const skipped = isFirst && item.id === place.item ? place.nth : 0
        for (const [nth, changes] of rowsOf(item, folded).entries())
          if (nth >= skipped) yield { run, item, changes, nth }
      }
      const last = items.at(-1)
      if (!last || items.length < CHUNK) break
      below = last.id
    }
  }
}

/** Who was changed in what by a connector's runs. */
export function createChanges({ inTenant }: { inTenant: InTenant<ChangesStores> }) {
  return {
    /** Until when the last payroll counts that was fetched here; null: nothing is known of it. */
    lastClose: (tenantId: string, { id, flows }: Connector): Promise<string | null> =>
      inTenant(tenantId, ({ changes }) =>
        changes.lastClose(
          id,
          flows.filter(({ kind }) => kind === 'import').map(flow => flow.id),
        ),
      ),

    /** One page of them, where the next begins, and of this time the runs and how many of each class. */
    page: (
      tenantId: string,
      connector: string,
      { days, of, place }: { days: Days; of: WrittenClass | null; place: ChangePlace | null },
    ) =>
      inTenant(tenantId, async stores => {
        const spell = spellOf(days)
        const runs = await stores.changes.runs(connector, spell)
        const counts = await stores.changes.counts(
          runs.map(({ id }) => id),
          spell,
        )
        const rows: Written[] = []
        for await (const row of writtenBy(work => work(stores), { runs, spell, of, folded: true, place })) {
          if (rows.length === PAGE_ROWS) return { runs, counts, rows, next: row }
          rows.push(row)
        }
        return { runs, counts, rows, next: null }
      }),

    /**
     * All of them for a file, field by field, a chunk at a time and each in a transaction of its own. Says that the file leaves, before it
     * does: also one that is cut short has been taken.
     */
    async exported(tenantId: string, connector: string, days: Days, file: string) {
      const spell = spellOf(days)
      const look: Look = work => inTenant(tenantId, work)
      const runs = await look(async ({ changes, items, audit }) => {
        const found = await changes.runs(connector, spell)
        // Keys change with time: who can open the newest and the oldest can open those between.
        const kept = found.filter(({ peopleDeletedAt }) => peopleDeletedAt === null)
        for (const run of new Set([kept[0], kept.at(-1)])) if (run) await items.openable(run.id)
        await audit.add({ act: 'export.changes', connector, details: { file, from: days.from, until: days.to } })
        return found
      })
      return { runs, rows: writtenBy(look, { runs, spell, of: null, folded: false, place: null }) }
    },
  }
}

export type Changes = ReturnType<typeof createChanges>
