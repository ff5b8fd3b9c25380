import type { Entry, Flow } from '../contract/contract.js'
import { Conflict } from '../errors.js'
import { clearanceFor } from '../runs/approval.js'
import { APPROVAL_ASKED } from '../runs/approval.words.js'
import { firedFor } from '../runs/guard.check.js'
import { firedSentences } from '../runs/guard.words.js'
import { hadSelection, repeatedOutcomes, type Shortfall } from '../runs/run.js'
import { shortfallsOf, shortfallSentence } from '../runs/shortfalls.js'
import type { PlanCounts } from './fetch.store.js'
import { createHeads } from './heads.js'
import { buryDeadLinks, hiddenPeople } from './matching.js'
import { oneAhead } from './one-ahead.js'
import { importPlanner } from './plan-import.js'
import { publicationPlanner } from './plan-publication.js'
import { syncPlanner } from './plan-sync.js'
import { planUndo } from './plan-undo.js'
import { previewOf, sourceChunks, type Planner, type PlanOrder, type PlanStores } from './planner.js'

/** So long a record may be missing from listings after it was registered. */
const DOUBTS_FOR_MINUTES = 10

/**
 * The photograph the administrator sees: an item for each person of the source who takes part. Ends the fetch
 * (fetching → ready).
 */
export async function planRun(order: PlanOrder): Promise<PlanCounts> {
  const { inTenant, clock, run, sides } = order
  const { tenantId, id: runId } = run
  const only = await repeatedOnly(order)

  await inTenant(tenantId, ({ plannedItems }) => plannedItems.clear(runId))
  if (run.undoOf !== null) return planUndone(order, run.undoOf, only)
  // Of one person nothing can be said about who else is there.
  if (!run.person) await lookForShortfalls(order)
  const planner = await plannerOf(order)
  const stageHidden = hiddenPeople(order)
  // Where nobody is asked whom, whoever can be written is.
  const preselect = only !== null || !hadSelection(sides.flow, run)
  const heads = createHeads(sides.flow)
  let leftOut = 0
  let seen = 0
  const planned = () => inTenant(tenantId, ({ fetches }) => fetches.planning(runId, seen))
  await planned()
  for await (const chunk of oneAhead(sourceChunks<Entry>(order))) {
    leftOut += chunk.leftOut
    heads.add(chunk.people)
    const people = only ? chunk.people.filter(person => only.has(person.id)) : chunk.people
    if (!run.person) {
      await stageHidden(people)
      await buryDeadLinks(order, people)
    }
    await planner.plan(people, preselect)
    seen += chunk.people.length + chunk.leftOut
    await planned()
  }

  return inTenant(tenantId, async stores => {
    const { plannedItems, fetches, staging } = stores
    await plannedItems.keepDoubts(run, DOUBTS_FOR_MINUTES)
    const { differing } = planner
    const counts: PlanCounts = { ...(differing?.counts ?? (await plannedItems.countByClass(runId))), leftOut }
    if (run.atOnce) await goOnOrHoldBack(stores, order, counts)
    else
      await fetches.planned(run, counts, {
        newItems: planner.newItems(),
        now: clock.now(),
        // A repeat knows some of the people.
        heads: only ? null : heads.all(),
        ...(differing && { differing: differing.marks }),
      })
    await staging.keepTargetIdsOnly(runId)
    return counts
  })
}

/** The plan of a run that takes another one back. The source was not read: what that run has written says it all. */
async function planUndone(order: PlanOrder, undoOf: string, only: ReadonlySet<string> | null): Promise<PlanCounts> {
  const { inTenant, clock, run, sides } = order
  const old = await inTenant(run.tenantId, ({ runs }) => runs.find(undoOf))
  if (!old || sides.flow.kind !== 'sync') throw new Error('this run can not be taken back')
  const planned = (seen: number) => inTenant(run.tenantId, ({ fetches }) => fetches.planning(run.id, seen))
  await planned(0)
  await planUndo(order, { flow: sides.flow, old, only, planned })
  return inTenant(run.tenantId, async ({ plannedItems, fetches, staging }) => {
    const counts: PlanCounts = { ...(await plannedItems.countByClass(run.id)), leftOut: 0 }
    await fetches.planned(run, counts, { newItems: [], now: clock.now(), undoes: true })
    await staging.keepTargetIdsOnly(run.id)
    return counts
  })
}

/** A run by one click writes at once, unless its changes are dangerous or have to be agreed to: then it waits for its dialog. */
async function goOnOrHoldBack(stores: PlanStores, { run, sides: { flow }, clock }: PlanOrder, counts: PlanCounts) {
  const { items, fetches, guard, mails, jobs, audit } = stores
  const [{ id: runId }, now] = [run, clock.now()]
  const fired = await firedFor(guard, { run, flow, plan: counts })
  const { total } = await items.selected(runId)
  const clearance = await clearanceFor(stores, run, { fired, total, now })
  if (fired.length === 0 && clearance) {
    if (await fetches.plannedAtOnce(runId, counts, { selected: total, clearance, now }))
      await jobs.enqueue('run.apply', runId)
    return
  }
  if (!(await fetches.planned(run, counts, { newItems: [], now, heldBack: true }))) return
  const reasons = [...(clearance ? [] : [APPROVAL_ASKED]), ...firedSentences(flow, fired)]
  const details = { total, reason: reasons.join('') }
  await audit.add({ act: 'run.held-back', connector: run.connector, runId, details })
  const mailId = await mails.add(runId, 'held-back', null, now)
  if (mailId) await jobs.enqueue('mail.result', mailId)
}

async function plannerOf(order: PlanOrder): Promise<Planner> {
  const { flow } = order.sides
  switch (flow.kind) {
    case 'sync':
      return syncPlanner(order, flow)
    case 'import':
      return importPlanner(order, flow)
    case 'publication':
      return publicationPlanner(order, flow)
  }
}

/** Whom a repeat is about: their ids in the source; null for a run that is none. */
async function repeatedOnly({ inTenant, run }: PlanOrder): Promise<ReadonlySet<string> | null> {
  const { retryOf, retryOutcome, tenantId } = run
  if (retryOf === null) return null
  const outcomes = retryOutcome === null ? repeatedOutcomes : [retryOutcome]
  return new Set(await inTenant(tenantId, ({ plannedItems }) => plannedItems.unsuccessfulSources(retryOf, outcomes)))
}

/** A side that says no total may have been cut short: nobody would notice but by what it listed before. */
async function lookForShortfalls({ inTenant, run, sides }: PlanOrder) {
  const { tenantId, id: runId } = run
  const shortfalls = await inTenant(tenantId, async ({ fetches, staging }) => {
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
    throw new Conflict(fewerReason(sides.flow, shortfalls))
  }
}

/** Why a run by one click stops in front of a listing that may have been cut short. */
export const fewerReason = (flow: Flow, shortfalls: readonly Shortfall[]): string =>
  `${shortfalls.map(one => shortfallSentence(one, flow.words)).join('')}同期していません。間違いがない場合は、［${previewOf(flow)}］から同期してください。`
