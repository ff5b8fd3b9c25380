import type { Recorder } from '../audit/audit.store.js'
import { Conflict } from '../errors.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { ItemPage } from '../runs/item.rows.js'
import type { ItemStore } from '../runs/item.store.js'
import { hasPlan, type ItemWithContent, type Run, type SelectionView } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { sortValue } from './pager.view.js'
import type { ItemCursor, SelectionStore } from './selection.store.js'

/** People read at once: opening them and writing them down takes a millisecond or two, in which nobody else is answered. */
const CHUNK = 25

const MADE_ANEW = '一覧の出力中に、内容が取得し直されたか、保存期間が過ぎました。もう一度ダウンロードしてください。'

/** The plan of a run, to be taken away. */
export const createPlanFiles = ({
  inTenant,
}: {
  inTenant: InTenant<{
    runs: Pick<RunStore, 'find'>
    items: Pick<ItemStore, 'openable'>
    selection: Pick<SelectionStore, 'page' | 'bySealedKey'>
    audit: Recorder
  }>
}) => ({
  /** Says that the plan leaves, before it does: also a file that is cut short has been taken. */
  exported: (run: Run, as: { file: string; narrowed: readonly string[] }): Promise<void> => {
    const { new: created, changed, same, excluded } = run.counts
    const all = as.narrowed.length === 0 ? { rows: created + changed + same + excluded } : {}
    return inTenant(run.tenantId, async ({ items, audit }) => {
      await items.openable(run.id)
      await audit.add({ act: 'export.plan', connector: run.connector, runId: run.id, details: { ...as, ...all } })
    })
  },

  /**
   * The people in view, in the order of the list, a chunk at a time and each in a transaction of its own. Throws where the
   * plan is another one by then: a file is of one plan.
   */
  async *people(run: Run, view: SelectionView): AsyncIterable<ItemWithContent> {
    const besides = await inTenant(run.tenantId, ({ selection }) => selection.bySealedKey(run.id, view))
    const page = (place: ItemCursor | null) =>
      inTenant(run.tenantId, async ({ runs, selection }) => {
        const now = await runs.find(run.id)
        if (!now || !hasPlan(now) || now.revision !== run.revision) throw new Conflict(MADE_ANEW)
        return selection.page(run.id, view, place, CHUNK, besides)
      })
    for (let cursor: ItemCursor | null = null; ;) {
      const { items, hasNext }: ItemPage = await page(cursor)
      yield* items
      const last = items.at(-1)
      if (!hasNext || !last) return
      cursor = { forward: true, from: { value: sortValue(last, view.sort), id: last.id }, skip: 0 }
    }
  },
})

export type PlanFiles = ReturnType<typeof createPlanFiles>
