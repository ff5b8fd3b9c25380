import { expect } from 'chai'
import type { FieldPair, Scalar, Values } from '../../server/contract/contract.js'
import { goingTogether, textField } from '../../server/contract/fields.js'
import { difference } from '../../server/runs/difference.js'
import { restoring } from '../../server/runs/restoring.js'

const field = (id: string, more: Partial<FieldPair> = {}): FieldPair => ({
  ...textField({ id, label: id.toUpperCase(), smarthr: `s.${id}`, service: `t.${id}` }),
  ...more,
})

const erasable = (id: string): FieldPair => ({
  ...field(id),
  blankable: 'service',
  toService: ([value]) => ({ set: { [`t.${id}`]: value ?? null } }),
})

const mapping: readonly FieldPair[] = [
  field('name'),
  erasable('left'),
  ...goingTogether([field('zip'), field('street')]),
]

const CONTEXT = { today: '2026-11-20', settings: {} }

/** A run over one person: what it wrote, and what the target says then. */
function run(source: Values, target: Values) {
  const content = difference(mapping, 'to-service', source, target, CONTEXT)
  return { content, after: { ...target, ...content.set } }
}

const back = (content: Parameters<typeof restoring>[2], now: Values) => restoring(mapping, 'to-service', content, now)

describe('what a run has written goes back', () => {
  it('to what it was, a blank to a blank where the target takes one', () => {
    const before = { 't.name': '早川', 't.left': null, 't.zip': '1', 't.street': 'A' }
    const { content, after } = run({ 's.name': '佐藤', 's.left': '2026-11-30' }, before)
    const undone = back(content, after)

    expect({ ...after, ...undone.content.set }).to.deep.equal(before)
    expect(undone.content.changes).to.deep.equal([
      { field: 'name', label: 'NAME', before: '佐藤', after: '早川' },
      { field: 'left', label: 'LEFT', before: '2026-11-30', after: '' },
    ])
    expect(undone.moved).to.deep.equal([])
  })

  it('not where it was blank and the target takes no blank: that is named', () => {
    const { content, after } = run({ 's.name': '佐藤' }, { 't.name': null })
    const undone = back(content, after)

    expect(undone.content.set).to.deep.equal({})
    expect(undone.unblankable).to.deep.equal(['NAME'])
  })

  it('not over what somebody has changed since, nor over what goes along with it', () => {
    const before = { 't.name': '早川', 't.zip': '1', 't.street': 'A' }
    const { content, after } = run({ 's.name': '佐藤', 's.zip': '2', 's.street': 'B' }, before)
    const undone = back(content, { ...after, 't.street': 'C' })

    expect(undone.content.set).to.deep.equal({ 't.name': '早川' })
    expect(undone.moved).to.include('STREET')
  })

  it('not at all where all of it says again what it said before', () => {
    const before = { 't.name': '早川' }
    const { content } = run({ 's.name': '佐藤' }, before)
    const undone = back(content, before)

    expect(undone.content.set).to.deep.equal({})
    expect([...undone.moved, ...undone.unblankable]).to.deep.equal([])
  })

  it('is no change where it reads the same: what only goes along has nothing of its own to show', () => {
    const status: FieldPair = { ...field('status'), service: ['t.left'], follows: 'left', showService: () => '' }
    const before = { 't.left': '2026-11-28' }
    const written = { set: { 't.left': null }, target: before }
    for (const pairs of [
      [...mapping, status],
      [status, ...mapping],
    ]) {
      const { content, unblankable } = restoring(pairs, 'to-service', written, { 't.left': null })
      expect(content.set).to.deep.equal(before)
      expect(content.changes).to.deep.equal([{ field: 'left', label: 'LEFT', before: '', after: '2026-11-28' }])
      expect(unblankable).to.deep.equal([])
    }
    const { content, unblankable } = restoring(
      [...mapping, status],
      'to-service',
      { set: before, target: { 't.left': null } },
      before,
    )
    expect([content.set, unblankable], 'nor is it named as not to be blanked').to.deep.equal([{ 't.left': null }, []])
  })

  it('and can be taken back itself', () => {
    const before = { 't.name': '早川', 't.left': null }
    const { content, after } = run({ 's.name': '佐藤', 's.left': '2026-11-30' }, before)
    const undone = back(content, after)
    const again = back(undone.content, { ...after, ...undone.content.set })

    expect({ ...before, ...again.content.set }).to.deep.equal(after)
  })

  it('in 5,000 made-up cases: each field is what it was, or named, and nobody else’s change is lost', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return Math.floor((seed / 2_147_483_647) * below)
    }
    const values: Scalar[] = [null, 'い', 'ろ', 'は']
    const some = (prefix: string): Values =>
      Object.fromEntries(['name', 'left', 'zip', 'street'].map(id => [`${prefix}.${id}`, values[random(4)] ?? null]))
    let [restored, kept, named] = [0, 0, 0]
    for (let at = 0; at < 5_000; at += 1) {
      const before = some('t')
      const { content, after } = run(some('s'), before)
      const edited = random(3) === 0 ? { ...after, ...some('t') } : after
      const undone = back(content, edited)
      const now: Values = { ...edited, ...undone.content.set }
      for (const { id, label, follows } of mapping) {
        const path = `t.${id}`
        if (!(path in content.set)) {
          expect(now[path]).to.equal(edited[path])
          continue
        }
        const isOurs = edited[path] === content.set[path]
        if (now[path] === before[path]) restored += 1
        else if (!isOurs) {
          expect(now[path], 'what somebody else has written stays').to.equal(edited[path])
          kept += 1
        } else {
          const together = mapping.filter(pair => (pair.follows ?? pair.id) === (follows ?? id)).map(pair => pair.label)
          expect([
            ...undone.moved.filter(moved => together.includes(moved)),
            ...undone.unblankable.filter(one => one === label),
          ]).to.not.be.empty
          named += 1
        }
      }
    }
    expect(
      [restored, kept, named].every(count => count > 100),
      `${restored}, ${kept}, ${named}`,
    ).to.equal(true)
  })
})
