import { blanksNote } from '../../contract/blanks.js'
import { inService } from '../../contract/employment.js'
import {
  peopleWords,
  type Connector,
  type CreateOption,
  type DateStep,
  type Steps,
  type SyncFlow,
} from '../../contract/contract.js'
import { employeesSubject } from '../../contract/mail.js'
import { consentOf, knowingWhy, tokenForm } from './access.js'
import * as brands from './brands.js'
import type { Brand } from './brands.js'
import { openEmployees } from './directory.js'
import { employees } from './employees.mapping.js'
import { errorsOf } from './errors.js'
import { nameSettings } from './settings.js'

/** Who left on the day is out already (reference §5.2; others of these services count that day in). */
const employedOn = inService('is-out')

const date: DateStep = {
  kind: 'date',
  heading: '従業員情報取得基準日',
  help: '指定した日付の時点で在籍している従業員が、連携の対象です。3年前から1年後までの日付を指定できます。',
  notes: [
    '入社年月日が基準日より後の従業員と、退職年月日が基準日以前の従業員は、表示されません。',
    '例：2022/01/01を指定すると、入社年月日が2022/01/02の従業員と、退職年月日が2022/01/01の従業員は表示されません。',
    '退職年月日を連携するには、その従業員の退職年月日より前の日付を指定してください。',
  ],
  yearsBack: 3,
  yearsAhead: 1,
  outOfRange: '従業員情報取得基準日は、3年前から1年後までの日付を指定してください。',
}

const common = {
  kind: 'sync',
  historyLabel: '従業員情報同期',
  dataset: 'employees',
  words: {
    ...peopleWords,
    nobody: `対象の従業員はいません。${date.heading}の時点で在籍している従業員がいません。`,
  },
  includes: employedOn,
  identity: 'key',
  mapping: employees,
} as const satisfies Partial<SyncFlow>

/** One value for all new people of a run (reference §5.6): those of other places go in a run of their own. */
const stepsTo = (target: string, options: readonly CreateOption[]): Steps => [
  date,
  { kind: 'fetch', shownIn: 'report' },
  { kind: 'select', button: '同期を開始' },
  {
    kind: 'options',
    options,
    notes: [
      '所属事業所が異なる従業員を、一度に新規登録することはできません。所属事業所ごとに、従業員を選択して同期してください。',
      `ここで選択した値は、新規登録のときだけ設定されます。登録した後に変更する場合は、${target}で変更してください。`,
    ],
  },
  { kind: 'confirm' },
]

const toSmarthr = ({ name }: Brand): SyncFlow => ({
  ...common,
  id: 'employees-to-smarthr',
  direction: 'to-smarthr',
  panel: {
    title: `${name}→SmartHR`,
    button: '次へ >',
    lead: `${name}の従業員情報を、SmartHRに登録・更新します。`,
  },
  title: `${name}からSmartHRへ同期`,
  steps: stepsTo('SmartHR', [
    {
      name: 'biz_establishment',
      label: '所属事業所',
      help: 'SmartHRに登録されている事業所から選択してください。',
      list: 'biz_establishments',
      path: 'biz_establishment_id',
    },
  ]),
  notes: [
    `従業員コードと社員番号が一致する従業員を更新し、一致しない従業員を新しく登録します。`,
    `${name}の氏名は、SmartHRの姓・名（戸籍上の氏名）として連携します。ビジネスネームで連携している場合は、SmartHRの姓・名がビジネスネームに置き換わることに注意してください。`,
    blanksNote({ mapping: employees, direction: 'to-smarthr', from: name, to: 'SmartHR' }),
  ],
  settings: 'none',
  from: name,
  to: 'SmartHR',
})

const fromSmarthr = ({ name }: Brand): SyncFlow => ({
  ...common,
  id: 'employees-from-smarthr',
  direction: 'to-service',
  panel: {
    title: `SmartHR→${name}`,
    button: '次へ >',
    lead: `SmartHRの従業員情報を、${name}に登録・更新します。`,
  },
  title: `SmartHRから${name}へ同期`,
  steps: stepsTo(name, [
    {
      name: 'division',
      label: '所属事業所',
      help: `${name}に登録されている所属から選択してください。`,
      list: 'divisions',
      path: 'divisionCode',
    },
    {
      name: 'working_type',
      label: '雇用区分',
      help: `${name}に登録されている雇用区分から選択してください。`,
      list: 'working-types',
      path: 'typeCode',
    },
  ]),
  notes: [
    '社員番号と従業員コードが一致する従業員を更新し、一致しない従業員を新しく登録します。',
    `所属事業所と雇用区分は、新しく登録する従業員だけに適用されます。`,
    blanksNote({ mapping: employees, direction: 'to-service', from: 'SmartHR', to: name }),
    '予備のメールアドレスは変わりません。',
  ],
  settings: 'used',
  from: 'SmartHR',
  to: name,
})

/** One connector per product of the platform. Sources and what is assumed: README.md beside this file. */
function attendance(brand: Brand): Connector {
  const { name } = brand
  return {
    id: brand.id,
    labels: {
      product: name,
      app: brand.app,
      dashboard: brand.dashboard,
      account: '企業',
      accountCode: '企業コード',
      summary: `${name}とSmartHRの従業員情報を、双方向に連携します。`,
    },
    dashboard: {
      lead: '連携の向きを選んで、［次へ >］を押してください。従業員情報を取得してから、変更内容を確認して同期できます。',
      recent: 'reports',
      recentTitle: '最近の連携レポート',
    },
    addresses: brand.addresses,
    auth: {
      consent: consentOf(brand),
      form: tokenForm(brand),
      texts: {
        settingsTitle: `${name}連携設定`,
        menu: '連携設定',
        lead: `${name}との連携を始めます。連携しても、従業員情報は同期されません。`,
        notice: `${name}と連携していません。連携を開始してください。`,
        noticeLink: '連携を開始',
        confirmNotes: null,
        connected: `${name}との連携を開始しました`,
        disconnected: `${name}との連携を解除しました`,
        disconnectNotes: [
          `SmartHRと${name}に登録されている従業員情報は、削除されません。`,
          '連携レポートは残ります。同期待ちの連携レポートからは、同期できなくなります。',
          `解除すると、このアプリが保存している${name}のアクセストークンは直ちに削除されます。${name}の管理画面で発行したアクセストークンは、必要に応じて停止してください。`,
        ],
      },
    },
    settings: nameSettings(brand),
    flows: [toSmarthr(brand), fromSmarthr(brand)],
    // The service has a limit but names no number: one call after the other, a second apart (reference §3.7).
    limits: { perSecond: 1, concurrency: 1, callsPerPerson: { new: 1, changed: 1 } },
    maintenance: {
      windows: [
        { from: '08:30', to: '10:00' },
        { from: '17:30', to: '18:30' },
      ],
      guardSeconds: 30,
    },
    errors: errorsOf(brand),
    mail: {
      support:
        'また、再試行しても解消しない場合は、行なった操作、日時、このメールの内容を添えて、お問い合わせください。',
      subject: employeesSubject,
      summary: flow => `${flow.from}から${flow.to}に従業員データの取り込み結果が出ました。`,
    },
    open: ({ http, today }) => openEmployees({ http: knowingWhy(http, brand), brand, today }),
  }
}

export const kinkakuji = attendance(brands.kinkakuji)
export const kingOfTime = attendance(brands.kingOfTime)
export const touchOnTime = attendance(brands.touchOnTime)
