import { goesByLinks, mappingOf, type Connector, type Flow } from '../contract/contract.js'
import { paths } from '../paths.js'
import { jstDateTime, jstStamp, jstTime } from '../platform/clock.js'
import { startedBy } from '../runs/run.js'
import { changeListOf, type ChangeList } from '../runs/change-list.js'
import { crewPage } from '../runs/crew-link.js'
import { inCells } from '../runs/errors-csv.js'
import { classLabel, outcomeLabel, outcomeLabels, type Label } from '../runs/labels.js'
import type { PersonEvent, PersonLink, Seen } from '../runs/person.store.js'
import { shownKey } from '../runs/reasons.js'
import { sheetLinks, type Sheet } from '../runs/sheet.js'
import type { Fact, Page, PageLink, Table } from '../web/page.js'
import type { Check } from '../wizard/check-person.service.js'
import { pairedFlows } from '../wizard/pair.service.js'
import type { Downloads } from '../wizard/plan-file.view.js'
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
  outcome: Label
  /** null: of a flow that there is no more */
  label: Label | null
  reason: string
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

const LINKED: Label = { label: '紐付け中', look: 'st-green' }
const ENDED: Label = { label: '終了', look: 'st-grey' }
const BY_KEY: Label = { label: '番号で照合', look: 'st-blue' }

/** A service and one of its flows, as far as this release knows them. */
function knownOf(connectors: readonly Connector[], { connector: id, flow: name }: { connector: string; flow: string }) {
  const connector = connectors.find(candidate => candidate.id === id)
  return { connector, flow: connector?.flows.find(({ id: own }) => own === name) }
}

const serviceName = (connectors: readonly Connector[], id: string): string =>
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
const fieldNames = ({ item }: Episode, flow: Flow | undefined): string[] =>
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
function proofOf({ run, item, events }: Episode, flow: Flow | undefined): string | null {
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
    notes: item.content.notes,
    proof: proofOf(episode, flow),
    changeList: flow && !isForgotten ? changeListOf(item, flow, what) : null,
    fields: isForgotten && names.length > 0 ? `${what}：${names.join('、')}` : null,
  }
}

const forgottenOf = (episodes: readonly Episode[]): string | null =>
  episodes.some(({ run }) => run.peopleDeletedAt !== null) ? FORGOTTEN : null

function factsOf({ crewId, latest }: Pick<Story, 'crewId' | 'latest'>, connectors: readonly Connector[]): Fact[] {
  const flow = latest && knownOf(connectors, latest.run).flow
  return [
    ['氏名', latest?.item.name ?? GONE],
    ...(latest ? [[flow?.words.key ?? '社員番号', shownKey(latest.item) || '－'] as const] : []),
    ['SmartHRの従業員ID', crewId],
  ]
}

/** One person's story. */
export function personPage(input: {
  crewId: string
  latest: Story['latest']
  links: Story['links']
  seen: Story['seen']
  checks: readonly Check[]
  episodes: Story['episodes']
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
        : {
            caption: { table: '連携サービスとの紐付け', region: '連携サービスとの紐付けの表' },
            columns: [
              { label: '連携サービス' },
              { label: '状態' },
              { label: '連携サービスのID' },
              { label: '紐付けた日時' },
              { label: '紐付けた人' },
            ],
            rowView: '/partials/rows/person-link',
            rows: links,
          },
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
    story:
      episodes.length === 0
        ? null
        : {
            caption: { table: '行なったこと', region: '行なったことの表' },
            columns: [
              { label: '日時' },
              { label: '同期' },
              { label: '結果' },
              { label: '区分' },
              { label: '内容' },
              { label: '実行者' },
            ],
            rowView: '/partials/rows/episode',
            rows: episodes.map(episode => episodeRow(connectors, offered, episode)),
          },
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

/** What the file is called: whoever it is about is not told by its name. */
export const personFile = (now: Date): Pick<Sheet, 'stem' | 'id'> => ({
  stem: `従業員の記録_${jstStamp(now).slice(0, 12)}`,
  id: 'renkei-person',
})

/** 項目, 変更前, 変更後 of each field; of values that are forgotten the field alone. */
function cellsOf(episode: Episode, flow: Flow | undefined): [string, string, string][] {
  const { item } = episode
  if (item.content.changes.length > 0) return item.content.changes.map(change => inCells(change, item.class))
  const names = fieldNames(episode, flow)
  return names.length > 0 ? names.map(name => [name, '', '']) : [['', '', '']]
}

/** The story as a file, with whole values. */
export function personSheet({
  crewId,
  latest,
  links,
  episodes,
  connectors,
  now,
}: Omit<Story, 'episodes' | 'seen'> & {
  episodes: AsyncIterable<Episode>
  connectors: readonly Connector[]
  now: Date
}): Sheet {
  return {
    ...personFile(now),
    name: PERSON_TITLE,
    facts: [...factsOf({ crewId, latest }, connectors), ['出力日時', jstDateTime(now)]],
    columns: [
      { label: '日時', width: 18 },
      { label: '連携サービス', width: 24 },
      { label: '同期', width: 40 },
      { label: '実行者', width: 20 },
      { label: '結果', width: 12 },
      { label: '区分', width: 12 },
      { label: '社員番号', width: 16 },
      { label: '氏名', width: 20 },
      { label: '項目', width: 24 },
      { label: '変更前', width: 32 },
      { label: '変更後', width: 32 },
      { label: '理由', width: 48 },
      { label: '二重登録の確認', width: 48 },
      { label: '同期ID', width: 38 },
    ],
    rows: (async function* () {
      for (const link of links) {
        const what = `紐付け（${(link.dead ? ENDED : LINKED).label}）`
        const service = serviceName(connectors, link.connector)
        const about = [jstDateTime(link.since), service, '', link.by ?? '', '', '', '', '']
        yield [...about, what, '', link.serviceId, '', '', link.runId ?? '']
      }
      for await (const episode of episodes) {
        const { run, item } = episode
        const { connector, flow } = knownOf(connectors, run)
        const about = [
          jstDateTime(item.appliedAt),
          serviceName(connectors, run.connector),
          (connector && titleOf(connector, run)) || run.flow,
          startedBy(run),
          outcomeLabels[item.outcome ?? 'pending'].label,
          flow ? classLabel(flow.words, item.class).label : '',
          shownKey(item),
          item.name,
        ]
        const proof = proofOf(episode, flow) ?? ''
        for (const cells of cellsOf(episode, flow)) yield [...about, ...cells, item.reason ?? '', proof, run.id]
      }
    })(),
  }
}
