import { stepOf, type Flow, type Publication } from '../contract/contract.js'
import { endRun, type EndStores } from './end-run.js'
import { isPublished, type Run } from './run.js'

const DAY = 24 * 3_600_000

/** Why a snapshot is no longer on offer although some people were not fetched. */
export const endings = {
  replaced: '新しい内容が公開されたため、この公開を終了しました。新しい公開の連携レポートを確認してください。',
  withdrawn: '管理者が公開を終了しました。必要な場合は、もう一度公開してください。',
  disconnected: '連携が解除されたため、公開を終了しました。必要な場合は、もう一度連携してから公開してください。',
  expired: '公開期限までに取り込まれなかったため、公開を終了しました。必要な場合は、もう一度公開してください。',
} as const

/** A publication that stands for a year: one of each year may be on offer at a time. */
export const isYearly = (flow: Pick<Flow, 'steps'>): boolean => stepOf(flow, 'date')?.unit === 'year'

/**
 * What a snapshot is for: its year where a flow goes by years, else ''. A flow has at most one snapshot on offer for
 * each.
 */
export const publishedFor = (flow: Pick<Flow, 'steps'>, run: Pick<Run, 'referenceDate'>): string =>
  isYearly(flow) ? (run.referenceDate?.slice(0, 4) ?? '') : ''

/** Deleted in SmartHR between the plan and ［公開］. */
export const goneReason =
  '情報を取得した後に、SmartHRから削除されたため、公開していません。SmartHRで確認し、必要な場合は、取得し直してから公開してください。'

/** When a snapshot ends by itself. */
export const endsAt = (run: Pick<Run, 'publishedAt'>, { days }: Pick<Publication, 'days'>): Date =>
  new Date((run.publishedAt?.getTime() ?? 0) + days * DAY)

/**
 * Takes a snapshot off in the caller's transaction, with its mail. A person who was not acknowledged is 未実行. False: it
 * was not on offer any more.
 */
export async function endPublication(
  stores: EndStores,
  runId: string,
  why: keyof typeof endings,
  now: Date,
): Promise<boolean> {
  const run = await stores.runs.lock(runId)
  if (!run || !isPublished(run)) return false
  const reason = endings[why]
  const as = why === 'expired' ? { expired: true } : { aborted: true }
  return (await endRun(stores, run, { now, rest: { outcome: 'not_run', reason }, ...as, why: reason })) !== null
}
