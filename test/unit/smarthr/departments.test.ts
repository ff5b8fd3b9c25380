import { expect } from 'chai'
import { examineDepartments } from '../../../server/connectors/mikiwame/departments.js'
import type { Person, Values } from '../../../server/contract/contract.js'
import { inOrder } from '../../../server/smarthr/departments.js'

const LEVELS = 10
const PER_LEVEL = 100

/** A thousand departments, ten deep, children before their parents, and two that are each other's parents. */
const company = [
  ...Array.from({ length: LEVELS * PER_LEVEL }, (_, index) => {
    const level = LEVELS - 1 - Math.floor(index / PER_LEVEL)
    const place = index % PER_LEVEL
    return {
      id: `${level}-${place}`,
      name: `部署${level}-${place}`,
      code: `${level}-${place}`,
      parent: level === 0 ? null : { id: `${level - 1}-${place}` },
    }
  }),
  { id: 'x', name: '甲', code: 'X', parent: { id: 'y' } },
  { id: 'y', name: '乙', code: 'Y', parent: { id: 'x' } },
]

describe('departments in the order in which they can be registered', () => {
  it('lists every one once, parents before children, and those in a circle last', () => {
    const ordered = inOrder(company)
    const places = new Map(ordered.map(({ department }, index) => [department.id, index]))

    expect(ordered).to.have.length(company.length)
    expect(places.size).to.equal(company.length)
    for (const { department, inCycle } of ordered) {
      if (inCycle || !department.parent?.id) continue
      expect(places.get(department.parent.id)).to.be.lessThan(places.get(department.id) ?? 0)
    }
    expect(ordered.filter(({ inCycle }) => inCycle).map(({ department }) => department.id)).to.deep.equal(['x', 'y'])
  })

  it('keeps brothers in the order of their positions', () => {
    const brothers = ['c', 'a', 'b'].map((id, index) => ({ id, name: id, code: id, position: 3 - index }))

    expect(inOrder(brothers).map(({ department }) => department.id)).to.deep.equal(['b', 'a', 'c'])
  })

  it('tells of a circle instead of following it', async () => {
    const examine = await examineDepartments({
      targets: () => Promise.resolve([]),
      sources: () => Promise.resolve([]),
      choices: () => Promise.resolve([]),
      sharing: () => Promise.resolve([]),
    })
    const record = (values: Values): Person => ({
      id: '1',
      key: 'X',
      name: '',
      kana: '',
      detail: '',
      employedFrom: null,
      employedUntil: null,
      values,
    })

    expect((await examine(record({ code: 'X', name: '甲', parent_code: 'Y', in_cycle: true }))).problems).to.deep.equal(
      ['親部署が循環しています。SmartHRの部署の設定で、親部署を確認してから、もう一度同期してください。'],
    )
  })
})
