import { atOnceOf, type Flow } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import type { Clock } from '../platform/clock.js'
import type { Data } from '../stores.js'
import type { ItemContent, Run } from '../runs/run.js'
import type { Days, Sides } from '../runs/sides.js'
import type { PlannedItem } from './planned-item.store.js'
import type { StagedPerson } from './staging.store.js'

/** A fetch that has ended: both sides are staged. */
export interface PlanOrder {
  data: Data
  clock: Clock
  run: Run
  days: Days
  sides: Sides
}

/** Makes the items of a plan, some people at a time; each kind of flow has its own. */
export interface Planner {
  /** `preselect`: nobody is asked whom, so whoever can be written is */
  plan(people: readonly StagedPerson[], preselect: boolean): Promise<void>
  /** payslip items that the planned people have and nobody has registered yet */
  newItems(): Run['newItems']
}

/** People planned at a time: bounds memory whatever the size of the company. */
export const CHUNK = 500

export const noContent: ItemContent = { set: {}, target: null, changes: [], problems: [], notes: [] }

/** Everybody staged of the source who takes part, chunk by chunk, and how many the flow's rule has left out. */
export async function* sourceChunks({
  data,
  run,
  days,
  sides,
}: PlanOrder): AsyncIterable<{ people: StagedPerson[]; leftOut: number }> {
  for (let position = -1; ;) {
    const chunk = await data.inTenant(run.tenantId, ({ staging }) => staging.next(run.id, 'source', position, CHUNK))
    const last = chunk.at(-1)
    if (!last) return
    position = last.position
    const people = chunk.filter(person => sides.flow.includes(person, days.asOf))
    yield { people, leftOut: chunk.length - people.length }
  }
}

/** What an item says of its person, where it has no counterpart in the target. */
export const about = ({ id, key, name, kana, department }: StagedPerson) => ({
  sourceId: id,
  targetId: null,
  targetPage: null,
  key,
  name,
  kana,
  department,
})

/** Somebody who takes no part. */
export const excluded = (person: StagedPerson, excludedReason: string): PlannedItem => ({
  ...about(person),
  class: 'excluded',
  excludedReason,
  content: noContent,
  blocked: false,
  selected: false,
})

/** A record that goes as one piece has no field that could be left out. */
export const unreadableRecord = (source: string): string =>
  `読み取れない文字が含まれているため、対象にできません。${source}で氏名などの文字を確認し、入力し直してから、やり直してください。`

/** The dashboard's words for the wizard of a flow that goes by one click. */
export const previewOf = (flow: Flow): string => declared(atOnceOf(flow), 'atOnce').preview
