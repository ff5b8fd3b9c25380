import type { Connector, Flow } from '../contract/contract.js'
import { jstDateTime, jstStamp } from '../platform/clock.js'
import { inCells } from '../runs/errors-csv.js'
import { classLabel, outcomeLabels } from '../runs/labels.js'
import { shownKey } from '../runs/reasons.js'
import { startedBy } from '../runs/run.js'
import type { Sheet } from '../runs/sheet.js'
import { newerPairs, pairCells } from './pair-changes.view.js'
import type { Episode, Story } from './person.service.js'
import { ENDED, factsOf, fieldNames, knownOf, LINKED, PERSON_TITLE, proofOf, serviceName } from './person.view.js'
import { titleOf } from './run-list.view.js'

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
  pairs,
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
      const newer = newerPairs(pairs)
      for await (const episode of episodes) {
        const { run, item } = episode
        for (const pair of newer(item.appliedAt)) yield pairCells(pair, serviceName(connectors, pair.connector))
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
      for (const pair of newer(null)) yield pairCells(pair, serviceName(connectors, pair.connector))
    })(),
  }
}
