import { blanksNote } from '../../contract/blanks.js'
import { inService } from '../../contract/employment.js'
import type { Connector, DateStep, Steps, SyncFlow } from '../../contract/contract.js'
import { syncDashboard, syncLabels, syncOfPeople, syncTexts } from '../../contract/words.js'
import { identifyAccount, normaliseAccountCode } from './account.js'
import { openEmployees } from './directory.js'
import { employees, employeesToSmarthr } from './employees.mapping.js'
import { bonusFlow, salaryFlow } from './payslips.flows.js'
import { openStatements } from './statements.js'
import { freeeErrors, PRODUCT } from './errors.js'
import { help } from './help.js'
import { mail } from './mail.js'
import { writtenMonth } from './months.js'
import { exportSettings } from './settings.js'

/** Both boundary days included (freee §5.4). */
const employedOn = inService('counts')

const date: DateStep = {
  kind: 'date',
  heading: '情報取得基準日',
  help: '指定した日付の時点で在籍している従業員が、同期の対象です。',
  notes: [
    '入社年月日が基準日より後の従業員と、退職年月日が基準日より前の従業員は、対象になりません。',
    '例：2019/01/01を指定すると、入社年月日が2019/01/02の従業員と、退職年月日が2018/12/31の従業員は対象になりません。',
  ],
}

const steps: Steps = [
  date,
  { kind: 'fetch', shownIn: 'wizard' },
  { kind: 'select', button: '確認' },
  { kind: 'confirm' },
]

const monthNote =
  'freee人事労務の従業員情報は、給与の支払月ごとに管理されます。同期した内容は同期を実行した月の分として、締め日支払い日が翌月払いの従業員は翌月の分として登録されます。'
const independentNote =
  '生年月日、性別、入社年月日、退職年月日、基礎年金番号、雇用保険の被保険者番号は月ごとに管理されないため、過去の月の情報も変更されます。'

const BUTTON = '同期を開始'

/** What both directions have. */
const common = {
  steps,
  includes: employedOn,
  identity: 'links',
  onePerson: true,
} as const satisfies Partial<SyncFlow>

const toSmarthr: SyncFlow = {
  ...syncOfPeople(PRODUCT, 'to-smarthr', BUTTON),
  ...common,
  mapping: employeesToSmarthr,
  notes: [
    'freee人事労務の住所（ヨミガナ）は市区町村以降のみのため、SmartHRの住所（ヨミガナ）は、同期後に都道府県から修正してください。',
    '住所の建物名・部屋番号は連携されません。SmartHRに登録されている建物名・部屋番号は変更されません。',
    blanksNote({ mapping: employees, direction: 'to-smarthr', from: PRODUCT, to: 'SmartHR' }),
  ],
  settings: 'none',
}

const fromSmarthr: SyncFlow = {
  ...syncOfPeople(PRODUCT, 'to-service', BUTTON),
  ...common,
  mapping: employees,
  notes: [
    '新しく登録する従業員には、エクスポート設定の内容が一律で適用されます。すでに登録されている従業員には適用されません。',
    monthNote,
    '入社が翌月以降の従業員は、入社年月の分として登録します。',
    independentNote,
    '住所の建物名・部屋番号は連携されません。freee人事労務の住所に建物名が含まれている場合、市区町村と丁目・番地だけの住所に置き換わります。',
    '標準報酬月額がSmartHRにもfreee人事労務にも登録されていない場合、その保険の被保険者整理番号は連携されません。',
    blanksNote({ mapping: employees, direction: 'to-service', from: 'SmartHR', to: PRODUCT }),
  ],
  // The list of the help, printed there after a sync (freee §4, end).
  afterwards: {
    title: 'freee人事労務で確認する項目',
    lead: '次の項目は、SmartHRから連携されません。新しく登録した従業員には、エクスポート設定の内容が一律で適用されています（ログインメールアドレスを除く）。必要に応じて、freee人事労務で設定・変更してください。',
    items: [
      'ログインメールアドレスの設定',
      '勤務・賃金設定名の変更',
      '締め日支払い日グループ名の変更',
      '給与方式の変更',
      '基本給の変更',
    ],
  },
  settings: 'required',
  writtenTo: (day, record) => {
    const { year, month } = writtenMonth(day, record?.entry_date)
    return `${year}年${month}月分`
  },
}

/** freee人事労務. Sources and what is assumed: README.md beside this file. */
export const freee: Connector = {
  id: 'freee',
  category: 'payroll',
  labels: syncLabels(PRODUCT, { account: '事業所', accountCode: '事業所番号' }),
  dashboard: syncDashboard(BUTTON),
  help,
  addresses: {
    prefix: 'FREEE',
    apiUrl: 'https://api.freee.co.jp/hr',
    authUrl: 'https://accounts.secure.freee.co.jp',
    client: 'required',
  },
  auth: {
    consent: {
      authorizePath: '/public_api/authorize',
      tokenPath: '/public_api/token',
      // makes the token good for one company and names it in the token's answer (freee §2.2)
      authorizeParams: { prompt: 'select_company' },
      button: '連携開始',
      lead: '',
      accountCode: {
        label: '事業所番号',
        help: 'freee人事労務の画面上部の事業所名にカーソルを合わせると、確認できます。',
        example: '012-345-6789',
        normalise: normaliseAccountCode,
      },
      identify: identifyAccount,
    },
    renewal: { tokenPath: '/public_api/token', revokePath: '/public_api/revoke' },
    texts: {
      ...syncTexts(PRODUCT, [
        '連携レポートと従業員の紐づけは残ります。同じ事業所と連携し直すと、続きから同期できます。',
        '解除すると、freee人事労務の認証情報は直ちに削除されます。',
      ]),
      lead: '連携する事業所の事業所番号を入力して、freee人事労務との連携を始めます。連携しても、従業員情報は同期されません。',
      confirmNotes: [
        '従業員は、初めて同期したときに発行する独自のIDで紐づきます。氏名や社員番号を変更しても、紐づけは変わりません。',
        'SmartHRで従業員を削除して登録し直すと、紐づけは失われ、次の同期ではfreee人事労務への新規登録になります。',
        monthNote,
        'エクスポート設定は、freee人事労務に新しく登録する従業員だけに適用されます。',
      ],
    },
  },
  settings: exportSettings,
  flows: [toSmarthr, fromSmarthr, salaryFlow, bonusFlow],
  // 10,000 calls an hour are counted by headers; freee's own client runs at most three at once (freee §6.2).
  limits: { perHour: 10_000, concurrency: 3, callsPerPerson: { new: 6, changed: 2 } },
  maintenance: null,
  errors: freeeErrors,
  mail,
  open: ({ http, account, flow, period }) =>
    flow === salaryFlow.id || flow === bonusFlow.id
      ? openStatements({ http, account, kind: flow === salaryFlow.id ? 'salaries' : 'bonuses', period })
      : openEmployees({ http, account }),
}
