import { expect } from 'chai'
import fc from 'fast-check'
import { openScope, scopeConditions, type ScopeMasters, type Scoped } from '../../../server/contract/scope.js'
import { ScopeBroken } from '../../../server/errors.js'

const TODAY = '2026-11-20'

/** 本社 over 営業部 over 東京営業課, 人事部 beside them, and two departments that are each other's parents. */
const masters: ScopeMasters = {
  departments: [
    { id: 'head', parentId: null },
    { id: 'sales', parentId: 'head' },
    { id: 'tokyo', parentId: 'sales' },
    { id: 'people', parentId: 'head' },
    { id: 'ring-a', parentId: 'ring-b' },
    { id: 'ring-b', parentId: 'ring-a' },
    { id: 'lost', parentId: 'nowhere' },
  ],
  employmentTypes: [{ id: 'full' }, { id: 'part' }, { id: 'contractor' }],
  establishments: [{ id: 'east' }, { id: 'west' }],
}

const NAMES: Readonly<Record<string, string>> = { contractor: '業務委託', tokyo: '東京営業課' }
const named = (id: string | null) => (id === null ? null : { id, name: NAMES[id] ?? id })

interface Facts {
  id: string
  number: string | null
  department: string | null
  type: string | null
  establishment: string | null
  status: string | null
}

const crewOf = ({ id, number, department, type, establishment, status }: Facts): Scoped => ({
  crew: {
    id,
    number,
    department: named(department),
    employmentType: named(type),
    establishment: named(establishment),
    status,
  },
  key: number,
})

const usual: Facts = {
  id: 'c1',
  number: '100',
  department: 'tokyo',
  type: 'full',
  establishment: 'east',
  status: 'employed',
}
const person = (facts: Partial<Facts> = {}) => crewOf({ ...usual, ...facts })
const judged = (conditions: unknown, whom: Scoped, today = TODAY) => openScope(conditions, masters)(whom, today)

describe('対象範囲', () => {
  describe('agrees with a filter that was written apart from it', () => {
    const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id)
    const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 })
    const maybe = (values: readonly string[]) => fc.constantFrom(null, ...values, 'of-no-list')
    const letters = fc.constantFrom('', 'A', 'B-')
    const number = fc.tuple(letters, fc.nat(30), fc.boolean()).map(([a, n, pad]) => a + (pad ? `00${n}` : String(n)))
    const people = ['c1', 'c2', 'c3']
    const kinds = {
      department: some(ids(masters.departments)),
      'employment-type': some(ids(masters.employmentTypes)),
      establishment: some(ids(masters.establishments)),
      status: some(['employed', 'absent', 'retired']),
      number: fc
        .tuple(letters, fc.nat(30), fc.nat(30))
        .map(([a, n, m]) => [a + String(Math.min(n, m)), a + String(Math.max(n, m))]),
      'all types but': some(ids(masters.employmentTypes)),
      except: fc.array(
        fc.record({
          id: fc.constantFrom(...people),
          reason: fc.constant('別に手続きをする'),
          until: fc.constantFrom(null, '2026-11-19', TODAY, '2026-11-21'),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }
    const conditions = fc
      .subarray(Object.keys(kinds) as (keyof typeof kinds)[], { minLength: 1 })
      .filter(ops => !ops.includes('employment-type') || !ops.includes('all types but'))
      .chain(ops =>
        fc.tuple(
          ...ops.map(op =>
            (kinds[op] as fc.Arbitrary<unknown>).map(values =>
              op === 'all types but' ? { op: 'employment-type', values, except: true } : { op, values },
            ),
          ),
        ),
      )
    const facts: fc.Arbitrary<Facts> = fc.record({
      id: fc.constantFrom(...people),
      number: fc.option(number, { nil: null, freq: 9 }),
      department: maybe(ids(masters.departments)),
      type: maybe(ids(masters.employmentTypes)),
      establishment: maybe(ids(masters.establishments)),
      status: fc.constantFrom(null, 'employed', 'absent', 'retired', 'unheard-of'),
    })

    /** From the person up, where the product goes from the department down. */
    const above = (id: string | null, seen: string[] = []): string[] => {
      if (id === null || seen.includes(id)) return seen
      return above(masters.departments.find(one => one.id === id)?.parentId ?? null, [...seen, id])
    }
    const expected = (
      one: { op: string; values: unknown; except?: boolean },
      who: Facts | null,
      key: string | null,
    ): boolean => {
      const values = one.values as string[]
      if (one.op === 'number') {
        const parts = (text: string | null | undefined) => ({
          front: (text ?? '?').replace(/\d+$/, ''),
          tail: Number(/\d+$/.exec(text ?? '')?.[0] ?? NaN),
        })
        const [is, from, to] = [parts(who ? who.number : key), parts(values[0]), parts(values[1])]
        return is.front === from.front && is.tail >= from.tail && is.tail <= to.tail
      }
      if (one.op === 'except') {
        const exceptions = one.values as { id: string; until: string | null }[]
        return !exceptions.some(({ id, until }) => who?.id === id && (until ?? '9999') >= TODAY)
      }
      if (!who) return false
      if (one.op === 'department') return above(who.department).some(id => values.includes(id))
      const has = { 'employment-type': who.type, establishment: who.establishment, status: who.status }[one.op]
      return one.except ? has !== null && !values.includes(String(has)) : values.includes(String(has))
    }

    it('in 5,000 generated scopes, over people of SmartHR and people that it does not have yet', () => {
      const seen = { inside: 0, outside: 0 }
      fc.assert(
        fc.property(conditions, fc.array(facts, { minLength: 8, maxLength: 8 }), number, (scope, all, newcomer) => {
          const judge = openScope(JSON.parse(JSON.stringify(scope)), masters)
          for (const who of [...all, null]) {
            const whom = who ? crewOf(who) : { crew: null, key: newcomer }
            const isInside = scope.every(one => expected(one, who, newcomer))
            expect(judge(whom, TODAY) === null).to.equal(isInside)
            seen[isInside ? 'inside' : 'outside'] += 1
          }
        }),
        { numRuns: 5000 },
      )

      expect(Math.min(seen.inside, seen.outside)).to.be.greaterThan(2000)
    })
  })

  it('says what somebody has that is outside', () => {
    expect(judged([{ op: 'employment-type', values: ['full'] }], person({ type: 'contractor' }))).to.equal(
      '対象範囲の外です（雇用形態：業務委託）。',
    )
    expect(judged([{ op: 'establishment', values: ['west'] }], person({ establishment: null }))).to.equal(
      '対象範囲の外です（事業所：未登録）。',
    )
    expect(judged([{ op: 'status', values: ['employed'] }], person({ status: 'retired' }))).to.equal(
      '対象範囲の外です（在籍状況：退職済）。',
    )
  })

  it('takes all 雇用形態 but those that are left out, also one that is new in SmartHR, and nobody without one', () => {
    const but = [{ op: 'employment-type', values: ['contractor'], except: true }]

    expect(judged(but, person({ type: 'part' }))).to.equal(null)
    expect(judged(but, person({ type: 'of-tomorrow' }))).to.equal(null)
    expect(judged([{ op: 'employment-type', values: ['full', 'part'] }], person({ type: 'of-tomorrow' }))).to.not.equal(
      null,
    )
    expect(judged(but, person({ type: 'contractor' }))).to.equal('対象範囲の外です（雇用形態：業務委託）。')
    expect(judged(but, person({ type: null }))).to.equal('対象範囲の外です（雇用形態：未登録）。')
    expect(judged(but, { crew: null, key: '100' })).to.include('対象範囲かどうかを確認できません')
  })

  it('leaves out a single person up to the last day, and says why', () => {
    const except = [{ op: 'except', values: [{ id: 'c1', reason: '出向中', until: TODAY }] }]

    expect(judged(except, person())).to.equal('対象範囲の外です（個別の除外：出向中）。')
    expect(judged(except, person(), '2026-11-21')).to.equal(null)
    expect(judged(except, person({ id: 'c2' }))).to.equal(null)
  })

  it('judges somebody SmartHR does not have by 社員番号 alone, and leaves out whom it can’t judge', () => {
    const newcomer: Scoped = { crew: null, key: '100' }

    expect(judged([{ op: 'number', values: ['1', '200'] }], newcomer)).to.equal(null)
    expect(judged([{ op: 'number', values: ['101', '200'] }], newcomer)).to.equal('対象範囲の外です（社員番号：100）。')
    for (const op of ['department', 'employment-type', 'establishment', 'status']) {
      const value = { department: 'head', 'employment-type': 'full', establishment: 'east', status: 'employed' }[op]
      expect(judged([{ op, values: [value] }], newcomer), op).to.equal(
        '対象範囲かどうかを確認できません（SmartHRに登録されていないため）。',
      )
    }
  })

  it('takes the number in SmartHR for that of somebody who is there, never the other service’s', () => {
    const whom = { ...person({ number: null }), key: '100' }

    expect(judged([{ op: 'number', values: ['1', '200'] }], whom)).to.equal('対象範囲の外です（社員番号：未登録）。')
  })

  const damaged: Readonly<Record<string, unknown>> = {
    'nothing at all': null,
    'no condition': [],
    'a condition without values': [{ op: 'department', values: [] }],
    'an unknown operator': [{ op: 'grade', values: ['1'] }],
    'an unknown operator beside a known one': [
      { op: 'status', values: ['employed'] },
      { op: 'not', values: ['1'] },
    ],
    'something beside op and values': [{ op: 'status', values: ['employed'], unless: true }],
    'an inverse that nothing but 雇用形態 has': [{ op: 'department', values: ['head'], except: true }],
    'an inverse that is neither': [{ op: 'employment-type', values: ['full'], except: false }],
    'the same condition twice': [
      { op: 'status', values: ['employed'] },
      { op: 'status', values: ['retired'] },
    ],
    'a status that SmartHR does not have': [{ op: 'status', values: ['on-leave'] }],
    'a range that ends before it begins': [{ op: 'number', values: ['20', '3'] }],
    'a range over two kinds of numbers': [{ op: 'number', values: ['A1', 'B9'] }],
    'a range without an end': [{ op: 'number', values: ['1'] }],
    'an exclusion without a reason': [{ op: 'except', values: [{ id: 'c1', reason: ' ', until: null }] }],
    'an exclusion until no day': [{ op: 'except', values: [{ id: 'c1', reason: '出向中', until: '2026-02-30' }] }],
  }
  for (const [what, stored] of Object.entries(damaged)) {
    it(`ends the fetch over ${what}: nobody is judged`, () => {
      expect(scopeConditions.safeParse(stored).success).to.equal(false)
      expect(() => openScope(stored, masters)).to.throw(
        ScopeBroken,
        '保存された対象範囲を読み取れないため、同期の対象者を決められませんでした。データは変更していません。対象範囲を確認して保存してから、取得し直してください。',
      )
    })
  }

  it('ends the fetch over a 雇用形態 to leave out that SmartHR has no longer', () => {
    expect(() => openScope([{ op: 'employment-type', values: ['gone'], except: true }], masters)).to.throw(ScopeBroken)
  })

  for (const [op, label] of [
    ['department', '部署'],
    ['employment-type', '雇用形態'],
    ['establishment', '事業所'],
  ] as const) {
    it(`ends the fetch over a ${op} that SmartHR has no longer, even where others are left`, () => {
      const left = { department: 'head', 'employment-type': 'full', establishment: 'east' }[op]
      expect(() => openScope([{ op, values: [left, 'gone'] }], masters)).to.throw(
        ScopeBroken,
        `対象範囲に指定した${label}がSmartHRにないため、同期の対象者を決められませんでした。`,
      )
      expect(() => openScope([{ op, values: [left, 'gone'] }], masters, '営業部')).to.throw(
        ScopeBroken,
        `対象範囲「営業部」に指定した${label}がSmartHRにないため、`,
      )
    })
  }
})
