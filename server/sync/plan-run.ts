import type { Examined, Examiner, Person } from '../connectors/contract.js'
import { statementOf, type ItemKind, type Statement } from '../connectors/statement.js'
import { jstDateTime } from '../platform/clock.js'
import type { Clock } from '../platform/clock.js'
import type { Data, Stores } from '../stores.js'
import type { PlannedItem } from './item.store.js'
import type { Link, LinkSide } from './link.store.js'
import { match, type Candidate, type Match } from './match.js'
import { difference, lacksRequired } from './plan.js'
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
} from './payslips.js'
import { repeatedOutcomes, type ItemContent, type Run } from './run.js'
import type { PlanCounts } from './run.store.js'
import { pairOf, type Sides } from './sides.js'
import { bareKey, type StagedPerson } from './staging.store.js'

/** People planned at a time: bounds memory whatever the size of the company. */
const CHUNK = 500

export interface PlanOrder {
  data: Data
  clock: Clock
  run: Run
  asOf: string
  sides: Sides
}

const noContent: ItemContent = { set: {}, target: null, changes: [], problems: [], notes: [] }

/**
 * The photograph the administrator sees: for each person of the source 新規登録 / 差分あり / 差分なし / 対象外 with the
 * fields before → after. Ends the fetch (fetching → ready).
 */
export async function planRun(order: PlanOrder): Promise<PlanCounts> {
  const { data, clock, run, asOf, sides } = order
  const { tenantId, id: runId } = run
  const { retryOf } = run
  const outcomes = run.retryOutcome === null ? repeatedOutcomes : [run.retryOutcome]
  const only = retryOf
    ? new Set(await data.inTenant(tenantId, ({ items }) => items.unsuccessfulSources(tenantId, retryOf, outcomes)))
    : null

  await data.inTenant(tenantId, ({ items }) => items.clear(tenantId, runId))
  const examine = await sides.flow.examiner?.({
    targets: () => data.inTenant(tenantId, ({ staging }) => staging.all(tenantId, runId, 'target')),
    choices: async list => (await sides.target.choices?.(list)) ?? [],
    sharing: async key =>
      (await data.inTenant(tenantId, ({ staging }) => staging.sharing(tenantId, runId, key))).filter(person =>
        sides.flow.includes(person, asOf),
      ),
  })
  const { payslips } = sides.flow
  const registry =
    payslips?.items === 'asked'
      ? await data.inTenant(tenantId, ({ payslipItems }) => payslipItems.of(sides.links))
      : null
  // Where items are sent as they are, what went through before is known to SmartHR.
  const known =
    registry ??
    (payslips
      ? new Set([
          ...(payslips.usualItems ?? []),
          ...(await data.inTenant(tenantId, ({ payslipItems }) => payslipItems.of(sides.links))).keys(),
        ])
      : null)
  const kinds = payslips ? await kindsStaged(order) : new Map()
  let newItems = new Map<string, ItemKind>()
  let everyoneStaged = sides.target.everyone === undefined
  let leftOut = 0
  for (let position = -1; ;) {
    const chunk = await data.inTenant(tenantId, ({ staging }) =>
      staging.next(tenantId, runId, 'source', position, CHUNK),
    )
    const last = chunk.at(-1)
    if (!last) break
    position = last.position

    const included = chunk.filter(person => sides.flow.includes(person, asOf))
    leftOut += chunk.length - included.length
    const people = only ? included.filter(person => only.has(person.id)) : included
    if (!everyoneStaged && (await data.inTenant(tenantId, stores => lacksTarget(stores, order, people)))) {
      await stageEveryone(data, tenantId, runId, sides.target)
      everyoneStaged = true
    }
    await buryDeadLinks(order, people)
    const verdicts = examine ? await examineAll(examine, people) : null
    if (known) {
      const statements = people.map(person => toldApart(statementOf(person), kinds))
      newItems = unregistered(registry ? statements : statements.map(withValues), known, newItems)
    }
    // Where nobody is asked whom, whoever can be written is.
    const preselect = only !== null || run.atOnce || !sides.flow.steps.includes('select')
    await data.inTenant(tenantId, stores => planChunk(stores, order, people, { preselect, verdicts, registry, kinds }))
  }

  return data.inTenant(tenantId, async ({ items, runs, staging, jobs }) => {
    const counts: PlanCounts = { ...(await items.countByClass(tenantId, runId)), leftOut }
    if (run.atOnce) {
      const { total } = await items.selected(tenantId, runId)
      if (await runs.plannedAtOnce(tenantId, runId, counts, total, clock.now())) {
        await jobs.enqueue('run.apply', { tenantId, runId }, `run.apply:${runId}`)
      }
    } else
      await runs.planned(
        tenantId,
        runId,
        counts,
        [...newItems].map(([name, kind]) => ({ name, kind })),
        clock.now(),
      )
    await staging.keepTargetIdsOnly(tenantId, runId)
    return counts
  })
}

/** A blank item is not sent. */
const withValues = ({ items }: Pick<Statement, 'items'>) => ({ items: items.filter(({ value }) => value !== '') })

/** Which kinds each name of the run's statements stands for, whoever has it. */
async function kindsStaged({ data, run, asOf, sides }: PlanOrder): Promise<KindsOfNames> {
  let kinds: KindsOfNames = new Map()
  for (let position = -1; ;) {
    const chunk = await data.inTenant(run.tenantId, ({ staging }) =>
      staging.next(run.tenantId, run.id, 'source', position, CHUNK),
    )
    const last = chunk.at(-1)
    if (!last) return kinds
    position = last.position
    kinds = kindsOfNames(chunk.filter(person => sides.flow.includes(person, asOf)).map(statementOf), kinds)
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
  sides.flow.identity === 'links' ? links.of(sides.links, side, ids) : []

/** Whether somebody in the chunk has no listed counterpart: then people the listing hides matter too. */
async function lacksTarget(stores: Stores, { run, sides }: PlanOrder, people: readonly StagedPerson[]) {
  const { staging } = stores
  const known = await linksOf(stores, sides, sides.sourceIs, people.map(linkIdOf))
  const linkedIds = known.filter(link => !link.dead).map(link => targetOf(link, sides))
  const listed = await staging.known(run.tenantId, run.id, linkedIds)
  const keys = people.flatMap(person => person.key ?? [])
  const byKey = new Set((await staging.targetsByKey(run.tenantId, run.id, keys)).map(target => target.key))
  return people.some(person => {
    const link = liveLinkOf(known, sides, linkIdOf(person))
    if (link) return !listed.has(targetOf(link, sides))
    return person.key === null ? sides.flow.identity === 'links' : !byKey.has(person.key)
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
      tenantId,
      runId,
      live.map(link => targetOf(link, sides)),
    )
    return live.filter(link => !known.has(targetOf(link, sides)))
  })
  for (const link of missing) {
    if (await sides.target.exists(targetOf(link, sides))) continue
    await data.inTenant(tenantId, ({ links }) => links.bury(sides.links, link))
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
  const { clock, run, sides } = order
  const { preselect, verdicts } = given
  const { links, staging, items } = stores
  const { tenantId, id: runId } = run
  const keys = [...new Set(people.flatMap(person => person.key ?? []))]
  const [known, candidates, keyCounts] = [
    await linksOf(stores, sides, sides.sourceIs, people.map(linkIdOf)),
    await staging.targetsByKey(tenantId, runId, keys),
    await staging.sourceKeyCounts(tenantId, runId, keys),
  ]
  const linkedTargets = await staging.known(
    tenantId,
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
        keyRequired: sides.flow.identity === 'key' && verdicts === null,
        // Where an examiner decides, it also says what becomes of those who share a key.
        sourcesWithKey: person.key === null ? 0 : verdicts ? 1 : (keyCounts.get(person.key) ?? 1),
        linked: link ? linkedCandidate(targetOf(link, sides), linkedTargets) : null,
        candidates: person.key === null ? [] : (candidatesByKey.get(person.key) ?? []),
        everLinked,
        targetKeysUnique: sides.target.keysUnique,
        ...sides.names,
      }),
    )
  }

  const targetIds = [...matches.values()].flatMap(found => (found.kind === 'pair' ? found.targetId : []))
  const targets = new Map(
    (await staging.people(tenantId, runId, 'target', targetIds)).map(target => [target.id, target]),
  )
  const context = { today: clock.today(), settings: run.settings }
  if (sides.flow.payslips || sides.flow.publication) {
    await items.add(tenantId, runId, await composed(stores, order, people, matches, given))
    return
  }
  const lookAlikes = await lookAlikesOf(stores, order, people, matches)
  const linkNow: { smarthrId: string; serviceId: string }[] = []
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
    const excludedReason = person.excluded ?? target?.excluded ?? (found.kind === 'excluded' ? found.reason : null)
    if (excludedReason !== null) {
      return { ...about, class: 'excluded', excludedReason, content: noContent, blocked: false, selected: false }
    }
    const { mapping, direction } = sides.flow
    const content = difference(mapping, direction, person.values, target?.values ?? null, context)
    const { errorFile } = sides.flow
    if (errorFile) content.cells = errorFile.columns.map(column => column.value(person))
    const examined = verdicts?.get(person.id)
    if (examined) {
      content.problems.unshift(...examined.problems)
      content.notes.push(...examined.notes)
    }
    const twin = lookAlikes.get(person.id)
    if (twin !== undefined) content.notes.push(lookAlikeNote(sides.names.target, twin))
    const nothingToDo = target !== undefined && content.changes.length === 0 && content.problems.length === 0
    // Equal in every field and number: remembering the pair needs nobody's consent, since nothing is written.
    const pairedByNumber = sides.flow.identity === 'links' && found.kind === 'pair' && !found.byLink
    if (nothingToDo && pairedByNumber) linkNow.push(pairOf(sides, person.id, found.targetId))
    const itemClass = target === undefined ? 'new' : nothingToDo ? 'same' : 'changed'
    const blocked = target === undefined && lacksRequired(mapping, direction, person.values)
    const selected = preselect && itemClass !== 'same' && !blocked
    return { ...about, class: itemClass, excludedReason: null, content, blocked, selected }
  })
  await links.connect(sides.links, linkNow)
  await items.add(tenantId, runId, planned)
}

/** Records that are made anew about people: payslips for the matched ones, or what a service fetches. */
async function composed(
  { items }: Stores,
  { run, asOf, sides }: PlanOrder,
  people: readonly StagedPerson[],
  matches: ReadonlyMap<string, Match>,
  {
    preselect,
    registry,
    kinds,
  }: { preselect: boolean; registry: ReadonlyMap<string, RegisteredItem> | null; kinds: KindsOfNames },
): Promise<PlannedItem[]> {
  const { payslips, publication } = sides.flow
  const before = payslips
    ? await items.importedBefore(
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
    if (publication) {
      const { record, changes, problems, notes, excluded } = publication.publish(person, { asOf })
      if (excluded !== null) return out(excluded)
      const content: ItemContent = {
        set: { record: JSON.stringify(record) },
        target: null,
        changes: [...changes],
        problems: [...problems],
        notes: [...notes],
      }
      // What the service would leave out, or break off at, is not published.
      const blocked = problems.length > 0
      return { ...about, class: 'new', excludedReason: null, content, blocked, selected: preselect && !blocked }
    }
    if (found.kind === 'new') return out(payslips?.unknownReason ?? '')
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
      selected: preselect,
    }
  })
}

/** The id that links know a record's person by. */
const linkIdOf = (person: Person): string => person.personId ?? person.id

const lookAlikeNote = (target: string, key: string) =>
  `先頭の0を除くと、${target}の「${key}」と同じ番号です。同じ人を二重に登録しないよう、番号を確認してください。`

/**
 * People about to be registered whose number the target knows with more or fewer leading zeros: exact numbers decide,
 * but the administrator is told. Person's id → the target's number.
 */
async function lookAlikesOf(
  { staging }: Stores,
  { run }: PlanOrder,
  people: readonly StagedPerson[],
  matches: ReadonlyMap<string, Match>,
): Promise<Map<string, string>> {
  const fresh = people.filter(person => person.key !== null && matches.get(person.id)?.kind === 'new')
  const twins = await staging.targetsByBareKey(
    run.tenantId,
    run.id,
    fresh.flatMap(person => person.key ?? []),
  )
  return new Map(
    fresh.flatMap(person => {
      const twin = twins.get(bareKey(person.key ?? ''))
      return twin === undefined || twin === person.key ? [] : [[person.id, twin] as const]
    }),
  )
}

/** A live link whose target is neither listed nor known any more was buried before; here it still counts as hidden. */
const linkedCandidate = (id: string, known: ReadonlyMap<string, boolean>): Candidate => ({
  id,
  listed: known.get(id) ?? false,
})

/** Stages the people the target's listing hides, for questions about somebody nobody was found for. */
async function stageEveryone(data: Data, tenantId: string, runId: string, target: Sides['target']) {
  if (!target.everyone) return
  for await (const people of target.everyone()) {
    await data.inTenant(tenantId, async ({ staging }) => {
      const whole = people.filter(person => 'values' in person)
      const ids = people.filter(person => !('values' in person))
      await staging.addUnlisted(tenantId, runId, whole)
      await staging.addKnown(tenantId, runId, ids)
    })
  }
}
