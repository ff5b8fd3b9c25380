import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from '../runs/item.rows.js'
import { forCreate, type Writing } from './writing.js'

/**
 * Looks uncertain creates up, with a wait before each look: a record made a moment ago may not be listed yet. A record
 * that was there at plan time, or belongs to another, cannot be the result. Gives the ids found, by the task's id.
 */
export async function lookUp(writing: Writing, tasks: readonly Task[]): Promise<Map<string, string>> {
  const { clock, sides, lookUpAfterMs, signal } = writing
  const found = new Map<string, string>()
  let open = tasks.filter(task => task.targetId === null)
  for (const ms of lookUpAfterMs) {
    if (open.length === 0) break
    await sleep(ms, undefined, { signal })
    const answers = await sides.target.findCreated(
      open.map(task => ({
        ref: task.id,
        key: task.key,
        values: forCreate(writing, task),
        at: task.intentAt ?? clock.now(),
      })),
    )
    const taken = await takenOf(writing, [...new Set([...answers.values()].flat())])
    for (const task of open) {
      const id = (answers.get(task.id) ?? []).find(candidate => !taken.has(candidate))
      if (id === undefined) continue
      taken.add(id)
      found.set(task.id, id)
    }
    open = open.filter(task => !found.has(task.id))
  }
  return found
}

/** Those of these records that the plan knew, or that are another's. */
const takenOf = ({ inTenant, run, sides }: Writing, ids: readonly string[]): Promise<Set<string>> =>
  inTenant(run.tenantId, async ({ staging, links }) => {
    const known = await staging.known(run.id, ids)
    const linked = await links.of(sides.account, sides.targetIs, ids)
    return new Set([
      ...known.keys(),
      ...linked.map(link => (sides.targetIs === 'smarthr' ? link.smarthrId : link.serviceId)),
    ])
  })
