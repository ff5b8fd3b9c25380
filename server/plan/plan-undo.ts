import { createOptionsOf, writtenPeriod, type FieldPair, type SyncFlow } from '../contract/contract.js'
import { isTooEarly, tabledOptions, type TabledOption } from '../contract/value-tables.js'
import { Conflict } from '../errors.js'
import { jstDate } from '../platform/clock.js'
import { mapPiecewise } from '../platform/piecewise.js'
import { unreadableWhole } from '../runs/difference.js'
import { guardFacts } from '../runs/guard.facts.js'
import type { Task } from '../runs/item.rows.js'
import { without } from '../runs/omitting.js'
import { restoring } from '../runs/restoring.js'
import type { Run } from '../runs/run.js'
import { hiddenPeople } from './matching.js'
import type { PlannedItem } from './planned-item.store.js'
import { openTables } from './plan-sync.js'
import { CHUNK, noContent, type PlanOrder } from './planner.js'
import type { Staged } from './staging.store.js'

const FORGOTTEN =
  '取り消す同期の変更前の値は、保存期間が過ぎたため削除されました。取り消せません。書き込み先で、直接変更してください。'

/** What was planned from. */
interface Undoing {
  flow: SyncFlow
  /** the run that is taken back */
  old: Run
  /** by their ids in the source: whom a repeat is about; null: everybody */
  only: ReadonlySet<string> | null
  /** so many of its people are planned */
  planned(seen: number): Promise<unknown>
}

/** The plan of a run that takes back what another one has written: an item for everybody that one has sent. */
export async function planUndo(order: PlanOrder, { flow, old, only, planned }: Undoing): Promise<void> {
  const { inTenant, run } = order
  const stageHidden = hiddenPeople(order)
  const fields = await fieldsOf(order, flow)
  let seen = 0
  for (let after = '0'; ;) {
    const all = await inTenant(run.tenantId, async ({ runs, plannedItems }) => {
      // Between two chunks the values may have been deleted: what is left would look like somebody without changes.
      if ((await runs.find(old.id))?.peopleDeletedAt !== null) throw new Conflict(FORGOTTEN)
      return plannedItems.sentBy(old.id, after, CHUNK)
    })
    const last = all.at(-1)
    if (!last) return
    after = last.id
    const sent = only ? all.filter(({ sourceId }) => only.has(sourceId)) : all
    await stageHidden(sent.map(item => ({ ...asEntry(item), personId: item.sourceId })))
    await inTenant(run.tenantId, async ({ staging, plannedItems }) => {
      const ids = sent.flatMap(({ targetId }) => targetId ?? [])
      const targets = new Map((await staging.people(run.id, 'target', ids)).map(target => [target.id, target]))
      const digest = plannedItems.digestsOf(run.id)
      const items = await mapPiecewise(sent, item =>
        undoItem(order, { flow, old, fields }, item, { target: targets.get(item.targetId ?? ''), digest }),
      )
      await plannedItems.add(run.id, items)
    })
    seen += all.length
    await planned(seen)
  }
}

/** What goes back: all fields, but for those that the target keeps by days of a month that is over. */
interface Fields {
  mapping: readonly FieldPair[]
  past: readonly TabledOption[]
}

async function fieldsOf(order: PlanOrder, flow: SyncFlow): Promise<Fields> {
  const tabled = await openTables(order, flow)
  const past = tabledOptions(flow).filter(({ dated }) => dated && isTooEarly(order.days))
  const stays = new Set(past.map(({ name }) => name))
  return { mapping: [...flow.mapping, ...tabled.filter(({ id }) => !stays.has(id))], past }
}

const asEntry = ({ sourceId, key, name, kana, detail }: Task) => ({
  id: sourceId,
  key,
  name,
  kana,
  detail,
  values: {},
})

function undoItem(
  { run, sides, days }: PlanOrder,
  { flow, old, fields }: Pick<Undoing, 'flow' | 'old'> & { fields: Fields },
  item: Task,
  { target, digest }: { target: Staged | undefined; digest: Parameters<typeof guardFacts>[2] },
): PlannedItem {
  const { named } = item.content
  const common = {
    sourceId: item.sourceId,
    targetId: item.targetId,
    targetPage: target ? Math.floor(target.position / sides.target.pageSize) : null,
    key: item.key,
    name: item.name,
    kana: item.kana,
    detail: item.detail,
    blocked: false,
  }
  const out = (excludedReason: string): PlannedItem => ({
    ...common,
    class: 'excluded',
    excludedReason,
    content: named ? { ...noContent, named } : noContent,
    selected: false,
  })
  if (item.class === 'new') return out(registeredReason(flow, item))
  if (!target) return out(goneReason(flow))
  if (target.excluded) return out(target.excluded)

  const { content, moved, unblankable } = restoring(
    without(fields.mapping, run.omit),
    flow.direction,
    item.content,
    target.values,
    sides.target.clears,
  )
  if (named) content.named = named
  const unreadable = unreadableWhole(content, target.payload)
  if (unreadable !== null) content.problems.push(unreadable)
  const notes = [
    ...(moved.length > 0 ? [movedReason(flow, moved)] : []),
    ...(unblankable.length > 0 ? [unblankableReason(flow, unblankable)] : []),
    ...pastNotes(flow, fields, item),
  ]
  const isNothing = content.changes.length === 0 && content.problems.length === 0
  if (isNothing && notes.length > 0) return out(notes.join(''))
  content.notes.push(...notes, ...periodNotes(flow, { old, plan: days.plan, isNothing }))
  return {
    ...common,
    class: isNothing ? 'same' : 'changed',
    excludedReason: null,
    content: isNothing ? { ...content, target: null } : content,
    ...(!isNothing && { guard: guardFacts(flow, content, digest) }),
    selected: !isNothing && content.problems.length === 0,
  }
}

/** Whoever the run has registered stays: nobody is ever deleted. */
const registeredReason = ({ to, words }: SyncFlow, { outcome }: Pick<Task, 'outcome'>): string =>
  outcome === 'unconfirmed'
    ? `この同期で新しく登録された可能性がある${words.item}です。登録は取り消せません。${to}を確認して、不要な場合は、${to}の画面で削除してください。`
    : `この同期で新しく登録した${words.item}です。登録は取り消せません。不要な場合は、${to}の画面で削除してください。`

const goneReason = ({ to, words }: SyncFlow): string =>
  `${to}の${words.item}一覧にないため、元に戻せません。${to}を確認してください。`

const movedReason = ({ to }: SyncFlow, labels: readonly string[]): string =>
  `同期の後に変更されているため、元に戻しません（${labels.join('、')}）。必要な場合は、${to}の画面で変更してください。`

const unblankableReason = ({ to }: SyncFlow, labels: readonly string[]): string =>
  `同期の前は空白でした（${labels.join('、')}）。${to}では空白に戻せないため、元に戻しません。必要な場合は、${to}の画面で消してください。`

/** All that is said of those whose changes stay, for the help; `label` stands where a field does. */
export const undoReasons = (flow: SyncFlow, label: string): string[] => [
  FORGOTTEN,
  registeredReason(flow, { outcome: 'succeeded' }),
  registeredReason(flow, { outcome: 'unconfirmed' }),
  goneReason(flow),
  movedReason(flow, [label]),
  unblankableReason(flow, [label]),
  ...(createOptionsOf(flow).some(({ dated }) => dated) ? [pastReason(flow, label)] : []),
]

const pastReason = ({ to }: SyncFlow, label: string): string =>
  `${label}は、情報取得基準日が今月より前のため、元に戻しません。必要な場合は、${to}の画面で変更してください。`

/** What the run has written by a table, from a day on that the target takes no more. */
const pastNotes = (flow: SyncFlow, { past }: Fields, { content }: Task): string[] =>
  past.flatMap(({ path, label }) => (path in content.set ? [pastReason(flow, label)] : []))

/** Where the target keeps a record per period, the periods before this one stay as the run has left them. */
function periodNotes(
  flow: SyncFlow,
  { old, plan, isNothing }: { old: Run; plan: string; isNothing: boolean },
): string[] {
  const [was, is] = [old.fetchBegunAt && writtenPeriod(flow, jstDate(old.fetchBegunAt)), writtenPeriod(flow, plan)]
  return isNothing || was === null || is === null || was === is
    ? []
    : [`${is}の情報から元に戻ります。${was}の情報は、同期した内容のまま残ります。`]
}
