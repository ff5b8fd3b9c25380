import {
  asksItems,
  atOnceOf,
  goesByLinks,
  writtenPeriod,
  type Examined,
  type Examiner,
  type Flow,
  type ImportFlow,
  type Person,
  type PublicationFlow,
  type Values,
} from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { statementOf, type ItemKind, type Statement } from '../contract/statement.js'
import { Conflict } from '../errors.js'
import { jstDateTime } from '../platform/clock.js'
import type { Clock } from '../platform/clock.js'
import { isBroken } from '../platform/odd-text.js'
import type { Data, Stores } from '../stores.js'
import { namedOtherwise } from '../runs/reasons.js'
import type { PlannedItem } from './planned-item.store.js'
import type { Link, LinkSide } from '../runs/link.store.js'
import { match, type Candidate, type Match } from './match.js'
import { difference, lacksRequired } from '../runs/difference.js'
import {
  chosenItems,
  digestOf,
  kindsOfNames,
  payslipContent,
  toldApart,
  unregistered,
  unusable,
  type KindsOfNames,
  type RegisteredItem,
} from '../payslips/payslips.js'
import { hadSelection, repeatedOutcomes, type ItemContent, type Run } from '../runs/run.js'
import type { PlanCounts } from './fetch.store.js'
import { takenReason } from '../runs/reasons.js'
import { remarksOf } from './look-alikes.js'
import { shortfallsOf, shortfallSentence } from '../runs/shortfalls.js'
import { pairOf, type Days, type Sides } from '../runs/sides.js'
import type { StagedPerson } from './staging.store.js'

/** People planned at a time: bounds memory whatever the size of the company. */
const CHUNK = 500

export interface PlanOrder {
  data: Data
  clock: Clock
  run: Run
  days: Days
  sides: Sides
}

const noContent: ItemContent = { set: {}, target: null, changes: [], problems: [], notes: [] }

/**
 * The photograph the administrator sees: for each person of the source 新規登録 / 差分あり / 差分なし / 対象外 with the
 * fields before → after. Ends the fetch (fetching → ready).
 */
export async function planRun(order: PlanOrder): Promise<PlanCounts> {
  const { data, clock, run, days, sides } = order
  const { asOf } = days
  const { tenantId, id: runId } = run
  const { retryOf } = run
  const outcomes = run.retryOutcome === null ? repeatedOutcomes : [run.retryOutcome]
  const only = retryOf
    ? new Set(await data.inTenant(tenantId, ({ plannedItems }) => plannedItems.unsuccessfulSources(retryOf, outcomes)))
    : null

  await data.inTenant(tenantId, ({ plannedItems }) => plannedItems.clear(runId))
  await lookForShortfalls(order)
  const { flow } = sides
  const examine =
    flow.kind !== 'sync'
      ? undefined
      : await flow.examiner?.({
          targets: () => data.inTenant(tenantId, ({ staging }) => staging.all(runId, 'target')),
          sources: () => data.inTenant(tenantId, ({ staging }) => staging.all(runId, 'source')),
          choices: async list => (await sides.target.choices?.(list)) ?? [],
          sharing: async key =>
            (await data.inTenant(tenantId, ({ staging }) => staging.sharing(runId, key))).filter(person =>
              flow.includes(person, asOf),
            ),
        })
  const payslips = flow.kind === 'import' ? flow.payslips : null
  const registry = asksItems(flow)
    ? await data.inTenant(tenantId, ({ payslipItems }) => payslipItems.of(sides.account))
    : null
  // Where items are sent as they are, what went through before is known to SmartHR.
  const known =
    registry ??
    (payslips
      ? new Set([
          ...(payslips.usualItems ?? []),
          ...(await data.inTenant(tenantId, ({ payslipItems }) => payslipItems.of(sides.account))).keys(),
        ])
      : null)
  const kinds = payslips ? await kindsStaged(order) : new Map()
  let newItems = new Map<string, ItemKind>()
  let everyoneStaged = sides.target.everyone === undefined
  let leftOut = 0
  for (let position = -1; ;) {
    const chunk = await data.inTenant(tenantId, ({ staging }) => staging.next(runId, 'source', position, CHUNK))
    const last = chunk.at(-1)
    if (!last) break
    position = last.position

    const included = chunk.filter(person => sides.flow.includes(person, asOf))
    leftOut += chunk.length - included.length
    const people = only ? included.filter(person => only.has(person.id)) : included
    if (!everyoneStaged && (await data.inTenant(tenantId, stores => lacksTarget(stores, order, people)))) {
      await stageEveryone(data, tenantId, runId, sides.target, days.target)
      everyoneStaged = true
    }
    await buryDeadLinks(order, people)
    const verdicts = examine ? await examineAll(examine, people) : null
    if (known) {
      const statements = people.map(person => toldApart(statementOf(person), kinds))
      newItems = unregistered(registry ? statements : statements.map(withValues), known, newItems)
    }
    // Where nobody is asked whom, whoever can be written is.
    const preselect = only !== null || !hadSelection(flow, run)
    await data.inTenant(tenantId, stores => planChunk(stores, order, people, { preselect, verdicts, registry, kinds }))
  }

  return data.inTenant(tenantId, async ({ items, plannedItems, fetches, staging, jobs }) => {
    const counts: PlanCounts = { ...(await plannedItems.countByClass(runId)), leftOut }
    if (run.atOnce) {
      const { total } = await items.selected(runId)
      if (await fetches.plannedAtOnce(runId, counts, total, clock.now())) {
        await jobs.enqueue('run.apply', runId)
      }
    } else
      await fetches.planned(
        runId,
        counts,
        [...newItems].map(([name, kind]) => ({ name, kind })),
        clock.now(),
      )
    await staging.keepTargetIdsOnly(runId)
    return counts
  })
}

/** A side that says no total may have been cut short: nobody would notice but by what it listed before. */
async function lookForShortfalls({ data, run, sides }: PlanOrder) {
  const { tenantId, id: runId } = run
  const shortfalls = await data.inTenant(tenantId, async ({ fetches, staging }) => {
    const now = {
      source: await staging.listed(runId, 'source'),
      target: await staging.listed(runId, 'target'),
    }
    const before = await fetches.listed(run, now)
    const found = before ? shortfallsOf(sides, before, now) : []
    await fetches.keepShortfalls(runId, found)
    return found
  })
  // Nobody is there to confirm it.
  if (run.atOnce && shortfalls.length > 0) {
    throw new Conflict(
      `${shortfalls.map(one => shortfallSentence(one, sides.flow.words)).join('')}同期していません。間違いがない場合は、［${previewOf(sides.flow)}］から同期してください。`,
    )
  }
}

/** A blank item is not sent. */
const withValues = ({ items }: Pick<Statement, 'items'>) => ({ items: items.filter(({ value }) => value !== '') })

/** Which kinds each name of the run's statements stands for, whoever has it. */
async function kindsStaged({ data, run, days, sides }: PlanOrder): Promise<KindsOfNames> {
  let kinds: KindsOfNames = new Map()
  for (let position = -1; ;) {
    const chunk = await data.inTenant(run.tenantId, ({ staging }) => staging.next(run.id, 'source', position, CHUNK))
    const last = chunk.at(-1)
    if (!last) return kinds
    position = last.position
    kinds = kindsOfNames(chunk.filter(person => sides.flow.includes(person, days.asOf)).map(statementOf), kinds)
  }
}

const liveLinkOf = (links: readonly Link[], sides: Sides, sourceId: string) =>
  links.find(link => !link.dead && (sides.sourceIs === 'smarthr' ? link.smarthrId : link.serviceId) === sourceId)

const targetOf = (link: Link, sides: Sides) => (sides.targetIs === 'smarthr' ? link.smarthrId : link.serviceId)

/** One after the other: what became of the first decides about the second. */
async function examineAll(examine: Examiner, people: readonly StagedPerson[]): Promise<Map<string, Examined>> {
  const verdicts = new Map<string, Examined>()
  for (const person of people) verdicts.set(person.id, await examine(person))
  return verdicts
}

/** The remembered pairs of these people; a flow that goes by number alone remembers none. */
const linksOf = async ({ links }: Stores, sides: Sides, side: LinkSide, ids: readonly string[]) =>
  goesByLinks(sides.flow) ? links.of(sides.account, side, ids) : []

/** Whether somebody in the chunk has no listed counterpart: then people the listing hides matter too. */
async function lacksTarget(stores: Stores, { run, sides }: PlanOrder, people: readonly StagedPerson[]) {
  const { staging } = stores
  const known = await linksOf(stores, sides, sides.sourceIs, people.map(linkIdOf))
  const linkedIds = known.filter(link => !link.dead).map(link => targetOf(link, sides))
  const listed = await staging.known(run.id, linkedIds)
  const keys = people.flatMap(person => person.key ?? [])
  const byKey = new Set((await staging.targetsByKey(run.id, keys)).map(target => target.key))
  return people.some(person => {
    const link = liveLinkOf(known, sides, linkIdOf(person))
    if (link) return !listed.has(targetOf(link, sides))
    return person.key === null ? goesByLinks(sides.flow) : !byKey.has(person.key)
  })
}

/**
 * Links whose target the other side no longer lists: asked for one by one, since no right to see somebody is not the
 * same as gone. Gone → tombstone.
 */
async function buryDeadLinks({ data, run, sides }: PlanOrder, people: readonly StagedPerson[]) {
  const { tenantId, id: runId } = run
  const missing = await data.inTenant(tenantId, async stores => {
    const live = (await linksOf(stores, sides, sides.sourceIs, people.map(linkIdOf))).filter(link => !link.dead)
    const known = await stores.staging.known(
      runId,
      live.map(link => targetOf(link, sides)),
    )
    return live.filter(link => !known.has(targetOf(link, sides)))
  })
  for (const link of missing) {
    if (await sides.target.exists(targetOf(link, sides))) continue
    await data.inTenant(tenantId, ({ links }) => links.bury(sides.account, link))
  }
}

async function planChunk(
  stores: Stores,
  order: PlanOrder,
  people: StagedPerson[],
  given: {
    preselect: boolean
    verdicts: ReadonlyMap<string, Examined> | null
    registry: ReadonlyMap<string, RegisteredItem> | null
    kinds: KindsOfNames
  },
) {
  const { days, run, sides } = order
  const { flow } = sides
  const { preselect, verdicts } = given
  const { links, staging, plannedItems } = stores
  const { id: runId } = run
  const keys = [...new Set(people.flatMap(person => person.key ?? []))]
  const [known, candidates, keyCounts] = [
    await linksOf(stores, sides, sides.sourceIs, people.map(linkIdOf)),
    await staging.targetsByKey(runId, keys),
    await staging.sourceKeyCounts(runId, keys),
  ]
  const linkedTargets = await staging.known(
    runId,
    known.filter(link => !link.dead).map(link => targetOf(link, sides)),
  )
  const everLinked = new Set(
    (
      await linksOf(
        stores,
        sides,
        sides.targetIs,
        candidates.map(candidate => candidate.id),
      )
    ).map(link => targetOf(link, sides)),
  )
  const candidatesByKey = new Map<string, Candidate[]>()
  for (const { id, key, listed } of candidates) {
    candidatesByKey.set(key, [...(candidatesByKey.get(key) ?? []), { id, listed }])
  }

  const matches = new Map<string, Match>()
  for (const person of people) {
    const link = liveLinkOf(known, sides, linkIdOf(person))
    matches.set(
      person.id,
      match({
        key: person.key,
        keyRequired: !goesByLinks(flow) && verdicts === null,
        // Where an examiner decides, it also says what becomes of those who share a key.
        sourcesWithKey: person.key === null ? 0 : verdicts ? 1 : (keyCounts.get(person.key) ?? 1),
        linked: link ? linkedCandidate(targetOf(link, sides), linkedTargets) : null,
        candidates: person.key === null ? [] : (candidatesByKey.get(person.key) ?? []),
        everLinked,
        targetKeysUnique: sides.target.keysUnique,
        when: writtenPeriod(flow, days.plan),
        ...sides.names,
        word: flow.words.key,
        item: flow.words.item,
      }),
    )
  }

  const targetIds = [...matches.values()].flatMap(found => (found.kind === 'pair' ? found.targetId : []))
  const targets = new Map((await staging.people(runId, 'target', targetIds)).map(target => [target.id, target]))
  const context = { today: days.plan, settings: run.settings }
  const remarks = remarksOf(people, matches, await staging.lookAlikes(runId, keys), sides)
  if (flow.kind !== 'sync') {
    await plannedItems.add(runId, await composed(stores, order, flow, people, matches, { ...given, remarks }))
    return
  }
  const linkNow: { smarthrId: string; serviceId: string; sourceId: string }[] = []
  const planned = people.map((person): PlannedItem => {
    const found = matches.get(person.id) ?? { kind: 'new' as const }
    const target = found.kind === 'pair' ? targets.get(found.targetId) : undefined
    const about = {
      sourceId: person.id,
      targetId: target?.id ?? null,
      targetPage: target ? Math.floor(target.position / sides.target.pageSize) : null,
      key: person.key,
      name: person.name,
      kana: person.kana,
      department: person.department,
    }
    const named = namedOtherwise(flow, person)
    const excludedReason = person.excluded ?? target?.excluded ?? (found.kind === 'excluded' ? found.reason : null)
    if (excludedReason !== null) {
      const content = named ? { ...noContent, named } : noContent
      return { ...about, class: 'excluded', excludedReason, content, blocked: false, selected: false }
    }
    const { mapping, direction, errorFile } = flow
    const content = difference(mapping, direction, person.values, target?.values ?? null, context)
    if (named) content.named = named
    if (errorFile) content.cells = errorFile.columns.map(column => column.value(person))
    const examined = verdicts?.get(person.id)
    if (examined) {
      content.problems.unshift(...examined.problems)
      content.notes.push(...examined.notes)
    }
    const moved = target && movedPeriod(flow, days, target.values, content.set)
    if (moved) content.problems.push(moved)
    const nothingToDo = target !== undefined && content.changes.length === 0 && content.problems.length === 0
    const period = nothingToDo ? null : ownPeriod(flow, days, target?.values ?? content.set)
    if (period !== null) content.notes.push(`${flow.to}での入社が先のため、${period}の情報として登録します。`)
    // Equal in every field and number: remembering the pair needs nobody's consent, since nothing is written.
    const pairedByNumber = goesByLinks(flow) && found.kind === 'pair' && !found.byLink
    if (nothingToDo && pairedByNumber)
      linkNow.push({ ...pairOf(sides, person.id, found.targetId), sourceId: person.id })
    const itemClass = target === undefined ? 'new' : nothingToDo ? 'same' : 'changed'
    const blocked = target === undefined && lacksRequired(mapping, direction, person.values)
    const remark = nothingToDo ? undefined : remarks.get(person.id)
    if (remark !== undefined && run.atOnce) {
      // Nobody is there to look at the row.
      const excluded = `${remark}${lookFirst(flow)}`
      return { ...about, class: 'excluded', excludedReason: excluded, content, blocked: false, selected: false }
    }
    if (remark !== undefined) content.notes.unshift(remark)
    const ownTick = remark !== undefined
    const selected = preselect && itemClass !== 'same' && !blocked && !ownTick
    return { ...about, class: itemClass, excludedReason: null, content, blocked, ownTick, selected }
  })
  const taken = new Set((await links.connect(sides.account, linkNow)).map(pair => pair.sourceId))
  await plannedItems.add(
    runId,
    planned.map(item =>
      taken.has(item.sourceId) ? { ...item, class: 'excluded', excludedReason: takenReason(sides, 'known') } : item,
    ),
  )
}

/** The dashboard's words for the wizard of a flow that goes by one click. */
const previewOf = (flow: Flow): string => declared(atOnceOf(flow), 'atOnce').preview

const lookFirst = (flow: Flow): string =>
  `同期していません。［${previewOf(flow)}］から内容を確認し、問題がなければ、この${flow.words.item}にチェックを入れて同期してください。`

/** Records that are made anew about people: payslips for the matched ones, or what a service fetches. */
async function composed(
  { plannedItems }: Stores,
  { run, days, sides }: PlanOrder,
  flow: ImportFlow | PublicationFlow,
  people: readonly StagedPerson[],
  matches: ReadonlyMap<string, Match>,
  {
    preselect,
    registry,
    remarks,
    kinds,
  }: {
    preselect: boolean
    registry: ReadonlyMap<string, RegisteredItem> | null
    remarks: ReadonlyMap<string, string>
    kinds: KindsOfNames
  },
): Promise<PlannedItem[]> {
  const before =
    flow.kind === 'import'
      ? await plannedItems.importedBefore(
          run,
          people.map(person => person.id),
        )
      : new Map<string, Date>()
  return people.map((person): PlannedItem => {
    const found = matches.get(person.id) ?? { kind: 'new' as const }
    const about = {
      sourceId: person.id,
      targetId: null,
      targetPage: null,
      key: person.key,
      name: person.name,
      kana: person.kana,
      department: person.department,
    }
    const out = (excludedReason: string): PlannedItem => ({
      ...about,
      class: 'excluded',
      excludedReason,
      content: noContent,
      blocked: false,
      selected: false,
    })
    if (person.excluded !== undefined) return out(person.excluded)
    if (found.kind === 'excluded') return out(found.reason)
    // A record goes as one piece, so that there is no leaving out the field in question.
    if (isBroken(person.values.document)) return out(unreadableRecord(sides.names.source))
    const remark = remarks.get(person.id)
    const marked = remark === undefined ? [] : [remark]
    if (flow.kind === 'publication') {
      const { record, changes, problems, notes, excluded } = flow.publication.publish(person, { asOf: days.asOf })
      if (excluded !== null) return out(excluded)
      const content: ItemContent = {
        set: { record: JSON.stringify(record) },
        target: null,
        changes: [...changes],
        problems: [...problems],
        notes: [...marked, ...notes],
      }
      // What the service would leave out, or break off at, is not published.
      const blocked = problems.length > 0
      const ownTick = remark !== undefined
      const selected = preselect && !blocked && !ownTick
      return { ...about, class: 'new', excludedReason: null, content, blocked, ownTick, selected }
    }
    if (found.kind === 'new') return out(`${flow.payslips.unknownReason}${remark ?? ''}`)
    const statement = toldApart(statementOf(person), kinds)
    const chosen = chosenItems(statement, registry)
    const problem = unusable(
      chosen.flatMap(({ item, kind }) => (kind === null ? [] : [{ ...item, kind }])),
      sides.names.source,
    )
    if (problem !== null) return out(problem)
    const content = {
      ...payslipContent(statement, found.targetId, registry),
      // What is compared before the write is what the service gave, not what was made of it.
      digest: digestOf(person.values.document),
      ...(registry && statement.items.some(({ name }) => !registry.has(name)) && { lines: statement.items }),
    }
    content.notes.unshift(...marked)
    const importedAt = before.get(person.id)
    if (importedAt) content.notes.push(`同じ明細が${jstDateTime(importedAt)}に取り込み済みです。`)
    return {
      ...about,
      class: 'new',
      excludedReason: null,
      content,
      blocked: false,
      groupKey: statement.group,
      repeated: importedAt !== undefined,
      ownTick: remark !== undefined,
      selected: preselect && remark === undefined,
    }
  })
}

/** The period of the target that somebody's data goes into, where it is not everybody's; null where it is. */
function ownPeriod(flow: Flow, { plan }: Days, record: Values): string | null {
  const own = writtenPeriod(flow, plan, record)
  return own === writtenPeriod(flow, plan) ? null : own
}

/** The write itself would move somebody into a later period, which nobody has compared: why that can't be; null where not. */
function movedPeriod(flow: Flow, { plan }: Days, before: Values, set: Values): string | null {
  const { to } = flow
  const [was, will] = [writtenPeriod(flow, plan, before), writtenPeriod(flow, plan, { ...before, ...set })]
  if (was === will || will === writtenPeriod(flow, plan)) return null
  return `入社年月日を先の日付に変更すると、${to}では${will}の情報が対象になるため、ほかの項目を比較できません。${to}で入社年月日を変更してから、取得し直して、再度同期してください。`
}

/** The id that links know a record's person by. */
const linkIdOf = (person: Person): string => person.personId ?? person.id

const unreadableRecord = (source: string) =>
  `読み取れない文字が含まれているため、対象にできません。${source}で氏名などの文字を確認し、入力し直してから、やり直してください。`

/** A live link whose target is neither listed nor known any more was buried before; here it still counts as hidden. */
const linkedCandidate = (id: string, known: ReadonlyMap<string, boolean>): Candidate => ({
  id,
  listed: known.get(id) ?? false,
})

/** Stages the people the target's listing hides, for questions about somebody nobody was found for. */
async function stageEveryone(data: Data, tenantId: string, runId: string, target: Sides['target'], day: string) {
  if (!target.everyone) return
  for await (const people of target.everyone(day)) {
    await data.inTenant(tenantId, async ({ staging }) => {
      const whole = people.filter(person => 'values' in person)
      const ids = people.filter(person => !('values' in person))
      await staging.addUnlisted(runId, whole)
      await staging.addKnown(runId, ids)
    })
  }
}
