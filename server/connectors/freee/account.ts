import { z } from 'zod'
import { Forbidden, VendorUnavailable } from '../../errors.js'
import type { ConsentAuth } from '../../contract/contract.js'

const CODE = /^[0-9a-f]{10}$/i

/**
 * 事業所番号 as typed: ten characters 0–9, a–f; freee prints it with hyphens, people type it full width (freee §1.2).
 */
export const normaliseAccountCode: NonNullable<ConsentAuth['accountCode']>['normalise'] = typed => {
  const code = typed.normalize('NFKC').replace(/[\s\-‐−–—ー]/g, '')
  return CODE.test(code)
    ? { ok: true, code: code.toLowerCase() }
    : {
        ok: false,
        error: '事業所番号が正しくありません。freee人事労務の画面で確認できる、10桁の半角英数字を入力してください。',
      }
}

const userShape = z.looseObject({
  companies: z.array(
    z.looseObject({
      id: z.coerce.string(),
      name: z.string().nullish(),
      role: z.string().nullish(),
      external_cid: z.string().nullish(),
    }),
  ),
})

export const UNREADABLE = 'freee人事労務からの応答を読み取れませんでした。時間をおいて、もう一度連携してください。'
export const otherCompany = (code: string): string =>
  `入力した事業所番号（${code}）と、freeeで許可した事業所が一致しません。事業所番号を確認し、freeeの画面で同じ事業所を選択してください。`
export const NO_ADMIN =
  'freee人事労務の管理者ではないユーザーで許可されたため、連携できません。freee人事労務の管理者権限を持つユーザーで、もう一度連携してください。'

/** The company the token is for: it must be the one typed, and the person its administrator (freee §1.1, §1.2). */
export const identifyAccount: ConsentAuth['identify'] = async (http, token, code) => {
  const { body } = await http.request<unknown>({ method: 'GET', path: '/api/v1/users/me', kind: 'read' })
  const user = userShape.safeParse(body)
  if (!user.success) {
    throw new VendorUnavailable(UNREADABLE, new Date(Date.now() + 60_000))
  }
  const { companies } = user.data
  const companyId = token.raw.company_id
  const chosen =
    companies.find(company => company.id === String(companyId)) ??
    // A token without select_company names none: then the typed number decides.
    companies.find(company => company.external_cid?.toLowerCase() === code)
  const number = (
    typeof token.raw.external_cid === 'string' ? token.raw.external_cid : chosen?.external_cid
  )?.toLowerCase()
  if (!chosen || number !== code) {
    throw new Forbidden(otherCompany(code))
  }
  if (chosen.role !== 'company_admin') {
    throw new Forbidden(NO_ADMIN)
  }
  return { id: chosen.id, code, name: chosen.name ?? '' }
}
