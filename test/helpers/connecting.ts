import type { Fields, Visitor } from './visitor.js'
import { PASSWORD } from './world.js'

/** Connects a service, as an administrator does it who makes no mistake. */
export async function connect(visitor: Visitor, connector: string): Promise<void> {
  switch (connector) {
    case 'freee':
      await connectFreee(visitor)
      await saveFreeeSettings(visitor)
      break
    case 'pca':
    case 'pca-hyper':
      await connectPca(visitor, connector)
      break
    case 'money-forward':
      await connectMoneyForward(visitor)
      break
    case 'mikiwame':
      await linkMikiwame(visitor)
      break
    case 'csv':
      await visitor.get('/csv/connection')
      await visitor.press('登録', { source: 'マネーフォワード クラウド給与' })
      break
    default:
      await connectAttendance(visitor, connector)
  }
}

/** From the connection page to the dashboard, as an administrator does it. */
export async function connectFreee(
  visitor: Visitor,
  code = '0123456789',
  email = 'owner@freee.example',
  companyId?: string,
) {
  await visitor.get('/freee/connection')
  await visitor.press('連携開始', { accountCode: code })
  if (visitor.page().html.includes('type="password"')) {
    await visitor.press('ログイン', { email, password: PASSWORD })
  }
  if (!visitor.page().html.includes('許可する')) await visitor.press('次へ', companyId ? { company_id: companyId } : {})
  await visitor.press('許可する')
  return visitor.press('連携する', { account: 'yes', notes: 'yes' })
}

/** What freee needs of new people. */
export async function saveFreeeSettings(visitor: Visitor) {
  await visitor.get('/freee/settings')
  return visitor.press('保存', {
    working_hours_system_name: '固定時間',
    company_reference_date_rule_name: '正社員',
    pay_calc_type: 'monthly',
    pay_amount: '220000',
  })
}

/** From the connection page to the dashboard by a pasted token. */
export async function connectAttendance(visitor: Visitor, connector: string, token = `renkei-demo-${connector}`) {
  await visitor.get(`/${connector}/connection`)
  return visitor.press('登録する', { accessToken: token })
}

/** From the connection page to the dashboard with the four things PCA asks for. */
export async function connectPca(visitor: Visitor, connector = 'pca', changes: Record<string, string> = {}) {
  await visitor.get(`/${connector}/connection`)
  return visitor.press('連携開始', {
    serviceId: '12345678',
    servicePassword: PASSWORD,
    userName: 'user01',
    password: PASSWORD,
    ...changes,
  })
}

/** 「連携する」 on the settings page and once more on the next, then SmartHR's consent. */
export async function linkMikiwame(visitor: Visitor, button = '連携する'): Promise<void> {
  await visitor.get('/mikiwame/connection')
  await visitor.press(button)
  await visitor.press(button)
  if (visitor.page().text.includes('許可する')) await visitor.press('許可する')
}

/** From the connection page through the vendor's own consent page. */
export async function consentAttendance(visitor: Visitor, connector: string) {
  await visitor.get(`/${connector}/connection`)
  await visitor.press('連携を開始')
  return visitor.press('承諾する', { login_id: 'admin', password: PASSWORD, agree: '1' })
}

export const MONEY_FORWARD_KEY = '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37'

/** From the connection page to the dashboard by Money Forward's API KEY. */
export async function connectMoneyForward(visitor: Visitor, key = MONEY_FORWARD_KEY) {
  await visitor.get('/money-forward/connection')
  return visitor.press('登録', { apiKey: key })
}

/** Issues an access token as an administrator does it; the token, which stands on the answering page alone. */
export async function issueToken(visitor: Visitor, changes: Fields = {}): Promise<string> {
  await visitor.get('/money-forward/access-tokens/new')
  await visitor.press('登録', { name: 'マネーフォワード クラウド給与', ...changes })
  const token = /id="issued"[^>]*value="([^"]+)"/.exec(visitor.page().html)?.[1]
  if (!token) throw new Error(`no token at ${visitor.page().url}: ${visitor.page().text.slice(0, 300)}`)
  return token
}
