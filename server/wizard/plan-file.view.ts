import { stepOf, type Flow } from '../contract/contract.js'
import { inOneLine } from '../errors.js'
import { paths } from '../paths.js'
import { jstStamp } from '../platform/clock.js'
import { dateText } from '../runs/date-text.js'
import { inCells } from '../runs/errors-csv.js'
import { at, classLabel, classTitle } from '../runs/labels.js'
import { problemsOf, shownKey } from '../runs/reasons.js'
import { hasPlan, startedBy, type ItemWithContent, type Run } from '../runs/run.js'
import { scopeFact } from '../runs/run-scope.js'
import { sheetLinks, type Sheet } from '../runs/sheet.js'
import type { PageLink } from '../web/page.js'

/** What a run found, as a file, and where it is to be had. */
export interface Downloads {
  title: string
  /** what of the list is in them */
  text: string
  links: PageLink[]
}

/** What the file is called: only where records are compared there are differences. */
export const planFileName = ({ kind }: Pick<Flow, 'kind'>): string => (kind === 'sync' ? '差分一覧' : '対象一覧')

/** The links to the plan's files, narrowed as the page is (`query`); null: there is no plan to take. */
export function planDownloads(
  flow: Flow,
  run: Run,
  { query, isNarrowed }: { query?: URLSearchParams; isNarrowed: boolean },
): Downloads | null {
  if (!hasPlan(run)) return null
  const { item } = flow.words
  return {
    title: '一覧をダウンロード',
    text: isNarrowed
      ? `検索・絞り込みに一致する${item}を、項目ごとに出力します。`
      : `取得したすべての${item}を、項目ごとに出力します。`,
    links: sheetLinks((ending, form) => {
      const path = (ending === 'xlsx' ? paths.planXlsx : paths.planCsv).to({ id: run.id })
      const all = new URLSearchParams([...(query ?? []), ...Object.entries(form)])
      return all.size > 0 ? `${path}?${all.toString()}` : path
    }),
  }
}

function factsOf(flow: Flow, run: Run, conditions: readonly string[]): Sheet['facts'] {
  const [date, area] = [stepOf(flow, 'date'), stepOf(flow, 'area')]
  return [
    ['内容', flow.title],
    ['取得日時', at(run.fetchedAt)],
    ...(date ? [[date.unit ? date.heading : '基準日', dateText(flow, run.referenceDate)] as const] : []),
    ...(area && run.area ? [[area.label, run.area.label] as const] : []),
    ...scopeFact(run),
    ['実行者', startedBy(run)],
    ...(conditions.length > 0 ? [['絞り込み', conditions.join('、')] as const] : []),
  ]
}

/** One line per person and field; a person without changes has one line that says why. */
function* linesOf(item: ItemWithContent, flow: Flow): Iterable<string[]> {
  const { changes, problems, notes } = item.content
  const who = [classLabel(flow.words, item.class).label, shownKey(item), item.name]
  const reason = item.excludedReason === null ? [] : [item.excludedReason]
  const remarks = inOneLine([...reason, ...problemsOf(problems, flow), ...notes])
  if (changes.length === 0) yield [...who, '', '', '', remarks]
  for (const change of changes) yield [...who, ...inCells(change, item.class), remarks]
}

/** The file: what was fetched when and by whom, and below it everybody in view. */
export function planSheet(
  flow: Flow,
  run: Run,
  { conditions, people }: { conditions: readonly string[]; people: AsyncIterable<ItemWithContent> },
): Sheet {
  const { words } = flow
  const name = planFileName(flow)
  return {
    name,
    stem: [flow.historyLabel, name, jstStamp(run.fetchedAt ?? run.createdAt).slice(0, 12)].join('_'),
    id: 'renkei-plan',
    facts: factsOf(flow, run, conditions),
    columns: [
      { label: classTitle(flow), width: 12 },
      { label: words.key, width: 16 },
      { label: words.name, width: 20 },
      { label: '項目', width: 24 },
      { label: '変更前', width: 32 },
      { label: '変更後', width: 32 },
      { label: '備考', width: 60 },
    ],
    rows: (async function* () {
      for await (const item of people) yield* linesOf(item, flow)
    })(),
  }
}
