import type { Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import { at } from '../runs/labels.js'
import type { Run } from '../runs/run.js'
import type { PageLink } from '../web/page.js'
import { ASKED, listTitle, titleOf } from './run-list.view.js'

/** What a dashboard says of 承認, and where it leads. */
export interface WaitingApproval {
  text: string
  link: PageLink
}

interface Open {
  runId: string
  requestedBy: string
}

/** So many requests that nobody has agreed to are named; the list of runs has the others. */
export const NAMED_REQUESTS = 3

/** What the dashboard of one administrator is drawn from. */
export interface ApprovalsInput {
  /** runs that wait for an agreement, the oldest first */
  waiting?: readonly Open[]
  /** requests of whoever looks that nobody has agreed to, the newest first: those to be named, and how many there are */
  unanswered?: { first: readonly { run: Run; requestedAt: Date }[]; total: number }
  /** whoever looks */
  adminId?: string
}

/** Each request that has ended without an agreement, by its own name. */
function unansweredOf(
  connector: Connector,
  { first, total }: NonNullable<ApprovalsInput['unanswered']>,
): WaitingApproval[] {
  const named = first.map(({ run, requestedAt }) => ({
    text: `「${titleOf(connector, run)}」の承認の依頼（${at(requestedAt)}）が、承認されずに終わりました。理由を確認してください。`,
    link: { href: paths.approval.to({ id: run.id }), label: '理由を確認' },
  }))
  const more = total - named.length
  if (more <= 0) return named
  const all = { href: paths.runs.to({ connector: connector.id }), label: listTitle(connector) }
  return [...named, { text: `承認されずに終わった依頼が、ほかに${String(more)}件あります。`, link: all }]
}

/** What waits for an agreement: of the others to be decided on, and one's own. Several of a kind are listed. */
export function waitingApprovals(
  connector: Connector,
  { waiting = [], unanswered = { first: [], total: 0 }, adminId }: ApprovalsInput,
): WaitingApproval[] {
  const one = (runId: string) => paths.approval.to({ id: runId })
  const all = paths.runs.to({ connector: connector.id }, { state: ASKED })
  const open = (runs: readonly Open[], text: (count: string) => string, label: string): WaitingApproval[] =>
    runs.slice(0, 1).map(({ runId }) => ({
      text: text(String(runs.length)),
      link: { href: runs.length > 1 ? all : one(runId), label },
    }))
  const isOwn = ({ requestedBy }: Open) => requestedBy === adminId
  return [
    ...open(
      waiting.filter(run => !isOwn(run)),
      count => `承認待ちの依頼が${count}件あります。`,
      '依頼を確認',
    ),
    ...unansweredOf(connector, unanswered),
    ...open(waiting.filter(isOwn), count => `あなたが依頼した承認待ちの依頼が${count}件あります。`, '依頼を確認する'),
  ]
}
