import { connectors } from '../../server/connectors/registry.js'
import {
  connectorHelpPage,
  connectorTopicPage,
  generalTopicPage,
  helpIndexPage,
  type HelpPage,
} from '../../server/help/help.view.js'
import type { Picture } from './pictures.js'
import { connector } from './samples.js'

const help = (page: HelpPage | null, own = true): Picture => ({
  view: 'pages/help',
  locals: { page, ...(own && { connector }) },
  signedOut: !own,
})

export const helpPictures: Readonly<Record<string, Picture>> = {
  help: help(helpIndexPage(connectors), false),
  'help-service': help(connectorHelpPage(connector)),
  'help-connection': help(connectorTopicPage(connector, 'connection')),
  'help-select': help(connectorTopicPage(connector, 'select')),
  'help-report': help(connectorTopicPage(connector, 'report')),
  'help-sign-in': help(generalTopicPage('sign-in'), false),
}
