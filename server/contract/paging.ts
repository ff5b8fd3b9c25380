/**
 * Lists that move while they are read. A record is removed before the place that was reached and another one is added.
 * The total stays, everything moves up by one, and the first record of the next page is on no page at all. So each page
 * is asked for together with the last record of the one before, which must still stand there. A list keeps its order,
 * so no record that was there throughout can have been missed then.
 *
 * A list that fits one page costs nothing more. A longer one costs about one call in a hundred more (1,000 people: 11
 * instead of 10). By page numbers it is at most 14 %, as page lengths are chosen so that two pages overlap.
 */
import { ListingBroken } from '../errors.js'
import type { Entry, ListPage } from './contract.js'

/** A stretch of a list, by places from 0; `page` counts stretches of this length from 1. */
export interface Stretch {
  offset: number
  limit: number
  page: number
}

export interface Stretched<Row> {
  rows: readonly Row[]
  /** how many the list says it has; null when it does not say */
  total: number | null
}

/** For lists that start at any place: one before the first unread. */
export const byOffset = (read: number, most: number): Stretch => ({
  offset: Math.max(0, read - 1),
  limit: most,
  page: 1,
})

/**
 * For lists that know page numbers alone: of all page lengths, the one whose page holds the last record read and reaches
 * furthest behind it.
 */
export function byNumber(read: number, most: number): Stretch {
  if (read === 0) return { offset: 0, limit: most, page: 1 }
  let best: Stretch = { offset: 0, limit: 0, page: 1 }
  for (let limit = most; limit > 1; limit -= 1) {
    const before = Math.floor((read - 1) / limit)
    if ((before + 1) * limit > best.offset + best.limit) best = { offset: before * limit, limit, page: before + 1 }
  }
  return best
}

/** Where a list was left: how many were read, and who was the last of them. */
const placeOf = (read: number, last: string) => `${read}:${last}`

function readPlace(from: string | undefined): { read: number; last: string | null } {
  const [, read, last] = /^(\d+):(.*)$/s.exec(from ?? '') ?? []
  return read === undefined || last === undefined ? { read: 0, last: null } : { read: Number(read), last }
}

/** Enough for a service that takes a third of a second for a page and is asked ten times a second; bounds memory. */
export const PAGES_AHEAD = 4

export interface ListOrder<Row> {
  /** rows per call at most */
  most: number
  stretch: (read: number, most: number) => Stretch
  ask(stretch: Stretch): Promise<Stretched<Row>>
  idOf(row: Row): string
  /** whose list it is, for the sentence */
  name: string
  /** an earlier page's `next` */
  from?: string | undefined
  /** so many pages are on their way at most while one is worked on, where the list says how many rows it has; else 1 */
  ahead?: number
}

/** Some rows of a list; `next` leads on after them, also in another process, and is null after the last ones. */
export interface Page<Row> {
  rows: Row[]
  next: string | null
  total: number | null
}

/** Calls of one list that are on their way, in the order of its pages. */
function createCalls<Row>({ most, stretch, ask }: Pick<ListOrder<Row>, 'most' | 'stretch' | 'ask'>, read: number) {
  const onTheirWay: { asked: Stretch; answer: Promise<Stretched<Row>> }[] = []
  /** every page but the last is full: so far the list is asked for */
  let reaches = read
  const send = () => {
    const asked = stretch(reaches, most)
    const answer = ask(asked)
    // Told of when its turn comes, or nobody wants to know.
    answer.catch(() => undefined)
    onTheirWay.push({ asked, answer })
    reaches = asked.offset + asked.limit
  }
  return {
    async next() {
      if (onTheirWay.length === 0) send()
      const first = onTheirWay[0]
      if (!first) throw new Error('no call was sent')
      const { rows, total } = await first.answer
      onTheirWay.shift()
      return { asked: first.asked, rows, total }
    },
    /** No row behind the list's last one is asked for: these are the calls that reading it takes in any case. */
    sendAhead(total: number, ahead: number) {
      while (onTheirWay.length < ahead && reaches < total) send()
    },
    settled: () => Promise.allSettled(onTheirWay.map(({ answer }) => answer)),
  }
}

export const movedListing = (name: string): string =>
  `${name}の一覧を正しく取得できませんでした（取得している間に登録または削除が行なわれたか、一部が返されませんでした）。データは変更していません。時間をおいて、やり直してください。`

/**
 * A list, page by page, each row once. Throws ListingBroken when the list moved while it was read.
 */
export async function* pagesOf<Row>(order: ListOrder<Row>): AsyncGenerator<Page<Row>> {
  const { idOf, name, from, ahead = 0 } = order
  const moved = () => new ListingBroken(movedListing(name))
  let { read, last } = readPlace(from)
  let known: number | null = null
  const calls = createCalls(order, read)
  try {
    for (;;) {
      const { asked, rows, total } = await calls.next()
      const again = read - asked.offset
      const before = rows[again - 1]
      if (last !== null && (before === undefined || idOf(before) !== last)) throw moved()
      if (known !== null && total !== null && total !== known) throw moved()
      known = total ?? known
      const fresh = rows.slice(again)
      read += fresh.length
      const end = fresh.at(-1)
      if (end !== undefined) last = idOf(end)
      // Without a total only a page that is not full is the last one.
      const more = rows.length > 0 && rows.length === asked.limit && (total === null || read < total)
      if (!more && total !== null && read < total) throw moved()
      if (more && total !== null) calls.sendAhead(total, ahead)
      yield { rows: fresh, next: more && last !== null ? placeOf(read, last) : null, total }
      if (!more) return
    }
  } finally {
    // Whoever stops in between leaves no call behind that still goes on.
    await calls.settled()
  }
}

/** Every row of a list. */
export async function everyRowOf<Row>(order: ListOrder<Row>): Promise<Row[]> {
  const all: Row[] = []
  for await (const { rows } of pagesOf(order)) all.push(...rows)
  return all
}

/** A list that comes in one answer, by so many rows. Read again it must still say the same up to where it goes on. */
export const pagesOfAnswer = <Row>(
  all: readonly Row[],
  order: Pick<ListOrder<Row>, 'most' | 'idOf' | 'name' | 'from'>,
): AsyncGenerator<Page<Row>> =>
  pagesOf({
    ...order,
    stretch: byOffset,
    ask: ({ offset, limit }) => Promise.resolve({ rows: all.slice(offset, offset + limit), total: all.length }),
  })

export interface SnapshotOrder<Row> {
  /** rows per call at most */
  most: number
  /** snapshot null: the first page, which makes the snapshot */
  ask(page: {
    offset: number
    limit: number
    snapshot: string | null
  }): Promise<{ rows: readonly Row[]; total: number; snapshot: string | null }>
  /** what the list fails with when it goes on and its snapshot has no name */
  nameless(): Error
  /** an earlier page's `next` */
  from?: string | undefined
}

/** A list of which the service keeps a snapshot from its first page on: nothing can move between the pages. */
export async function* snapshotPages<Row>({
  most,
  ask,
  nameless,
  from,
}: SnapshotOrder<Row>): AsyncGenerator<Page<Row>> {
  let { read, last: snapshot } = readPlace(from)
  for (;;) {
    const page = await ask({ offset: read, limit: most, snapshot })
    read += page.rows.length
    snapshot = page.snapshot ?? snapshot
    const more = page.rows.length > 0 && read < page.total
    // Asked for without its snapshot, the next page would be one of another list.
    if (more && snapshot === null) throw nameless()
    yield { rows: [...page.rows], next: more && snapshot !== null ? placeOf(read, snapshot) : null, total: page.total }
    if (!more) return
  }
}

/** Pages of rows as the engine takes them. */
export async function* listingOf<Row, E extends Entry>(
  pages: AsyncIterable<Page<Row>>,
  entryOf: (row: Row) => E,
): AsyncGenerator<ListPage<E>> {
  for await (const { rows, next, total } of pages) yield { people: rows.map(entryOf), next, total }
}
