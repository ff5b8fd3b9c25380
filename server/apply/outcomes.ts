import type { Flow } from '../contract/contract.js'
import { VendorMissing, VendorRefused, type Reason } from '../errors.js'
import type { Task } from '../runs/item.rows.js'
import type { Result } from '../runs/item.store.js'
import { problemsReason } from '../runs/reasons.js'
import { repeatButtons } from '../runs/labels.js'
import type { Sides } from '../runs/sides.js'

export const movedReason = (target: string) =>
  `計画後に変更されています。上書きを防ぐため、${target}には書き込んでいません。最新の内容を取得し直して、再度同期してください。`

export const keyTakenReason = ({ names, flow }: Pick<Sides, 'names' | 'flow'>) =>
  `情報を取得した後に、同じ${flow.words.key}の${flow.words.item}が${names.target}に登録されました。二重登録を防ぐため、登録していません。最新の内容を取得し直して、再度同期してください。`

/** A create had no answer, and before it is sent again somebody has its key. */
export const keyFoundReason = ({ names, flow }: Pick<Sides, 'names' | 'flow'>) =>
  `${names.target}から応答がなく、登録できたかを確認できませんでした。同じ${flow.words.key}の${flow.words.item}が${names.target}に登録されているため、送信し直していません。${names.target}の内容を確認し、最新の内容を取得し直してから、再度同期してください。`

/** A part had been written when the run was put aside, and the record has changed before the rest was. */
export const movedHalfwayReason = (target: string) =>
  `更新の途中で中断している間に、${target}で内容が変更されました。上書きを防ぐため、残りの項目は書き込んでいません。一部の項目だけが更新されている可能性があります。最新の内容を取得し直して、再度同期してください。`

export const missingReason = (target: string) =>
  `対象の従業員が${target}に見つかりません。退職または削除されたか、参照する権限がない可能性があります。${target}を確認して、再度同期してください。`

/** Whoever was inside the 対象範囲 at the plan and is not any more, and what is to be done about it. */
export const outsideReason = (why: string, { intentAt }: Pick<Task, 'intentAt'>): Reason => {
  const done =
    intentAt === null
      ? '情報を取得した後に、対象範囲の外になったため、書き込んでいません。SmartHRの登録内容を確認し、取得し直して、再度同期してください。'
      : '更新の途中で中断している間に、対象範囲の外になったため、残りの項目は書き込んでいません。一部の項目だけが更新されている可能性があります。両方の登録内容を確認し、取得し直して、再度同期してください。'
  return { shown: `${why}${done}`, kept: done }
}

/** The target answered others meanwhile, and this one not in two rounds of tries. */
export const stuckReason = (target: string) =>
  `${target}がこの従業員の更新に繰り返しエラーを返したため、中断しました。更新されていないか、一部だけ更新されている可能性があります。${target}を確認してから、再度同期してください。`

/** 中止: for every item that was not reached. */
export const stoppedReason = `中止したため、同期していません。必要な場合は、連携レポートの［${repeatButtons.not_run}］で同期してください。`

export const succeeded = (task: Task): Result => ({ itemId: task.id, outcome: 'succeeded', reason: null })
export const failed = (task: Task, reason: Reason): Result => ({ itemId: task.id, outcome: 'failed', reason })
export const unconfirmed = (task: Task, reason: Reason): Result => ({ itemId: task.id, outcome: 'unconfirmed', reason })

/** The plan found what would be refused: nothing is sent. */
export const hasProblems = (task: Task) => task.content.problems.length > 0
export const failedByPlan = (task: Task, flow: Flow) => failed(task, problemsReason(task.content, flow))

/** A refusal that concerns this item alone becomes its result, worded by `word`. Anything else is thrown. */
export async function orRefused(
  task: Task,
  write: () => Promise<Result>,
  word = (reason: Reason) => reason,
): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof VendorRefused || error instanceof VendorMissing) return failed(task, word(error.reason))
    throw error
  }
}
