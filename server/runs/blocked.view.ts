import type { Connector } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { paths } from '../paths.js'
import type { PageLink } from '../web/page.js'
import type { Blocked } from './may-start.js'

/** A message above a page, with the page that leads on. */
export interface BlockedMessage {
  text: string
  link?: PageLink
}

/** ［再連携する］: to the consent page of SmartHR and back to `returnTo`, or to the service's connection. */
export const reconnectLink = (
  connector: Pick<Connector, 'id'>,
  side: 'smarthr' | 'service',
  returnTo: string,
): PageLink => ({
  href: side === 'smarthr' ? paths.signIn.to({}, { returnTo }) : paths.connection.to({ connector: connector.id }),
  label: '再連携する',
})

/** The same, where that is what keeps a flow from a start; null where it is not. */
export const reconnectFor = (
  connector: Pick<Connector, 'id'>,
  blocked: Blocked | null,
  returnTo: string,
): PageLink | null => (blocked?.because === 'reconnect' ? reconnectLink(connector, blocked.side, returnTo) : null)

/** ［連携を始める］: where a service that is not connected is connected. */
export const connectLink = ({ id }: Pick<Connector, 'id'>): PageLink => ({
  href: paths.connection.to({ connector: id }),
  label: '連携を始める',
})

/** Why nothing was started, in words. */
export function blockedMessage(connector: Connector, blocked: Blocked): BlockedMessage {
  const { id, auth } = connector
  switch (blocked.because) {
    case 'not-connected':
      return { text: auth.texts.notice, link: connectLink(connector) }
    case 'expired':
      return {
        text: declared(auth.perAdmin, 'perAdmin').texts.expired,
        link: { href: paths.connection.to({ connector: id }), label: declared(auth.perAdmin, 'perAdmin').texts.renew },
      }
    case 'reconnect':
      return {
        text: `${blocked.side === 'smarthr' ? 'SmartHR' : connector.labels.product}との再連携が必要です。連携の有効期限が切れたか、許可が取り消されています。もう一度許可してください。`,
        link: reconnectLink(connector, blocked.side, paths.dashboard.to({ connector: id })),
      }
    case 'settings-missing': {
      const { missing, title } = declared(connector.settings, 'settings')
      return { text: missing, link: { href: paths.settings.to({ connector: id }), label: title } }
    }
    case 'token-missing': {
      const { missing, title } = declared(connector.accessTokens, 'accessTokens')
      return { text: missing, link: { href: paths.accessTokens.to({ connector: id }), label: title } }
    }
    case 'closed':
      return { text: blocked.sentence }
    case 'running':
      return {
        text: RUNNING_ALREADY,
        ...(blocked.runId !== null && {
          link: { href: paths.report.to({ id: blocked.runId }), label: '同期の実行状況を確認する' },
        }),
      }
  }
}

/** Said where a start was refused, and where its button would stand. */
export const RUNNING_ALREADY = '同期処理を実行中です。完了後に再度お試しください。'

/** The page to go to where the way out is another page; null: the message is enough. */
export const wayOut = ({ id, auth }: Connector, { because }: Blocked): string | null =>
  because === 'expired' || (because === 'not-connected' && auth.perAdmin)
    ? paths.connection.to({ connector: id })
    : null
