import { Forbidden } from '../../errors.js'
import { blanksNote } from '../../contract/blanks.js'
import { kept } from '../../contract/declared.js'
import { leftWithoutDate } from '../../contract/employment.js'
import type { Connector, CredentialsForm, Direction, SyncFlow } from '../../contract/contract.js'
import { endQuietly } from '../../contract/session.js'
import { syncDashboard, syncLabels, syncMail, syncOfPeople, syncTexts } from '../../contract/words.js'
import { findAreas, forForm, openArea, sessionOf, type Product } from './api.js'
import { openEmployees } from './directory.js'
import { employees } from './employees.mapping.js'
import { pcaErrors } from './errors.js'
import { help } from './help.js'

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
    const session = sessionOf(product)
    const { accessToken } = await session.signIn(http(null), typed, client).catch(forForm)
    const loggedIn = http(accessToken)
    try {
      await findAreas(loggedIn, product)
    } finally {
      await endQuietly(session, loggedIn)
    }
    const { serviceId = '', userName = '' } = typed
    return { account: { id: serviceId, code: serviceId, name: userName }, token: null }
  },
})

const BUTTON = '同期を開始>'

const KEY_NOTE =
  '社員コードと社員番号が一致する従業員を更新し、一致しない従業員を新しく登録します。番号の先頭の0も区別します。'
const UNSYNCED = '就労状況、旧姓、旧姓フリガナ、氏名変更年月日、個人番号管理No.は連携されません。'

function flowOf({ name }: Product, direction: Direction, note: string): SyncFlow {
  const usual = syncOfPeople(name, direction, BUTTON)
  return {
    ...usual,
    words: {
      ...usual.words,
      leftOut: '退職年月日が登録されていない退職済の従業員{n}名は、表示していません。',
      empty: '対象の従業員はいません。データ領域を確認してください。',
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
    // There is no reference date: people who left are listed, too (reference §3.2).
    includes: person => !leftWithoutDate(person),
    identity: 'key',
    onePerson: true,
    mapping: employees,
    settings: 'none',
    notes: [KEY_NOTE, UNSYNCED, note, blanksNote({ ...usual, mapping: employees })],
  }
}

/** One connector per product. Sources and what is assumed: README.md beside this file. */
function payroll(product: Product): Connector {
  const { name } = product
  return {
    id: product.id,
    category: 'payroll',
    labels: syncLabels(name, { account: 'PCAアプリユーザー名', accountCode: 'PCAサービスID' }),
    dashboard: syncDashboard(BUTTON),
    help,
    addresses: { prefix: 'PCA', apiUrl: 'https://east02.pcawebapi.jp', client: 'offered' },
    auth: {
      form: form(product),
      session: sessionOf(product),
      texts: {
        ...syncTexts(name, [
          '連携履歴と連携レポートは残ります。',
          '解除すると、このアプリが保存しているPCAのIDとパスワードは直ちに削除されます。',
        ]),
        settingsTitle: 'PCA連携設定',
        menu: 'PCA連携設定',
        lead: `${name}との連携を始めます。連携しても、従業員情報は同期されません。PCAクラウドWeb-API（有償）の契約が必要です。`,
      },
    },
    settings: null,
    flows: [
      flowOf(
        product,
        'to-smarthr',
        '退職年月日が過去の日付の場合、SmartHRの在籍状況は自動では変わりません。同期後に、SmartHRで変更してください。',
      ),
      flowOf(
        product,
        'to-service',
        `氏名は戸籍上の氏名を連携します。新しく登録する従業員の部門は、${name}の最初の部門になります。`,
      ),
    ],
    // 60 reads and 20 writes a minute (reference §4.6); ten people go in one write.
    limits: { perSecond: 1, writesPerSecond: 20 / 60, concurrency: 1, callsPerPerson: { new: 0.3, changed: 0.3 } },
    maintenance: null,
    errors: pcaErrors(name),
    mail: syncMail,
    areas: ({ http }) => findAreas(http, product),
    open: ({ http, area }) => openEmployees(openArea(http, product, kept(area, 'area')), product),
  }
}

export const pca = payroll({ id: 'pca', name: 'PCAクラウド給与', code: 'Pay20' })
export const pcaHyper = payroll({ id: 'pca-hyper', name: 'PCAクラウド給与hyper', code: 'PayHyper20' })
