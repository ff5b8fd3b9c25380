import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import { ListingBroken } from '../../../server/errors.js'
import {
  byNumber,
  byOffset,
  everyRowOf,
  pagesOf,
  pagesOfAnswer,
  snapshotPages,
  type Page,
  type Stretch,
} from '../../../server/contract/paging.js'

interface Row {
  id: number
}

const rows = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }))

/** A list of a service; `between` changes it before each answer but the first, which takes so many `turns` as it says. */
function service(list: Row[], { total = true, between = (_: Row[]) => {}, turns = (): number => 0 } = {}) {
  const calls: Stretch[] = []
  let [underWay, most] = [0, 0]
  return {
    calls,
    list,
    mostAtOnce: () => most,
    async ask(stretch: Stretch) {
      const first = calls.length === 0
      calls.push(stretch)
      underWay += 1
      most = Math.max(most, underWay)
      for (let left = turns(); left > 0; left -= 1) await turn()
      underWay -= 1
      if (!first) between(list)
      return Promise.resolve({
        rows: list.slice(stretch.offset, stretch.offset + stretch.limit),
        total: total ? list.length : null,
      })
    },
  }
}

/** `ahead`: this many calls are on their way at once. */
const read = (from: ReturnType<typeof service>, stretch: typeof byNumber, most = 10, ahead = 0) =>
  everyRowOf<Row>({ most, stretch, ask: from.ask, idOf: row => String(row.id), name: 'freee人事労務', ahead })

const outcome = (reading: Promise<Row[]>) =>
  reading.then(
    found => found.map(row => row.id),
    (error: unknown) => {
      if (!(error instanceof ListingBroken)) throw error
      return 'refused' as const
    },
  )

for (const [name, stretch, ahead] of [
  ['page numbers', byNumber, 0],
  ['offsets', byOffset, 0],
  ['page numbers, four on their way at once', byNumber, 4],
  ['offsets, four on their way at once', byOffset, 4],
] as const) {
  describe(`a list read by ${name}`, () => {
    it('is read whole, each row once, whatever its length', async () => {
      for (let length = 0; length <= 250; length += 1) {
        for (const total of [true, false]) {
          expect(await outcome(read(service(rows(length), { total }), stretch, 10, ahead))).to.deep.equal(
            rows(length).map(row => row.id),
          )
        }
      }
    })

    it('takes one call where it fits one page, and few more than unavoidable where it does not', () => {
      const calls = (length: number) => {
        let count = 0
        for (let at = 0; at < length; count += 1) {
          const { offset, limit } = stretch(at, 100)
          at = offset + limit
        }
        return count
      }
      expect(calls(1)).to.equal(1)
      expect(calls(100)).to.equal(1)
      expect(calls(1_000)).to.equal(11)
      expect(calls(10_000)).to.be.at.most(114)
    })

    it('is refused when the first record went and another came between any two pages', async () => {
      for (const length of [11, 20, 21, 95, 100]) {
        const calls = service(rows(length))
        await read(calls, stretch, 10, ahead)
        for (let page = 1; page < calls.calls.length; page += 1) {
          let seen = 0
          const moving = service(rows(length), {
            between(list) {
              seen += 1
              if (seen !== page) return
              list.shift()
              list.push({ id: 1_000 })
            },
          })
          expect(await outcome(read(moving, stretch, 10, ahead)), `${length} records, after page ${page}`).to.equal(
            'refused',
          )
        }
      }
    })

    it('holds everybody who was there throughout, or is refused', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 60 }),
          fc.array(fc.record({ remove: fc.array(fc.nat(80), { maxLength: 3 }), add: fc.nat(3) }), { maxLength: 12 }),
          fc.boolean(),
          fc.infiniteStream(fc.nat(3)),
          async (length, changes, total, waits) => {
            const gone = new Set<number>()
            let next = 1_000
            let at = 0
            const moving = service(rows(length), {
              total,
              turns: () => (waits.next().value as number | undefined) ?? 0,
              between(list) {
                const change = changes[at++]
                for (const place of change?.remove ?? []) for (const row of list.splice(place, 1)) gone.add(row.id)
                for (let added = 0; added < (change?.add ?? 0); added += 1) list.push({ id: next++ })
              },
            })
            const found = await outcome(read(moving, stretch, 10, ahead))
            if (found === 'refused') return
            expect(new Set(found).size).to.equal(found.length)
            for (const { id } of rows(length)) if (!gone.has(id)) expect(found).to.include(id)
          },
        ),
        { numRuns: 500 },
      )
    })

    it('goes on in another process only where it was left', async () => {
      const order = { most: 10, stretch, idOf: (row: Row) => String(row.id), name: 'freee人事労務' }
      const first = await pagesOf<Row>({ ...order, ask: service(rows(25)).ask }).next()
      if (first.done) throw new Error('no page')
      const from = first.value.next ?? ''
      const rest = (list: Row[]) => outcome(everyRowOf<Row>({ ...order, ask: service(list).ask, from }))

      expect(await rest(rows(25))).to.deep.equal(
        rows(25)
          .slice(10)
          .map(row => row.id),
      )
      expect(await rest([...rows(25).slice(1), { id: 99 }])).to.equal('refused')
    })
  })
}

describe('a list of which several pages are on their way at once', () => {
  const order = { most: 10, stretch: byOffset, idOf: (row: Row) => String(row.id), name: 'freee人事労務', ahead: 4 }

  it('is asked for no more than that, and for no page that it does not have', async () => {
    const [alone, together] = [service(rows(95)), service(rows(95), { turns: () => 3 })]

    await everyRowOf<Row>({ ...order, ask: alone.ask, ahead: 0 })
    await everyRowOf<Row>({ ...order, ask: together.ask })

    expect(together.mostAtOnce()).to.equal(4)
    expect(together.calls).to.deep.equal(alone.calls)
  })

  it('is asked page by page where it does not say how many rows it has', async () => {
    const calls = service(rows(95), { total: false, turns: () => 3 })

    await everyRowOf<Row>({ ...order, ask: calls.ask })

    expect(calls.mostAtOnce()).to.equal(1)
  })

  it('has no call on its way any more once its reader has stopped', async () => {
    let answered = 0
    const { ask, calls } = service(rows(95), { turns: () => 3, between: () => (answered += 1) })

    for await (const page of pagesOf<Row>({ ...order, ask })) if (page.rows.length > 0) break

    expect(calls).to.have.length(5)
    expect(answered).to.equal(4)
  })
})

const allOf = async (pages: AsyncIterable<Page<Row>>) => {
  const all: Page<Row>[] = []
  for await (const page of pages) all.push(page)
  return all
}

describe('a list that comes in one answer', () => {
  const read = (list: Row[], from?: string) =>
    allOf(pagesOfAnswer(list, { most: 10, idOf: row => String(row.id), name: 'KING OF TIME', from }))

  it('is divided into pages that lead on', async () => {
    const pages = await read(rows(25))
    const rest = await read(rows(25), pages[0]?.next ?? '')

    expect(pages.flatMap(page => page.rows)).to.deep.equal(rows(25))
    expect(pages.map(page => page.total)).to.deep.equal([25, 25, 25])
    expect(rest.flatMap(page => page.rows)).to.deep.equal(rows(25).slice(10))
  })

  it('is refused where a second answer says another thing', async () => {
    const [first] = await read(rows(25))

    expect(await outcome(read(rows(25).slice(1), first?.next ?? '').then(() => []))).to.equal('refused')
  })
})

describe('a list that is photographed', () => {
  const photographed = (length: number, from?: string, named = true) => {
    const asked: (string | null)[] = []
    const pages = snapshotPages<Row>({
      most: 10,
      from,
      ask({ offset, limit, snapshot }) {
        asked.push(snapshot)
        return Promise.resolve({
          rows: rows(length).slice(offset, offset + limit),
          total: length,
          snapshot: named && snapshot === null ? 'p:1' : null,
        })
      },
      nameless: () => new ListingBroken('the photograph has no name'),
    })
    return { asked, pages }
  }

  it('is read whole from the photograph of its first page', async () => {
    for (const length of [0, 9, 10, 11, 25]) {
      const { asked, pages } = photographed(length)

      expect((await allOf(pages)).flatMap(page => page.rows)).to.deep.equal(rows(length))
      expect(asked).to.deep.equal([null, ...Array<string>(Math.max(0, Math.ceil(length / 10) - 1)).fill('p:1')])
    }
  })

  it('fails when it would go on without a photograph, and needs none for one page', async () => {
    expect(await allOf(photographed(10, undefined, false).pages)).to.have.length(1)
    const failure = await allOf(photographed(11, undefined, false).pages).catch((error: unknown) => error)

    expect(failure).to.be.instanceOf(ListingBroken)
  })

  it('goes on with the same photograph in another process', async () => {
    const [first] = await allOf(photographed(25).pages)
    const { asked, pages } = photographed(25, first?.next ?? '')

    expect((await allOf(pages)).flatMap(page => page.rows)).to.deep.equal(rows(25).slice(10))
    expect(asked).to.deep.equal(['p:1', 'p:1'])
  })
})
