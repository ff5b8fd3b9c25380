import type { Task } from '../runs/item.rows.js'
import { LeaseLost } from '../runs/lease.js'
import type { NoteWrites } from '../runs/note-writes.js'
import { pairOf } from '../runs/sides.js'
import { connect, usesLinks, type Ledger, type Writing } from './writing.js'

/** The worker before us was still at it and has finished one of them meanwhile: what it stored decides. */
export class FinishedElsewhere extends Error {}

type Note = { tasks: readonly Task[]; lookedAt: Date | null } | { task: Task; targetId: string }

interface Waiting {
  note: Note
  done(isOwn: boolean): void
  failed(error: unknown): void
}

/** So long a note of what was made waits for the next intent, to be stored with it. */
const COMPANY_MS = 10

/**
 * Several people are written at once: what they have to note while one transaction is under way goes into the next one
 * together. An intent, for which a call waits, goes at once; what was made waits a moment for it.
 */
export function createLedger(
  writing: Pick<Writing, 'inTenant' | 'run' | 'lease' | 'clock' | 'sides'>,
  noteWrites: NoteWrites,
): Ledger {
  const { inTenant, run, lease, clock, sides } = writing

  /** Stores all of them, or none. Gives the tasks whose new record is another one's. */
  const store = async (notes: readonly Note[]): Promise<ReadonlySet<Task>> => {
    const records = notes.flatMap(note => ('task' in note ? note : []))
    const stored = await noteWrites(run.tenantId, {
      runId: run.id,
      lease,
      now: clock.now(),
      intents: notes.flatMap(note =>
        'tasks' in note ? note.tasks.map(({ id }) => ({ itemId: id, lookedAt: note.lookedAt })) : [],
      ),
      made: records.map(({ task, targetId }) => ({ itemId: task.id, targetId })),
      account: sides.account,
      pairs: usesLinks(sides) ? records.map(({ task, targetId }) => pairOf(sides, task.sourceId, targetId)) : [],
    })
    if (stored === null) {
      const { held } = await inTenant(run.tenantId, ({ runs }) => runs.check(run.id, lease))
      throw held ? new FinishedElsewhere() : new LeaseLost()
    }
    return stored.allNew ? new Set() : inTenant(run.tenantId, stores => connect(writing, stores, records))
  }

  /**
   * Where one of several can't be noted, nothing was: each is tried by itself, and fails alone. Of any other failure nobody
   * knows whether it came before or after they were stored, and all of them hear of it: nothing is noted twice.
   */
  const settle = async (all: readonly Waiting[]): Promise<void> => {
    try {
      const taken = await store(all.map(({ note }) => note))
      for (const { note, done } of all) done(!('task' in note && taken.has(note.task)))
    } catch (error) {
      const noneStored = error instanceof FinishedElsewhere || error instanceof LeaseLost
      if (noneStored && all.length > 1) for (const one of all) await settle([one])
      else for (const { failed } of all) failed(error)
    }
  }

  let waiting: Waiting[] = []
  let working = false
  let hurry = () => undefined as void

  const companyOrIntent = () =>
    new Promise<void>(resolve => {
      const timer = setTimeout(resolve, COMPANY_MS)
      hurry = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const work = async () => {
    working = true
    while (waiting.length > 0) {
      if (!waiting.some(({ note }) => 'tasks' in note)) await companyOrIntent()
      const next = waiting
      waiting = []
      await settle(next)
    }
    working = false
  }
  const add = (note: Note): Promise<boolean> =>
    new Promise((done, failed) => {
      waiting.push({ note, done, failed })
      if ('tasks' in note) hurry()
      if (!working) void work()
    })

  return {
    intend: async (tasks, lookedAt = null) => void (await add({ tasks, lookedAt })),
    created: (task, targetId) => add({ task, targetId }),
  }
}
