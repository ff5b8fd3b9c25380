import type { Entry } from '../contract/contract.js'
import { keyOf } from '../contract/keys.js'
import { brokenMidway } from '../contract/scope.js'
import { ScopeBroken } from '../errors.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import { openRunScope, type InScope } from '../runs/run-scope.js'
import { failed, outsideReason } from './outcomes.js'
import type { Writing } from './writing.js'

/** 対象範囲, once more before anything is written: what was inside at the plan may not be so any more. */

/** The run's scope as it opens now. Throws ScopeBroken, in the words of a run that may have written some already. */
export async function openScopeToWrite(deps: Parameters<typeof openRunScope>[0]): Promise<InScope | null> {
  try {
    return await openRunScope(deps)
  } catch (error) {
    if (!(error instanceof ScopeBroken)) throw error
    throw new ScopeBroken(brokenMidway(error.why), error.why, { cause: error })
  }
}

/**
 * Who of these, about to be written, is outside by now. SmartHR says so: as the target it was just re-read (`fresh`), as
 * the source it is asked here, for all of them at once.
 */
export async function outsideNow(
  { scope, sides, days, clock }: Pick<Writing, 'scope' | 'sides' | 'days' | 'clock'>,
  tasks: readonly Task[],
  fresh: ReadonlyMap<string, Entry> | null,
): Promise<{ results: Result[]; inside(tasks: readonly Task[]): Task[] }> {
  const reasons = new Map<Task, string>()
  if (scope !== null && tasks.length > 0) {
    const today = clock.today()
    const isSource = sides.sourceIs === 'smarthr'
    const crews = isSource
      ? await sides.source.reread(
          tasks.map(({ sourceId }) => sourceId),
          days.asOf,
          0,
        )
      : fresh
    for (const task of tasks) {
      const crew = crews?.get(isSource ? task.sourceId : (task.targetId ?? ''))
      // Who is missing at the target, the update itself says in better words.
      const isMissing = !isSource && task.targetId !== null
      const why = crew
        ? scope.crew(crew, today)
        : isSource
          ? scope.gone
          : isMissing
            ? null
            : scope.newcomer(keyOf(task.content.set.emp_code), today)
      if (why !== null) reasons.set(task, why)
    }
  }
  return {
    results: [...reasons].map(([task, why]) => failed(task, outsideReason(why, task))),
    inside: list => list.filter(task => !reasons.has(task)),
  }
}
