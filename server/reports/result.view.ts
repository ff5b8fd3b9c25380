import { readsFile, type Flow, type SyncFlow } from '../contract/contract.js'
import { paths } from '../paths.js'
import { unwritableSentence } from '../runs/errors-csv.js'
import type { ItemPage } from '../runs/item.rows.js'
import { excludedRows } from '../runs/excluded-rows.js'
import { amount, leftOutSentence, repeatButtons } from '../runs/labels.js'
import { repeatedOutcomes, type Outcome, type RepeatedOutcome, type Run } from '../runs/run.js'
import type { Fact, PageLink } from '../web/page.js'
import type { Report } from './report.service.js'

export type OutcomeFilter = Outcome | 'pending'

export const outcomeFilters: readonly OutcomeFilter[] = ['succeeded', 'failed', 'unconfirmed', 'not_run', 'pending']

/** How a run ended, and what can be done about it. */
export interface Result {
  numbers: Fact[]
  /** how many the flow's rule has left out, where the selection was not shown */
  leftOut: string | null
  /** `first`: what has to be done before the next run, e.g. ［再連携する］ */
  failure: { title: string; text: string; first: PageLink | null } | null
  deleted: string | null
  /** the buttons that repeat the run for some of its people; null: it has not ended */
  repeats: { outcome: RepeatedOutcome; label: string; primary: boolean }[] | null
  /** why none of it can be repeated, and what to do instead; null: it can, or nothing is left */
  notRepeated: string | null
  /** what to look at before the payroll is confirmed */
  remarks: string | null
  /** what to look at in the target now that a person was written there */
  afterwards: SyncFlow['afterwards'] | null
  /** where the payroll of the run is confirmed and published */
  payroll: PageLink | null
  /** `note`: how many signs the file has no room for */
  downloads: { href: string; label: string; note: string | null }[]
}

export interface ResultInput {
  flow: Flow
  run: Run
  counts: Readonly<Record<OutcomeFilter, number>>
  failures: ItemPage
  /** creates that nobody could confirm */
  unconfirmed: ItemPage
  left: Report['left']
  /** how many went through and need a look all the same */
  remarks: number
  unwritable: { failed: number; all: number }
  /** what has to be done first, where something is known to be in the way */
  first: PageLink | null
  /** SmartHR's page of the run's payroll */
  payroll: string | null
}

/** Two files of those who failed, if any, and two of all people. */
function downloadsOf({ flow, run, failures, unconfirmed, unwritable }: ResultInput): Result['downloads'] {
  if (run.peopleDeletedAt !== null) return []
  const files = (who: string, query: { all?: number }, signs: number): Result['downloads'] => [
    { href: paths.errorsCsv.to({ id: run.id }, query), label: `${who}（CSV、UTF-8）`, note: null },
    {
      href: paths.errorsCsv.to({ id: run.id }, { ...query, encoding: 'sjis' }),
      label: `${who}（CSV、Shift_JIS）`,
      note: unwritableSentence(signs),
    },
  ]
  const { item } = flow.words
  const kinds = [
    ...(failures.items.length + unconfirmed.items.length > 0 ? ['失敗'] : []),
    ...(unconfirmed.items.length > 0 ? ['要確認'] : []),
    ...(excludedRows(flow, run) ? ['対象外'] : []),
  ]
  const inVain = kinds.join() === '失敗' ? `失敗した${item}` : `${kinds.join('・')}の${item}`
  const all = readsFile(flow) ? `ファイルのすべての${flow.words.detail}` : `すべての${item}`
  return [...(kinds.length > 0 ? files(inVain, {}, unwritable.failed) : []), ...files(all, { all: 1 }, unwritable.all)]
}

export function resultOf(input: ResultInput, ended: boolean): Result {
  const { flow, run, counts, left, remarks, first } = input
  const toLookAt = remarks + run.unconfirmedCount
  // Nothing is left to read once more where the file went with the run.
  const canRepeat = run.peopleDeletedAt === null && !readsFile(flow)
  const repeatable = canRepeat ? repeatedOutcomes.filter(outcome => counts[outcome] > 0) : []
  return {
    numbers: [
      ['成功', `${amount(run.succeededCount)}件`],
      ['失敗', `${amount(run.failedCount)}件`],
      ...(toLookAt > 0 ? [['要確認', `${amount(toLookAt)}件`] as const] : []),
      ...(left.total > 0 ? [['対象外', `${amount(left.total)}件`] as const] : []),
      ...(counts.not_run > 0 ? [['未実行', `${amount(counts.not_run)}件`] as const] : []),
    ],
    leftOut: leftOutSentence(flow, run),
    failure:
      run.failure === null
        ? null
        : { title: flow.kind === 'publication' ? '終了の理由' : 'エラー内容', text: run.failure, first },
    deleted:
      run.peopleDeletedAt === null
        ? null
        : `保存期間が過ぎたため、${flow.words.item}の個人情報は削除されました。件数・結果・理由だけを表示しています。`,
    repeats: ended
      ? repeatable.map((outcome, index) => ({
          outcome,
          label: repeatButtons[outcome],
          primary: index === 0 && !first,
        }))
      : null,
    notRepeated:
      ended && readsFile(flow) && run.peopleDeletedAt === null && repeatedOutcomes.some(outcome => counts[outcome] > 0)
        ? `${flow.from}は、${flow.words.act}の終了時に削除しました。失敗した${flow.words.item}は、［ダウンロード］の一覧で理由を確認し、修正したファイルを選択し直してください。成功した${flow.words.item}の行が残っていても、差分なしになります。`
        : null,
    remarks:
      remarks > 0 && run.takenBackAt === null
        ? `${amount(remarks)}件は、取り込みましたが、確認が必要です。理由を確認してから、確定・公開してください。`
        : null,
    afterwards: (flow.kind === 'sync' && ended && run.succeededCount > 0 && !run.undoneAt && flow.afterwards) || null,
    payroll: input.payroll === null ? null : { href: input.payroll, label: 'SmartHRの給与明細を開く' },
    downloads: downloadsOf(input),
  }
}
