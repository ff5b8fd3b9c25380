import { remaining } from '../runs/difference.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import { takenReason } from '../runs/reasons.js'
import { failed, orRefused, succeeded } from './outcomes.js'
import { changing, connect, type Current, type Writing } from './writing.js'

/** A record to be changed, and what the target says of it now. */
export interface Update {
  task: Task
  now: Current
}

/** Sends what the target, as just re-read, does not say yet. */
export const sendUpdate = (writing: Writing, { task, now }: Update): Promise<Result> =>
  orRefused(task, async () => {
    const { inTenant, run, sides } = writing
    if (!(await inTenant(run.tenantId, stores => connect(writing, stores, task, now.id))))
      return failed(task, takenReason(sides, 'known'))
    const set = remaining(task.content.set, now.values)
    if (Object.keys(set).length > 0) await sides.target.update(changing(writing, set, now))
    return succeeded(task)
  })
