import type { Recorder } from '../audit/audit.store.js'
import { Conflict, Forbidden, NotFound } from '../errors.js'
import type { JobStore } from '../jobs/job.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { approvalNeeded, isOpen, type Approval } from '../runs/approval.js'
import type { ApprovalStore } from '../runs/approval.store.js'
import { endedText, NEWER_REQUEST } from '../runs/approval.words.js'
import { findRun, type FlowOf } from '../runs/flow-of.js'
import type { Fired } from '../runs/guard.js'
import type { Who } from '../runs/may-start.js'
import type { Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import { undoLabel } from '../runs/undoing.words.js'
import type { Starting, WhyNot } from './start.service.js'

interface ApprovingStores {
  admins: { isAdministrator(id: string): Promise<boolean> }
  approvals: ApprovalStore
  runs: Pick<RunStore, 'find' | 'lock'>
  mails: Pick<MailStore, 'addApproval'>
  jobs: Pick<JobStore, 'enqueue'>
  audit: Recorder
}

export interface ApprovingDeps {
  inTenant: InTenant<ApprovingStores>
  clock: Clock
  flowOf: FlowOf
  starting: Pick<Starting, 'startApproved' | 'whyNot'>
  /** asks SmartHR whether somebody is an administrator now; throws where nobody can say */
  isStillAdministrator(tenantId: string, adminId: string): Promise<boolean>
}

/** Why somebody may not decide; a page says it with 403. */
const OWN =
  '自分が依頼した内容は、承認も差し戻しもできません。ほかの管理者が承認してください。やめる場合は、［依頼を取り下げる］を押してください。'
const NOT_YOURS = '依頼を取り下げられるのは、依頼した管理者だけです。承認しない場合は、差し戻してください。'
const ASKER_LEFT =
  '依頼した人が、SmartHRの管理者ではなくなったため、承認できません。必要な場合は、あらためて同期を始めて、承認を依頼してください。'
const APPROVER_LEFT =
  'SmartHRの管理者であることを確認できないため、承認できません。ほかの管理者が承認するか、SmartHRの権限を確認してログインし直してください。'

const DECIDED_ALREADY = '別の画面で、すでに承認されました。連携レポートで確認してください。'

/** What was asked of the others about a run, and their answer. */
export function createApproving({ inTenant, clock, flowOf, starting, isStillAdministrator }: ApprovingDeps) {
  const actOf = (run: Run) => undoLabel(flowOf(run.connector, run.flow, run).flow.words.act, run)

  /** The request that the page showed, still open. Throws Conflict with what became of it. */
  const openOne = (approval: Approval | null, { id, who, run }: { id: string; who: Who; run: Run }): Approval => {
    if (!approval) throw new NotFound()
    if (isOpen(approval, clock.now())) {
      if (approval.id === id) return approval
      throw new Conflict(NEWER_REQUEST)
    }
    if (approval.state === 'approved') throw new Conflict(DECIDED_ALREADY)
    const ended = { act: actOf(run), isOwn: approval.requestedBy === who.adminId, isReady: run.state === 'ready' }
    throw new Conflict(endedText(approval.state === 'open' ? 'expired' : approval.state, ended))
  }

  /** … and not one's own. */
  const othersOne = (approval: Approval | null, asked: { id: string; who: Who; run: Run }): Approval => {
    if (approval?.id === asked.id && approval.requestedBy === asked.who.adminId) throw new Forbidden(OWN)
    return openOne(approval, asked)
  }

  const look = (who: Who, runId: string) =>
    inTenant(who.tenantId, async stores => ({
      run: await findRun(stores, runId),
      approval: await stores.approvals.latest(runId),
    }))

  /** Ends an open request in a transaction of its own. */
  const end = (who: Who, runId: string, work: (stores: ApprovingStores, run: Run) => Promise<void>) =>
    inTenant(who.tenantId, async stores => {
      await stores.runs.lock(runId)
      await work(stores, await findRun(stores, runId))
    })

  return {
    /** Whether the dialog's button asks the others first. */
    needed: (run: Run, { fired, total }: { fired: readonly Fired[]; total: number }): Promise<boolean> =>
      inTenant(run.tenantId, stores => approvalNeeded(stores, run, { fired, total, now: clock.now() })),

    /** What was asked last about the run; null: nothing. */
    latest: async (run: Run): Promise<Approval | null> =>
      inTenant(run.tenantId, ({ approvals }) => approvals.latest(run.id)),

    /** Why what was asked for could be begun by nobody, as far as that is known. */
    whyNot: (run: Run, approval: Approval): Promise<WhyNot> => starting.whyNot(run, approval),

    /**
     * ［承認して同期］. Throws Forbidden where it is one's own or somebody is no administrator, and Conflict where it can't
     * be begun now. `stale`: why it can't be begun any more, and is void by now.
     */
    async approve(who: Who, runId: string, id: string): Promise<{ gone: number } | { stale: string }> {
      const { run, approval } = await look(who, runId)
      const asked = othersOne(approval, { id, who, run })
      if (!(await isStillAdministrator(who.tenantId, who.adminId))) throw new Forbidden(APPROVER_LEFT)
      if (!(await isStillAdministrator(who.tenantId, asked.requestedBy))) throw new Forbidden(ASKER_LEFT)
      return starting.startApproved(who, runId, async (locked, { admins }) => {
        const decided = othersOne(locked, { id, who, run })
        if (!(await admins.isAdministrator(who.adminId))) throw new Forbidden(APPROVER_LEFT)
        if (!(await admins.isAdministrator(decided.requestedBy))) throw new Forbidden(ASKER_LEFT)
        return decided
      })
    },

    /** ［差し戻す］: whoever asked gets a mail, and the comment on the page. */
    sendBack: (who: Who, runId: string, { id, comment }: { id: string; comment: string }): Promise<void> =>
      end(who, runId, async ({ approvals, mails, jobs, audit }, run) => {
        const now = clock.now()
        const { requestedBy, requestedByName } = othersOne(await approvals.lockLatest(runId), { id, who, run })
        await approvals.decide(id, 'returned', { adminId: who.adminId, now, comment })
        await audit.add({
          act: 'run.returned',
          connector: run.connector,
          runId,
          details: { requester: requestedByName },
        })
        const mailId = await mails.addApproval({ about: 'approval-returned', of: id, runId }, requestedBy, now)
        if (mailId) await jobs.enqueue('mail.approval', mailId)
      }),

    /** ［依頼を取り下げる］ */
    withdraw: (who: Who, runId: string, id: string): Promise<void> =>
      end(who, runId, async ({ approvals, audit }, run) => {
        const locked = await approvals.lockLatest(runId)
        if (locked?.id === id && locked.requestedBy !== who.adminId) throw new Forbidden(NOT_YOURS)
        openOne(locked, { id, who, run })
        await approvals.decide(id, 'withdrawn', { adminId: who.adminId, now: clock.now() })
        await audit.add({ act: 'run.ask-withdrawn', connector: run.connector, runId })
      }),
  }
}

export type Approving = ReturnType<typeof createApproving>
