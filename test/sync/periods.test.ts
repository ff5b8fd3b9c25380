import { expect } from 'chai'
import { useWorld } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

/** A crew in SmartHR's own words, past its API. */
const crew = (about: Record<string, unknown>) => ({
  emp_status: 'employed',
  last_name: '斎藤',
  first_name: '太郎',
  last_name_yomi: 'サイトウ',
  first_name_yomi: 'タロウ',
  birth_at: '1990-01-01',
  gender: 'male',
  ...about,
})

describe('the month of freee that is compared and written', () => {
  const world = useWorld({ at: '2026-11-20T12:00:00+09:00', limitsOff: ['smarthr'], once: true })

  it('is not left for a later one by the write itself: that person is told what to do', async () => {
    const visitor = await world.connected()
    const { companies } = (await world.control('GET', '/state?service=freee')) as {
      companies: { employees: { num: string; entryDate: string; retireDate: string | null }[] }[]
    }
    const known = companies[0]?.employees.find(one => one.entryDate < '2026-01-01' && one.retireDate === null)
    await world.control('POST', '/people', {
      service: 'smarthr',
      people: [crew({ emp_code: known?.num, entered_at: '2027-02-01' })],
    })
    await toSelection(visitor, 'employees-from-smarthr', '2027-02-10')

    expect(visitor.page().text).to.include('2026年11月分の情報として登録します。')
    expect(visitor.page().text).to.include(
      '入社年月日を先の日付に変更すると、freee人事労務では2027年2月分の情報が対象になるため、ほかの項目を比較できません。',
    )
  })
})
