import { parse } from 'csv-parse/sync'
import { decode, wordsOf, type Visitor } from '../helpers/visitor.js'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { chooseEverybody, countAsked, everybodyOf } from '../helpers/walking.js'

/** What an administrator sees of somebody. */
export interface Change {
  label: string
  before: string
  after: string
}

export interface Seen {
  key: string
  class: string
  changes: Change[]
  /** ⚠ and reasons, as words */
  words: string
  /** a box to tick */
  choosable: boolean
  outcome: string
}

const BLANK = '（空白）'
const cell = (html: string): string => {
  const text = decode(html.replace(/<br\s*\/?>/g, '\n').replace(/<[^>]+>/g, ''))
  return text === BLANK ? '' : text
}
const pieces = (html: string, start: RegExp): string[] => {
  const at = [...html.matchAll(start)].map(match => match.index)
  return at.map((from, index) => html.slice(from, at[index + 1]))
}
const keyIn = (html: string): string => decode(/class="key">([^<]*)</.exec(html)?.[1] ?? '')
const marksIn = (html: string): string[] =>
  [...html.matchAll(/<span class="st [^"]*">([^<]*)<\/span>/g)].map(([, text = '']) => decode(text).trim())

/** The rows of a table of changes: 変更前 is missing for somebody new. */
const tableIn = (html: string): Change[] =>
  [
    ...html.matchAll(
      /<tr><th scope="row">([\s\S]*?)<\/th>(?:<td><del>([\s\S]*?)<\/del><\/td>)?<td><ins>([\s\S]*?)<\/ins><\/td><\/tr>/g,
    ),
  ].map(([, label = '', before = '', after = '']) => ({ label: cell(label), before: cell(before), after: cell(after) }))

const listIn = (html: string): Change[] =>
  [...html.matchAll(/<li>([^<]*?)：(?:<del>([\s\S]*?)<\/del>→)?<ins>([\s\S]*?)<\/ins><\/li>/g)].map(
    ([, label = '', before = '', after = '']) => ({ label: cell(label), before: cell(before), after: cell(after) }),
  )

/** A long number of which only the end is shown. */
const CUT = /^…(\d+)(?:（[^）]*）)?$/

/** The changes that are shown at once and those behind the fold, in order; what is cut short stands there whole. */
function changesIn(html: string): Change[] {
  const at = html.indexOf('<details data-fold')
  const [open, folded] = at < 0 ? [html, ''] : [html.slice(0, at), html.slice(at)]
  const fold = [...listIn(folded), ...tableIn(folded)]
  const first = [...listIn(open), ...tableIn(open)].map(change => {
    if (!CUT.test(change.before) && !CUT.test(change.after)) return change
    const whole = fold.splice(
      fold.findIndex(({ label }) => label === change.label),
      1,
    )[0]
    const isEnd = (cut: string, text = '') =>
      cut === text || text.replaceAll('-', '').endsWith(CUT.exec(cut)?.[1] ?? 'no number')
    if (!isEnd(change.before, whole?.before) || !isEnd(change.after, whole?.after))
      throw new Error(`${JSON.stringify(change)} is not the end of ${JSON.stringify(whole)}`)
    return whole ?? change
  })
  return [...first, ...fold]
}

const problemsIn = (html: string): string =>
  [...html.matchAll(/<(p|span) class="(?:problem|sub)">([\s\S]*?)<\/\1>/g)]
    .map(([, , text = '']) => wordsOf(text))
    .join(' ')

/** One page of the selection. */
const selectionIn = (html: string): Seen[] =>
  pieces(html, /<tr>\s*<td class="tick">(?!<label hidden)/g).map(row => ({
    key: keyIn(row),
    class: marksIn(row)[0] ?? '',
    changes: changesIn(row),
    words: problemsIn(row),
    choosable: /<input type="checkbox" name="id"/.test(row),
    outcome: '',
  }))

const dialogIn = (html: string): Seen[] =>
  [
    ...html.matchAll(
      /<section aria-label="[^"]*"><h3><span class="st [^"]*">([^<]*)<\/span>\s*([\s\S]*?)<\/h3>([\s\S]*?)<\/section>/g,
    ),
  ].map(([, label = '', who = '', body = '']) => ({
    key: decode(who).trim().split(/\s/)[0] ?? '',
    class: decode(label).trim(),
    changes: changesIn(body),
    words: problemsIn(body),
    choosable: true,
    outcome: '',
  }))

const reportIn = (html: string): Seen[] => {
  const people = html.slice(html.indexOf('aria-labelledby="people"'))
  return pieces(people, /<tr><td><span class="st /g).map(row => {
    const [outcome = '', label = ''] = marksIn(row)
    return {
      key: keyIn(row),
      class: label,
      outcome,
      changes: changesIn(row),
      words: wordsOf(row.replace(/<ul class="diff">[\s\S]*?<\/ul>|<details[\s\S]*<\/details>/g, '')),
      choosable: false,
    }
  })
}

/** A cell without the sign that keeps a spreadsheet from taking it for a formula. */
const plain = (text: string): string =>
  text === BLANK ? '' : text.replace(/^'(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20\u2212])/, '')

const fileIn = (csv: string): Seen[] => {
  const [head = [], ...rows] = parse(csv, { bom: true })
  const column = (name: string) => head.indexOf(name)
  const people = new Map<string, Seen>()
  for (const row of rows) {
    const read = (name: string) => plain(row[column(name)] ?? '')
    const key = plain(row[0] ?? '')
    const seen = people.get(key) ?? {
      key,
      class: read('変更差分'),
      outcome: read('結果'),
      words: read('理由'),
      changes: [],
      choosable: false,
    }
    people.set(key, seen)
    if (read('項目') !== '') seen.changes.push({ label: read('項目'), before: read('変更前'), after: read('変更後') })
  }
  return [...people.values()]
}

const byKey = (seen: readonly Seen[]) => new Map(seen.map(one => [one.key, one]))

/** A run, as seen by whoever sits in front of it. */
export interface Walk {
  runId: string
  selection: ReadonlyMap<string, Seen>
  dialog: ReadonlyMap<string, Seen>
  report: ReadonlyMap<string, Seen>
  file: ReadonlyMap<string, Seen>
  /** 注意事項 of the dialog; null where there was none */
  notes: readonly string[] | null
  /** the words of the selection's first page and of the dialog's */
  words: { selection: string; dialog: string }
}

/** Every page of the selection at hand. */
export async function readSelection(visitor: Visitor): Promise<Seen[]> {
  const seen = selectionIn(visitor.page().html)
  while (/value="page:[^"]*">次へ<\/button>/.test(visitor.page().html)) {
    await visitor.press('次へ')
    seen.push(...selectionIn(visitor.page().html))
  }
  return seen
}

/** Presses whatever leads to the selection: a date, an area, or nothing; waits until the plan is there. */
export async function toPlan(
  visitor: Visitor,
  start: string,
  first: Readonly<Record<string, string>> | null,
): Promise<string> {
  await visitor.begin(start)
  return runIn(visitor, first)
}

/** … from the page at hand. */
export async function runIn(visitor: Visitor, first: Readonly<Record<string, string>> | null): Promise<string> {
  if (first) await visitor.press('次へ', first)
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1]
  if (!runId) throw new Error(`no run at ${visitor.page().url}: ${visitor.page().text.slice(0, 400)}`)
  await eventually(
    'the plan',
    async () => {
      const page = await visitor.get(`/runs/${runId}/fetch`)
      if (page.text.includes('取得に失敗しました')) throw new Error(page.text.slice(0, 600))
      return page.url.includes('/select') || page.text.includes('同期待ち')
    },
    60_000,
  )
  await visitor.get(everybodyOf(runId))
  return runId
}

/** From the selection at hand to the end of the run, everybody chosen, every page read on the way. */
export async function walk(visitor: Visitor, runId: string, buttons: { choose: string; go: string }): Promise<Walk> {
  const { text: first } = visitor.page()
  const selection = byKey(await readSelection(visitor))
  if ([...selection.values()].some(seen => seen.choosable)) {
    await visitor.get(`/runs/${runId}/select`)
    await chooseEverybody(visitor, buttons.choose)
    if (visitor.page().url.endsWith('/options')) {
      const lists = [...visitor.page().html.matchAll(/<select id="(\w+)"[\s\S]*?<option value="([^"]+)"/g)]
      await visitor.press('確認', Object.fromEntries(lists.map(([, name = '', value = '']) => [name, value])))
    }
  }
  const { notes, dialog, text } = await readDialog(visitor)
  await visitor.press(buttons.go, countAsked(visitor))
  return {
    runId,
    selection,
    dialog,
    ...(await result(visitor, runId)),
    notes,
    words: { selection: first, dialog: text },
  }
}

/** Every page of the dialog at hand. */
async function readDialog(
  visitor: Visitor,
): Promise<{ dialog: Walk['dialog']; notes: readonly string[]; text: string }> {
  const { html, text } = visitor.page()
  const box = /注意事項(?:（\d+件）<\/summary><div class="box">|<\/h3>)<ul>([\s\S]*?)<\/ul>/.exec(html)?.[1] ?? ''
  const notes = [...box.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, note = '']) => wordsOf(note))
  const dialog = dialogIn(html)
  for (;;) {
    const now = visitor.page().html
    const next = nextIn(now)
    // Where names are typed here the pages are turned by buttons, so that they stay.
    if (next !== undefined) await visitor.get(next)
    else if (/<button[^>]*name="after"[^>]*>次へ<\/button>/.test(now)) await visitor.press('次へ')
    else return { dialog: byKey(dialog), notes, text }
    dialog.push(...dialogIn(visitor.page().html))
  }
}

/** From a dialog that nobody was chosen before to the end of the run. */
export async function walkDialog(visitor: Visitor, runId: string, go: string): Promise<Walk> {
  const { dialog, notes, text } = await readDialog(visitor)
  await visitor.press(go, countAsked(visitor))
  return {
    runId,
    selection: dialog,
    dialog,
    ...(await result(visitor, runId)),
    notes,
    words: { selection: '', dialog: text },
  }
}

/** The report's pages and the file with everybody. */
async function result(visitor: Visitor, runId: string): Promise<Pick<Walk, 'report' | 'file'>> {
  const first = await reportOf(visitor, runId, 120_000)
  const report = reportIn(first.html)
  for (let next: string | undefined; (next = nextIn(visitor.page().html));) {
    await visitor.get(next)
    report.push(...reportIn(visitor.page().html))
  }
  const csv = await visitor.get(`/runs/${runId}/errors.csv?all=1`)
  return { report: byKey(report), file: byKey(fileIn(csv.html)) }
}

/** One click on the dashboard does it all, but for a big change: there is a report and a file, and no page before them. */
export async function oneClick(visitor: Visitor, connector: string, flow: string): Promise<Walk> {
  const { html } = await visitor.get(`/${connector}`)
  const form = html.split('<form').find(part => part.includes(`value="${flow}"`)) ?? ''
  const token = /name="_csrf" value="([^"]+)"/.exec(form)?.[1] ?? ''
  await visitor.post(`/${connector}/runs/new`, { _csrf: token, flow })
  const runId = /href="\/runs\/([0-9a-f-]{36})"/.exec((await visitor.get(`/${connector}/runs`)).html)?.[1] ?? ''
  await whenRead(visitor, runId)
  // So many changes at once wait for an administrator.
  if (visitor.page().text.includes('確認待ち') || visitor.page().url.endsWith('/confirm')) {
    await visitor.get(`/runs/${runId}/confirm`)
    await visitor.press('同期', countAsked(visitor))
  }
  const { report, file } = await result(visitor, runId)
  return { runId, selection: report, dialog: report, report, file, notes: null, words: { selection: '', dialog: '' } }
}

const nextIn = (html: string): string | undefined => {
  const found = /<a class="btn small" href="([^"]+)">次へ<\/a>/.exec(html)?.[1]
  return found === undefined ? undefined : decode(found)
}
