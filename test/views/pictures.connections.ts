import { sinceShown } from '../../server/web/since-shown.js'
import type { AccessToken } from '../../server/connections/access-token.store.js'
import type { Connection } from '../../server/connections/connection.store.js'
import {
  confirmConnectionPage,
  connectionPage,
  disconnectPage,
  newConnectionPage,
} from '../../server/connections/connection.view.js'
import { confirmOwnConnectionPage, ownConnectionPage } from '../../server/connections/own-connection.view.js'
import { settingsPage } from '../../server/connections/settings.view.js'
import { exportSettings } from '../../server/connectors/freee/settings.js'
import { newTokenForm, type TokenForm } from '../../server/feed/access-token.form.js'
import { newTokenPage, tokensPage } from '../../server/feed/access-token.view.js'
import type { Flash } from '../../server/web/session.js'
import { fail, type Picture } from './pictures.js'
import { aConnection, areal, connector, linked, pulling, RUN_ID } from './samples.js'

const outboundIps = ['203.0.113.10', '2001:db8::10']

export const connectionNew = (input: Partial<Parameters<typeof newConnectionPage>[0]>): Picture => ({
  view: 'pages/connection-new',
  locals: {
    connector: input.connector ?? connector,
    page: newConnectionPage({
      connector,
      hasConsent: true,
      outboundIps,
      typed: {},
      errors: {},
      problem: null,
      ...input,
    }),
  },
})

export const connection = (input: Partial<Parameters<typeof connectionPage>[0]> = {}): Picture => ({
  view: 'pages/connection',
  locals: {
    connector: input.connector ?? connector,
    page: connectionPage({
      rules: null,
      connector,
      connection: aConnection(),
      hasConsent: true,
      outboundIps,
      typed: {},
      errors: {},
      ...input,
    }),
  },
})

export const connectionConfirm = (input: Partial<Parameters<typeof confirmConnectionPage>[0]>): Picture => ({
  view: 'pages/connection-confirm',
  locals: {
    connector,
    page: confirmConnectionPage({
      rules: null,
      connector,
      pending: aConnection(),
      ticks: { account: false, notes: false },
      errors: {},
      ...input,
    }),
  },
})

export const disconnect = (changes: Partial<Connection>, error: string | null): Picture => ({
  view: 'pages/disconnect',
  locals: { connector, page: disconnectPage({ connector, connection: aConnection(changes), error }) },
})

export const settings = (
  typed: Record<string, string>,
  errors: Record<string, string>,
  shown = connector,
  form = exportSettings,
  { changed = false } = {},
): Picture => ({
  view: 'pages/settings',
  locals: { connector: shown, page: settingsPage(form, { typed, errors, since: sinceShown([], { changed }) }) },
})

export const pullingTokens = pulling.accessTokens ?? fail('accessTokens')

export const given = { url: 'https://renkei.example', subdomain: 'midori-shokai' }

export const aToken = (changes: Partial<AccessToken> = {}): AccessToken => ({
  id: RUN_ID,
  connectionId: 'connection',
  connector: pulling.id,
  name: 'マネーフォワード クラウド給与',
  memo: '2026年1月に登録',
  resources: pullingTokens.resources.map(resource => resource.value),
  attributes: null,
  createdByName: '須磨 英子（001）',
  createdAt: new Date('2026-01-05T01:00:00Z'),
  lastUsedAt: new Date('2026-01-31T15:00:00Z'),
  revokedAt: null,
  ...changes,
})

export const tokenList = (tokens: AccessToken[], connected = true): Picture => ({
  view: 'pages/access-tokens',
  locals: {
    connector: pulling,
    page: tokensPage({ connector: pulling, tokens: pullingTokens, connected, issued: tokens, given }),
  },
})

export const tokenNew = (changes: Partial<TokenForm>): Picture => {
  const form = { ...newTokenForm(pullingTokens), ...changes }
  return {
    view: 'pages/access-token-new',
    locals: { connector: pulling, page: newTokenPage(pulling, pullingTokens, form) },
  }
}

export const arealConnection = aConnection({ connector: areal.id, accountCode: '12345678', accountName: 'user01' })

export const aLink = (changes: Partial<Connection> = {}) =>
  aConnection({
    connector: linked.id,
    accountCode: '',
    owner: 'admin',
    validUntil: new Date('2026-04-05T01:00:00Z'),
    ...changes,
  })

export const itsAuth = linked.auth.perAdmin ?? fail('perAdmin')

export const link = (
  state: 'none' | 'active' | 'expired',
  flash: Flash[] = [],
  itemIsGone = false,
  error: string | null = null,
): Picture => ({
  view: 'pages/own-connection',
  locals: {
    connector: linked,
    page: ownConnectionPage({
      connector: linked,
      auth: itsAuth,
      connection: state === 'none' ? null : aLink(),
      now: new Date(state === 'expired' ? '2026-04-05T01:00:00Z' : '2026-01-05T01:00:00Z'),
      itemIsGone,
      error,
      toldOfEnd: flash.some(message => message.text === itsAuth.texts.expired),
    }),
  },
  flash,
})

export const linkConfirm = (renewing: boolean): Picture => ({
  view: 'pages/own-connection-confirm',
  locals: { connector: linked, page: confirmOwnConnectionPage(linked, itsAuth, renewing) },
})
