import { expect } from 'chai'
import { erasedByBlanks } from '../../../server/contract/blanks.js'
import { inService, leftWithoutDate, statusAfter } from '../../../server/contract/employment.js'
import { connectors } from '../../../server/connectors/registry.js'
import {
  mappingOf,
  type Converted,
  type Direction,
  type FieldPair,
  type Scalar,
} from '../../../server/contract/contract.js'

const TODAY = '2026-11-20'

describe('在籍状況 in SmartHR, as it follows from the 退職年月日 of a service', () => {
  const cases: [last: Scalar, status: Scalar, resignedAt: Scalar, yields: Converted, why: string][] = [
    ['2026-11-19', 'employed', null, { set: { emp_status: 'retired' } }, 'left in the past'],
    ['2026-11-19', 'retired', '2026-11-19', { set: { emp_status: 'retired' } }, 'has left already'],
    ['2026-11-20', 'employed', null, 'keep', 'leaves today: SmartHR does it by itself'],
    ['2027-03-31', 'employed', null, 'keep', 'leaves later'],
    [null, 'employed', null, 'keep', 'stays'],
    [null, 'absent', null, 'keep', 'is on leave'],
    [null, 'retired', '2026-10-31', { set: { emp_status: 'employed' } }, 'has taken the resignation back'],
    ['2027-03-31', 'retired', '2026-10-31', { set: { emp_status: 'employed' } }, 'leaves later than was said'],
    ['2027-03-31', 'retired', '2027-03-31', 'keep', 'both sides agree'],
    [
      null,
      'retired',
      null,
      {
        unsent:
          '在籍状況「退職済」は、SmartHRに退職年月日が登録されていないため変更されません。在籍している場合は、SmartHRの従業員情報で在籍状況を修正してください。',
      },
      'nobody can say since when, and that is told',
    ],
  ]
  for (const [last, status, resignedAt, yields, why] of cases) {
    it(`${String(last)} beside ${String(status)} since ${String(resignedAt)}: ${why}`, () => {
      const context = { today: TODAY, settings: {}, present: [status, resignedAt] }
      expect(statusAfter('left').toSmarthr([last], context)).to.deep.equal(yields)
    })
  }

  it('is shown in the words of the screens', () => {
    const { showSmarthr } = statusAfter('left')
    expect(['employed', 'absent', 'retired', null].map(status => showSmarthr([status, null]))).to.deep.equal([
      '在籍中',
      '休職中',
      '退職済',
      '',
    ])
  })
})

describe('who is in service', () => {
  const person = (from: string | null, until: string | null, status: string | null = 'employed') => ({
    employedFrom: from,
    employedUntil: until,
    values: { emp_status: status },
  })

  it('counts the last day where the service does', () => {
    expect(inService('counts')(person(null, TODAY), TODAY)).to.equal(true)
    expect(inService('is-out')(person(null, TODAY), TODAY)).to.equal(false)
  })

  it('is nobody who is 退職済 without a date, for every service that takes employees of SmartHR', () => {
    const gone = person('2020-04-01', null, 'retired')
    expect(leftWithoutDate(gone)).to.equal(true)
    // ミキワメ has a flag for them: whoever left stays known there.
    for (const { id, flows } of connectors.filter(connector => connector.id !== 'mikiwame')) {
      for (const flow of flows.filter(
        ({ dataset, direction }) => direction === 'to-service' && !/year/.test(dataset),
      )) {
        expect(flow.includes(gone, TODAY), `${id} ${flow.id}`).to.equal(false)
      }
    }
  })
})

/** What a conversion does with nothing where there is something. */
function erases(pair: FieldPair, direction: Direction): boolean {
  const [from, to, convert] =
    direction === 'to-service'
      ? ([pair.smarthr, pair.service, pair.toService] as const)
      : ([pair.service, pair.smarthr, pair.toSmarthr] as const)
  const converted = convert(
    from.map(() => null),
    { today: '2000-01-01', settings: {}, present: to.map(() => '-') },
  )
  return typeof converted === 'object' && 'set' in converted && Object.keys(converted.set).length > 0
}

describe('the sentence about blanks', () => {
  for (const { id, flows } of connectors) {
    for (const flow of flows) {
      if (flow.kind !== 'sync') continue
      it(`is about what the conversions do: ${id} ${flow.id}`, () => {
        const { mapping, direction } = flow
        const erased = mapping.filter(pair => erases(pair, direction)).map(pair => pair.label)
        expect(erasedByBlanks(mapping, direction)).to.deep.equal(erased)
      })
    }
  }

  it('names what the mapping erases, and stands on every page whose flow has one', () => {
    for (const { id, flows } of connectors) {
      for (const flow of flows.filter(one => one.kind === 'sync')) {
        const erased = erasedByBlanks(flow.mapping, flow.direction)
        const sentences = flow.notes.filter(note => note.startsWith(`${flow.from}で空白の項目は、`))
        expect(sentences, `${id} ${flow.id}`).to.have.length(1)
        if (erased.length < flow.mapping.length) {
          for (const { label } of flow.mapping) {
            expect(sentences[0]?.includes(label), `${id} ${flow.id}: ${label}`).to.equal(erased.includes(label))
          }
        }
      }
    }
  })

  it('says of freee what it erases, per direction', () => {
    const freee = connectors.find(({ id }) => id === 'freee')
    const erased = Object.fromEntries(
      (freee?.flows ?? []).map(flow => [flow.id, erasedByBlanks(mappingOf(flow), flow.direction)]),
    )
    expect(erased['employees-to-smarthr']).to.deep.equal(['退職年月日'])
    expect(erased['employees-from-smarthr']).to.deep.equal([
      '退職年月日',
      '配偶者の有無',
      '勤労学生',
      '寡婦・ひとり親',
      '障害者区分',
    ])
  })
})
