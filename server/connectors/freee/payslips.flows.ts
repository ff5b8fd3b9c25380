import type { DateStep, DialogWords, ImportFlow, Step } from '../../contract/contract.js'
import { PRODUCT } from './errors.js'
import { isFixed, USUAL_ITEMS } from './statements.js'

/** Begins as the mail that follows a failed import does (SmartHR help on freee's payslips). */
const UNKNOWN =
  'SmartHRに存在しない従業員が指定されています。freee人事労務と同じ社員番号の従業員が、SmartHRに登録されているか確認してください。SmartHRから削除した従業員の明細は、選択せずに取り込んでください。'

const names = (month: string, what: string) => `${month}${what}（${PRODUCT}）`

const month: DateStep = {
  kind: 'date',
  heading: '支給月',
  unit: 'month',
  lead: '取り込む明細の支給月を選択してください。［次へ］を押すと、両方のサービスから情報を取得します。この時点では、どちらにも書き込みません。',
  help: '選択した月に支給される明細のうち、freee人事労務で確定したものを取り込めます。',
  notes: [],
}

/** The pages after the days or the month. */
const rest = (dialog: DialogWords): Step[] => [
  { kind: 'fetch', shownIn: 'wizard' },
  { kind: 'select', button: '確認' },
  { kind: 'confirm', dialog },
]

const common = {
  kind: 'import',
  direction: 'to-smarthr',
  dataset: 'payslips',
  words: {
    item: '従業員',
    counter: '名',
    key: '社員番号',
    name: '氏名',
    detail: '給与形態・支給日・期間',
    act: '取り込み',
    new: '取り込み',
    leftOut: 'freee人事労務で確定していない明細（{n}件）は、表示していません。',
    empty: '対象の従業員はいません。支給月を確認してください。',
  },
  includes: isFixed,
  identity: 'links',
  payslips: {
    items: 'sent',
    usualItems: USUAL_ITEMS,
    names,
    unknown: 'fails-all',
    unknownReason: UNKNOWN,
  },
  from: PRODUCT,
  to: 'SmartHR',
} as const

const notes = [
  '取り込んだ明細は、SmartHRで未確定の状態になります。内容を確認して、SmartHRで確定・公開してください。',
  'SmartHRの給与明細項目にない項目は、自動で登録されます。',
  '差引支給額・支給合計・控除合計の3つの項目がSmartHRの給与明細項目に登録されていないと、取り込めません。',
]

/** 給与明細の取り込み */
export const salaryFlow: ImportFlow = {
  ...common,
  id: 'salary-payslips',
  steps: [
    month,
    ...rest({
      title: '従業員の給与明細を取り込みますか？',
      button: '取り込み',
      summary: 'freee人事労務からSmartHRへ、{n}名の給与明細を取り込みます。',
      started: 'SmartHRへ選択した従業員の給与明細同期を開始しました',
    }),
  ],
  panel: {
    title: '従業員の給与明細を取り込む',
    button: '同期を開始',
    lead: 'freee人事労務で確定した給与明細を、SmartHRに取り込みます。',
  },
  title: '給与明細の取り込み',
  historyLabel: '給与明細同期',
  notes: [
    ...notes,
    'freee人事労務の「残業手当合計」の内訳は、SmartHRでは「残業代」の支給項目として取り込みます。実績時間の内訳は、勤怠項目に取り込みます。',
  ],
}

/** 賞与明細の取り込み */
export const bonusFlow: ImportFlow = {
  ...common,
  id: 'bonus-payslips',
  steps: [
    {
      kind: 'period',
      heading: '賞与対象開始日と締日',
      from: '賞与対象開始日',
      to: '賞与対象締日',
      lead: '賞与の対象期間を入力してください。SmartHRの給与明細の対象期間になります。',
    },
    month,
    ...rest({
      title: '従業員の賞与明細を取り込みますか？',
      button: '取り込み',
      summary: 'freee人事労務からSmartHRへ、{n}名の賞与明細を取り込みます。',
      started: 'SmartHRへ選択した従業員の賞与明細同期を開始しました',
    }),
  ],
  words: { ...common.words, detail: '支給日' },
  panel: {
    title: '従業員の賞与明細を取り込む',
    button: '同期を開始',
    lead: 'freee人事労務で確定した賞与明細を、SmartHRに取り込みます。',
  },
  title: '賞与明細の取り込み',
  historyLabel: '賞与明細同期',
  notes: [...notes, '勤怠は取り込みません。SmartHRの画面には、空の勤怠項目が表示されます。'],
}
