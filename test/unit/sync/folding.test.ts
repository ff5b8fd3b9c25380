import { expect } from 'chai'
import fc from 'fast-check'
import { folded, searchable } from '../../../server/runs/folding.js'

describe('the search', () => {
  const alike: [one: string, other: string][] = [
    ['ＳＭＩＴＨ', 'smith'],
    ['\ufa19谷', '神谷'],
    ['㈱みどり', '(株)みどり'],
    ['S 777', 'S777'],
    ['Ｓ　７７７', 's777'],
    ['サトウ', 'さとう'],
    ['ﾀｶｻﾞｷ', 'たかざき'],
    ['か\u3099', 'が'],
    ['葛\u{e0100}城', '葛城'],
    ['A\u200b001', 'A001'],
    ['H\u2010001', 'H-001'],
    ['髙﨑', '高崎'],
    ['𠮷野', '吉野'],
    ['①', '1'],
    ['か゛', 'が'],
    ['サトー', 'サト－'],
    ['José', 'JOSE\u0301'],
  ]
  for (const [one, other] of alike) {
    it(`takes ${one} and ${other} for the same`, () => {
      expect(folded(one)).to.equal(folded(other))
      expect(folded(one)).not.to.equal('')
    })
  }

  it('tells apart what reads differently, and finds nothing across two columns', () => {
    expect(folded('ハハ')).not.to.equal(folded('パパ'))
    expect(searchable(['12', '34'])).not.to.include(folded('123'))
    expect(folded(' \u3000\u200b')).to.equal('')
  })

  it('folds what is folded to itself, so that a copied word is found again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), text => {
        expect(folded(folded(text))).to.equal(folded(text))
      }),
      { numRuns: 2000 },
    )
  })
})
