import { expect } from 'chai'
import { readName, readUser } from '../../../server/install/smarthr-account.js'

describe('the name of who signs in', () => {
  it('is that of the employee, at work where there is one for it', () => {
    const legal = { last_name: '須磨', first_name: '英子', business_last_name: '', business_first_name: null }

    expect(readName(legal)).to.equal('須磨 英子')
    expect(readName({ ...legal, business_last_name: '旧姓', business_first_name: 'はなこ' })).to.equal('旧姓 はなこ')
    expect(readName({ last_name: ' 須磨 ', first_name: '' })).to.equal('須磨')
  })

  it('is none where none is given, and never more than a list can show or a database can hold', () => {
    expect(readName({ last_name: null })).to.equal(null)
    expect(readName({ last_name: '須\u0000磨' })).to.equal('須磨')
    expect(readName({ last_name: '寿'.repeat(5000) })).to.have.length(100)
  })

  it('is asked for of the employee that the user is, if any', () => {
    const user = { id: '1', email: 'in@midori.example', admin: true }

    expect(readUser({ ...user, crew_id: 'a3d7' }).crewId).to.equal('a3d7')
    expect(readUser({ ...user, crew_id: null }).crewId).to.equal(null)
    expect(readUser(user).crewId).to.equal(null)
  })
})
