import { connectors } from '../../server/connectors/registry.js'
import {
  connectorHelpPage,
  connectorTopicPage,
  generalTopicPage,
  helpIndexPage,
  type HelpPage,
} from '../../server/help/help.view.js'
import { mailRecipientsPage, storedFields } from '../../server/connections/mail-recipient.view.js'
import { sinceShown } from '../../server/web/since-shown.js'
import type { Picture } from './pictures.js'
import { connector, EVIL, LONG } from './samples.js'

const help = (page: HelpPage | null, own = true): Picture => ({
  view: 'pages/help',
  locals: { page, ...(own && { connector }) },
  signedOut: !own,
})

const administrators = [
  { id: 'a', smarthrUserId: '1', email: 'hanako@midori.example', name: '須磨 英子（001）' },
  { id: 'b', smarthrUserId: '2', email: 'jiro@midori.example', name: EVIL },
  { id: 'c', smarthrUserId: '3', email: 'c@midori.example', name: LONG },
]

const mailRecipients = (errors: Readonly<Record<string, string>> = {}): Picture => ({
  view: 'pages/mail-recipients',
  locals: {
    connector,
    page: mailRecipientsPage({
      administrators,
      typed: storedFields({ starter: 'all', admins: new Map([['b', 'failures']]) }, administrators),
      errors,
      since: sinceShown([]),
    }),
  },
})

export const helpPictures: Readonly<Record<string, Picture>> = {
  help: help(helpIndexPage(connectors), false),
  'help-service': help(connectorHelpPage(connector)),
  'help-connection': help(connectorTopicPage(connector, 'connection')),
  'help-select': help(connectorTopicPage(connector, 'select')),
  'help-report': help(connectorTopicPage(connector, 'report')),
  'mail-recipients': mailRecipients(),
  'mail-recipients-errors': mailRecipients({ starter: '送信先の管理者が見つかりません。' }),
  'help-sign-in': help(generalTopicPage('sign-in'), false),
}
