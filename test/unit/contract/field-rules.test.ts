import { expect } from 'chai'
import fc from 'fast-check'
import { connectors } from '../../../server/connectors/registry.js'
import type { Connector, Direction, FieldPair, SyncFlow, Values } from '../../../server/contract/contract.js'
import {
  askedOfSmarthr,
  hasFieldRules,
  presetRules,
  ruledFields,
  ruledMapping,
  rulesFor,
  type FieldRule,
  type FieldRules,
  type RunRules,
} from '../../../server/contract/field-rules.js'
import { difference } from '../../../server/runs/difference.js'

const CONTEXT = { today: '2026-11-20', settings: {} }

const ruled = connectors.filter(hasFieldRules)
const flowsOf = (connector: Connector) => connector.flows.filter((flow): flow is SyncFlow => flow.kind === 'sync')
const of = (id: string) => ruled.find(connector => connector.id === id) ?? expect.fail(id)
const flowOf = (connector: Connector, direction: Direction) =>
  flowsOf(connector).find(flow => flow.direction === direction) ?? expect.fail(direction)

/** One person twice, otherwise in every field. */
const ONE: Values = {
  emp_code: '100',
  last_name: '山田',
  first_name: '花子',
  last_name_yomi: 'ヤマダ',
  first_name_yomi: 'ハナコ',
  birth_at: '1990-01-02',
  gender: 'female',
  email: 'one@midori.example',
  'positions.0.name': '主任',
  entered_at: '2020-04-01',
  resigned_at: '2030-03-31',
  emp_status: 'employed',
  having_spouse: true,
  working_student_flag: true,
  widow_type: 'widow',
  handicapped_type: 'ordinary_handicapped',
  'address.zip_code': '106-0032',
  'address.pref': '東京都',
  'address.city': '港区',
  'address.street': '六本木3-2-1',
  'address.literal_yomi': 'ミナトク',
  'resident_card_address.zip_code': '530-0001',
  'resident_card_address.pref': '大阪府',
  'resident_card_address.city': '大阪市北区',
  'resident_card_address.street': '梅田1-1',
  'resident_card_address.literal_yomi': 'オオサカシ',
  tel_number: '03-1234-5678',
  'bank_accounts.0.bank_code': '0001',
  'bank_accounts.0.bank_branch_code': '001',
  'bank_accounts.0.account_type': 'saving',
  'bank_accounts.0.account_number': '0000001',
  'bank_accounts.0.account_holder_name': 'ヤマダ',
  emp_ins_insured_person_number: '1234-567890-1',
  basic_pension_number: '1234-567890',
  hel_ins_insured_person_number: 11,
  soc_ins_insured_person_number: 12,
  monthly_standard_income_hel: 200000,
  monthly_standard_income_pns: 210000,
}
const OTHER: Values = {
  ...ONE,
  last_name: '佐藤',
  first_name: '次郎',
  last_name_yomi: 'サトウ',
  first_name_yomi: 'ジロウ',
  birth_at: '1991-03-04',
  gender: 'male',
  email: 'other@midori.example',
  'positions.0.name': '課長',
  entered_at: '2021-04-01',
  resigned_at: '2031-03-31',
  having_spouse: false,
  working_student_flag: false,
  widow_type: 'single_parent',
  handicapped_type: 'special_handicapped',
  'address.zip_code': '060-0001',
  'address.pref': '北海道',
  'address.city': '札幌市中央区',
  'address.street': '北一条西2',
  'address.literal_yomi': 'サッポロシ',
  'resident_card_address.zip_code': '900-0001',
  'resident_card_address.pref': '沖縄県',
  'resident_card_address.city': '那覇市',
  'resident_card_address.street': '港町1',
  'resident_card_address.literal_yomi': 'ナハシ',
  tel_number: '06-1234-5678',
  'bank_accounts.0.bank_code': '0005',
  'bank_accounts.0.bank_branch_code': '002',
  'bank_accounts.0.account_type': 'checking',
  'bank_accounts.0.account_number': '0000002',
  'bank_accounts.0.account_holder_name': 'サトウ',
  emp_ins_insured_person_number: '2234-567890-1',
  basic_pension_number: '2234-567890',
  hel_ins_insured_person_number: 21,
  soc_ins_insured_person_number: 22,
  monthly_standard_income_hel: 300000,
  monthly_standard_income_pns: 310000,
}

/** What the service says where it agrees with SmartHR. */
const inService = (connector: Connector, record: Values): Values =>
  difference(flowOf(connector, 'to-service').mapping, 'to-service', record, null, CONTEXT).set

const sidesOf = (connector: Connector, direction: Direction) =>
  direction === 'to-service'
    ? { source: OTHER, target: inService(connector, ONE) }
    : { source: inService(connector, OTHER), target: ONE }

const sourceOf = (pair: FieldPair, direction: Direction) => (direction === 'to-service' ? pair.smarthr : pair.service)
const targetOf = (pair: FieldPair, direction: Direction) => (direction === 'to-service' ? pair.service : pair.smarthr)
const own = (pair: FieldPair, paths: readonly string[]) => paths.filter(path => !pair.reads?.includes(path))

const withRules = (flow: SyncFlow, rules: RunRules | null, source: Values, target: Values | null) => {
  const { ofNew, ofKnown } = ruledMapping(flow, rules)
  return difference(target ? ofKnown : ofNew, flow.direction, source, target, CONTEXT)
}
const changedIn = (flow: SyncFlow, rules: RunRules | null, source: Values, target: Values | null) =>
  withRules(flow, rules, source, target).changes.map(({ field }) => field)

const directions: readonly Direction[] = ['to-service', 'to-smarthr']

/** A field that a rule can be chosen for, and those that go by it. */
const choosable = (connector: Connector) => {
  const fields = ruledFields(connector)
  return fields
    .filter(({ locked, lead, id }) => locked === null && lead === id)
    .map(field => ({ ...field, with: fields.filter(({ lead }) => lead === field.id).map(({ id }) => id) }))
}

describe('The rules of fields', () => {
  it('are chosen for services whose fields are compared, and not where an examiner, one click or a file’s columns decide', () => {
    expect(ruled.map(({ id }) => id)).to.have.members([
      'freee',
      'pca',
      'pca-hyper',
      'kinkakuji',
      'king-of-time',
      'touch-on-time',
    ])
  })

  for (const connector of ruled) {
    describe(`of ${connector.id}`, () => {
      const initial = presetRules(ruledFields(connector), 'initial')

      it('change nothing while none is saved, nor where what is preset is saved', () => {
        for (const flow of flowsOf(connector)) {
          expect(rulesFor(connector, flow, null)).to.equal(null)
          expect(rulesFor(connector, flow, initial)).to.equal(null)
          expect(ruledMapping(flow, null)).to.deep.equal({ ofNew: flow.mapping, ofKnown: flow.mapping })
        }
      })

      for (const direction of directions) {
        it(`leave a field out ${direction} by its way, and take it for new people alone: each field, each way`, () => {
          const flow = flowOf(connector, direction)
          const { source, target } = sidesOf(connector, direction)
          const usual = changedIn(flow, null, source, target)
          const usualNew = changedIn(flow, null, source, null)
          expect(usual.length).to.be.greaterThan(flow.mapping.length / 2)
          for (const field of choosable(connector)) {
            for (const way of field.ways) {
              for (const newOnly of [false, true]) {
                const rule: FieldRule = { ...(initial[field.id] ?? expect.fail()), way, newOnly }
                const rules = rulesFor(connector, flow, { ...initial, [field.id]: rule })
                const goes = way === 'both' || way === direction
                const without = (ids: readonly string[], out: boolean) =>
                  ids.filter(id => !out || !field.with.includes(id))
                const said = `${field.id} ${way} ${newOnly}`
                expect(changedIn(flow, rules, source, target), said).to.deep.equal(without(usual, !goes || newOnly))
                expect(changedIn(flow, rules, source, null), said).to.deep.equal(without(usualNew, !goes))
              }
            }
          }
        })

        it(`let a blank erase ${direction} or not, and only where the mapping has it erase: each field`, () => {
          const flow = flowOf(connector, direction)
          const { source, target } = sidesOf(connector, direction)
          const erasing: string[] = []
          for (const field of choosable(connector)) {
            const pair = flow.mapping.find(({ id }) => id === field.id)
            if (!pair) continue
            const blanked = Object.fromEntries(own(pair, sourceOf(pair, direction)).map(path => [path, null]))
            // Somebody else's value stands there, so that a blank that erases is a change.
            const there = { ...target, ...(direction === 'to-service' ? inService(connector, ONE) : ONE) }
            const change = (blanks: FieldRule['blanks']) => {
              const rules = rulesFor(connector, flow, {
                ...initial,
                [field.id]: { ...(initial[field.id] ?? expect.fail()), blanks },
              })
              return changedIn(flow, rules, { ...source, ...blanked }, there).includes(field.id)
            }
            expect(change('keep'), `${field.id} keep`).to.equal(false)
            expect(change('erase'), `${field.id} erase`).to.equal(field.erasing.includes(direction))
            if (field.erasing.includes(direction)) erasing.push(field.id)
          }
          expect(erasing).to.deep.equal(ERASING[connector.id]?.[direction] ?? [])
        })
      }
    })
  }

  it('let what nobody is registered without go one way for those who are there, and always for new people', () => {
    for (const connector of ruled) {
      const fields = ruledFields(connector)
      const initial = presetRules(fields, 'initial')
      const needed = fields.filter(({ locked }) => locked === 'needed')
      expect(needed.length).to.be.greaterThan(0)
      for (const [side, way] of [
        ['smarthr', 'to-service'],
        ['service', 'to-smarthr'],
      ] as const) {
        const preset = presetRules(fields, side)
        for (const { id, ways } of needed) {
          expect(ways).to.not.include('none')
          expect(preset[id]?.way).to.equal(way)
          for (const direction of directions) {
            const flow = flowOf(connector, direction)
            const { source, target } = sidesOf(connector, direction)
            const rules = rulesFor(connector, flow, { ...initial, [id]: preset[id] ?? expect.fail() })
            const usual = changedIn(flow, null, source, target)
            const left = usual.filter(field => field !== id || way === direction)
            expect(changedIn(flow, rules, source, target), `${id} ${side} ${direction}`).to.deep.equal(left)
            expect(changedIn(flow, rules, source, null)).to.deep.equal(changedIn(flow, null, source, null))
          }
        }
      }
    }
  })

  it('can be chosen neither for what tells people apart nor, as off, for what nobody is registered without', () => {
    const locked = Object.fromEntries(
      ruled.map(connector => [
        connector.id,
        ruledFields(connector).flatMap(field => (field.locked ? [`${field.id} ${field.locked}`] : [])),
      ]),
    )
    const attendance = ['employee-number key', 'last-name needed', 'first-name needed', 'gender needed']
    const pca = ['employee-number key', 'last-name needed']
    expect(locked).to.deep.equal({
      freee: [
        'last-name needed',
        'first-name needed',
        'last-name-kana needed',
        'first-name-kana needed',
        'birth-date needed',
        'employee-number key',
        'hire-date needed',
      ],
      pca,
      'pca-hyper': pca,
      kinkakuji: attendance,
      'king-of-time': attendance,
      'touch-on-time': attendance,
    })
    for (const connector of ruled) {
      const fields = ruledFields(connector)
      const none = Object.fromEntries(
        fields.map(({ id }) => [id, { way: 'none', blanks: 'keep', newOnly: true }] as const),
      ) satisfies FieldRules
      for (const flow of flowsOf(connector)) {
        const { ofNew, ofKnown } = ruledMapping(flow, rulesFor(connector, flow, none))
        const kept = (locks: readonly unknown[]) =>
          flow.mapping.flatMap(({ id }) =>
            fields.some(field => field.id === id && locks.includes(field.locked)) ? [id] : [],
          )
        expect(ofKnown.map(({ id }) => id)).to.deep.equal(kept(['key']))
        expect(ofNew.map(({ id }) => id)).to.deep.equal(kept(['key', 'needed']))
      }
    }
  })

  it('are those of the field that another one goes along with, in every mapping', () => {
    const following = ruled.flatMap(connector =>
      flowsOf(connector).flatMap(({ mapping }) =>
        mapping.flatMap(({ id, follows }) => (follows === undefined ? [] : [{ id, leader: follows, mapping }])),
      ),
    )
    expect(new Set(following.map(({ id, leader }) => `${id} → ${leader}`))).to.deep.equal(
      new Set([
        'employment-status → leaving-date',
        'bank-branch-code → bank-code',
        'bank-account-type → bank-code',
        'bank-account-number → bank-code',
        'bank-account-holder → bank-code',
        ...['address', 'registered-address'].flatMap(address =>
          ['prefecture', 'city-and-street', 'city', 'street', 'kana'].map(
            part => `${address}-${part} → ${address}-postal-code`,
          ),
        ),
      ]),
    )
    for (const { leader, mapping } of following) {
      const found = mapping.find(({ id }) => id === leader)
      expect(found?.follows, leader).to.equal(undefined)
      expect(found, leader).not.to.equal(undefined)
    }
  })

  it('leave alone what SmartHR says of a leaver where a blank of the leaving date changes nothing', () => {
    const connector = of('freee')
    const flow = flowOf(connector, 'to-smarthr')
    const left = { ...ONE, resigned_at: '2026-10-31', emp_status: 'retired' }
    const source = inService(connector, { ...ONE, resigned_at: null })
    const keep = presetRules(ruledFields(connector), 'initial')
    const rules = rulesFor(connector, flow, {
      ...keep,
      'leaving-date': { way: 'both', blanks: 'keep', newOnly: false },
    })

    expect(changedIn(flow, null, source, left)).to.deep.equal(['leaving-date', 'employment-status'])
    expect(changedIn(flow, rules, source, left)).to.deep.equal([])
  })

  it('do not ask SmartHR for what only a field that is off has, even where another one would look at it', () => {
    const connector = of('freee')
    const flow = flowOf(connector, 'to-service')
    const off = (...ids: string[]): RunRules => ({ off: ids, unseen: [], keep: [], newOnly: [] })

    expect(askedOfSmarthr(flow, off('phone'))).not.to.include('tel_number')
    const asked = askedOfSmarthr(flow, off('health-standard-remuneration'))
    expect(asked).to.include('hel_ins_insured_person_number').and.not.include('monthly_standard_income_hel')
    const source = Object.fromEntries(asked.map(path => [path, OTHER[path] ?? null]))
    const bare = { ...inService(connector, ONE), 'health_insurance_rule.standard_monthly_remuneration': null }
    const { set, notes } = withRules(flow, off('health-standard-remuneration'), source, bare)
    // freee takes the number only together with a 標準報酬月額, and none goes along.
    expect(set).not.to.have.property('health_insurance_rule.reference_num')
    expect(notes.join()).to.include('健康保険の被保険者整理番号「21」は')
  })

  it('leave a field of a later release off until it is saved, and say so', () => {
    const connector = of('freee')
    const { phone, ...saved } = presetRules(ruledFields(connector), 'initial')
    expect(phone).not.to.equal(undefined)
    for (const flow of flowsOf(connector)) {
      const rules = rulesFor(connector, flow, saved)
      expect(rules).to.deep.equal({ off: ['phone'], unseen: ['phone'], keep: [], newOnly: [] })
      expect(askedOfSmarthr(flow, rules)).not.to.include('tel_number')
    }
  })

  it('send no path but of a field that may go, and ask for none but what one needs: any rules, any blanks', () => {
    const rule = fc.record({
      way: fc.constantFrom('both' as const, 'to-service' as const, 'to-smarthr' as const, 'none' as const),
      blanks: fc.constantFrom('keep' as const, 'erase' as const),
      newOnly: fc.boolean(),
    })
    const blanks = fc.array(fc.nat(60), { maxLength: 20 })
    for (const connector of ruled) {
      const fields = ruledFields(connector)
      const rules = fc.tuple(...fields.map(() => fc.option(rule, { freq: 6 })))
      fc.assert(
        fc.property(rules, blanks, fc.boolean(), fc.boolean(), (chosen, blank, isNew, toService) => {
          const saved = Object.fromEntries(
            fields.flatMap(({ id }, nth) => (chosen[nth] ? [[id, chosen[nth]] as const] : [])),
          )
          const direction: Direction = toService ? 'to-service' : 'to-smarthr'
          const flow = flowOf(connector, direction)
          const held = rulesFor(connector, flow, saved)
          const sides = sidesOf(connector, direction)
          const asked = askedOfSmarthr(flow, held)
          const paths = Object.keys(sides.source)
          const gone = new Set(blank.map(nth => paths[nth]))
          const source = Object.fromEntries(
            Object.entries(sides.source).map(([path, value]) => [path, gone.has(path) ? null : value]),
          )
          const target = isNew ? null : sides.target

          // Said once more, from what was saved alone.
          const may = (pair: FieldPair) => {
            const field = fields.find(({ id }) => id === pair.id)
            const own = saved[pair.id] && saved[field?.lead ?? '']
            if (field?.locked === 'key' || (field?.locked && (isNew || own === undefined))) return true
            return own !== undefined && (own.way === 'both' || own.way === direction) && (isNew || !own.newOnly)
          }
          const on = (pair: FieldPair) => {
            const field = fields.find(({ id }) => id === pair.id)
            const own = saved[pair.id] && saved[field?.lead ?? '']
            return field?.locked != null || (own !== undefined && (own.way === 'both' || own.way === direction))
          }
          const allowed = new Set(flow.mapping.filter(may).flatMap(pair => own(pair, targetOf(pair, direction))))
          const needed = new Set(flow.mapping.filter(on).flatMap(({ smarthr }) => smarthr))
          const onlyOff = flow.mapping
            .filter(pair => !on(pair))
            .flatMap(pair => own(pair, pair.smarthr))
            .filter(path => !flow.mapping.some(pair => on(pair) && own(pair, pair.smarthr).includes(path)))

          const sent = Object.keys(withRules(flow, held, source, target).set)
          expect(sent.filter(path => !allowed.has(path))).to.deep.equal([])
          expect(asked.filter(path => !needed.has(path))).to.deep.equal([])
          expect(asked.filter(path => onlyOff.includes(path))).to.deep.equal([])
          expect([...needed].filter(path => !asked.includes(path) && !onlyOff.includes(path))).to.deep.equal([])
        }),
        { numRuns: 150 },
      )
    }
  })
})

/** The fields in which a blank erases, as the mappings have it today. */
const BOTH = { 'to-service': ['leaving-date'], 'to-smarthr': ['leaving-date'] }
const ERASING: Readonly<Record<string, Readonly<Record<Direction, readonly string[]>>>> = {
  freee: {
    'to-service': ['leaving-date', 'spouse', 'working-student', 'widow-or-single-parent', 'disability'],
    'to-smarthr': ['leaving-date'],
  },
  kinkakuji: BOTH,
  'king-of-time': BOTH,
  'touch-on-time': BOTH,
}
