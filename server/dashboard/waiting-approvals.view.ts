import type { Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { PageLink } from '../web/page.js'
import { ASKED } from './run-list.view.js'

/** What a dashboard says of 承認, and where it leads. */
export interface WaitingApproval {
  text: string
  link: PageLink
}

interface Open {
  runId: string
  requestedBy: string
}

/** What the dashboard of one administrator is drawn from. */
export interface ApprovalsInput {
  /** runs that wait for an agreement, the oldest first */
  waiting?: readonly Open[]
  /** those of whoever looks that nobody has agreed to, the newest first */
  unanswered?: readonly string[]
  /** whoever looks */
  adminId?: string
}

/** What waits for an agreement: of the others to be decided on, and one's own. Several of a kind are listed. */
export function waitingApprovals(
  connector: Pick<Connector, 'id'>,
  { waiting = [], unanswered = [], adminId }: ApprovalsInput,
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
    ...unanswered.slice(0, 1).map(runId => ({
      text: `承認の依頼が${String(unanswered.length)}件、承認されずに終わりました。理由を確認してください。`,
      link: { href: one(runId), label: '理由を確認' },
    })),
    ...open(
      waiting.filter(isOwn),
      count => `承認を依頼している同期が${count}件あります（承認待ち）。`,
      '依頼を確認する',
    ),
  ]
}
