import { Forbidden, VendorUnavailable } from '../../errors.js'
import { blanksNote } from '../../contract/blanks.js'
import { leftWithoutDate } from '../../contract/employment.js'
import { employeesSubject } from '../../contract/mail.js'
import { peopleWords, type Connector, type CredentialsForm, type SyncFlow } from '../../contract/contract.js'
import { findAreas, forForm, logOut, openArea, renew, signIn, type Product } from './api.js'
import { openEmployees } from './directory.js'
import { employees } from './employees.mapping.js'
import { pcaErrors } from './errors.js'

/** What an administrator types (reference §2.2), tried by a log-in that is ended at once. */
const form = (product: Product): CredentialsForm => ({
  title: 'PCA連携設定',
  lead: 'PCAクラウドの利用通知書に記載されたIDとパスワード、PCAのアプリケーションにログインするときのユーザー名とパスワードを入力してください。パスワードは、保存した後は表示されません。',
  fields: [
    {
      name: 'serviceId',
      label: 'PCAサービスID',
      help: '利用通知書に記載されています。',
      secret: false,
      max: 50,
      shows: 'accountCode',
    },
    {
      name: 'servicePassword',
      label: 'PCAサービスパスワード',
      help: '利用通知書に記載されています。',
      secret: true,
      max: 200,
    },
    {
      name: 'userName',
      label: 'PCAアプリユーザー名',
      help: 'PCAのアプリケーションにログインするときのユーザー名です。PCAサービスIDとは異なります。',
      secret: false,
      max: 100,
      shows: 'accountName',
    },
    { name: 'password', label: 'PCAアプリパスワード', help: '', secret: true, max: 200 },
  ],
  button: '連携開始',
  async check(typed, { http, client }) {
    if (!client)
      throw new Forbidden('このアプリはPCAに登録されていないため、連携できません。運用者にお問い合わせください。')
    const token = await signIn(http(null), product, typed, client).catch(forForm)
    const inSession = http(token.accessToken)
    try {
      await findAreas(inSession, product)
    } finally {
      // An idle log-in ends by itself; whether this one does not must not hide what was found.
      await logOut(inSession, product).catch((error: unknown) => {
        if (!(error instanceof VendorUnavailable)) throw error
      })
    }
    const { serviceId = '', userName = '' } = typed
    return { account: { id: serviceId, code: serviceId, name: userName }, token: null }
  },
})

const common = {
  kind: 'sync',
  dataset: 'employees',
  words: {
    ...peopleWords,
    leftOut: '退職年月日が登録されていない退職済の従業員{n}名は、表示していません。',
    nobody: '対象の従業員はいません。データ領域を確認してください。',
  },
  steps: [
    {
      kind: 'area',
      heading: 'データ領域の選択',
      label: 'データ領域',
      lead: '同期するデータ領域を選択してください。PCAの年次更新を行なうと、データ領域が年度ごとに増えます。',
      empty:
        '選択できるデータ領域がありません。PCAで、入力したアプリユーザーが利用できるデータ領域を確認してください。',
    },
    { kind: 'fetch', shownIn: 'wizard' },
    { kind: 'select', button: '確認' },
    { kind: 'confirm' },
  ],
  historyLabel: '従業員情報同期',
  // There is no reference date: people who left are listed, too (reference §3.2).
  includes: person => !leftWithoutDate(person),
  identity: 'key',
  mapping: employees,
  settings: 'none',
} as const satisfies Partial<SyncFlow>

const KEY_NOTE =
  '社員コードと社員番号が一致する従業員を更新し、一致しない従業員を新しく登録します。番号の先頭の0も区別します。'
const UNSYNCED = '就労状況、旧姓、旧姓フリガナ、氏名変更年月日、個人番号管理No.は連携されません。'

const toSmarthr = ({ name }: Product): SyncFlow => ({
  ...common,
  id: 'employees-to-smarthr',
  direction: 'to-smarthr',
  panel: {
    title: `${name}からSmartHRへ`,
    button: '同期を開始>',
    lead: `${name}の従業員情報を、SmartHRに登録・更新します。`,
  },
  title: `${name}からSmartHRへの同期`,
  notes: [
    KEY_NOTE,
    UNSYNCED,
    '退職日が過去の日付の場合、SmartHRの在籍状況は自動では変わりません。同期後に、SmartHRで変更してください。',
    blanksNote({ mapping: employees, direction: 'to-smarthr', from: name, to: 'SmartHR' }),
  ],
  from: name,
  to: 'SmartHR',
})

const fromSmarthr = ({ name }: Product): SyncFlow => ({
  ...common,
  id: 'employees-from-smarthr',
  direction: 'to-service',
  panel: {
    title: `SmartHRから${name}へ`,
    button: '同期を開始>',
    lead: `SmartHRの従業員情報を、${name}に登録・更新します。`,
  },
  title: `SmartHRから${name}への同期`,
  notes: [
    KEY_NOTE,
    UNSYNCED,
    `氏名は戸籍上の氏名を連携します。新しく登録する従業員の部門は、${name}の最初の部門になります。`,
    blanksNote({ mapping: employees, direction: 'to-service', from: 'SmartHR', to: name }),
  ],
  from: 'SmartHR',
  to: name,
})

/** One connector per product. Sources and what is assumed: README.md beside this file. */
function payroll(product: Product): Connector {
  const { name } = product
  return {
    id: product.id,
    labels: {
      product: name,
      app: `${name}連携`,
      dashboard: `${name}連携ダッシュボード`,
      account: 'PCAアプリユーザー名',
      accountCode: 'PCAサービスID',
      summary: `${name}とSmartHRの従業員情報を、双方向に同期します。`,
    },
    dashboard: {
      lead: '同期の向きを選んで、［同期を開始>］を押してください。同期する前に、変更内容を確認できます。',
      recent: 'history',
      recentTitle: '連携履歴',
    },
    addresses: { prefix: 'PCA', apiUrl: 'https://east02.pcawebapi.jp', client: 'offered' },
    auth: {
      form: form(product),
      session: {
        signIn: (http, fields, client) => signIn(http, product, fields, client),
        renew: (http, refreshToken, client) => renew(http, product, refreshToken, client),
        end: http => logOut(http, product),
      },
      texts: {
        settingsTitle: 'PCA連携設定',
        menu: 'PCA連携設定',
        lead: `${name}との連携を始めます。連携しても、従業員情報は同期されません。PCAクラウドWeb-API（有償）の契約が必要です。`,
        notice: `${name}と連携していません。同期を始めるには、連携を設定してください。`,
        noticeLink: 'PCA連携設定',
        confirmNotes: null,
        connected: `${name}連携に成功しました`,
        disconnected: `${name}連携を解除しました`,
        disconnectNotes: [
          `SmartHRと${name}に登録されている従業員情報は、削除されません。`,
          '連携履歴と連携レポートは残ります。',
          '解除すると、このアプリが保存しているPCAのIDとパスワードは直ちに削除されます。',
        ],
      },
    },
    settings: null,
    flows: [toSmarthr(product), fromSmarthr(product)],
    // 60 reads and 20 writes a minute (reference §4.6); ten people go in one write.
    limits: { perSecond: 1, writesPerSecond: 20 / 60, concurrency: 1, callsPerPerson: { new: 0.3, changed: 0.3 } },
    maintenance: null,
    errors: pcaErrors(name),
    mail: {
      support:
        'また、再試行しても解消しない場合は、行なった操作、日時、このメールの内容を添えて、お問い合わせください。',
      subject: employeesSubject,
      summary: flow => `${flow.from}から${flow.to}に従業員データの取り込み結果が出ました。`,
    },
    areas: ({ http }) => findAreas(http, product),
    open: ({ http, area }) => openEmployees(openArea(http, product, area ?? ''), product),
  }
}

export const pca = payroll({ id: 'pca', name: 'PCAクラウド給与', code: 'Pay20' })
export const pcaHyper = payroll({ id: 'pca-hyper', name: 'PCAクラウド給与hyper', code: 'PayHyper20' })
