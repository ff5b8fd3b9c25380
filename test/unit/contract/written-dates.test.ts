import { expect } from 'chai'
import fc from 'fast-check'
import { writtenDate } from '../../../server/contract/written-dates.js'

describe('dates as people write them', () => {
  const vectors: readonly [string, string | null][] = [
    ['2020-04-01', '2020-04-01'],
    ['2020/4/1', '2020-04-01'],
    ['2020.04.01', '2020-04-01'],
    ['20200401', '2020-04-01'],
    ['2020年4月1日', '2020-04-01'],
    ['２０２０年４月１日', '2020-04-01'],
    ['2020 年 4 月 1 日', '2020-04-01'],
    ['2020/04/01 0:00', '2020-04-01'],
    ['2020-04-01T00:00:00', '2020-04-01'],
    ['2024/2/29', '2024-02-29'],
    ['令和元年5月1日', '2019-05-01'],
    ['令和1年5月1日', '2019-05-01'],
    ['R元.5.1', '2019-05-01'],
    ['r6-1-31', '2024-01-31'],
    ['R06/01/31', '2024-01-31'],
    ['㋿6年1月31日', '2024-01-31'],
    ['平成31年4月30日', '2019-04-30'],
    ['H1.1.8', '1989-01-08'],
    ['昭和64年1月7日', '1989-01-07'],
    ['S64.1.7', '1989-01-07'],
    ['昭和元年12月25日', '1926-12-25'],
    ['大正15年12月25日', '1926-12-25'],
    ['T1/7/30', '1912-07-30'],
    ['明治45年7月30日', '1912-07-30'],
    ['M6.1.1', '1873-01-01'],
    // in no calendar
    ['2023/2/29', null],
    ['2020/13/1', null],
    ['2020-04-31', null],
    // outside their era
    ['昭和64年1月8日', null],
    ['平成元年1月7日', null],
    ['平成31年5月1日', null],
    ['令和元年4月30日', null],
    ['明治5年12月2日', null],
    // which day is meant nobody can say
    ['24/1/31', null],
    ['1/31/2024', null],
    ['2020/04-01', null],
    ['2020/04/01 12:30', null],
    ['43922', null],
    ['2020年4月', null],
    ['令和', null],
    ['未定', null],
    ['', null],
  ]
  for (const [written, date] of vectors)
    it(`takes 「${written}」 for ${date ?? 'no day'}`, () => {
      expect(writtenDate(written)).to.equal(date)
    })

  it('are the days that the Japanese calendar of the machine writes', () => {
    const calendar = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', { dateStyle: 'long', timeZone: 'UTC' })
    const days = fc.date({ min: new Date('1873-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(days, day => {
        const date = day.toISOString().slice(0, 10)
        expect(writtenDate(calendar.format(day)), calendar.format(day)).to.equal(date)
      }),
    )
  })
})
