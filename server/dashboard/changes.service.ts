import type { Recorder } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import { jstMidnight } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ChangeStore, Spell, WrittenItem } from '../runs/change.store.js'
import type { ItemStore } from '../runs/item.store.js'
import type { Change, Run } from '../runs/run.js'
import type { Days } from './changes.form.js'

/** One field that a run has written of one person. */
export interface ChangedField {
  run: Run
  item: WrittenItem
  /** of forgotten people the field alone; null: not even that is known */
  change: Change | null
  /** which of the person's it is, from 0 */
  nth: number
}

/** Where a page begins: at this field. */
export interface ChangePlace {
  run: string
  item: string
  nth: number
}

/** Rows of a page, and people that are read at once. */
const ROWS = 100
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

/** Every field that these runs have written, the newest run first, from a place on. */
async function* fieldsOf(
  look: Look,
  runs: readonly Run[],
  spell: Spell,
  place: ChangePlace | null,
): AsyncGenerator<ChangedField> {
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
      const items = await look(({ changes }) => changes.people(run.id, spell, from, CHUNK))
      for (const item of items) {
        const skipped = isFirst && item.id === place.item ? place.nth : 0
        for (const [nth, change] of changesOf(item).entries()) if (nth >= skipped) yield { run, item, change, nth }
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

    /** One page of them, where the next begins, and the runs of this time. */
    page: (tenantId: string, connector: string, days: Days, place: ChangePlace | null) =>
      inTenant(tenantId, async stores => {
        const runs = await stores.changes.runs(connector, spellOf(days))
        const fields: ChangedField[] = []
        for await (const field of fieldsOf(work => work(stores), runs, spellOf(days), place)) {
          if (fields.length === ROWS) return { runs, fields, next: field }
          fields.push(field)
        }
        return { runs, fields, next: null }
      }),

    /**
     * All of them for a file, a chunk at a time and each in a transaction of its own. Says that the file leaves, before it
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
      return { runs, fields: fieldsOf(look, runs, spell, null) }
    },
  }
}

export type Changes = ReturnType<typeof createChanges>
