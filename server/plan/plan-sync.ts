import {
  goesByLinks,
  writtenPeriod,
  type Examined,
  type Examiner,
  type FieldPair,
  type Scalar,
  type SyncFlow,
  type Values,
} from '../contract/contract.js'
import { ruledMapping, type RuledMapping } from '../contract/field-rules.js'
import { lacksValue, openField, usedOptions } from '../contract/value-tables.js'
import { EMPLOYMENT_TYPE } from '../contract/crew-fields.js'
import { textOf } from '../contract/conversions.js'
import { keyOf } from '../contract/keys.js'
import { declared } from '../contract/declared.js'
import { shownOf } from '../errors.js'
import { mapPiecewise } from '../platform/piecewise.js'
import { difference, lacksRequired, unreadableWhole } from '../runs/difference.js'
import { guardFacts } from '../runs/guard.facts.js'
import { without } from '../runs/omitting.js'
import { namedOtherwise, takenReason } from '../runs/reasons.js'
import type { ItemContent, OnePerson } from '../runs/run.js'
import { pairOf, type Days } from '../runs/sides.js'
import { countDiffering } from './differing.js'
import { findTargets, type Found } from './matching.js'
import type { PlannedItem } from './planned-item.store.js'
import { about, noContent, previewOf, type Planner, type PlanOrder } from './planner.js'
import type { Staged } from './staging.store.js'

/** What an examiner says of a chunk's people; null: the flow has none. */
type Verdicts = ReadonlyMap<string, Examined> | null

/** 新規登録 / 差分あり / 差分なし / 対象外, with the fields before → after. */
export async function syncPlanner(order: PlanOrder, flow: SyncFlow): Promise<Planner> {
  const { inTenant, run, sides } = order
  const examine = await examinerOf(order, flow)
  const fields = await fieldsOf(order, flow)
  const differing =
    run.state === 'checking'
      ? await inTenant(run.tenantId, ({ plannedItems }) => Promise.resolve(countDiffering(plannedItems.markOf)))
      : undefined
  return {
    ...(differing && { differing }),
    async plan(people, preselect) {
      const verdicts = examine ? await examineAll(examine, people) : null
      await inTenant(run.tenantId, async stores => {
        const found = await findTargets(stores, order, people, verdicts !== null)
        const digest = stores.plannedItems.digestsOf(run.id)
        const planned = await mapPiecewise(people, person =>
          planPerson(order, flow, person, { fields, found, verdicts, preselect, digest }),
        )
        // Equal in every field and number: remembering the pair needs nobody's consent, since nothing is written.
        const pairs = planned.flatMap(({ item, samePair }) =>
          samePair === null ? [] : [{ ...samePair, sourceId: item.sourceId }],
        )
        const known = await stores.links.connect(sides.account, pairs, { runId: run.id, at: order.clock.now() })
        const taken = new Set(known.map(pair => pair.sourceId))
        const items = planned.map(({ item }): PlannedItem =>
          taken.has(item.sourceId) ? { ...item, class: 'excluded', excludedReason: takenReason(sides, 'known') } : item,
        )
        await stores.plannedItems.add(run.id, differing ? differing.keep(items) : items)
      })
    },
    newItems: () => [],
  }
}

/** What is compared by the rules and the tables of the run. */
interface Fields extends RuledMapping {
  /** of a new person: those whose values tables give */
  tabled: readonly FieldPair[]
}

/** The fields of the run's tables, with what the target's lists hold now. */
export async function openTables({ inTenant, run, days, sides }: PlanOrder, flow: SyncFlow): Promise<FieldPair[]> {
  const { tables } = run
  const tabled: FieldPair[] = []
  for (const option of usedOptions(flow, tables)) {
    const id = declared(tables?.[option.name], 'table').id
    const entries = await inTenant(run.tenantId, ({ valueTables }) => valueTables.entriesOf(id))
    const targets = (await sides.target.choices?.(option.list)) ?? []
    tabled.push(openField(flow, option, { entries, targets, days }))
  }
  return tabled
}

async function fieldsOf(order: PlanOrder, flow: SyncFlow): Promise<Fields> {
  const { rules, tables } = order.run
  const { ofNew, ofKnown } = ruledMapping(flow, rules)
  const tabled = await openTables(order, flow)
  const all = new Set(usedOptions(flow, tables, 'all').map(({ name }) => name))
  return { ofNew: [...ofNew, ...tabled], ofKnown: [...ofKnown, ...tabled.filter(({ id }) => all.has(id))], tabled }
}

const examinerOf = async ({ inTenant, run, days, sides }: PlanOrder, flow: SyncFlow): Promise<Examiner | undefined> =>
  flow.examiner?.({
    targets: () => inTenant(run.tenantId, ({ staging }) => staging.all(run.id, 'target')),
    sources: () => inTenant(run.tenantId, ({ staging }) => staging.all(run.id, 'source')),
    choices: async list => (await sides.target.choices?.(list)) ?? [],
    sharing: async key =>
      (await inTenant(run.tenantId, ({ staging }) => staging.sharing(run.id, key))).filter(person =>
        flow.includes(person, days.asOf),
      ),
  })

/** One after the other: what became of the first decides about the second. */
async function examineAll(examine: Examiner, people: readonly Staged[]): Promise<Map<string, Examined>> {
  const verdicts = new Map<string, Examined>()
  for (const person of people) verdicts.set(person.id, await examine(person))
  return verdicts
}

interface Planning {
  fields: Fields
  found: Found
  verdicts: Verdicts
  preselect: boolean
  digest: Parameters<typeof guardFacts>[2]
}

/** The item, and the pair to be remembered of somebody who was found by number and is equal already. */
function planPerson(
  order: PlanOrder,
  flow: SyncFlow,
  person: Staged,
  { fields, found, verdicts, preselect, digest }: Planning,
): { item: PlannedItem; samePair: ReturnType<typeof pairOf> | null } {
  const { days, run, sides } = order
  const match = found.matchOf(person)
  const target = match.kind === 'pair' ? found.targets.get(match.targetId) : undefined
  const common = {
    ...about(person),
    targetId: target?.id ?? null,
    targetPage: target ? Math.floor(target.position / sides.target.pageSize) : null,
    ...crewOf(flow, person, target),
  }
  const out = (excludedReason: string, content: ItemContent, sealReason = false) => ({
    item: {
      ...common,
      class: 'excluded' as const,
      excludedReason,
      sealReason,
      content,
      blocked: false,
      selected: false,
    },
    samePair: null,
  })
  const named = namedOtherwise(flow, person)
  const outside = outsideOf(order, flow, person, { target, isKnown: match.kind !== 'excluded' })
  if (outside !== null) return out(outside, named ? { ...noContent, named } : noContent, true)
  const lost = run.person && !target ? lostReason(flow, run.person) : null
  const excludedReason =
    person.excluded ?? target?.excluded ?? lost ?? (match.kind === 'excluded' ? match.reason : null)
  if (excludedReason !== null) return out(excludedReason, named ? { ...noContent, named } : noContent)

  const { direction, errorFile } = flow
  const { ofNew, ofKnown } = fields
  const mapping = without(target ? ofKnown : ofNew, run.omit)
  const context = { today: days.plan, settings: run.settings }
  const content = difference(mapping, direction, person.values, target?.values ?? null, context)
  if (named) content.named = named
  if (errorFile) content.cells = errorFile.columns.map(column => column.value(person))
  const unreadable = target ? unreadableWhole(content, target.payload) : null
  if (unreadable !== null) content.problems.push(unreadable)
  const examined = verdicts?.get(person.id)
  if (examined) {
    content.problems.unshift(...examined.problems.map(shownOf))
    const naming = examined.problems.filter(problem => typeof problem !== 'string')
    if (naming.length > 0) content.keptProblems = Object.fromEntries(naming.map(({ shown, kept }) => [shown, kept]))
    content.notes.push(...examined.notes)
  }
  const moved = target && movedPeriod(flow, days, target.values, content.set)
  if (moved) content.problems.push(moved)
  const nothingToDo = target !== undefined && content.changes.length === 0 && content.problems.length === 0
  const period = nothingToDo ? null : ownPeriod(flow, days, target?.values ?? content.set)
  if (period !== null) content.notes.push(`${flow.to}での入社が先のため、${period}の情報として登録します。`)
  const blocked =
    target === undefined &&
    (lacksRequired(mapping, direction, person.values) || lacksValue(fields.tabled, flow, person.values))
  const remark = nothingToDo ? undefined : found.remarkOf(person)
  // Nobody is there to look at the row.
  if (remark !== undefined && run.atOnce) return out(`${remark}${lookFirst(flow)}`, content)
  if (remark !== undefined) content.notes.unshift(remark)
  const ownTick = remark !== undefined
  const pairedByNumber = goesByLinks(flow) && match.kind === 'pair' && !match.byLink
  return {
    item: {
      ...common,
      class: target === undefined ? 'new' : nothingToDo ? 'same' : 'changed',
      excludedReason: null,
      // What nothing is written to is compared with nothing later.
      content: nothingToDo ? { ...content, target: null } : content,
      blocked,
      ownTick,
      ...(target && !nothingToDo && { guard: guardFacts(flow, content, digest) }),
      // By one click all are tried, so that the report says why somebody failed.
      selected: preselect && !nothingToDo && !blocked && !ownTick && (run.atOnce || content.problems.length === 0),
    },
    samePair: nothingToDo && pairedByNumber ? pairOf(sides, person.id, match.targetId) : null,
  }
}

/**
 * Why somebody is outside the run's 対象範囲. Of SmartHR's own people that is asked first of all; of the others' as soon as
 * it is known who they are in SmartHR, or that they are nobody there yet.
 */
function outsideOf(
  { scope, days }: PlanOrder,
  flow: SyncFlow,
  person: Staged,
  { target, isKnown }: { target: Staged | undefined; isKnown: boolean },
): string | null {
  if (scope === null) return null
  const crew = flow.direction === 'to-smarthr' ? target : person
  if (crew) return scope.crew(crew, days.plan)
  // Where another field tells people apart, 社員番号 stands beside it.
  const number = flow.key?.otherwise ? keyOf(person.values[flow.key.otherwise.path]) : person.key
  return isKnown ? scope.newcomer(number, days.plan) : null
}

/** Whoever is asked for alone is never registered: only a whole list tells that nobody is there. */
export const lostReason = ({ to, words }: SyncFlow, { targetId }: Pick<OnePerson, 'targetId'>): string =>
  `${to}で、この${words.item}の登録（ID：${targetId}）を確認できませんでした。削除されたか、在籍していないか、${words.key}が変わっています。二重登録を防ぐため、1名だけの確認では新規登録しません。${to}を確認してから、すべての${words.item}を取得して、同期してください。`

/** Signs of a value that a list is narrowed by: an index has room for no more than some thousand bytes. */
const LONGEST_VALUE = 200

/** 部署 and 雇用形態 of whoever SmartHR has of the two. */
function crewOf(flow: SyncFlow, source: Staged, target: Staged | undefined): Pick<PlannedItem, 'crew'> {
  const crew = flow.direction === 'to-smarthr' ? target : source
  if (flow.dataset !== 'employees' || !crew) return {}
  const short = (value: Scalar | undefined) => [...(textOf(value) ?? '')].slice(0, LONGEST_VALUE).join('') || null
  return { crew: { department: short(crew.detail), employmentType: short(crew.values[EMPLOYMENT_TYPE]) } }
}

/** Whoever needs a tick of their own, in a run by one click. */
export const lookFirst = (flow: SyncFlow): string =>
  `同期していません。［${previewOf(flow)}］から内容を確認し、問題がなければ、この${flow.words.item}にチェックを入れて同期してください。`

/** The period of the target that somebody's data goes into, where it is not everybody's; null where it is. */
function ownPeriod(flow: SyncFlow, { plan }: Days, record: Values): string | null {
  const own = writtenPeriod(flow, plan, record)
  return own === writtenPeriod(flow, plan) ? null : own
}

/** The write itself would move somebody into a later period, which nobody has compared: why that can't be; null where not. */
function movedPeriod(flow: SyncFlow, { plan }: Days, before: Values, set: Values): string | null {
  const { to } = flow
  const [was, will] = [writtenPeriod(flow, plan, before), writtenPeriod(flow, plan, { ...before, ...set })]
  if (will === null || was === will || will === writtenPeriod(flow, plan)) return null
  return movedPeriodReason(to, will)
}

export const movedPeriodReason = (target: string, period: string): string =>
  `入社年月日を先の日付に変更すると、${target}では${period}の情報が対象になるため、ほかの項目を比較できません。${target}で入社年月日を変更してから、取得し直して、再度同期してください。`
