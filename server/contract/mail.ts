import type { Flow } from './contract.js'

/**
 * Subjects of result mails. The sentence of a run that ended is SmartHR's own (help page, mail of a sync). A run that
 * failed as a whole or was stopped must not read like one. Its sentence follows the help on payslips.
 */

/** 「SmartHRから（サービス名）へ従業員情報を同期しました｜会社名」 */
export const employeesSubject = (
  { from, to }: Pick<Flow, 'from' | 'to'>,
  company: string,
  failed: boolean,
  stopped = false,
): string => {
  const what = failed
    ? '従業員情報の同期が失敗しました'
    : stopped
      ? '従業員情報の同期を中止しました'
      : '従業員情報を同期しました'
  return `${from}から${to}へ${what}｜${company}`
}

/** The same for flows that are called by their title. */
export const titleSubject = (
  { title }: Pick<Flow, 'title'>,
  company: string,
  failed: boolean,
  stopped = false,
): string => `${title}${failed ? 'が失敗しました' : stopped ? 'を中止しました' : 'が終了しました'}｜${company}`
