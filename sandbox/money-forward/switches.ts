import { addUp } from './payslips.js'
import {
  DEFAULT_SWITCHES,
  stampOf,
  type Item,
  type Json,
  type MoneyForwardStore,
  type Payslip,
  type Run,
} from './store.js'

const isText = (value: unknown): value is string => typeof value === 'string'
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isUuid = (value: unknown) => isText(value) && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)

const runOf = (store: MoneyForwardStore, id: unknown): Run | undefined =>
  store.offices.flatMap(office => office.runs).find(run => run.id === id)
const itemOf = (run: Run | undefined, name: unknown): Item | undefined => run?.items.find(item => item.name === name)
const payslipOf = (run: Run | undefined, code: unknown): Payslip | undefined =>
  run?.payslips.find(payslip => payslip.employee_code === code)

const RUN: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: isText,
  payment_type: value => value === 'salary' || value === 'bonus',
  state: value => value === 'draft' || value === 'calculated' || value === 'finalized',
  paid_on: isText,
  period_start_on: isText,
  period_end_on: isText,
  items: value => Array.isArray(value) && value.every(item => isObject(item) && isText(item.id) && isText(item.name)),
  payslips: value =>
    Array.isArray(value) && value.every(slip => isObject(slip) && isText(slip.employee_code) && isObject(slip.values)),
}

interface Action {
  takes(value: unknown, store: MoneyForwardStore): boolean
  act(store: MoneyForwardStore, value: never, now: Date): void
}

const isRun = (value: unknown, store: MoneyForwardStore) => runOf(store, value) !== undefined

/** What somebody does in クラウド給与, once; runs go by their id, of whichever office. */
const ACTIONS: Readonly<Record<string, Action>> = {
  /** 確定 is taken back: the run is `calculated` again */
  unfinalize: {
    takes: isRun,
    act: (store, id: string) =>
      Object.assign(runOf(store, id) ?? {}, { state: 'calculated', finalized_at: null } satisfies Partial<Run>),
  },
  finalize: {
    takes: isRun,
    act: (store, id: string, now) =>
      Object.assign(runOf(store, id) ?? {}, { state: 'finalized', finalized_at: stampOf(now) } satisfies Partial<Run>),
  },
  removeRun: {
    takes: isRun,
    act(store, id: string) {
      for (const office of store.offices) office.runs = office.runs.filter(run => run.id !== id)
    },
  },
  /** `{ run, from, to }` */
  renameItem: {
    takes: (value, store) =>
      isObject(value) && isText(value.to) && itemOf(runOf(store, value.run), value.from) !== undefined,
    act(store, { run, from, to }: { run: string; from: string; to: string }) {
      Object.assign(itemOf(runOf(store, run), from) ?? {}, { name: to })
    },
  },
  /** `{ run, employee_code, item, value }`, the item by its name; the totals follow unless it is one of them */
  changeValue: {
    takes(value, store) {
      if (!isObject(value) || !isText(value.value)) return false
      const run = runOf(store, value.run)
      return itemOf(run, value.item) !== undefined && payslipOf(run, value.employee_code) !== undefined
    },
    act(store, change: { run: string; employee_code: string; item: string; value: string }) {
      const run = runOf(store, change.run)
      const item = itemOf(run, change.item)
      const payslip = payslipOf(run, change.employee_code)
      if (!run || !item || !payslip) return
      payslip.values[item.id] = change.value
      if (item.kind !== 'total') addUp(run.items, payslip)
    },
  },
  /** a whole run of みどり商会, unchecked but for its shape; it takes the place of the one with the same id */
  addRun: {
    takes: value =>
      isObject(value) &&
      Object.entries(RUN).every(([key, accepts]) => accepts(value[key] ?? (key === 'state' ? 'finalized' : undefined))),
    act(store, run: Run, now) {
      const [midori] = store.offices
      if (!midori) return
      const added = { ...run, state: run.state ?? 'finalized' }
      added.finalized_at ??= added.state === 'finalized' ? stampOf(now) : null
      midori.runs = [...midori.runs.filter(({ id }) => id !== run.id), added]
    },
  },
  /** 従業員情報 of みどり商会 from now on: rows as the feed has them, of which only `employee_code` is needed */
  employees: {
    takes: value => Array.isArray(value) && value.every(row => isObject(row) && isText(row.employee_code)),
    act(store, rows: Json[]) {
      const [midori] = store.offices
      if (midori) midori.employees = new Map(rows.map(row => [String(row.employee_code), row]))
    },
  },
  /** みどり商会 has its API KEY issued anew; the old one is unknown from then on */
  apiKey: {
    takes: isUuid,
    act: (store, apiKey: string) => Object.assign(store.offices[0] ?? {}, { apiKey }),
  },
}

/**
 * Sets the switches named in `patch` (see `MoneyForwardSwitches`) and does what it asks for once; throws, changing
 * nothing, when a name or value is unknown.
 */
export function setSwitches(store: MoneyForwardStore, patch: Json, now: Date): void {
  const wrong = Object.entries(patch).filter(([name, value]) => {
    if (Object.hasOwn(DEFAULT_SWITCHES, name)) return typeof value !== 'boolean'
    return !(Object.hasOwn(ACTIONS, name) && ACTIONS[name]?.takes(value, store))
  })
  if (wrong.length > 0) {
    const named = wrong.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')
    throw new Error(`Unknown Money Forward switch or value: ${named}`)
  }
  for (const [name, value] of Object.entries(patch)) {
    if (Object.hasOwn(DEFAULT_SWITCHES, name)) Object.assign(store.switches, { [name]: value })
    else ACTIONS[name]?.act(store, value as never, now)
  }
}
