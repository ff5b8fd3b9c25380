import type { ItemPage } from '../runs/item.rows.js'
import type { ItemWithContent, SelectionView, SortColumn } from '../runs/run.js'
import { classRanks } from './selection.store.js'
import { encodePlace, type Place } from './select.form.js'

/** A page of the list, as a button; `current`: the one that is shown. */
export interface PageButton {
  op: string
  label: string
  current: boolean
}

/** 「最初へ 前へ 1 2 3 … 31 次へ 最後へ」; null: there is one page. */
export interface Pager {
  back: PageButton[]
  /** null stands for those that are left out between two numbers */
  numbers: (PageButton | null)[]
  on: PageButton[]
}

/** What a row is sorted by: where a page ends, and the next begins. */
export const sortValue = (item: ItemWithContent, sort: SortColumn): string =>
  sort === 'key' ? (item.sortKey ?? item.key ?? '') : sort === 'kana' ? item.kana : String(classRanks[item.class])

/** Numbers beside that of the page at hand. */
const NEAR = 2

/** The numbers that are offered, in order. Pure. */
export function numbersAround(page: number, last: number): number[] {
  const near = Array.from({ length: 2 * NEAR + 1 }, (_, index) => page - NEAR + index)
  return [...new Set([1, ...near, last])].filter(number => number >= 1 && number <= last)
}

/** Where each page begins, seen from the page at hand: the list's ends and its neighbours are near. */
function placesFrom(view: SelectionView, here: Place, page: ItemPage, total: number) {
  const last = Math.max(here.page, Math.ceil(total / view.rows))
  const seen = (item: ItemWithContent | undefined) => (item ? { value: sortValue(item, view.sort), id: item.id } : null)
  return {
    last,
    opOf(number: number): string {
      if (number <= 1) return 'page:'
      const forward = number > here.page
      const distance = (Math.abs(number - here.page) - 1) * view.rows
      const place =
        number === last && forward
          ? { cursor: { forward: false, from: null, skip: 0 }, page: number, take: total - (last - 1) * view.rows }
          : {
              cursor: { forward, from: seen(forward ? page.items.at(-1) : page.items[0]), skip: distance },
              page: number,
            }
      return `page:${encodePlace(place)}`
    },
  }
}

/** The pages of a list, of which one is at hand. */
export function pagerOf(view: SelectionView, here: Place, page: ItemPage, total: number): Pager | null {
  const { last, opOf } = placesFrom(view, here, page, total)
  if (last <= 1 || page.items.length === 0) return null
  const button = (number: number, label: string): PageButton => ({
    op: opOf(number),
    label,
    current: number === here.page,
  })
  const numbers = numbersAround(here.page, last)
  return {
    back: page.hasPrevious && here.page > 1 ? [button(1, '最初へ'), button(here.page - 1, '前へ')] : [],
    numbers: numbers.flatMap((number, index) => [
      ...(index > 0 && number - (numbers[index - 1] ?? 0) > 1 ? [null] : []),
      button(number, number.toLocaleString('ja-JP')),
    ]),
    on: page.hasNext ? [button(here.page + 1, '次へ'), button(last, '最後へ')] : [],
  }
}
