import { expect } from 'chai'
import type { Batch, Person } from '../../../server/contract/contract.js'
import { oneByOne } from '../../../server/contract/batch.js'
import { createdAmong, createdByKey, isAmong, rereadBy, sameKey } from '../../../server/contract/lookups.js'
import { Uncertain, VendorRefused } from '../../../server/errors.js'

const DAY = '2026-11-20'

const aPerson = (id: string, key: string | null = id): Person => ({
  id,
  key,
  name: '',
  kana: '',
  department: '',
  employedFrom: null,
  employedUntil: null,
  values: {},
})

const aCreate = (ref: string, key: string | null, values = {}) => ({ ref, key, values, at: new Date() })

async function* listsOf<Row>(...lists: Row[][]): AsyncIterable<Row[]> {
  for (const list of lists) yield await Promise.resolve(list)
}

/** A side with these records on its page, by id and anywhere; says what it was asked. */
function side(has: { page?: string[]; byId?: string[]; search?: string[][] }) {
  const calls: string[] = []
  return {
    calls,
    reads: {
      ...(has.page && {
        page: (_asOf: string, page: number) => {
          calls.push(`page ${page}`)
          return Promise.resolve((has.page ?? []).map(id => aPerson(id)))
        },
      }),
      ...(has.byId && {
        byId: (id: string) => {
          calls.push(`id ${id}`)
          return Promise.resolve(has.byId?.includes(id) ? aPerson(id) : null)
        },
      }),
      ...(has.search && {
        async *search(ids: readonly string[]) {
          for (const list of has.search ?? []) {
            calls.push(`search ${ids.join(' ')}`)
            yield await Promise.resolve(list.map(id => aPerson(id)))
          }
        },
      }),
    },
  }
}

describe('records re-read', () => {
  it('are taken from their page, then asked for one by one, then looked for until the last is found', async () => {
    const { calls, reads } = side({ page: ['a', 'x'], byId: ['b'], search: [['y'], ['c'], ['z']] })
    const found = await rereadBy(reads)(['a', 'b', 'c'], DAY, 3)

    expect([...found.keys()]).to.deep.equal(['a', 'b', 'c'])
    expect(calls).to.deep.equal(['page 3', 'id b', 'id c', 'search c', 'search c'])
  })

  it('cost one call when there is one, and no call more than is needed', async () => {
    const one = side({ page: ['a'], byId: ['a'], search: [['a']] })
    await rereadBy(one.reads)(['a'], DAY, 0)
    const whole = side({ page: ['a', 'b'], byId: [], search: [['c']] })
    await rereadBy(whole.reads)(['a', 'b'], DAY, 0)
    const withoutIds = side({ page: ['a'], search: [['c']] })
    await rereadBy(withoutIds.reads)(['a'], DAY, 0)

    expect([one.calls, whole.calls, withoutIds.calls]).to.deep.equal([['id a'], ['page 0'], ['page 0']])
  })

  it('are missing when they are nowhere', async () => {
    const { reads } = side({ page: [], byId: [], search: [[], ['y']] })

    expect((await rereadBy(reads)(['a', 'b'], DAY, 0)).size).to.equal(0)
  })

  it('are known to exist by a list that has them', async () => {
    expect(await isAmong('b', listsOf([aPerson('a')], [aPerson('b')]))).to.equal(true)
    expect(await isAmong('c', listsOf([aPerson('a')], [aPerson('b')]))).to.equal(false)
  })
})

describe('lost creates', () => {
  it('are asked for by their key, as it was sent and as it may have been stored', async () => {
    const asked: string[] = []
    const find = createdByKey('code', spelling => {
      asked.push(spelling)
      return Promise.resolve([aPerson('1', 'A-1'), aPerson('2', 'other')])
    })
    const found = await find([aCreate('same', 'A-1', { code: 'A-1' }), aCreate('wide', 'A-1', { code: 'Ａ－１' })])

    expect(asked).to.deep.equal(['A-1', 'Ａ－１', 'A-1'])
    expect([...found]).to.deep.equal([
      ['same', ['1']],
      ['wide', ['1']],
    ])
  })

  it('are asked for by nothing without a key', async () => {
    const find = createdByKey('code', () => Promise.reject(new Error('asked')))

    expect((await find([aCreate('r', null, { code: null })])).size).to.equal(0)
  })

  it('are looked for in one reading, the last listed first', async () => {
    let readings = 0
    const lists = () => {
      readings += 1
      return listsOf([aPerson('1', 'a'), aPerson('2', null)], [aPerson('3', 'a'), aPerson('4', 'b')])
    }
    const find = createdAmong({ lists, fits: sameKey })
    const found = await find([aCreate('a', 'a'), aCreate('b', 'b'), aCreate('c', 'c'), aCreate('none', null)])

    expect([...found]).to.deep.equal([
      ['a', ['3', '1']],
      ['b', ['4']],
    ])
    expect(readings).to.equal(1)
  })
})

describe('single writes of a side that takes batches', () => {
  const batchThat = (...results: ({ id: string } | { refused: string })[]): Batch => ({
    size: 10,
    create: () => Promise.resolve(results),
    update: () => Promise.resolve(results),
  })
  const thrown = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    )
  const order = { id: '1', set: { a: 'b' }, current: {}, today: DAY }

  it('are batches of one', async () => {
    expect(await oneByOne(batchThat({ id: '7' }), '').create({ a: 'b' }, DAY)).to.deep.equal({
      id: '7',
      current: { a: 'b' },
      left: {},
    })
    await oneByOne(batchThat({ id: '7' }), '').update(order)
  })

  it('are refused with the reason, and uncertain without a result', async () => {
    const refused = await thrown(oneByOne(batchThat({ refused: '氏名がありません。' }), '').update(order))
    const lost = await thrown(oneByOne(batchThat(), '読み取れませんでした。').create({}, DAY))

    expect(refused).to.be.instanceOf(VendorRefused).with.property('message', '氏名がありません。')
    expect(lost).to.be.instanceOf(Uncertain).with.property('message', '読み取れませんでした。')
  })

  it('are not made where nothing changes', async () => {
    await oneByOne(batchThat(), '').update({ ...order, set: {} })
  })
})
