import { blanksNote } from '../../contract/blanks.js'
import { crew, departmentSource, employmentTypeSource } from '../../contract/crew-fields.js'
import { inService } from '../../contract/employment.js'
import { emailKeyOf } from '../../contract/keys.js'
import type { Connector, CreateOption, DateStep, Direction, Steps, SyncFlow } from '../../contract/contract.js'
import { syncLabels, syncMail, syncOfPeople, syncTexts } from '../../contract/words.js'
import { consentOf, knowingWhy, tokenForm } from './access.js'
import * as brands from './brands.js'
import type { Brand } from './brands.js'
import { openEmployees } from './directory.js'
import { employees } from './employees.mapping.js'
import { errorsOf } from './errors.js'
import { helpOf } from './help.js'
import { division, workingType } from './masters.js'
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

/** What both directions have. */
function flowOf(product: string, direction: Direction) {
  const usual = syncOfPeople(product, direction, '次へ >')
  const { from, to } = usual
  return {
    ...usual,
    title: `${from}から${to}へ同期`,
    panel: { ...usual.panel, title: `${from}→${to}` },
    words: {
      ...usual.words,
      empty: `対象の従業員はいません。${date.heading}の時点で在籍している従業員がいません。${date.heading}を確認してください。`,
    },
    includes: employedOn,
    identity: 'key',
    onePerson: true,
    mapping: employees,
  } as const
}

/** One value for all new people of a run (reference §5.6): those of other places go in a run of their own. */
const stepsTo = (target: string, options: readonly CreateOption[]): Steps => [
  date,
  { kind: 'fetch', shownIn: 'report' },
  { kind: 'select', button: '同期を開始' },
  {
    kind: 'options',
    options,
    notes: [
      '所属事業所が異なる従業員を、一度に新規登録することはできません。所属事業所ごとに、従業員を選択して同期してください。対応表を使うと、従業員ごとに異なる値を登録できます。',
      `ここで選択した値は、新規登録のときだけ設定されます。登録した後に変更する場合は、${target}で変更してください。`,
    ],
  },
  { kind: 'confirm' },
]

/** The flow's notes, by what people are told apart by. The service lists everybody with the first of their addresses. */
const notedBy = (notes: (keys: string) => readonly string[], keys: string): Pick<SyncFlow, 'notes' | 'otherKeys'> => ({
  notes: notes(keys),
  otherKeys: [{ field: crew.email.id, normalise: emailKeyOf, personal: true, notes: notes('メールアドレス') }],
})

function toSmarthr({ name }: Brand): SyncFlow {
  const flow = flowOf(name, 'to-smarthr')
  return {
    ...flow,
    steps: stepsTo('SmartHR', [
      {
        name: 'biz_establishment',
        label: '所属事業所',
        help: 'SmartHRに登録されている事業所から選択してください。',
        list: 'biz_establishments',
        path: 'biz_establishment_id',
        from: { list: division.list, label: '所属', path: division.path, shown: division.shown },
      },
    ]),
    ...notedBy(
      keys => [
        `${keys}が一致する従業員を更新し、一致しない従業員を新しく登録します。`,
        `${name}の氏名は、SmartHRの姓・名（戸籍上の氏名）として連携します。ビジネスネームで連携している場合は、SmartHRの姓・名がビジネスネームに置き換わることに注意してください。`,
        blanksNote(flow),
      ],
      '従業員コードと社員番号',
    ),
    settings: 'none',
  }
}

function fromSmarthr({ name }: Brand): SyncFlow {
  const flow = flowOf(name, 'to-service')
  return {
    ...flow,
    steps: stepsTo(name, [
      {
        name: 'division',
        label: division.label,
        help: `${name}に登録されている所属から選択してください。`,
        list: division.list,
        path: division.path,
        from: departmentSource,
        dated: true,
      },
      {
        name: 'working_type',
        label: workingType.label,
        help: `${name}に登録されている雇用区分から選択してください。`,
        list: workingType.list,
        path: workingType.path,
        from: employmentTypeSource,
        dated: true,
      },
    ]),
    ...notedBy(
      keys => [
        `${keys}が一致する従業員を更新し、一致しない従業員を新しく登録します。`,
        `所属事業所と雇用区分は、新しく登録する従業員だけに適用されます。対応表で「登録済みの従業員にも送る」を選択した場合は、登録済みの従業員にも適用されます。`,
        blanksNote(flow),
        '予備のメールアドレスは変わりません。',
      ],
      '社員番号と従業員コード',
    ),
    settings: 'used',
  }
}

/** One connector per product of the platform. Sources and what is assumed: README.md beside this file. */
function attendance(brand: Brand): Connector {
  const { name } = brand
  return {
    id: brand.id,
    category: 'attendance',
    labels: {
      ...syncLabels(name, { account: '企業', accountCode: '企業コード' }),
      summary: `${name}とSmartHRの従業員情報を、双方向に連携します。`,
    },
    dashboard: {
      lead: '連携の向きを選んで、［次へ >］を押してください。従業員情報を取得してから、変更内容を確認して同期できます。',
      recent: 'reports',
      recentTitle: '最近の連携レポート',
    },
    help: helpOf(brand),
    addresses: brand.addresses,
    auth: {
      consent: consentOf(brand),
      form: tokenForm(brand),
      texts: {
        ...syncTexts(name, [
          '連携レポートは残ります。同期待ちの連携レポートからは、同期できなくなります。',
          `解除すると、このアプリが保存している${name}のアクセストークンは直ちに削除されます。${name}の管理画面で発行したアクセストークンは、必要に応じて停止してください。`,
        ]),
        notice: `${name}と連携していません。連携を開始してください。`,
        connected: `${name}との連携を開始しました`,
        disconnected: `${name}との連携を解除しました`,
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
    mail: syncMail,
    open: ({ http, today }) => openEmployees({ http: knowingWhy(http, brand), brand, today }),
  }
}

export const kinkakuji = attendance(brands.kinkakuji)
export const kingOfTime = attendance(brands.kingOfTime)
export const touchOnTime = attendance(brands.touchOnTime)
