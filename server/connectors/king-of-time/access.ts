import { Forbidden, ReconnectNeeded, VendorBlocked, VendorClosed, VendorUnavailable } from '../../errors.js'
import type { Http } from '../../calls/call.js'
import type { Account, ConsentAuth, CredentialsForm } from '../../contract/contract.js'
import type { Brand } from './brands.js'
import { CODES } from './errors.js'

/**
 * The two ways in. The consent page's contract is assumed as a whole (reference §9.2) and stands here alone, so that it
 * can be replaced. A pasted token works with the public API as it is (§1.3, §3).
 */

const UNKNOWN_COMPANY = 'unknown'

interface Company {
  key: string
  code: string
  name: string
}

const accountOf = (company: Partial<Company> | undefined): Account => ({
  id: company?.key ?? UNKNOWN_COMPANY,
  code: company?.code ?? '',
  name: company?.name ?? '（企業情報の権限がないため、表示できません）',
})

/** Whether the token is in force; the service answers this in its maintenance hours too. */
async function available(http: Http): Promise<boolean> {
  const { body } = await http.request<{ available?: unknown } | null>({
    method: 'GET',
    path: '/tokens/{token}/available',
    kind: 'read',
    evenWhenClosed: true,
  })
  return body?.available === true
}

export const stopped = ({ name }: Brand) => `${name}との連携が無効になっています。もう一度、連携を開始してください。`

/**
 * Calls that tell a stopped token from one without the right: the service has the same code for both, so the token is
 * asked about. Throws ReconnectNeeded for a stopped one.
 */
export const knowingWhy = (http: Http, brand: Brand): Http => ({
  async request(call) {
    try {
      return await http.request(call)
    } catch (error) {
      const unclear = error instanceof VendorBlocked && error.codes.includes(CODES.notAuthorised)
      if (unclear && !(await available(http))) throw new ReconnectNeeded(stopped(brand), 'service')
      throw error
    }
  },
})

/** Reads what every run reads, so that a missing right shows now and not at the first sync. */
async function checkRights(http: Http): Promise<void> {
  for (const path of ['/divisions', '/working-types']) await http.request({ method: 'GET', path, kind: 'read' })
}

/** The company's name; the right to read it is not needed for anything else. */
async function companyOf(http: Http): Promise<Account> {
  try {
    const { body } = await http.request<Partial<Company> | null>({ method: 'GET', path: '/company', kind: 'read' })
    return accountOf(body ?? undefined)
  } catch (error) {
    if (error instanceof VendorBlocked) return accountOf(undefined)
    throw error
  }
}

export const consentOf = (brand: Brand): ConsentAuth => ({
  authorizePath: '/link',
  tokenPath: '/link/token',
  authorizeParams: { product: brand.id },
  button: '連携を開始',
  lead: `［連携を開始］を押すと、${brand.name}の連携設定画面に移動します。［${brand.idLabel}］と［パスワード］を入力し、${brand.agreement}を確認して、［承諾する］を押してください。IDとパスワードは、このアプリには送信されません。`,
  async identify(http, token) {
    try {
      await checkRights(http)
    } catch (error) {
      // Connecting is possible in the maintenance hours; the first fetch will show what is missing.
      if (!(error instanceof VendorClosed)) throw error
    }
    const company = token.raw.company as Partial<Company> | undefined
    if (typeof company?.key !== 'string') {
      throw new VendorUnavailable(unreadable(brand), new Date(Date.now() + 60_000))
    }
    return accountOf(company)
  },
})

export const unreadable = ({ name }: Brand): string =>
  `${name}からの応答を読み取れませんでした。時間をおいて、もう一度連携してください。`
export const NO_TOKEN =
  'アクセストークンが正しくありません。半角の英数字と記号だけの文字列を、空白を含めずに貼り付けてください。'
export const invalidToken = ({ name }: Brand): string =>
  `アクセストークンが無効です。入力した文字列が違うか、${name}の管理画面で停止・再発行されています。アクセストークンを確認して、もう一度登録してください。`
export const closedForTokens = ({ name }: Brand): string =>
  `${name}のメンテナンス中のため、アクセストークンの権限を確認できません。メンテナンス時間が終わってから、もう一度登録してください。`

export const tokenForm = (brand: Brand): CredentialsForm => ({
  title: 'アクセストークンで連携',
  lead: `${brand.name}の管理画面で発行したアクセストークンでも連携できます。［設定］>［その他］>［オプション］>［外部サービス連携］でWeb API連携を使用する設定にしてから、［連携設定］>［+新規アクセストークン発行］で、従業員の読み取りと書き込み、企業情報の読み取りの権限を付けて発行してください。`,
  permits: { label: '許可IPアドレスに登録するIPアドレス' },
  fields: [{ name: 'accessToken', label: 'アクセストークン', help: '', secret: true, max: 500 }],
  button: '登録する',
  async check({ accessToken = '' }, { http: httpWith }) {
    if (!/^(?=.*[0-9A-Za-z])[\x21-\x7e]+$/.test(accessToken)) {
      throw new Forbidden(NO_TOKEN)
    }
    const http = httpWith(accessToken)
    if (!(await available(http))) {
      throw new Forbidden(invalidToken(brand))
    }
    try {
      await checkRights(http)
      const account = await companyOf(http)
      return { account, token: { accessToken, refreshToken: null, expiresIn: null, raw: {} } }
    } catch (error) {
      if (!(error instanceof VendorClosed)) throw error
      throw new Forbidden(closedForTokens(brand))
    }
  },
})
