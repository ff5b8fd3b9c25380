import { expect } from 'chai'
import { createClock, jstDate, jstDateTime, yearMonthOf } from '../../../server/platform/clock.js'

describe('Clock', () => {
  it('changes the date at midnight in Japan', () => {
    expect(jstDate(new Date('2026-11-20T14:59:59Z'))).to.equal('2026-11-20')
    expect(jstDate(new Date('2026-11-20T15:00:00Z'))).to.equal('2026-11-21')
  })

  it('prints times as in Japan', () => {
    expect(jstDateTime(new Date('2026-11-20T06:35:59Z'))).to.equal('2026/11/20 15:35')
    expect(jstDateTime(new Date('2025-12-31T15:05:00Z'))).to.equal('2026/01/01 00:05')
  })

  it('starts where it is told and goes on from there', () => {
    const clock = createClock(new Date('2020-02-29T00:00:00Z'))

    expect(clock.today()).to.equal('2020-02-29')
    expect(clock.now().getTime() - Date.parse('2020-02-29T00:00:00Z')).to.be.within(0, 1_000)
  })

  it('refuses dates that do not exist', () => {
    expect(yearMonthOf('2024-02-29')).to.deep.equal({ year: 2024, month: 2 })
    expect(() => yearMonthOf('2024-02-30')).to.throw(RangeError)
  })
})
