import type { Recorder } from '../audit/audit.store.js'
import type { StatementItem } from '../contract/statement.js'
import { itemChanges } from '../payslips/item-changes.js'
import { itemFindings, type ItemFindings, type RegisteredItem } from '../payslips/statement-items.js'
import type { PayslipItemStore } from '../payslips/payslip-item.store.js'
import { beginFetch, type FetchStores } from '../plan/begin-fetch.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { FlowOf } from '../runs/flow-of.js'
import type { ItemStore } from '../runs/item.store.js'
import { settingsNow, stillConnected } from '../runs/run-settings.js'
import type { Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import type { ConnectionStore } from '../connections/connection.store.js'
import type { SettingsStore } from '../connections/settings.store.js'

interface ItemsStores extends FetchStores {
  audit: Recorder
  connections: Pick<ConnectionStore, 'find'>
  settings: Pick<SettingsStore, 'find'>
  runs: Pick<RunStore, 'lock'>
  items: Pick<ItemStore, 'chosen'>
  payslipItems: Pick<PayslipItemStore, 'of' | 'add'>
}

/** Statements read at a time. */
const STATEMENTS = 500

/** 項目登録: payslip items that are not registered yet. */
export function createItemRegistration({
  inTenant,
  clock,
  flowOf,
}: {
  inTenant: InTenant<ItemsStores>
  clock: Clock
  flowOf: FlowOf
}) {
  /** The items registered so far for the account of a run. */
  const registered = (run: Run): Promise<Map<string, RegisteredItem>> =>
    inTenant(run.tenantId, async stores => {
      const { accountId } = await stillConnected(stores, run)
      return stores.payslipItems.of({ connector: run.connector, accountId })
    })

  /** The items of every statement of the run. */
  const statements = async (run: Run) => {
    const found: { key: string | null; lines: readonly StatementItem[] }[] = []
    for (let after = '0'; ;) {
      const { items, hasNext } = await inTenant(run.tenantId, stores =>
        stores.items.chosen(run.id, { after, limit: STATEMENTS }),
      )
      for (const { key, content } of items) if (content.lines) found.push({ key, lines: content.lines })
      const last = items.at(-1)
      if (!hasNext || !last) return found
      after = last.id
    }
  }

  return {
    registered,

    /** What the run's statements have against items chosen like this; nothing is kept. */
    tryItems: async (run: Run, chosen: readonly RegisteredItem[]): Promise<ItemFindings> => {
      const registry = new Map([...(await registered(run)), ...chosen.map(item => [item.name, item] as const)])
      return itemFindings(await statements(run), registry, flowOf(run.connector, run.flow, run).flow.from)
    },

    /** Keeps the new items and reads the statements again. False: the plan has changed since the page was drawn. */
    register: (run: Run, revision: number, items: readonly RegisteredItem[]): Promise<boolean> =>
      inTenant(run.tenantId, async stores => {
        const now = await stores.runs.lock(run.id)
        if (now?.state !== 'ready' || now.revision !== revision) return false
        const { accountId } = await stillConnected(stores, now)
        const account = { ...flowOf(now.connector, now.flow, now), accountId }
        await stores.payslipItems.add({ connector: now.connector, accountId }, items, clock.now())
        await stores.audit.add({
          act: 'payslip-items.registered',
          connector: now.connector,
          runId: run.id,
          details: { changes: itemChanges([], items) },
        })
        return beginFetch(stores, run.id, {
          referenceDate: now.referenceDate,
          area: now.area,
          settings: await settingsNow(stores, account),
          rules: null,
          key: null,
          scope: null,
          tables: null,
          now: clock.now(),
        })
      }),
  }
}

export type ItemRegistration = ReturnType<typeof createItemRegistration>
