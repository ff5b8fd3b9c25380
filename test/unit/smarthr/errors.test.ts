import { expect } from 'chai'
import { smarthrErrors } from '../../../server/smarthr/errors.js'

const answer = (code: number, over: object = {}) => ({ code, type: 'x', message: '文', errors: null, ...over })
const ruleFor = (body: unknown) => {
  const { codes } = smarthrErrors.read(body)
  return smarthrErrors.rules.find(rule => rule.code === undefined || codes.includes(rule.code))
}

describe('SmartHR: refusals', () => {
  for (const [code, then] of [
    [1, 'refused'],
    [2, 'expired'],
    [3, 'blocked'],
    [4, 'missing'],
    [5, 'unavailable'],
    [6, 'throttled'],
    [7, 'blocked'],
    [8, 'refused'],
    [9, 'unavailable'],
    [15, 'blocked'],
  ] as const) {
    it(`takes code ${code} for ${then}`, () => expect(ruleFor(answer(code))?.then).to.equal(then))
  }

  it('leaves a code nobody has named to the status', () => expect(ruleFor(answer(12))).to.equal(undefined))

  it('still updates people when no more may be added', () => {
    expect(ruleFor(answer(7))).to.include({ onlyCreates: true })
    expect(ruleFor(answer(3))?.onlyCreates).to.equal(undefined)
  })

  it('says what to do where SmartHR itself says nothing', () => {
    for (const code of [3, 4, 7, 15]) expect(ruleFor(answer(code))?.shown).to.match(/確認|見直し/)
  })

  it('names all attributes that were refused', () => {
    const errors = [
      { message: '業務内容は30文字以内で入力してください。', resource: 'Crew', field: 'occupation' },
      { message: '給与が確定されていません', resource: null, field: null },
      null,
      { message: 1 },
    ]
    expect(smarthrErrors.read(answer(1, { errors })).messages).to.deep.equal([
      '業務内容は30文字以内で入力してください。',
      '給与が確定されていません',
    ])
    expect(smarthrErrors.read(answer(1)).messages).to.deep.equal(['文'])
  })

  it('copes with anything', () => {
    for (const nonsense of [null, undefined, '', '<html>', 1, [], { code: '1' }, { errors: 'x' }]) {
      expect(smarthrErrors.read(nonsense)).to.deep.equal({ codes: [], messages: [] })
    }
  })
})

describe('SmartHR: what is left of its limits', () => {
  const now = new Date('2026-11-20T00:00:00Z')

  it('reads both families, in seconds until they fill up', () => {
    const headers = {
      'x-rate-limit-remaining': '4999',
      'x-rate-limit-reset': '3600',
      'x-intensive-rate-limit-remaining': '0',
      'x-intensive-rate-limit-reset': '1',
    }
    expect(smarthrErrors.rates(headers, now)).to.deep.equal([
      { remaining: 4999, resetAt: new Date('2026-11-20T01:00:00Z') },
      { remaining: 0, resetAt: new Date('2026-11-20T00:00:01Z') },
    ])
  })

  it('ignores headers it cannot read', () => {
    expect(smarthrErrors.rates({ 'x-rate-limit-remaining': 'x', 'x-rate-limit-reset': '1' }, now)).to.deep.equal([])
  })
})
