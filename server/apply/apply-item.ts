import { setTimeout as sleep } from 'node:timers/promises'
import type { Batch, BatchResult, Entry, UpdateOrder, Values } from '../contract/contract.js'
import { Uncertain, VendorBlocked, VendorMissing, VendorRefused, VendorUnavailable } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { StagingStore } from '../plan/staging.store.js'
import type { LinkStore } from '../runs/link.store.js'
import type { PendingItemStore } from '../runs/pending-item.store.js'
import type { RunStore } from '../runs/run.store.js'
import type { Result } from '../runs/item.store.js'
import type { Task } from '../runs/item.rows.js'
import { remaining } from '../runs/difference.js'
import { sentence, takenReason, whyNot } from '../runs/reasons.js'
import type { Run } from '../runs/run.js'
import { LeaseLost } from '../runs/run-failures.js'
import { daysOf, pairOf, type Sides } from '../runs/sides.js'

/** How often a create is sent at most; after that a person must look. */
const MAX_CREATES = 5

const uncertainReason = (target: string) =>
  `${target}から応答がなく、登録できたかを確認できませんでした。二重登録を防ぐため、再送していません。${target}を確認してから、再度同期してください。`

const halfDoneReason = (target: string, reason: string) =>
  `${target}に新規登録しましたが、残りの項目を登録できませんでした：${sentence(reason)}`

/** 中止: for whoever was not reached. */
export const stoppedReason = '中止したため、同期していません。'

/** How often in a row the answer to a batch may be lost before the run is put aside, and for how long. */
const MAX_LOST_BATCHES = 3
const LOST_WAIT_MS = 60_000

/** A record as last read. */
type Current = Pick<Entry, 'id' | 'values' | 'payload'>

/** Somebody to be changed, and what the target says of them now. */
export interface Update {
  task: Task
  now: Current
}

const hasProblems = (task: Task) => task.content.problems.length > 0

/** The stores that a write is noted in. */
export interface WriterStores {
  runs: Pick<RunStore, 'check'>
  pendingItems: PendingItemStore
  links: LinkStore
  /** whom the target is known to have */
  staging: Pick<StagingStore, 'known'>
}

export interface ItemWriterDeps {
  inTenant: InTenant<WriterStores>
  clock: Clock
  run: Run
  /** needed for every create; see run.store claim() */
  lease: string
  sides: Sides
  lookUpAfterMs: readonly number[]
  signal: AbortSignal
}

/**
 * Writes one person. A refusal concerns that person alone and becomes a failed result; everything that concerns the
 * whole run is thrown. `null` = uncertain: the item keeps its intent and is looked up later.
 */
export function createItemWriter({ inTenant, clock, run, lease, sides, lookUpAfterMs, signal }: ItemWriterDeps) {
  const { tenantId, id: runId } = run
  const { target } = sides
  const days = daysOf(sides.flow, run, clock)
  let createsBlocked: string | null = null
  let lostBatches = 0

  const succeeded = (task: Task): Result => ({ itemId: task.id, outcome: 'succeeded', reason: null })
  const failed = (task: Task, reason: string): Result => ({ itemId: task.id, outcome: 'failed', reason })

  /** The person's own failure as a result; anything else is the run's business. */
  const orRefused = async (task: Task, write: () => Promise<Result>, word = (reason: string) => reason) => {
    try {
      return await write()
    } catch (error) {
      if (error instanceof VendorRefused || error instanceof VendorMissing) return failed(task, word(error.message))
      throw error
    }
  }

  /** Remembers the pair, where pairs are what tells who is who. False: one of the two is another one's. */
  const connect = async ({ links }: WriterStores, task: Task, targetId: string): Promise<boolean> => {
    // A payslip's id is no person's.
    if (sides.flow.kind !== 'sync' || sides.flow.identity !== 'links') return true
    return (await links.connect(sides.account, [pairOf(sides, task.sourceId, targetId)])).length === 0
  }

  /** The failure of somebody whose new record can't be theirs; null when it is. */
  const remember = (task: Task, targetId: string): Promise<Result | null> =>
    inTenant(tenantId, async stores => {
      await stores.pendingItems.created(runId, task.id, targetId)
      return (await connect(stores, task, targetId)) ? null : failed(task, takenReason(sides, 'created'))
    })

  /** What a create sends: the plan's fields and the connector's settings for new people. */
  const forCreate = (task: Task): Values => ({ ...task.content.set, ...sides.onCreate })

  const changing = (set: Values, { id, values, payload }: Current): UpdateOrder => ({
    id,
    set,
    current: values,
    payload,
    today: days.plan,
  })

  const sendRest = (task: Task, current: Current, left: Values) =>
    orRefused(
      task,
      async () => {
        if (Object.keys(left).length > 0) await target.update(changing(left, current))
        return succeeded(task)
      },
      reason => halfDoneReason(sides.names.target, reason),
    )

  /** The new record, a refusal as a result, or null when nobody can say whether it was created. */
  const sendCreate = async (task: Task) => {
    try {
      return await target.create(forCreate(task), days.plan)
    } catch (error) {
      if (error instanceof Uncertain) return null
      if (error instanceof VendorRefused) return failed(task, error.message)
      if (error instanceof VendorBlocked && error.onlyCreates) {
        createsBlocked = error.message
        return failed(task, error.message)
      }
      // Thrown before the service took it (limits, rights, maintenance): nothing to look up next time.
      await inTenant(tenantId, ({ pendingItems }) => pendingItems.withdraw(runId, task.id))
      throw error
    }
  }

  const create = async (task: Task): Promise<Result | null> => {
    if (task.content.problems.length > 0) return failed(task, whyNot(task.content.problems, sides.flow))
    if (createsBlocked !== null) return failed(task, createsBlocked)
    const { intended, held } = await inTenant(tenantId, async ({ pendingItems, runs }) => ({
      intended: await pendingItems.intend(runId, task.id, lease, clock.now()),
      held: (await runs.check(runId, lease)).held,
    }))
    if (!held) throw new LeaseLost()
    // The worker before us was still at it and has finished meanwhile: what it stored decides.
    if (!intended) return null
    const created = await sendCreate(task)
    if (created === null || 'outcome' in created) return created
    const taken = await remember(task, created.id)
    if (taken) return taken
    return sendRest(task, { id: created.id, values: created.current }, created.left)
  }

  /** Sends what the target, as just re-read, does not say yet. */
  const update = ({ task, now }: Update): Promise<Result> =>
    orRefused(task, async () => {
      if (!(await inTenant(tenantId, stores => connect(stores, task, now.id))))
        return failed(task, takenReason(sides, 'known'))
      const set = remaining(task.content.set, now.values)
      if (Object.keys(set).length > 0) await target.update(changing(set, now))
      return succeeded(task)
    })

  /** Several people in one call: each has its own result; a call whose answer is lost leaves all of them open. */
  async function createBatch(batch: Batch, tasks: readonly Task[]): Promise<(Result | null)[]> {
    const [doomed, ready] = [tasks.filter(hasProblems), tasks.filter(task => !hasProblems(task))]
    const { intended, held } = await inTenant(tenantId, async ({ pendingItems, runs }) => {
      const mine: Task[] = []
      for (const task of ready) {
        if (await pendingItems.intend(runId, task.id, lease, clock.now())) mine.push(task)
      }
      return { intended: mine, held: (await runs.check(runId, lease)).held }
    })
    if (!held) throw new LeaseLost()
    const results = await sendBatch(intended, () => batch.create(intended.map(forCreate), days.plan))
    const created = intended.flatMap((task, index) => {
      const result = results[index]
      return result && 'id' in result ? [{ task, id: result.id }] : []
    })
    const taken = new Map<Task, Result>()
    for (const { task, id } of created) {
      const failure = await remember(task, id)
      if (failure) taken.set(task, failure)
    }
    return [
      ...doomed.map(task => failed(task, whyNot(task.content.problems, sides.flow))),
      ...intended.map((task, index) => taken.get(task) ?? resultOf(task, results[index])),
    ]
  }

  async function updateBatch(batch: Batch, all: readonly Update[]): Promise<(Result | null)[]> {
    const paired = await inTenant(tenantId, async stores => {
      const found = new Set<Update>()
      for (const one of all) if (await connect(stores, one.task, one.now.id)) found.add(one)
      return found
    })
    const updates = all.filter(one => paired.has(one))
    const orders = updates.map(({ task, now }) => changing(remaining(task.content.set, now.values), now))
    const open = updates.filter((_, index) => Object.keys(orders[index]?.set ?? {}).length > 0)
    const said = updates.filter(one => !open.includes(one))
    const sent = orders.filter(order => Object.keys(order.set).length > 0)
    const results =
      sent.length === 0
        ? []
        : await sendBatch(
            open.map(({ task }) => task),
            () => batch.update(sent),
          )
    return [
      ...all.filter(one => !paired.has(one)).map(({ task }) => failed(task, takenReason(sides, 'known'))),
      // Our own write before its answer was lost, or somebody else's: the target says it already.
      ...said.map(({ task }) => succeeded(task)),
      ...open.map(({ task }, index) => resultOf(task, results[index])),
    ]
  }

  /** The batch's results, one per task; null: nobody can say. Certain failures of the whole call are thrown. */
  async function sendBatch(tasks: readonly Task[], send: () => Promise<readonly BatchResult[]>) {
    if (tasks.length === 0) return []
    try {
      const results: (BatchResult | null)[] = [...(await send())]
      lostBatches = 0
      return results
    } catch (error) {
      if (error instanceof Uncertain) {
        lostBatches += 1
        if (lostBatches > MAX_LOST_BATCHES)
          throw new VendorUnavailable(error.message, new Date(Date.now() + LOST_WAIT_MS))
        return tasks.map(() => null)
      }
      if (error instanceof VendorRefused) return tasks.map((): BatchResult => ({ refused: error.message }))
      await inTenant(tenantId, async ({ pendingItems }) => {
        for (const task of tasks) if (task.class === 'new') await pendingItems.withdraw(runId, task.id)
      })
      throw error
    }
  }

  const resultOf = (task: Task, result: BatchResult | null | undefined): Result | null => {
    if (!result) return null
    return 'id' in result ? succeeded(task) : failed(task, result.refused)
  }

  const { batch } = target
  return {
    createAll: async (tasks: readonly Task[]): Promise<readonly (Result | null)[]> =>
      batch ? createBatch(batch, tasks) : Promise.all(tasks.map(create)),

    updateAll: async (updates: readonly Update[]): Promise<readonly (Result | null)[]> =>
      batch ? updateBatch(batch, updates) : Promise.all(updates.map(update)),

    /**
     * Looks uncertain creates up, twice, with a wait before each: somebody created a moment ago may not be listed yet.
     * A record that was there at plan time or belongs to somebody else cannot be the result.
     */
    async lookUp(tasks: readonly Task[]): Promise<Map<string, string>> {
      const found = new Map<string, string>()
      let open = tasks.filter(task => task.targetId === null)
      for (const ms of lookUpAfterMs) {
        if (open.length === 0) break
        await sleep(ms, undefined, { signal })
        const answers = await target.findCreated(
          open.map(task => ({
            ref: task.id,
            key: task.key,
            values: forCreate(task),
            at: task.intentAt ?? clock.now(),
          })),
        )
        const ids = [...new Set([...answers.values()].flat())]
        const taken = await inTenant(tenantId, async ({ staging, links }) => {
          const known = await staging.known(runId, ids)
          const linked = await links.of(sides.account, sides.targetIs, ids)
          return new Set([
            ...known.keys(),
            ...linked.map(link => (sides.targetIs === 'smarthr' ? link.smarthrId : link.serviceId)),
          ])
        })
        for (const task of open) {
          const id = (answers.get(task.id) ?? []).find(candidate => !taken.has(candidate))
          if (id === undefined) continue
          taken.add(id)
          found.set(task.id, id)
        }
        open = open.filter(task => !found.has(task.id))
      }
      return found
    },

    /**
     * Goes on with a create that was interrupted: adopts what was found, or sends it once more, unless the
     * administrator asked to stop.
     */
    async finishCreate(task: Task, foundId: string | null, stopping: boolean): Promise<Result | null> {
      const id = task.targetId ?? foundId
      if (id === null) {
        if (stopping) return { itemId: task.id, outcome: 'not_run', reason: stoppedReason }
        if (task.creates >= MAX_CREATES) return failed(task, uncertainReason(sides.names.target))
        return create(task)
      }
      const taken = await remember(task, id)
      if (taken) return taken
      // A payslip is never changed once it is there.
      if (sides.flow.kind === 'import') return succeeded(task)
      const current = (await target.reread([id], days.target, 0)).get(id)
      if (!current) return failed(task, uncertainReason(sides.names.target))
      return sendRest(task, current, remaining(task.content.set, current.values))
    },
  }
}

export type ItemWriter = ReturnType<typeof createItemWriter>
