import {
  writtenPeriod,
  type Area,
  type Connector,
  type Directory,
  type Flow,
  type PlainDate,
} from '../contract/contract.js'
import type { Caller } from '../calls/call.js'
import { listingOnly } from '../contract/listing.js'
import type { ScopeList, ScopeMasters } from '../contract/scope.js'
import { jstDate, type Clock } from '../platform/clock.js'
import type { AccountRef } from '../connections/connection.store.js'
import type { LinkSide } from './link.store.js'
import { LeaseLost } from './lease.js'
import type { Run } from './run.js'

/** Both ends of a run, opened: where it reads from and where it writes to. */
export interface Sides {
  connector: Connector
  flow: Flow
  source: Directory
  target: Directory
  /** which column of a link holds the source's id, and which the target's */
  sourceIs: LinkSide
  targetIs: LinkSide
  names: { source: string; target: string }
  /** SmartHR's lists that 対象範囲 names something of, as they are now */
  scopeLists(lists: readonly ScopeList[]): Promise<ScopeMasters>
  /** the service's account: links and registered payslip items belong to it */
  account: AccountRef
  /** the connector's saved settings, in its record's paths, for creates */
  onCreate: Readonly<Record<string, string | number | boolean | null>>
  /** Ends what was begun at the service (a log-in). To be called whatever happens. */
  close(): Promise<void>
}

/** The days a run goes by. */
export interface Days {
  /** 情報取得基準日: who takes part, and what the source says of them */
  asOf: PlainDate
  /** what the target says of them */
  target: PlainDate
  /** the plan's day: writes go into the period of that day, whenever they are sent */
  plan: PlainDate
}

/** The day on which both sides were read, in Japan. */
export const planDay = ({ fetchBegunAt }: Pick<Run, 'fetchBegunAt'>, clock: Clock): PlainDate =>
  fetchBegunAt ? jstDate(fetchBegunAt) : clock.today()

export function daysOf(flow: Flow, run: Pick<Run, 'referenceDate' | 'fetchBegunAt'>, clock: Clock): Days {
  const plan = planDay(run, clock)
  const asOf = run.referenceDate ?? plan
  return { asOf, target: writtenPeriod(flow, plan) === null ? asOf : plan, plan }
}

/** The other side of a publication: it lists no records, and nothing is written. */
export const noDirectory: Directory = listingOnly({
  pageSize: 100,
  async *list() {
    yield await Promise.resolve({ people: [], next: null, total: 0 })
  },
})

/** What of a run says which sides are opened, and how they are read. */
export type OpenedFor = Pick<
  Run,
  | 'id'
  | 'tenantId'
  | 'connectionId'
  | 'connector'
  | 'flow'
  | 'adminId'
  | 'state'
  | 'rules'
  | 'ruled'
  | 'key'
  | 'keyed'
  | 'scope'
  | 'area'
  | 'period'
  | 'settings'
  | 'options'
  | 'tables'
  | 'tabled'
>

/** Opens both sides with the credentials of the run's administrator and connection. Throws ReconnectNeeded. */
export type OpenSides = (run: OpenedFor, caller?: Caller) => Promise<Sides>

/** Opens both sides for a job's work and closes them. A run that another worker goes on with keeps its log-in. */
export async function withSides(
  openSides: OpenSides,
  run: OpenedFor,
  caller: Caller,
  work: (sides: Sides) => Promise<void>,
): Promise<void> {
  const sides = await openSides(run, caller)
  let goesOnElsewhere = false
  try {
    await work(sides)
  } catch (error) {
    goesOnElsewhere = caller.signal.aborted || error instanceof LeaseLost
    throw error
  } finally {
    if (!goesOnElsewhere) await sides.close()
  }
}

/** The areas of the run's account, for the step of that name. */
export type OpenAreas = (run: Run) => Promise<readonly Area[]>

/** A link as the pair (source id, target id) → the pair as stored. */
export const pairOf = (sides: Pick<Sides, 'sourceIs'>, sourceId: string, targetId: string) =>
  sides.sourceIs === 'smarthr'
    ? { smarthrId: sourceId, serviceId: targetId }
    : { smarthrId: targetId, serviceId: sourceId }
