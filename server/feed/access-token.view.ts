import type { AccessTokens } from '../contract/contract.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { AccessToken } from './access-token.store.js'

export interface TokenRow {
  name: string
  memo: string
  createdAt: string
  createdBy: string
  lastUsed: string
  /** what it is limited to, in words */
  limits: string[]
  /** where it is revoked; null: it was */
  revoke: string | null
  revokedAt: string | null
}

function limitsOf({ resources, attributes }: AccessTokens, token: AccessToken): string[] {
  const permitted = resources.filter(({ value }) => token.resources.includes(value))
  const all = attributes.reduce((sum, group) => sum + group.items.length, 0)
  const limits = [
    ...(permitted.length < resources.length
      ? [`リソース：${permitted.map(resource => resource.label).join('、')}`]
      : []),
    ...(token.attributes ? [`アトリビュート：${token.attributes.length}/${all}項目`] : []),
  ]
  return limits.length > 0 ? limits : ['なし']
}

export const tokenRows = (connector: string, tokens: AccessTokens, rows: readonly AccessToken[]): TokenRow[] =>
  rows.map(token => ({
    name: token.name,
    memo: token.memo,
    createdAt: jstDateTime(token.createdAt),
    createdBy: token.createdByName,
    lastUsed: token.lastUsedAt ? jstDateTime(token.lastUsedAt) : '未使用',
    limits: limitsOf(tokens, token),
    revoke: token.revokedAt ? null : paths.accessTokenEnd.to({ connector, token: token.id }),
    revokedAt: token.revokedAt && jstDateTime(token.revokedAt),
  }))
