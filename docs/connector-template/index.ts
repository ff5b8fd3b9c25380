import { Forbidden, ReconnectNeeded } from '../../server/errors.js'
import { blanksNote } from '../../server/contract/blanks.js'
import type { Connector, CredentialsForm, Direction, SyncFlow } from '../../server/contract/contract.js'
import { inService } from '../../server/contract/employment.js'
import { syncDashboard, syncLabels, syncMail, syncOfPeople, syncTexts } from '../../server/contract/words.js'
import { companyOf } from './api.js'
import { openEmployees } from './directory.js'
import { employees } from './employees.mapping.js'
import { errors, PRODUCT } from './errors.js'

const BUTTON = '同期を開始'

/** How a company connects: here a token that its administrator pastes. */
const tokenForm: CredentialsForm = {
  title: 'アクセストークンで連携',
  lead: `${PRODUCT}の管理画面で発行したアクセストークンを貼り付けてください。`,
  fields: [{ name: 'accessToken', label: 'アクセストークン', help: '', secret: true, max: 500 }],
  button: '登録する',
  async check({ accessToken = '' }, { http }) {
    try {
      const { id, name } = await companyOf(http(accessToken))
      return {
        account: { id, code: id, name },
        token: { accessToken, refreshToken: null, expiresIn: null, raw: {} },
      }
    } catch (error) {
      if (!(error instanceof ReconnectNeeded)) throw error
      throw new Forbidden('アクセストークンが無効です。確認して、もう一度登録してください。', { cause: error })
    }
  },
}

function flowOf(direction: Direction): SyncFlow {
  const usual = syncOfPeople(PRODUCT, direction, BUTTON)
  return {
    ...usual,
    steps: [
      {
        kind: 'date',
        heading: '情報取得基準日',
        help: '指定した日付の時点で在籍している従業員が、同期の対象です。',
        notes: ['入社年月日が基準日より後の従業員と、退職年月日が基準日より前の従業員は、対象になりません。'],
      },
      { kind: 'fetch', shownIn: 'wizard' },
      { kind: 'select', button: '確認' },
      { kind: 'confirm' },
    ],
    includes: inService('counts'),
    identity: 'key',
    mapping: employees,
    settings: 'none',
    notes: [
      '社員番号が一致する従業員を更新し、一致しない従業員を新しく登録します。',
      blanksNote({ ...usual, mapping: employees }),
    ],
  }
}

/** Sources and what is assumed: README.md beside this file. */
export const acme: Connector = {
  id: 'acme',
  category: 'payroll',
  labels: syncLabels(PRODUCT, { account: '企業', accountCode: '企業コード' }),
  dashboard: syncDashboard(BUTTON),
  addresses: { prefix: 'ACME', apiUrl: 'https://api.acme.example/v1', client: 'none' },
  auth: {
    form: tokenForm,
    texts: syncTexts(PRODUCT, [
      '連携履歴と連携レポートは残ります。',
      '解除すると、このアプリが保存しているアクセストークンは直ちに削除されます。',
    ]),
  },
  settings: null,
  flows: [flowOf('to-smarthr'), flowOf('to-service')],
  limits: { perSecond: 2, concurrency: 1, callsPerPerson: { new: 1, changed: 1 } },
  maintenance: null,
  errors,
  mail: syncMail,
  open: ({ http }) => openEmployees(http),
}
