import { expect } from 'chai'
import { examineEmployees } from '../../../server/connectors/mikiwame/employees.js'
import { shownOf } from '../../../server/errors.js'

const employee = (department: Record<string, string | null>) => ({
  id: 'c1',
  key: 'taro@aaa.com',
  name: 'ミキワメ 太郎',
  kana: 'ミキワメ タロウ',
  detail: '',
  employedFrom: null,
  employedUntil: null,
  values: { email: 'taro@aaa.com', last_name: 'ミキワメ', first_name: '太郎', ...department },
})

describe('the examiner of employees for ミキワメ', () => {
  it('finds no department for a person whose department has no code, whatever ミキワメ lists', async () => {
    for (const value of ['A001', '']) {
      const examine = await examineEmployees({
        choices: () => Promise.resolve([{ value, label: '営業部' }]),
        sharing: () => Promise.resolve([]),
        targets: () => Promise.resolve([]),
        sources: () => Promise.resolve([]),
      })
      const { problems } = await examine(employee({ 'departments.0.code': null, 'departments.0.name': '無番部' }))

      expect(problems.map(shownOf).join()).to.include('部署コードのない部署は、ミキワメに登録されません。')
    }
  })
})
