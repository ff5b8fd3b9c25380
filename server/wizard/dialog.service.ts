import type { ConnectionStore } from '../connections/connection.store.js'
import type { SettingsStore } from '../connections/settings.store.js'
import type { Flow } from '../contract/contract.js'
import { digestOf } from '../payslips/payslip.js'
import { namesOf, presetNames, type PayrollNames } from '../payslips/payroll-names.js'
import type { PayrollStore } from '../payslips/payroll.store.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { FlowOf } from '../runs/flow-of.js'
import { PAGE_ROWS, type ItemPage } from '../runs/item.rows.js'
import type { ItemStore } from '../runs/item.store.js'
import type { PublicationStore } from '../runs/publication.store.js'
import { settingsForNew, stillConnected } from '../runs/run-settings.js'
import type { GroupFacts, Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { replacedBy } from './publish.js'
import type { Selection, SelectionStore } from './selection.store.js'

/** What the dialog shows. */
export interface Shown {
  page: ItemPage
  /** how many of them stand before those of the page */
  preceding: number
  selected: Selection
  /** how many of them each field changes for, by its id */
  fieldCounts: Readonly<Record<string, number>>
  /** what new people get by the connector's settings */
  forNew: Run['options']
  /** changes with anything the dialog shows: what was confirmed must be what is written */
  mark: string
  /** how many of them an earlier run has imported */
  repeated: number
  /** for payslips: items of the selected that SmartHR may not know */
  newItems: readonly string[]
  /** for payslips: what their payroll is to be called */
  names: PayrollNames | null
}

interface DialogStores {
  connections: Pick<ConnectionStore, 'find'>
  settings: Pick<SettingsStore, 'find'>
  runs: Pick<RunStore, 'find'>
  items: Pick<ItemStore, 'chosen' | 'chosenBefore' | 'changedFields'>
  selection: Pick<SelectionStore, 'choice'>
  payrolls: Pick<PayrollStore, 'names'>
  publications: Pick<PublicationStore, 'onOffer'>
}

/** The mark of all that the dialog shows: the selection's, and what new people get beside the chosen values. */
export const markOf = ({ mark }: Selection, forNew: Run['options']): string =>
  `${mark}${Object.keys(forNew).length > 0 ? digestOf(forNew) : ''}`

/** A repeat goes on with the payroll of the run before; everything else is another one. */
async function proposedNames(
  { runs, payrolls }: DialogStores,
  run: Run,
  flow: Flow,
  group: GroupFacts | undefined,
): Promise<PayrollNames | null> {
  if (flow.kind !== 'import' || !group) return null
  const before = run.retryOf !== null && run.groupId !== null ? await runs.find(run.retryOf) : null
  return (before && namesOf(before)) ?? presetNames(group, flow.payslips, await payrolls.names())
}

async function selectedNewItems({ items }: DialogStores, { id, newItems }: Run): Promise<string[]> {
  if (newItems.length === 0) return []
  const sent = new Set(await items.changedFields(id))
  return newItems.flatMap(({ name }) => (sent.has(name) ? [name] : []))
}

/** What the dialog shows before 同期. */
export const createDialog = ({ inTenant, flowOf }: { inTenant: InTenant<DialogStores>; flowOf: FlowOf }) => ({
  /** `field`: only the people whom it changes for are listed. */
  shown: (run: Run, place: { after?: string; before?: string; field?: string | null }): Promise<Shown> =>
    inTenant(run.tenantId, async stores => {
      const { items, selection } = stores
      const { accountId } = await stillConnected(stores, run)
      const selected = await selection.choice(run.id)
      const { connector, flow } = flowOf(run.connector, run.flow, run)
      const account = { connector, flow, accountId }
      const forNew = await settingsForNew(stores, account, selected.new)
      const page = await items.chosen(run.id, { ...place, limit: PAGE_ROWS, ready: true })
      const [first] = page.items
      return {
        page,
        preceding: first && page.hasPrevious ? await items.chosenBefore(run.id, first.id, place.field) : 0,
        selected,
        fieldCounts: flow.kind === 'sync' ? selected.fields : {},
        forNew,
        mark: markOf(selected, forNew),
        repeated: selected.repeated,
        newItems: await selectedNewItems(stores, run),
        names: await proposedNames(stores, run, flow, first?.content.group),
      }
    }),

  /** The snapshot that a publication would take the place of. */
  replaced: (run: Run): Promise<Run | null> => {
    const { flow } = flowOf(run.connector, run.flow, run)
    return flow.kind === 'publication'
      ? inTenant(run.tenantId, stores => replacedBy(stores, run, flow))
      : Promise.resolve(null)
  },
})

export type Dialog = ReturnType<typeof createDialog>
