import type { Recorder } from '../audit/audit.store.js'
import { Conflict } from '../errors.js'
import type { JobStore } from '../jobs/job.store.js'
import type { MailStore } from '../jobs/mail.store.js'
import { hoursAfter, isOpen } from '../runs/approval.js'
import type { ApprovalStore } from '../runs/approval.store.js'
import type { Who } from '../runs/may-start.js'
import type { Run } from '../runs/run.js'
import type { Confirmation } from './confirm.form.js'

/** The administrators of a company. */
export interface Others {
  administrators(): Promise<readonly { id: string }[]>
  isAdministrator(id: string): Promise<boolean>
}

export interface AskingStores {
  admins: Others
  approvals: ApprovalStore
  mails: Pick<MailStore, 'addApproval'>
  jobs: Pick<JobStore, 'enqueue'>
  audit: Recorder
}

export const NOBODY_ELSE =
  '承認できる管理者が、ほかにいません。ほかの管理者がRenkeiにログインしてから、もう一度依頼してください。ほかの管理者がログインできない場合は、メニューの［承認］で承認を弱めてください。24時間が過ぎると適用されます。'

export const ASKED_ALREADY = 'この内容は、すでに承認を依頼しています。承認されるまでお待ちください。'

/**
 * ［承認を依頼］ of a locked run that nothing else stands in the way of: bound to what the dialog showed. Every other
 * administrator gets a mail.
 */
export async function askOthers(
  { admins, approvals, mails, jobs, audit }: AskingStores,
  { run, who, shown, now, ...of }: { run: Run; who: Who; shown: Confirmation; total: number; new: number; now: Date },
): Promise<void> {
  const before = await approvals.latest(run.id)
  if (before && isOpen(before, now)) throw new Conflict(ASKED_ALREADY)
  const others = (await admins.administrators()).filter(({ id }) => id !== who.adminId)
  if (others.length === 0) throw new Conflict(NOBODY_ELSE)
  const { mark, again, fewer, count, names } = shown
  const confirmation = { again, fewer, count, names }
  const id = await approvals.ask(run, { mark, confirmation, adminId: who.adminId, now, expiresAt: hoursAfter(now) })
  await audit.add({ act: 'run.asked', connector: run.connector, runId: run.id, details: of })
  for (const recipient of others) {
    const mailId = await mails.addApproval({ about: 'approval-asked', of: id, runId: run.id }, recipient.id, now)
    if (mailId) await jobs.enqueue('mail.approval', mailId)
  }
}
