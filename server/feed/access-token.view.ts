import type { AccessTokens, Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import { connectLink } from '../runs/blocked.view.js'
import { jstDateTime } from '../platform/clock.js'
import { amount } from '../runs/labels.js'
import type { FieldErrors } from '../web/form.js'
import type { Fact, Field, Page, PageLink, Table } from '../web/page.js'
import { MAX_NAME, type TokenForm } from './access-token.form.js'
import type { AccessToken } from '../connections/access-token.store.js'

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

const lastUse = ({ lastUsedAt }: AccessToken): string => (lastUsedAt ? jstDateTime(lastUsedAt) : '未使用')

export const tokenRows = (connector: string, tokens: AccessTokens, rows: readonly AccessToken[]): TokenRow[] =>
  rows.map(token => ({
    name: token.name,
    memo: token.memo,
    createdAt: jstDateTime(token.createdAt),
    createdBy: token.createdByName,
    lastUsed: lastUse(token),
    limits: limitsOf(tokens, token),
    revoke: token.revokedAt ? null : paths.accessTokenEnd.to({ connector, token: token.id }),
    revokedAt: token.revokedAt && jstDateTime(token.revokedAt),
  }))

/** What the service asks for beside the token. */
export interface Given {
  url: string
  subdomain: string
}

/** Where a token is typed in at the service. */
interface Guide {
  title: string
  steps: readonly string[]
  given: Fact[]
}

const guideOf = ({ guide }: AccessTokens, given: Given): Guide => ({
  title: guide.title,
  steps: guide.steps,
  given: [
    [guide.subdomain, given.subdomain || '-'],
    [guide.url, given.url],
  ],
})

const listOf = (connector: Connector): string => paths.accessTokens.to({ connector: connector.id })

export interface TokensPage extends Page {
  lead: string
  notConnected: { text: string; link: PageLink } | null
  counter: string
  table: Table
  rows: TokenRow[]
  guide: Guide
}

const TABLE: Table = {
  caption: { table: 'アクセストークン', region: 'アクセストークンの表' },
  columns: [
    { label: 'アクセストークン名', look: 'who' },
    { label: 'メモ' },
    { label: '制限' },
    { label: '作成日時' },
    { label: '発行者' },
    { label: '最終利用日時' },
    { label: '操作' },
  ],
}

export function tokensPage(input: {
  connector: Connector
  tokens: AccessTokens
  connected: boolean
  issued: readonly AccessToken[]
  given: Given
}): TokensPage {
  const { connector, tokens, issued } = input
  return {
    title: tokens.title,
    wide: true,
    lead: tokens.lead,
    notConnected: input.connected ? null : { text: connector.auth.texts.notice, link: connectLink(connector) },
    counter: `${amount(issued.filter(token => token.revokedAt === null).length)}件`,
    table: TABLE,
    rows: tokenRows(connector.id, tokens, issued),
    guide: guideOf(tokens, input.given),
  }
}

export interface NewTokenPage extends Page {
  back: PageLink
  id: string
  name: Field
  memo: Field
  resources: { choices: { value: string; label: string; checked: boolean }[]; error: string | undefined }
  attributes: {
    help: string
    groups: { label: string; items: { path: string; label: string; checked: boolean }[] }[]
    error: string | undefined
  }
  errors: FieldErrors
}

export function newTokenPage(connector: Connector, tokens: AccessTokens, form: TokenForm): NewTokenPage {
  const { typed, errors } = form
  return {
    title: 'アクセストークンの追加',
    hasErrors: Object.keys(errors).length > 0,
    back: { href: listOf(connector), label: `${tokens.title}に戻る` },
    id: form.id,
    name: {
      id: 'name',
      label: 'アクセストークン名',
      kind: 'text',
      value: typed.name,
      error: errors.name,
      help: `${MAX_NAME}文字以内で入力してください。`,
      example: tokens.example,
      required: true,
    },
    memo: {
      id: 'memo',
      label: 'メモ',
      kind: 'text',
      value: typed.memo,
      error: errors.memo,
      help: '使いみちや登録先を残せます。',
    },
    resources: {
      choices: tokens.resources.map(({ value, label }) => ({ value, label, checked: form.resources.includes(value) })),
      error: errors.resources,
    },
    attributes: {
      help: '「参照」を許可する項目にチェックを入れてください。すべてにチェックが入っている場合は、後から追加された項目も取得できます。従業員コードは、常に取得できます。',
      groups: tokens.attributes.map(({ label, items }) => ({
        label,
        items: items.map(item => ({ ...item, checked: form.attributes.includes(item.path) })),
      })),
      error: errors.attributes,
    },
    errors,
  }
}

/** The one page that shows a token. */
export const shownTokenPage = (input: {
  connector: Connector
  tokens: AccessTokens
  name: string
  issued: string
  given: Given
}): Page & { heading: string; warning: string; name: string; issued: string; guide: Guide; list: PageLink } => ({
  title: 'アクセストークンの発行',
  heading: 'アクセストークンを発行しました',
  warning:
    'アクセストークンは、この画面にだけ表示されます。画面を移動する前に、コピーしてください。控えを失くした場合は、新しく発行し、古いアクセストークンを無効にしてください。',
  name: input.name,
  issued: input.issued,
  guide: guideOf(input.tokens, input.given),
  list: { href: listOf(input.connector), label: `${input.tokens.title}一覧へ` },
})

export const revokeTokenPage = (
  connector: Connector,
  tokens: AccessTokens,
  token: AccessToken,
): Page & { heading: string; facts: Fact[] } => ({
  title: 'アクセストークンの無効化',
  heading: tokens.title,
  dialog: {
    title: 'アクセストークンを無効にしますか？',
    content: '無効にするアクセストークン',
    action: paths.accessTokenEnd.to({ connector: connector.id, token: token.id }),
    hidden: {},
    cancel: listOf(connector),
    button: '無効にする',
    dangerous: true,
  },
  facts: [
    ['アクセストークン名', token.name],
    ['作成日時', jstDateTime(token.createdAt)],
    ['発行者', token.createdByName],
    ['最終利用日時', lastUse(token)],
  ],
})
