import { Router, type Response } from 'express'
import type { Connector } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { connectorHelpPage, connectorTopicPage, generalTopicPage, helpIndexPage, type HelpPage } from './help.view.js'

/** Help on every page. It says nothing of any company, so it is open to everybody. */
export function helpRoutes({ connectors }: { connectors: readonly Connector[] }): Router {
  const router = Router()
  const connectorOf = (id: string) => connectors.find(connector => connector.id === id)
  const show = (res: Response, page: HelpPage | null | undefined, connector?: Connector) => {
    if (!page) throw new NotFound()
    res.render('pages/help', { page, connector })
  }

  router.get(paths.help.pattern, (_req, res) => show(res, helpIndexPage(connectors)))

  router.get(paths.helpOn.pattern, ({ params }, res) => {
    const connector = connectorOf(String(params.subject))
    show(res, connector ? connectorHelpPage(connector) : generalTopicPage(String(params.subject)), connector)
  })

  router.get(paths.helpPage.pattern, ({ params }, res) => {
    const connector = connectorOf(String(params.connector))
    show(res, connector && connectorTopicPage(connector, String(params.topic)), connector)
  })

  return router
}
