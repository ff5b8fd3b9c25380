import { expect } from 'chai'
import { COUNT_FIELD, parseCount } from '../../server/wizard/guard.form.js'

describe('the number of people that is typed', () => {
  const countOf = (typed: string) => parseCount({ [COUNT_FIELD]: typed }).count

  for (const [typed, count] of [
    ['16', '16'],
    ['1,234', '1234'],
    ['12,345,678', '12345678'],
    ['１，２３４', '1234'],
    [' 1234 ', '1234'],
  ] as const)
    it(`is a number as the page writes it: ${typed}`, () => {
      expect(countOf(typed)).to.equal(count)
    })

  for (const typed of ['1,6', '1,23', '12,34', '1234,567', ',16', '16,', '1,,234', '1,2345', '１，６', '-16', '1 6'])
    it(`is none with a comma elsewhere, or another sign: ${typed}`, () => {
      expect(countOf(typed)).to.not.match(/^\d+$/)
    })
})
