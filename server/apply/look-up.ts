import type { Task } from '../runs/item.rows.js'
import { forCreate, type Writing } from './writing.js'

/**
 * Looks uncertain creates up. A record that was there at plan time, or belongs to another, cannot be the result. Gives
 * the ids found, by the task's id.
 */
export async function lookUp(writing: Writing, tasks: readonly Task[]): Promise<Map<string, string>> {
  const { clock, sides } = writing
  const answers = await sides.target.findCreated(
    tasks.map(task => ({
      ref: task.id,
      key: task.key,
      values: forCreate(writing, task),
      at: task.intentAt ?? clock.now(),
    })),
  )
  const taken = await takenOf(writing, [...new Set([...answers.values()].flat())])
  const found = new Map<string, string>()
  for (const task of tasks) {
    const id = (answers.get(task.id) ?? []).find(candidate => !taken.has(candidate))
    if (id === undefined) continue
    taken.add(id)
    found.set(task.id, id)
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
