import { goesByLinks, mappingOf, type Connector, type Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import { jstDateTime, jstTime } from '../platform/clock.js'
import { startedBy } from '../runs/run.js'
import { changeListOf, type ChangeList } from '../runs/change-list.js'
import { crewPage } from '../runs/crew-link.js'
import { classLabel, outcomeLabel, type Label } from '../runs/labels.js'
import type { PersonEvent, PersonLink, Seen } from '../runs/person.store.js'
import { shownKey } from '../runs/reasons.js'
import { sheetLinks } from '../runs/sheet.js'
import type { Fact, Page, PageLink, Table } from '../web/page.js'
import type { Check } from '../wizard/check-person.service.js'
import { pairedFlows } from '../wizard/pair.service.js'
import type { Downloads } from '../wizard/plan-file.view.js'
import { newerPairs, pairRow } from './pair-changes.view.js'
import type { Episode, Story } from './person.service.js'
import { titleOf } from './run-list.view.js'

/** What a service knows the person by, and since when that is remembered. */
export interface LinkRow {
  service: string
  /** whose pair has ended is told, too */
  state: Label
  id: string
  since: string
  by: string
  run: string | null
}

export interface EpisodeRow {
  at: string
  service: string
  run: { label: string; href: string | null }
  by: string
  /** null: no run's */
  outcome: Label | null
  /** null: of a flow that there is no more */
  label: Label | null
  reason: string
  /** of a pair that is another by now: from which record to which */
  pair: string | null
  notes: readonly string[]
  /** 「10:02:11 照会：該当なし → 10:02:12 登録」; null: nobody was new, or nothing is known of it */
  proof: string | null
  /** null: the values are forgotten; `fields` says which they were */
  changeList: ChangeList | null
  fields: string | null
}

/** ［この人だけ差分を確認］ of one flow. */
export interface CheckRow {
  label: string
  /** what is sent with the button; null: it can't be pressed, and `why` says so */
  value: string | null
  why: string | null
}

export interface PersonPage extends Page {
  lead: string
  facts: Fact[]
  crew: PageLink
  /** values of some of it are forgotten; null: of nothing */
  forgotten: string | null
  links: (Table & { rowView: '/partials/rows/person-link'; rows: LinkRow[] }) | null
  /** ［紐付けを直す］, service by service */
  pairings: PageLink[]
  check: { action: string; rows: CheckRow[] } | null
  story: (Table & { rowView: '/partials/rows/episode'; rows: EpisodeRow[] }) | null
  downloads: Downloads | null
  pages: PageLink[]
}

export const PERSON_TITLE = '従業員の記録'

const GONE = '（保存期間が過ぎたため、削除されました）'

const FORGOTTEN =
  '一部の同期は、保存期間が過ぎたため、変更した項目の名前だけを表示しています。変更前・変更後の内容は削除されました。記録が必要な場合は、保存期間内にファイルをダウンロードしてください。'

export const LINKED: Label = { label: '紐付け中', look: 'st-green' }
export const ENDED: Label = { label: '終了', look: 'st-grey' }
const BY_KEY: Label = { label: '番号で照合', look: 'st-blue' }

/** A service and one of its flows, as far as this release knows them. */
export function knownOf(
  connectors: readonly Connector[],
  { connector: id, flow: name }: { connector: string; flow: string },
) {
  const connector = connectors.find(candidate => candidate.id === id)
  return { connector, flow: connector?.flows.find(({ id: own }) => own === name) }
}

export const serviceName = (connectors: readonly Connector[], id: string): string =>
  connectors.find(connector => connector.id === id)?.labels.product ?? id

const linkRow = (connectors: readonly Connector[], link: PersonLink, offered: ReadonlySet<string>): LinkRow => ({
  service: [serviceName(connectors, link.connector), link.accountName].filter(text => text !== '').join('　'),
  state: link.dead ? ENDED : LINKED,
  id: link.serviceId,
  since: jstDateTime(link.since),
  by: link.by ?? '（記録なし）',
  run: link.runId !== null && offered.has(link.connector) ? paths.report.to({ id: link.runId }) : null,
})

/** Services that tell people by number alone remember no pair: where they have seen the person last. */
function seenRows(connectors: readonly Connector[], seen: readonly Seen[]): LinkRow[] {
  const newest = new Map<string, LinkRow>()
  for (const one of [...seen].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const { flow } = knownOf(connectors, one)
    const id = flow?.direction === 'to-smarthr' ? one.sourceId : one.targetId
    if (flow?.kind !== 'sync' || goesByLinks(flow) || id === null) continue
    newest.set(one.connector, {
      service: serviceName(connectors, one.connector),
      state: BY_KEY,
      id,
      since: `${jstDateTime(one.at)}（最後の確認）`,
      by: '－',
      run: null,
    })
  }
  return [...newest.values()]
}

/** The names of the fields that were written of somebody whose values are forgotten. */
export const fieldNames = ({ item }: Episode, flow: Flow | undefined): string[] =>
  item.changedFields.map(id => (flow && mappingOf(flow).find(field => field.id === id)?.label) ?? id)

/** A pair is put right where pairs tell who is who; elsewhere the number does. */
const pairingsOf = (crewId: string, checks: readonly Check[]): PageLink[] =>
  [...new Set(checks.map(({ connector }) => connector))]
    .filter(connector => pairedFlows(connector).length > 0)
    .map(({ id, labels }) => ({
      href: paths.pairing.to({ crew: crewId, connector: id }),
      label: `${labels.product}の紐付けを直す`,
    }))

/** Where an answer never came, the look behind it decides what the record is. */
const told = ({ what, found }: PersonEvent, before: PersonEvent | undefined, act: string): string => {
  if (what === 'looked') return found ? '照会：該当あり' : '照会：該当なし'
  if (what === 'sent') return '送信'
  return before?.what === 'looked' && before.found ? `${act}済みを確認` : act
}

/** How it was known that nobody was registered twice: what was asked and sent, in order. */
export function proofOf({ run, item, events }: Episode, flow: Flow | undefined): string | null {
  if (flow?.kind !== 'sync' || item.class !== 'new' || events.length === 0) return null
  const steps = events.flatMap((event, index) =>
    // An answer says that it was sent.
    event.what === 'sent' && events[index + 1]?.what === 'made'
      ? []
      : `${jstTime(event.at)} ${told(event, events[index - 1], '登録')}`,
  )
  const read = run.fetchedAt ? [`${jstTime(run.fetchedAt)} 取得：該当なし`] : []
  return [...read, ...steps].join(' → ')
}

function episodeRow(connectors: readonly Connector[], offered: ReadonlySet<string>, episode: Episode): EpisodeRow {
  const { run, item } = episode
  const { connector, flow } = knownOf(connectors, run)
  const done = item.outcome === 'succeeded' ? 'した' : 'する'
  const what = `${item.class === 'new' ? '登録' : '変更'}${done}項目`
  const isForgotten = item.content.changes.length === 0
  const names = fieldNames(episode, flow)
  return {
    at: jstDateTime(item.appliedAt),
    service: serviceName(connectors, run.connector),
    run: {
      label: (connector && titleOf(connector, run)) || run.flow,
      href: offered.has(run.connector) ? paths.report.to({ id: run.id }) : null,
    },
    by: startedBy(run),
    outcome: outcomeLabel(item),
    label: flow ? classLabel(flow.words, item.class) : null,
    reason: item.reason ?? '',
    pair: null,
    notes: item.content.notes,
    proof: proofOf(episode, flow),
    changeList: flow && !isForgotten ? changeListOf(item, flow, what) : null,
    fields: isForgotten && names.length > 0 ? `${what}：${names.join('、')}` : null,
  }
}

const forgottenOf = (episodes: readonly Episode[]): string | null =>
  episodes.some(({ run }) => run.peopleDeletedAt !== null) ? FORGOTTEN : null

export function factsOf(
  { crewId, latest }: Pick<Story, 'crewId' | 'latest'>,
  connectors: readonly Connector[],
): Fact[] {
  const flow = latest && knownOf(connectors, latest.run).flow
  return [
    ['氏名', latest?.item.name ?? GONE],
    ...(latest ? [[flow?.words.key ?? '社員番号', shownKey(latest.item) || '－'] as const] : []),
    ['SmartHRの従業員ID', crewId],
  ]
}

/** What runs have done, and what became of pairs meanwhile, the newest first. */
function storyRows(
  connectors: readonly Connector[],
  offered: ReadonlySet<string>,
  { episodes, pairs }: Pick<Story, 'episodes' | 'pairs'>,
): EpisodeRow[] {
  const newer = newerPairs(pairs)
  const rowsOf = (some: Story['pairs']) =>
    some.map(pair => {
      const { connector } = pair
      return pairRow(pair, { service: serviceName(connectors, connector), isOffered: offered.has(connector) })
    })
  return [
    ...episodes.flatMap(episode => [
      ...rowsOf(newer(episode.item.appliedAt)),
      episodeRow(connectors, offered, episode),
    ]),
    ...rowsOf(newer(null)),
  ]
}

const LINKS = { table: '連携サービスとの紐付け', region: '連携サービスとの紐付けの表' }
const LINK_COLUMNS = ['連携サービス', '状態', '連携サービスのID', '紐付けた日時', '紐付けた人'].map(label => ({
  label,
}))

const DONE = { table: '行なったこと', region: '行なったことの表' }
const DONE_COLUMNS = ['日時', '同期', '結果', '区分', '内容', '実行者'].map(label => ({ label }))

/** One person's story. */
export function personPage(input: {
  crewId: string
  latest: Story['latest']
  links: Story['links']
  seen: Story['seen']
  checks: readonly Check[]
  episodes: Story['episodes']
  pairs: Story['pairs']
  next: string | null
  isFirst: boolean
  /** the company's SmartHR */
  site: string
  connectors: readonly Connector[]
  /** services that have pages */
  offered: ReadonlySet<string>
}): PersonPage {
  const { crewId, episodes, connectors, offered } = input
  const links = [...input.links.map(link => linkRow(connectors, link, offered)), ...seenRows(connectors, input.seen)]
  const rows = storyRows(connectors, offered, input)
  const here = (query: Record<string, string> = {}) => paths.person.to({ crew: crewId }, query)
  return {
    title: PERSON_TITLE,
    wide: true,
    lead: 'この従業員について、このアプリが行なったことを新しい順に確認できます。このページを開いたことは、操作履歴に残ります。',
    facts: factsOf(input, connectors),
    crew: crewPage(input.site, crewId),
    forgotten: forgottenOf(episodes),
    links:
      links.length === 0
        ? null
        : { caption: LINKS, columns: LINK_COLUMNS, rowView: '/partials/rows/person-link', rows: links },
    pairings: pairingsOf(crewId, input.checks),
    check:
      input.checks.length === 0
        ? null
        : {
            action: paths.checkPerson.to({ crew: crewId }),
            rows: input.checks.map(({ connector, flow, why }) => ({
              label: flow.panel.title,
              value: why === null ? `${connector.id}/${flow.id}` : null,
              why,
            })),
          },
    story: rows.length === 0 ? null : { caption: DONE, columns: DONE_COLUMNS, rowView: '/partials/rows/episode', rows },
    downloads: {
      title: '記録をダウンロード',
      text: 'この従業員の記録をすべて、項目ごとに出力します。本人から開示を求められたときなどに利用できます。番号などは、すべての桁を出力します。',
      links: sheetLinks((ending, form) =>
        (ending === 'xlsx' ? paths.personXlsx : paths.personCsv).to({ crew: crewId }, form),
      ),
    },
    pages: [
      ...(input.isFirst ? [] : [{ href: here(), label: '最初へ' }]),
      ...(input.next === null ? [] : [{ href: here({ before: input.next }), label: '次へ' }]),
    ],
  }
}
