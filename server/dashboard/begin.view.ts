import { atOnceOf, type Connector, type Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import type { Page, PageLink } from '../web/page.js'

/** What an address or a bookmark of a run's beginning shows: its button makes the run, looking at it makes nothing. */
export interface BeginPage extends Page {
  back: PageLink
  lead: string
  action: string
  flow: string
  button: string
}

export const beginPage = (connector: Connector, flow: Flow): BeginPage => ({
  title: flow.title,
  back: { href: paths.dashboard.to({ connector: connector.id }), label: 'ダッシュボードに戻る' },
  lead: flow.panel.lead,
  action: paths.newRun.to({ connector: connector.id }),
  flow: flow.id,
  button: atOnceOf(flow)?.preview ?? flow.panel.button,
})
