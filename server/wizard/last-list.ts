import type { Request } from 'express'
import type { Run } from '../runs/run.js'

/** The list that an administrator looked at last, of each flow: as an address, in the session. */
interface LastList {
  runId: string
  /** the list, as it was */
  query: string
  /** what of it is worth having with a later run */
  forLater: string
}

declare module 'express-session' {
  interface SessionData {
    lists: Readonly<Record<string, LastList>>
  }
}

/** What a run takes back is another list than what its flow brings. */
const flowOf = ({ connector, flow, undoOf }: Run): string => `${connector}/${flow}${undoOf === null ? '' : '/undo'}`

/** Keeps the list that is looked at. */
export function keepList(req: Request, run: Run, list: { query: string; forLater: string }): void {
  const [name, before] = [flowOf(run), req.session.lists ?? {}]
  const { runId, query, forLater } = before[name] ?? {}
  if (runId === run.id && query === list.query && forLater === list.forLater) return
  req.session.lists = { ...before, [name]: { runId: run.id, ...list } }
}

/** The list of this very run, for the way back to it; '' for the one it begins with. */
export function lastList(req: Request, run: Run): string {
  const last = req.session.lists?.[flowOf(run)]
  return last?.runId === run.id ? last.query : ''
}

/** How an earlier run of the flow was narrowed, for one that is opened for the first time; '' for not at all. */
export function listOfEarlierRun(req: Request, run: Run): string {
  const last = req.session.lists?.[flowOf(run)]
  return last && last.runId !== run.id ? last.forLater : ''
}
