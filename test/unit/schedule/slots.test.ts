import { expect } from 'chai'
import { isHoliday, minuteOf, nextSlot, referenceDateOf, type Rhythm } from '../../../server/schedule/slots.js'
import { jstDateTime } from '../../../server/platform/clock.js'

const daily: Rhythm = { rule: 'daily', weekday: 1, day: 1, hour: 2 }

describe('the next time of 定期チェック', () => {
  /** In Japan, both ways. */
  const next = (rhythm: Partial<Rhythm>, after: string, minute = 14) =>
    jstDateTime(nextSlot({ ...daily, ...rhythm }, minute, new Date(`${after}+09:00`)))
  const several = (rhythm: Partial<Rhythm>, after: string, count: number) => {
    const found: string[] = []
    for (let at = new Date(`${after}+09:00`); found.length < count;) {
      at = nextSlot({ ...daily, ...rhythm }, 0, at)
      found.push(jstDateTime(at).slice(0, 10))
    }
    return found
  }

  it('is today while its time is ahead, and tomorrow from that minute on', () => {
    expect(next({}, '2026-11-20T02:13:59')).to.equal('2026/11/20 02:14')
    expect(next({}, '2026-11-20T02:14:00')).to.equal('2026/11/21 02:14')
    expect(next({ hour: 0 }, '2026-11-20T23:59:59', 0)).to.equal('2026/11/21 00:00')
    expect(next({ hour: 23 }, '2026-12-31T23:30:00', 49)).to.equal('2026/12/31 23:49')
    expect(next({ hour: 23 }, '2026-12-31T23:49:00', 49)).to.equal('2027/01/01 23:49')
  })

  it('is a day of the week that was chosen', () => {
    expect(next({ rule: 'weekly', weekday: 1 }, '2026-11-20T12:00:00')).to.equal('2026/11/23 02:14')
    expect(next({ rule: 'weekly', weekday: 5 }, '2026-11-20T12:00:00')).to.equal('2026/11/27 02:14')
    expect(next({ rule: 'weekly', weekday: 5 }, '2026-11-20T01:00:00')).to.equal('2026/11/20 02:14')
    expect(next({ rule: 'weekly', weekday: 7 }, '2026-12-30T12:00:00')).to.equal('2027/01/03 02:14')
  })

  it('is no Saturday, Sunday, 祝日, 振替休日 or 国民の休日 where 平日 was chosen', () => {
    // 2026: 5/3 is a Sunday, so 5/6 is 振替休日; 9/22 stands between two 祝日.
    expect(several({ rule: 'weekdays' }, '2026-04-28T12:00:00', 3)).to.deep.equal([
      '2026/04/30',
      '2026/05/01',
      '2026/05/07',
    ])
    expect(several({ rule: 'weekdays' }, '2026-09-18T12:00:00', 2)).to.deep.equal(['2026/09/24', '2026/09/25'])
    expect(several({ rule: 'weekdays' }, '2026-11-20T12:00:00', 2)).to.deep.equal(['2026/11/24', '2026/11/25'])
  })

  it("is a working day at the year's end, and no 元日", () => {
    expect(several({ rule: 'weekdays' }, '2026-12-30T12:00:00', 3)).to.deep.equal([
      '2026/12/31',
      '2027/01/04',
      '2027/01/05',
    ])
  })

  it('is the last day of a month that is shorter', () => {
    const from = '2027-01-01T12:00:00'
    expect(several({ rule: 'monthly', day: 31 }, from, 5)).to.deep.equal([
      '2027/01/31',
      '2027/02/28',
      '2027/03/31',
      '2027/04/30',
      '2027/05/31',
    ])
    expect(several({ rule: 'monthly', day: 30 }, from, 3)).to.deep.equal(['2027/01/30', '2027/02/28', '2027/03/30'])
    expect(several({ rule: 'monthly', day: 29 }, '2028-01-30T12:00:00', 2)).to.deep.equal(['2028/02/29', '2028/03/29'])
    expect(several({ rule: 'monthly', day: 1 }, '2026-11-20T12:00:00', 2)).to.deep.equal(['2026/12/01', '2027/01/01'])
  })

  it('knows the holidays of years to come', () => {
    expect(['2030-01-01', '2032-09-21', '2040-02-12', '2049-11-23'].map(isHoliday)).to.deep.equal([
      true,
      true,
      false,
      true,
    ])
    expect(isHoliday('2026-11-24')).to.equal(false)
  })

  it('has one minute per connection, spread over the hour', () => {
    const minutes = Array.from({ length: 1_000 }, (_, index) => minuteOf(`connection ${String(index)}`))

    expect(minuteOf('connection 7')).to.equal(minutes[7])
    expect(new Set(minutes).size).to.equal(50)
    expect(Math.max(...minutes)).to.equal(49)
    const most = Math.max(...[...new Set(minutes)].map(minute => minutes.filter(one => one === minute).length))
    expect(most).to.be.lessThan(45)
  })
})

describe('the reference date of 定期チェック', () => {
  it('is the day, the last of its month, or the first of the next one', () => {
    expect(referenceDateOf('today', '2026-11-20')).to.equal('2026-11-20')
    expect(referenceDateOf('month-end', '2026-11-20')).to.equal('2026-11-30')
    expect(referenceDateOf('month-end', '2028-02-01')).to.equal('2028-02-29')
    expect(referenceDateOf('next-month', '2026-11-30')).to.equal('2026-12-01')
    expect(referenceDateOf('next-month', '2026-12-31')).to.equal('2027-01-01')
  })
})
