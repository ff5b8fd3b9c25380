import { expect } from 'chai'
import fc from 'fast-check'
import { mappingOf, type Scalar } from '../../../server/contract/contract.js'
import { connectors } from '../../../server/connectors/registry.js'

const context = { today: '2026-11-20', settings: {}, present: [] }

/** Whatever somebody may have typed, and what the services answer; 0 and −1 stand for blanks in some fields. */
const written: fc.Arbitrary<Scalar> = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => text.trim() !== ''),
  fc
    .string({ unit: fc.constantFrom(...'0123456789-－() +内線カナかﾅA'), minLength: 1 })
    // 0 is how some fields say that there is nothing
    .filter(text => /\S/.test(text) && Number(text) !== 0),
  fc.constantFrom('2026-02-30', '2026/11/20', '11月20日', 'other', 'special_widow', 'widower', '東京', '一'),
  fc.integer({ min: 1 }),
  fc.double({ noNaN: true, min: 0.1, max: 1e9 }),
)

/** Neither male nor female is the attendance services' way to say that none was chosen. */
const NONE_CHOSEN = ['戸籍上の性別']
/** Nobody enters it: it follows from 退職年月日. */
const FOLLOWS = '在籍状況'
const attendance = ['kinkakuji', 'king-of-time', 'touch-on-time']

describe('a value that somebody entered', () => {
  for (const connector of connectors) {
    for (const flow of connector.flows) {
      const fromService = flow.direction === 'to-smarthr'
      const pairs = mappingOf(flow).filter(
        ({ label }) =>
          label !== FOLLOWS && !(fromService && attendance.includes(connector.id) && NONE_CHOSEN.includes(label)),
      )
      if (pairs.length === 0) continue

      it(`is sent, or told of: ${connector.id}, ${flow.id}`, () => {
        fc.assert(
          fc.property(fc.constantFrom(...pairs), fc.array(written, { minLength: 4, maxLength: 4 }), (pair, values) => {
            const source = values.slice(0, (fromService ? pair.service : pair.smarthr).length)
            const converted = fromService ? pair.toSmarthr(source, context) : pair.toService(source, context)

            expect(converted, pair.label).not.to.equal('keep')
            if (converted === 'keep' || 'problem' in converted) return
            if ('set' in converted) {
              // An address may have nothing behind its 市区町村, which the line before says.
              if (pair.label.endsWith('（丁目・番地）')) return
              expect(Object.values(converted.set).some(value => (value ?? '') !== '')).to.equal(true)
            } else {
              expect(converted.unsent).to.match(
                /^[^「]+「.*」は、.+ため連携されません。.+で.*(?:修正|登録)してください。$/s,
              )
              expect(converted.unsent.startsWith(pair.label.replace(/（(?:市区町村|丁目・番地)）$/, ''))).to.equal(true)
            }
          }),
          { numRuns: 2000 },
        )
      })
    }
  }
})
