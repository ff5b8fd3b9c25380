import type { Recorder } from '../audit/audit.store.js'
import { NotFound } from '../errors.js'
import { differingGroups } from '../payslips/payroll-group.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { FlowOf } from '../runs/flow-of.js'
import { PAGE_ROWS } from '../runs/item.rows.js'
import { shownKey } from '../runs/reasons.js'
import type { ItemStore } from '../runs/item.store.js'
import {
  wholeView,
  type FacetCounts,
  type Facets,
  type ItemClass,
  type ItemWithContent,
  type Run,
  type SelectionView,
} from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { within } from './list-view.js'
import type { ItemCursor, SelectionStore } from './selection.store.js'

/** People who can take no part: the first of them, and how many there are. */
export interface LeftOut {
  items: readonly ItemWithContent[]
  total: number
}

/** Look-alikes are few; the dialog shows so many of them. */
const MOST_OWN_TICKS = 500

/** So many of those with a warning are named above the list. */
const NAMED = 3

/** Ticks of one page, and what the pressed button adds to them. */
export interface Ticks {
  revision: number
  shown: readonly string[]
  chosen: readonly string[]
  view: SelectionView
  then: 'keep' | 'page' | 'all' | 'none'
  /** the button, for the record; null: the page stores its ticks by itself */
  pressed: string | null
}

/** The counts of the one thing besides classes that narrows a list; null: more than one does, or what is not counted. */
function countedBy({ counts, tallies }: Run, facets: Facets | null, view: SelectionView): FacetCounts | null {
  const { q, field, doomed, chosen, department, employmentType, warned } = view
  const besides = [department !== null, employmentType !== null, warned].filter(Boolean).length
  if (q !== '' || field !== null || doomed || chosen || besides > 1) return null
  if (besides === 0) return tallies && { ...counts, takeable: tallies.takeable }
  if (warned) return facets?.warned ?? null
  const [values, value] =
    department === null ? [facets?.employmentTypes, employmentType] : [facets?.departments, department]
  return values?.find(({ name }) => (name ?? '') === value) ?? null
}

/** How many people a list has, and whom of them a button for many takes, where the plan has counted it. */
function talliesOf(run: Run, facets: Facets | null, view: SelectionView): { total: number; selectable: number } | null {
  const counted = countedBy(run, facets, view)
  if (!counted) return null
  const has = (name: ItemClass) => view.classes.length === 0 || view.classes.includes(name)
  const sum = (of: Partial<Record<ItemClass, number>>) =>
    (Object.entries(of) as [ItemClass, number][]).reduce((all, [name, n]) => all + (has(name) ? n : 0), 0)
  const { new: created, changed, same, excluded, takeable } = counted
  return { total: sum({ new: created, changed, same, excluded }), selectable: sum(takeable) }
}

/** What narrows a list besides its classes, and is carried over to a later plan. */
const narrowings = ['field', 'department', 'employmentType', 'warned'] as const

async function carriedOver(
  selection: Pick<SelectionStore, 'counts'>,
  run: Run,
  first: SelectionView,
  earlier: SelectionView,
): Promise<SelectionView> {
  const { sort, descending, rows, classes } = earlier
  let view = { ...first, sort, descending, rows, classes: within(run.counts, classes) > 0 ? classes : first.classes }
  // One after the other: together they may show nobody though each of them does.
  for (const name of narrowings) {
    if (earlier[name] === first[name]) continue
    const narrower = { ...view, [name]: earlier[name] }
    if ((await selection.counts(run.id, narrower)).total > 0) view = narrower
  }
  return view
}

/** Who of a plan takes part. */
export function createSelecting({
  inTenant,
  flowOf,
}: {
  inTenant: InTenant<{
    runs: Pick<RunStore, 'lock'>
    items: Pick<ItemStore, 'selected'>
    selection: SelectionStore
    audit: Recorder
  }>
  flowOf: FlowOf
}) {
  return {
    /** One page of the list, with the numbers around it: those of the plan where they say it, else counted. */
    people: (
      run: Run,
      view: SelectionView,
      { cursor, take = view.rows }: { cursor: ItemCursor | null; take?: number },
    ) =>
      inTenant(run.tenantId, async ({ items, selection }) => {
        const facets = await selection.facets(run.id)
        const list =
          view.q === ''
            ? {
                page: await selection.page(run.id, view, cursor, take),
                ...(talliesOf(run, facets, view) ?? (await selection.counts(run.id, view))),
              }
            : await selection.found(run.id, view, cursor, take)
        const warned =
          view.warned || !facets || within(facets.warned, view.classes) === 0
            ? []
            : (await selection.page(run.id, { ...wholeView, classes: view.classes, warned: true }, null, NAMED)).items
        return {
          ...list,
          facets,
          // By name, or by what the list calls them instead.
          warned: warned.map(item => item.name || shownKey(item)),
          selected: run.chosen?.total ?? (await items.selected(run.id)).total,
          ownTicks: run.tallies?.ownTicks ?? (await selection.ownTicks(run.id, 0)).total,
        }
      }),

    /** How an earlier list was narrowed, without what would show nobody of this plan. `first`: what its list begins with. */
    carried: (run: Run, first: SelectionView, earlier: SelectionView): Promise<SelectionView> =>
      inTenant(run.tenantId, ({ selection }) => carriedOver(selection, run, first, earlier)),

    /** Stores the ticks of a page, then does what the pressed button says. */
    choose: (tenantId: string, runId: string, ticks: Ticks): Promise<{ stale: boolean; selected: number }> =>
      inTenant(tenantId, async ({ runs, selection, audit }) => {
        const run = await runs.lock(runId)
        if (!run) throw new NotFound()
        if (run.state !== 'ready' || run.revision !== ticks.revision) return { stale: true, selected: 0 }
        const { shown, chosen, view, then } = ticks
        const flipped = then === 'none' ? [] : await selection.tick(runId, shown, chosen, then === 'page')
        const many =
          then === 'none' ? await selection.clear(runId) : then === 'all' ? await selection.selectAll(runId, view) : 0
        const total = await selection.keepChosen(run, flipped, many)
        if (ticks.pressed !== null) {
          const details = { button: ticks.pressed, total }
          await audit.add({ act: 'run.selected', connector: run.connector, runId, details })
        }
        return { stale: false, selected: total }
      }),

    /** People who are written only with a tick of their own, for a flow that offers no choice of people. */
    ownTicks: (run: Run) => inTenant(run.tenantId, ({ selection }) => selection.ownTicks(run.id, MOST_OWN_TICKS)),

    /** The first people who will not be written, and how many there are. */
    leftOut: (run: Run): Promise<LeftOut> =>
      inTenant(run.tenantId, async ({ selection }) => {
        const excluded = { ...wholeView, classes: ['excluded' as const] }
        return {
          items: (await selection.page(run.id, excluded, null, PAGE_ROWS)).items,
          total: (await selection.counts(run.id, excluded)).total,
        }
      }),

    /** Why the selected can't be imported together; null when they can. */
    differing: (run: Run): Promise<string | null> =>
      inTenant(run.tenantId, async ({ selection }) =>
        differingGroups(await selection.groups(run.id), flowOf(run.connector, run.flow, run).flow.words.counter),
      ),
  }
}

export type Selecting = ReturnType<typeof createSelecting>
