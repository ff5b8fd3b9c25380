import { bonusFlow, salaryFlow } from '../../server/connectors/freee/payslips.flows.js'
import { stepOf, type DateStep, type Flow } from '../../server/contract/contract.js'
import { smarthrLimits } from '../../server/smarthr/limits.js'
import { itemsPage } from '../../server/wizard/items.view.js'
import { askingOf } from '../../server/wizard/steps.view.js'
import { periodPage } from '../../server/wizard/period.view.js'
import { registryPage } from '../../server/payslips/registered-item.view.js'
import { presetNames } from '../../server/payslips/payroll-names.js'
import type { RegisteredItem } from '../../server/payslips/statement-items.js'
import { reportPage } from '../../server/reports/report.view.js'
import { takeBackPage } from '../../server/reports/undo.view.js'
import { wholeView, type ItemWithContent, type Run } from '../../server/runs/run.js'
import { confirmPage } from '../../server/wizard/confirm.view.js'
import { selectPage } from '../../server/wizard/select.view.js'
import { datePage } from '../../server/wizard/date.view.js'
import type { Picture } from './pictures.js'
import { aPage, aRun, anEndedRun, anItem, connector, EVIL, LONG, theStep } from './samples.js'

/** A service whose items are registered here, whose payrolls are named in the dialog, and where nobody is asked whom. */
const askingFlow: Flow = {
  ...salaryFlow,
  steps: [
    theStep(salaryFlow, 'date'),
    { kind: 'fetch', shownIn: 'wizard' },
    { kind: 'items' },
    theStep(salaryFlow, 'confirm'),
  ],
  payslips: {
    items: 'asked',
    names: (month, what) => month + what,
    unknown: 'fails-one',
    unknownReason: 'SmartHRに存在しません。',
  },
}

const aStatement = (number: number, changes: Partial<ItemWithContent> = {}): ItemWithContent =>
  anItem(number, {
    class: 'new',
    targetId: null,
    kana: '',
    detail: '月給 2026/01/23 2026/01/01 2026/01/31',
    content: {
      set: {},
      target: null,
      changes: [
        { field: '差引支給額', label: '差引支給額', before: '', after: '226,516円' },
        { field: '時間外労働', label: '時間外労働', before: '', after: '25:30' },
        { field: '在宅勤務手当', label: '在宅勤務手当', before: '', after: '-5,000円' },
      ],
      problems: [],
      notes: [],
      group: { paymentType: 'salary', paidAt: '2026-01-23', periodStart: '2026-01-01', periodEnd: '2026-01-31' },
    },
    ...changes,
  })

const repeated = aStatement(2, {
  repeated: true,
  content: { ...aStatement(2).content, notes: ['同じ明細が2026/01/31 10:00に取り込み済みです。'] },
})

const unknown = anItem(3, {
  class: 'excluded',
  excludedReason: 'SmartHRに存在しない従業員が指定されています',
  name: LONG,
  content: { set: {}, target: null, changes: [], problems: [], notes: [] },
})

const draft = (flow: Flow, changes: Partial<Run> = {}) =>
  aRun({ flow: flow.id, state: 'draft', referenceDate: '2026-01-01', ...changes })

const month = (flow: Flow, typed: string, error: string | null = null): Picture => ({
  view: 'pages/wizard/date',
  locals: {
    connector,
    flow,
    run: draft(flow),
    page: datePage({
      flow,
      step: theStep(flow, 'date'),
      asking: askingOf(draft(flow), 'date'),
      typed,
      error,
      problem: null,
      today: '2026-01-31',
    }),
  },
})

const year: DateStep = {
  kind: 'date',
  heading: '年度',
  unit: 'year',
  help: '取り込む年末調整の年度を選択してください。',
  notes: [],
}

const period = (typed: { from: string; to: string }, errors: Record<string, string> = {}): Picture => ({
  view: 'pages/wizard/period',
  locals: {
    connector,
    flow: bonusFlow,
    run: draft(bonusFlow),
    page: periodPage({
      flow: bonusFlow,
      step: theStep(bonusFlow, 'period'),
      asking: askingOf(draft(bonusFlow), 'period'),
      typed,
      errors,
    }),
  },
})

const registry = (items: readonly RegisteredItem[], errors: Record<string, string>): Picture => ({
  view: 'pages/payslip-items',
  locals: { connector, page: registryPage({ connector, items, errors }) },
})

const items = (chosen: readonly RegisteredItem[] | null = null, errors: Record<string, string> = {}): Picture => {
  const run = aRun({
    flow: askingFlow.id,
    newItems: [
      { name: '差引支給額', kind: 'net' },
      { name: EVIL, kind: 'payment' },
      { name: LONG, kind: 'attendance' },
    ],
  })
  const doubted = Object.keys(errors).length > 0
  const page = itemsPage({ flow: askingFlow, run, chosen, errors, doubted })
  return { view: 'pages/wizard/items', locals: { connector, flow: askingFlow, run, page } }
}

const select = (list: ItemWithContent[], error: string | null = null): Picture => {
  const newItems = [{ name: '在宅勤務手当', kind: 'payment' as const }]
  const run = aRun({ flow: salaryFlow.id, referenceDate: '2026-01-01', newItems })
  const page = selectPage({
    connector,
    flow: salaryFlow,
    run,
    view: wholeView,
    place: { cursor: null, page: 1 },
    page: aPage(list),
    total: list.length,
    selectable: list.length,
    ownTicks: 0,
    warned: [],
    selected: 0,
    facets: null,
    site: 'https://midori.smarthr.jp',
    at: '',
    error,
    settings: null,
  })
  return { view: 'pages/wizard/select', locals: { connector, flow: salaryFlow, run, page } }
}

const confirm = (
  flow: Flow,
  list: ItemWithContent[],
  input: Partial<Parameters<typeof confirmPage>[0]> = {},
): Picture => {
  const run = aRun({ flow: flow.id, referenceDate: '2026-01-01' })
  const group = list[0]?.content.group
  const names = group && flow.kind === 'import' ? presetNames(group, flow.payslips, { admin: [], crew: [] }) : null
  const page = confirmPage({
    connector,
    flow,
    run,
    limits: smarthrLimits,
    selected: { total: list.length, new: list.length, changed: 0 },
    page: aPage(list),
    mark: 'd41d8cd9',
    repeated: list.filter(item => item.repeated).length,
    left: null,
    names,
    newItems: list.length > 1 ? ['在宅勤務手当', EVIL] : [],
    now: new Date('2026-01-31T15:02:00Z'),
    ...input,
  })
  return { view: 'pages/wizard/confirm', locals: { connector, flow, run, page } }
}

const report = (flow: Flow, run: Run, list: ItemWithContent[], payroll: string | null): Picture => {
  const failures = list.filter(item => item.outcome === 'failed')
  const counts = { succeeded: run.succeededCount, failed: run.failedCount, unconfirmed: 0, not_run: 0, pending: 0 }
  const page = reportPage({
    site: 'https://midori.smarthr.jp',
    connector,
    flow,
    run,
    counts,
    filter: null,
    page: aPage(list),
    failures: aPage(failures),
    unconfirmed: aPage([]),
    left: { items: [], total: 0 },
    remarks: 0,
    unwritable: { failed: 0, all: 0 },
    payroll,
    first: null,
    undo: null,
    now: new Date('2026-01-31T15:02:00Z'),
  })
  return { view: 'pages/report', locals: { connector, flow, run, page } }
}

const takeBack = (error: string | null): Picture => {
  const run = named(salaryFlow)
  const look = { why: null, written: { changed: 0, registered: 60 }, undoneBy: null }
  return { view: 'pages/take-back', locals: { connector, run, page: takeBackPage(salaryFlow, run, { look, error }) } }
}

const named = (flow: Flow, changes: Partial<Run> = {}) =>
  anEndedRun({
    flow: flow.id,
    referenceDate: '2026-01-01',
    period: stepOf(flow, 'period') ? { from: '2025-06-01', to: '2025-11-30' } : null,
    options: { name_for_admin: { value: EVIL, label: EVIL }, name_for_crew: { value: LONG, label: LONG } },
    groupId: 'pr1',
    ...changes,
  })

const PAYROLL = 'https://midori-shokai.smarthr.example/payrolls/pr1'

/** The pages that only statements have, and the others with statements in them. */
export const payslipPictures: Readonly<Record<string, Picture>> = {
  'payslips-month': month(salaryFlow, '2026-01-01'),
  'payslips-month-error': month(salaryFlow, EVIL, '支給月が正しくありません。一覧から選択してください。'),
  'payslips-year': month({ ...salaryFlow, steps: [year, ...salaryFlow.steps.slice(1)] }, '2026-12-31'),
  'payslips-period': period({ from: '', to: '' }),
  'payslips-period-errors': period(
    { from: EVIL, to: '2026-01-31' },
    { from: '賞与対象開始日が正しくありません。', to: '賞与対象締日が入力されていません。' },
  ),
  'payslips-items': items(),
  'payslips-items-errors': items(
    [
      { name: '差引支給額', kind: 'net', shown: false },
      { name: EVIL, kind: 'net', shown: true },
      { name: LONG, kind: 'deduction', shown: true },
    ],
    { 'kind-1': '差引支給額にできる項目は1つだけです。すでに「差引支給額」が登録されています。' },
  ),
  'payslip-registry': registry(
    [
      { name: '差引支給額', kind: 'net', shown: true },
      { name: EVIL, kind: 'payment', shown: false },
      { name: LONG, kind: 'attendance', shown: true },
    ],
    {},
  ),
  'payslip-registry-errors': registry([{ name: LONG, kind: 'payment', shown: true }], {
    'kind-0':
      '差引支給額、支給合計、控除合計の項目がありません。給与明細には、差引支給額・支給合計・控除合計の3つが必要です。',
  }),
  'payslip-registry-empty': registry([], {}),
  'payslips-select': select([aStatement(1), repeated, unknown]),
  'payslips-select-apart': select(
    [aStatement(1), repeated],
    '支給日（2026/01/23：2名、2026/01/30：1名）が異なる従業員は、一緒に取り込めません。同じ従業員だけを選択して、分けて取り込んでください。',
  ),
  'payslips-confirm': confirm(salaryFlow, [aStatement(1)]),
  'payslips-confirm-again': confirm(salaryFlow, [aStatement(1), repeated]),
  'payslips-confirm-again-error': confirm(salaryFlow, [aStatement(1), repeated], {
    errors: { again: '同じ明細が取り込み済みです。もう一度取り込む場合は、確認欄にチェックを入れてください。' },
  }),
  'payslips-confirm-names': confirm(askingFlow, [aStatement(1)], { left: { items: [unknown], total: 12 } }),
  'payslips-confirm-names-errors': confirm(askingFlow, [aStatement(1), repeated], {
    names: { admin: '', crew: EVIL },
    again: true,
    errors: { name_for_admin: '給与明細の名前（管理者向け）が入力されていません。' },
  }),
  'payslips-confirm-own-ticks': confirm(askingFlow, [aStatement(1)], {
    ownTicks: { items: [repeated, unknown], total: 2 },
  }),
  'payslips-confirm-nobody': confirm(askingFlow, [], { left: { items: [unknown], total: 1 } }),
  'payslips-report': report(
    salaryFlow,
    named(salaryFlow),
    [
      aStatement(1, { outcome: 'succeeded' }),
      aStatement(2, { outcome: 'failed', reason: '在宅勤務手当は登録されていない項目です。' }),
    ],
    PAYROLL,
  ),
  'payslips-report-bonus': report(
    bonusFlow,
    named(bonusFlow, { state: 'succeeded', failedCount: 0 }),
    [aStatement(1, { outcome: 'succeeded' })],
    PAYROLL,
  ),
  'payslips-report-failed': report(
    salaryFlow,
    named(salaryFlow, {
      state: 'failed',
      succeededCount: 0,
      failedCount: 1,
      groupId: null,
      failure: 'SmartHRに存在しない従業員が指定されています',
    }),
    [aStatement(1, { outcome: 'failed', reason: 'SmartHRに存在しない従業員が指定されています' })],
    null,
  ),
  'take-back': takeBack(null),
  'take-back-error': takeBack('取り込みを取り消す場合は、チェックを入れてください。'),
}
