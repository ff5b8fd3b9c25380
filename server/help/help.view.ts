import { asksItems, stepOf, type Connector } from '../contract/contract.js'
import { hasFieldRules } from '../contract/field-rules.js'
import { keyChoices } from '../contract/flow-keys.js'
import { tablesOf } from '../contract/value-tables.js'
import type { ConnectorHelp, HelpTopic } from '../contract/help.js'
import { scopedFlows } from '../contract/scope.js'
import { paths } from '../paths.js'
import type { Page, PageLink, Table } from '../web/page.js'
import {
  confirmingReasons,
  connectingReasons,
  fetchingReasons,
  planningReasons,
  readingReasons,
  writingReasons,
  type ReasonGroup,
} from './reasons.js'
import type { Topic } from './topic.js'
import { generalTopics, type GeneralTopic } from './general-topics.js'
import { topics } from './topics.js'
import { wizardTopics } from './wizard-topics.js'

type TableOf<Row> = Table & { rowView: string; rows: Row[] }

export interface HelpPage extends Page {
  back: PageLink | null
  lead: string
  steps: readonly string[]
  /** what is different with this service */
  own: { title: string; notes: readonly string[] } | null
  trouble: Topic['trouble']
  reasons: (ReasonGroup & { id: string; table: TableOf<ReasonGroup['rows'][number]> })[]
  terms: TableOf<ConnectorHelp['terms'][number]> | null
  manuals: ConnectorHelp['manuals']
  /** other pages of the help */
  lists: { title: string; links: (PageLink & { text: string })[] }[]
}

const NOTHING: Omit<HelpPage, 'title' | 'lead'> = {
  back: null,
  steps: [],
  own: null,
  trouble: [],
  reasons: [],
  terms: null,
  manuals: [],
  lists: [],
}

const all: PageLink = { href: paths.help.to(), label: 'ヘルプの一覧に戻る' }

const stepTopics = Object.keys(wizardTopics) as (keyof typeof wizardTopics)[]

/** The pages that a service has. */
function topicsOf(connector: Connector): HelpTopic[] {
  const { flows, settings, accessTokens } = connector
  const has: Partial<Record<HelpTopic, boolean>> = {
    'field-rules': hasFieldRules(connector),
    'flow-key': keyChoices(connector).length > 0,
    scopes: scopedFlows(connector).length > 0,
    'value-tables': tablesOf(connector).length > 0,
    settings: settings !== null,
    'payslip-items': flows.some(asksItems),
    'access-tokens': accessTokens !== undefined,
    ...Object.fromEntries(
      stepTopics.map(step => [step, flows.some(flow => stepOf(flow, step) !== undefined)] as const),
    ),
  }
  return (Object.keys(topics) as HelpTopic[]).filter(topic => has[topic] ?? true)
}

/** A page's name as the service's own pages print it. */
function titleOf(topic: HelpTopic, { flows, labels, auth, settings, accessTokens, dashboard }: Connector): string {
  const usual = topics[topic].title
  const asked = (names: (string | undefined)[]) => [...new Set(names)].filter(name => name !== undefined).join('・')
  switch (topic) {
    case 'connection':
      return auth.texts.settingsTitle
    case 'dashboard':
      return labels.dashboard
    case 'settings':
      return settings?.title ?? usual
    case 'access-tokens':
      return accessTokens?.title ?? usual
    case 'runs':
      return dashboard.allTitle ?? usual
    case 'date':
      return asked(flows.map(flow => stepOf(flow, 'date')?.heading))
    case 'period':
      return asked(flows.map(flow => stepOf(flow, 'period')?.heading))
    case 'area':
      return asked(flows.map(flow => stepOf(flow, 'area')?.heading))
    case 'select':
      return `${asked(flows.filter(flow => stepOf(flow, 'select')).map(({ words }) => words.item))}の選択`
    default:
      return usual
  }
}

const reasonsOf = {
  connecting: connectingReasons,
  reading: readingReasons,
  fetching: fetchingReasons,
  planning: planningReasons,
  confirming: confirmingReasons,
  writing: writingReasons,
}

const reasonTables = (groups: readonly ReasonGroup[]): HelpPage['reasons'] =>
  groups.map((group, index) => ({
    ...group,
    id: `reasons-${String(index + 1)}`,
    table: {
      caption: { table: group.title, region: `${group.title}の理由と対処` },
      columns: [{ label: '表示される理由', look: 'help-reason' }, { label: '対処' }],
      rowView: '/partials/rows/explained-reason',
      rows: group.rows,
    },
  }))

function termsTable({ help, labels }: Connector): HelpPage['terms'] {
  if (!help || help.terms.length === 0) return null
  const region = 'SmartHRとの用語の違い'
  return {
    caption: { table: region, region },
    columns: [{ label: 'SmartHR' }, { label: labels.product }],
    rowView: '/partials/rows/term',
    rows: [...help.terms],
  }
}

/** The help of one page of a service; null where it has no such page. */
export function connectorTopicPage(connector: Connector, name: string): HelpPage | null {
  const topic = topicsOf(connector).find(candidate => candidate === name)
  if (!topic) return null
  const { does, steps, trouble, reasons } = topics[topic]
  const notes = connector.help?.pages[topic] ?? []
  const { app, product } = connector.labels
  return {
    ...NOTHING,
    title: `${titleOf(topic, connector)}のヘルプ`,
    back: { href: paths.helpOn.to({ subject: connector.id }), label: `${app}のヘルプに戻る` },
    lead: does,
    steps,
    own: notes.length > 0 ? { title: `${product}の場合`, notes } : null,
    trouble,
    reasons: reasons ? reasonTables(reasonsOf[reasons](connector)) : [],
    terms: termsTable(connector),
    manuals: connector.help?.manuals ?? [],
  }
}

/** The help of a service: its pages, its words and its manuals. */
export const connectorHelpPage = (connector: Connector): HelpPage => ({
  ...NOTHING,
  title: `${connector.labels.app}のヘルプ`,
  back: all,
  lead: connector.labels.summary,
  terms: termsTable(connector),
  manuals: connector.help?.manuals ?? [],
  lists: [
    {
      title: '画面ごとのヘルプ',
      links: topicsOf(connector).map(topic => ({
        href: paths.helpPage.to({ connector: connector.id, topic }),
        label: titleOf(topic, connector),
        text: topics[topic].does,
      })),
    },
  ],
})

const isGeneral = (name: string): name is GeneralTopic => Object.hasOwn(generalTopics, name)

/** The help of a page that belongs to no service; null where there is none. */
export function generalTopicPage(name: string): HelpPage | null {
  if (!isGeneral(name)) return null
  const { title, does, steps, trouble } = generalTopics[name]
  return { ...NOTHING, title: `${title}のヘルプ`, back: all, lead: does, steps, trouble }
}

/** All of the help. */
export const helpIndexPage = (connectors: readonly Connector[]): HelpPage => ({
  ...NOTHING,
  title: 'ヘルプ',
  lead: '画面の見出しの横にある「？」を開くと、その画面のヘルプを表示します。',
  lists: [
    {
      title: '連携サービス',
      links: connectors.map(({ id, labels }) => ({
        href: paths.helpOn.to({ subject: id }),
        label: `${labels.app}のヘルプ`,
        text: labels.summary,
      })),
    },
    {
      title: '共通の画面',
      links: Object.entries(generalTopics).map(([subject, { title, does }]) => ({
        href: paths.helpOn.to({ subject }),
        label: title,
        text: does,
      })),
    },
  ],
})
