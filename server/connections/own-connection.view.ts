import type { PerAdminAuth, Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { Checkbox, Fact, Page, PageLink, Label } from '../web/page.js'
import type { Connection } from './connection.store.js'
import { daysLeft, ownConnectionStateOf, type OwnConnectionState } from './own-connection.js'

/** ［外部ツールとの連携］ */
export interface OwnConnectionPage extends Page {
  lead: string
  warning: string | null
  /** the offer to make an item once more that is lost */
  again: { title: string; text: string; sure: Checkbox; button: string } | null
  heading: string
  status: Label
  connected: { siteTerm: string; facts: Fact[] } | null
  /** the word of the way out; null: there is no connection to end */
  end: string | null
  button: { label: string; primary: boolean }
}

const statuses: Readonly<Record<OwnConnectionState, Label>> = {
  none: { label: '未連携', look: 'st-grey' },
  active: { label: '連携中', look: 'st-green' },
  expired: { label: '有効期限切れ', look: 'st-error' },
}

export function ownConnectionPage(input: {
  connector: Connector
  auth: PerAdminAuth
  connection: Connection | null
  now: Date
  /** the item is not at SmartHR any more */
  itemIsGone: boolean
  /** the tick is missing */
  error: string | null
  /** a message on this page says already that the time is over */
  toldOfEnd: boolean
}): OwnConnectionPage {
  const { connector, connection, now } = input
  const { texts } = input.auth
  const state = ownConnectionStateOf(connection, now)
  const again = input.itemIsGone ? connector.customItem?.again : undefined
  const error = again ? input.error : null
  return {
    title: texts.section,
    hasErrors: error !== null,
    lead: connector.auth.texts.lead,
    warning: state === 'expired' && !input.toldOfEnd ? texts.expired : null,
    again: again
      ? {
          title: again.title,
          text: again.text,
          sure: {
            name: 'sure',
            boxId: 'sure',
            value: 'yes',
            label: again.tick,
            checked: false,
            error: error ?? undefined,
            focus: error !== null,
          },
          button: again.button,
        }
      : null,
    heading: texts.row,
    status: statuses[state],
    connected: connection && {
      siteTerm: texts.url,
      facts: [
        [texts.daysLeft, `${daysLeft(connection.validUntil, now)}日`],
        ['連携日時', jstDateTime(connection.createdAt)],
        ['有効期限', connection.validUntil ? jstDateTime(connection.validUntil) : ''],
      ],
    },
    end: state === 'active' ? texts.end : null,
    button: { label: state === 'none' ? texts.connect : texts.renew, primary: state !== 'active' },
  }
}

/** The page before SmartHR's consent page. */
export const confirmOwnConnectionPage = (
  connector: Connector,
  { texts, days }: PerAdminAuth,
  renewing: boolean,
): Page & { back: PageLink; days: number; button: string } => ({
  title: texts.row,
  back: { href: paths.connection.to({ connector: connector.id }), label: `${texts.section}に戻る` },
  days,
  button: renewing ? texts.renew : texts.connect,
})

export const endOwnConnectionPage = (
  connector: Connector,
  { texts }: PerAdminAuth,
): Page & { heading: string; question: string; notes: readonly string[] } => ({
  title: texts.end,
  heading: texts.section,
  dialog: {
    title: texts.end,
    content: texts.end,
    action: paths.connectionEnd.to({ connector: connector.id }),
    hidden: {},
    cancel: paths.connection.to({ connector: connector.id }),
    button: 'OK',
    dangerous: true,
  },
  question: texts.alert,
  notes: connector.auth.texts.disconnectNotes,
})
