import { setTimeout as sleep } from 'node:timers/promises'
import type { Values } from '../connectors/contract.js'
import { Uncertain, VendorBlocked, VendorMissing, VendorRefused } from '../errors.js'
import type { Clock } from '../platform/clock.js'
import type { Data, Stores } from '../stores.js'
import type { Result, Task } from './item.store.js'
import { remaining } from './plan.js'
import type { Run } from './run.js'
import { LeaseLost } from './run-failures.js'
import { pairOf, type Sides } from './sides.js'

/** How often a create is sent at most; after that a person must look. */
const MAX_CREATES = 5

const uncertainReason = (target: string) =>
  `${target}から応答がなく、登録できたかを確認できませんでした。二重登録を防ぐため、再送していません。${target}を確認してから、再度同期してください。`

const halfDoneReason = (target: string, reason: string) =>
  `${target}に新規登録しましたが、残りの項目を登録できませんでした：${reason}`

/** 中止: for whoever was not reached. */
export const stoppedReason = '中止したため、同期していません。'

export interface ItemWriterDeps {
  data: Data
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
export function createItemWriter({ data, clock, run, lease, sides, lookUpAfterMs, signal }: ItemWriterDeps) {
  const { tenantId, id: runId } = run
  const { target } = sides
  let createsBlocked: string | null = null

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

  /** Remembers the pair, where pairs are what tells who is who. */
  const connect = async ({ links }: Stores, task: Task, targetId: string) => {
    if (sides.flow.identity === 'links') await links.connect(sides.links, [pairOf(sides, task.sourceId, targetId)])
  }

  const remember = (task: Task, targetId: string) =>
    data.inTenant(tenantId, async stores => {
      await stores.items.created(tenantId, runId, task.id, targetId)
      await connect(stores, task, targetId)
    })

  /** What a create sends: the plan's fields and the connector's settings for new people. */
  const forCreate = (task: Task): Values => ({ ...task.content.set, ...sides.onCreate })

  const sendRest = (task: Task, id: string, current: Values, left: Values) =>
    orRefused(
      task,
      async () => {
        if (Object.keys(left).length > 0) await target.update({ id, set: left, current, today: clock.today() })
        return succeeded(task)
      },
      reason => halfDoneReason(sides.names.target, reason),
    )

  /** The new record, a refusal as a result, or null when nobody can say whether it was created. */
  const sendCreate = async (task: Task) => {
    try {
      return await target.create(forCreate(task), clock.today())
    } catch (error) {
      if (error instanceof Uncertain) return null
      if (error instanceof VendorRefused) return failed(task, error.message)
      if (error instanceof VendorBlocked && error.onlyCreates) {
        createsBlocked = error.message
        return failed(task, error.message)
      }
      // Thrown before the service took it (limits, rights, maintenance): nothing to look up next time.
      await data.inTenant(tenantId, ({ items }) => items.withdraw(tenantId, runId, task.id))
      throw error
    }
  }

  const create = async (task: Task): Promise<Result | null> => {
    if (task.content.problems.length > 0) return failed(task, task.content.problems.join('、'))
    if (createsBlocked !== null) return failed(task, createsBlocked)
    const { intended, held } = await data.inTenant(tenantId, async ({ items, runs }) => ({
      intended: await items.intend(tenantId, runId, task.id, lease, clock.now()),
      held: (await runs.check(tenantId, runId, lease)).held,
    }))
    if (!held) throw new LeaseLost()
    // The worker before us was still at it and has finished meanwhile: what it stored decides.
    if (!intended) return null
    const created = await sendCreate(task)
    if (created === null || 'outcome' in created) return created
    await remember(task, created.id)
    return sendRest(task, created.id, created.current, created.left)
  }

  return {
    create,

    /** Sends what the target, as just re-read, does not say yet. */
    update: (task: Task, now: Values): Promise<Result> =>
      orRefused(task, async () => {
        const id = task.targetId ?? ''
        await data.inTenant(tenantId, stores => connect(stores, task, id))
        const set = remaining(task.content.set, now)
        if (Object.keys(set).length > 0) await target.update({ id, set, current: now, today: clock.today() })
        return succeeded(task)
      }),

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
        const taken = await data.inTenant(tenantId, async ({ staging, links }) => {
          const known = await staging.known(tenantId, runId, ids)
          const linked = await links.of(sides.links, sides.targetIs, ids)
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
      if (task.targetId === null) await remember(task, id)
      const asOf = run.referenceDate ?? clock.today()
      const current = (await target.reread([id], asOf, 0)).get(id)
      if (!current) return failed(task, uncertainReason(sides.names.target))
      return sendRest(task, id, current.values, remaining(task.content.set, current.values))
    },
  }
}
