import type { Visitor } from './visitor.js'
import { whenRead } from './waiting.js'

/** The selection with everybody of the plan: of itself it begins with those who can be written. */
export const everybodyOf = (runId: string): string =>
  `/runs/${runId}/select?class=new&class=changed&class=same&class=excluded`

/** Walks the wizard to the selection page and returns the run's id. `date`: the reference date, or the area's name. */
export async function toSelection(visitor: Visitor, flow: string, date?: string, connector = 'freee'): Promise<string> {
  await visitor.begin(`/${connector}/runs/new?flow=${flow}`)
  const [, firstArea] = /name="area" value="([^"]+)"/.exec(visitor.page().html) ?? []
  // A flow that asks nothing first reads at once.
  if (!/\/(fetch|select)$/.test(visitor.page().url)) {
    await visitor.press('次へ', firstArea ? { area: date ?? firstArea } : date ? { referenceDate: date } : {})
  }
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1]
  if (!runId) throw new Error(`no run at ${visitor.page().url}: ${visitor.page().text.slice(0, 300)}`)
  const page = await whenRead(visitor, runId)
  if (!page.url.includes('/select') && !page.text.includes('同期待ち'))
    throw new Error(`no selection at ${page.url}: ${page.text.slice(0, 300)}`)
  await visitor.get(everybodyOf(runId))
  return runId
}

/** Everybody of the page at hand who can be ticked, but for those whose number looks like another one's. */
export const boxesOf = (visitor: Visitor): string[] =>
  visitor
    .page()
    .html.split('<tr>')
    .filter(row => !row.includes('まとめて選択する操作では選択されません。問題がなければ'))
    .flatMap(row => /name="id" value="(\d+)"/.exec(row)?.[1] ?? [])

/** Ticks everybody on all pages of the selection at hand, also those who will fail, and goes on by this button. */
export async function chooseEverybody(visitor: Visitor, button: string): Promise<void> {
  const [, many] =
    /value="(select-all)"/.exec(visitor.page().html) ?? /value="(select-page)"/.exec(visitor.page().html) ?? []
  if (many) await visitor.press(many)
  if (visitor.page().html.includes('value="doomed:1"')) await visitor.press('doomed:1')
  else if (!many) throw new Error('nobody can be chosen')
  while (/value="page:[^"]*">次へ<\/button>/.test(visitor.page().html))
    await visitor.press('次へ', { id: boxesOf(visitor) })
  await visitor.press(button, { id: boxesOf(visitor) })
}

/** The first entry of every list that new people need a value of. */
export const firstOptions = (visitor: Visitor): Record<string, string> => {
  const lists = [...visitor.page().html.matchAll(/<select id="(\w+)"[\s\S]*?<option value="([^"]+)"/g)]
  return Object.fromEntries(lists.map(([, name = '', value = '']) => [name, value]))
}

/** Chooses everybody, confirms, starts. */
export async function syncEverybody(visitor: Visitor): Promise<void> {
  await chooseEverybody(visitor, visitor.page().html.includes('value="confirm">同期を開始') ? '同期を開始' : '確認')
  if (visitor.page().url.endsWith('/options')) {
    await visitor.press('確認', firstOptions(visitor))
  }
  await visitor.press('同期', countAsked(visitor))
}

/** What a dialog asks to be typed about a big change: how many people it is about. Nothing, where it does not ask. */
export function countAsked(visitor: Visitor): Record<string, string> {
  const { html } = visitor.page()
  if (!html.includes('name="guard_count"')) return {}
  const [, count = ''] = /<p id="dialog-text">[^<]*?([\d,]+)[名件]/.exec(html) ?? []
  return { guard_count: count }
}
