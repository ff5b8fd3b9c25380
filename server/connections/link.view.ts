import type { AdminLink, Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { Checkbox, Fact, Page, PageLink, Label } from '../web/page.js'
import type { Connection } from './connection.store.js'
import { daysLeft, linkStateOf, type LinkState } from './link.js'

/** ［外部ツールとの連携］ */
export interface LinkPage extends Page {
  lead: string
  warning: string | null
  /** the offer to make an item once more that is lost */
  again: { title: string; text: string; sure: Checkbox; button: string } | null
  heading: string
  status: Label
  linked: { siteTerm: string; facts: Fact[] } | null
  /** the word of the way out; null: there is no link to end */
  end: string | null
  button: { label: string; primary: boolean }
}

const statuses: Readonly<Record<LinkState, Label>> = {
  none: { label: '未連携', look: 'st-grey' },
  active: { label: '連携中', look: 'st-green' },
  expired: { label: '有効期限切れ', look: 'st-error' },
}

export function linkPage(input: {
  connector: Connector
  link: AdminLink
  connection: Connection | null
  now: Date
  /** the item is not at SmartHR any more */
  itemIsGone: boolean
  /** the tick is missing */
  error: string | null
  /** a message on this page says already that the time is over */
  toldOfEnd: boolean
}): LinkPage {
  const { connector, connection, now } = input
  const { texts } = input.link
  const state = linkStateOf(connection, now)
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
    linked: connection && {
      siteTerm: texts.url,
      facts: [
        [texts.daysLeft, `${daysLeft(connection.validUntil, now)}日`],
        ['連携日時', jstDateTime(connection.createdAt)],
        ['有効期限', connection.validUntil ? jstDateTime(connection.validUntil) : ''],
      ],
    },
    end: state === 'active' ? texts.end : null,
    button: { label: state === 'none' ? texts.link : texts.renew, primary: state !== 'active' },
  }
}

/** The page before SmartHR's consent page. */
export const confirmLinkPage = (
  connector: Connector,
  { texts, days }: AdminLink,
  renewing: boolean,
): Page & { back: PageLink; days: number; button: string } => ({
  title: texts.row,
  back: { href: paths.connection.to({ connector: connector.id }), label: `${texts.section}に戻る` },
  days,
  button: renewing ? texts.renew : texts.link,
})

export const unlinkPage = (
  connector: Connector,
  { texts }: AdminLink,
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
