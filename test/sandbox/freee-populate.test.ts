import { expect } from 'chai'
import { replaceEmployees } from '../../sandbox/freee/seed.js'
import { madeUpPeople } from '../../sandbox/people.js'
import { cpuMs } from '../helpers/cpu.js'
import { COMPANY, createWorld } from './freee.world.js'

describe('freee stand-in with ten thousand employees', () => {
  const month = { company_id: COMPANY, year: 2026, month: 11 }

  it('employs exactly the people given, with everything filled in and the same ids each time', async () => {
    const world = createWorld()
    const { access_token } = await world.signIn()
    const people = madeUpPeople({ count: 30, seed: 5 })
    replaceEmployees(world.company, people)
    const first = world.company.employees.all().map(employee => employee.id)
    replaceEmployees(world.company, people)

    expect(world.company.employees.all().map(employee => employee.id)).to.deep.equal(first)
    const answer = await world.get(access_token, '/employees', month).expect(200)
    const { employees, total_count } = answer.body as { employees: Record<string, unknown>[]; total_count: number }
    expect(total_count).to.equal(30)
    expect(employees.map(employee => employee.num)).to.deep.equal(people.map(person => person.code))
    const person = people[0]
    expect(employees[0]).to.deep.include({
      display_name: `${person?.lastName} ${person?.firstName}`,
      base_pension_num: person?.basicPensionNumber,
      employment_insurance_reference_number: person?.employmentInsuranceNumber,
    })
    expect(employees[0]?.profile_rule).to.include({
      residential_address: `${person?.home.city}${person?.home.street}`,
      address: `${person?.resident.city}${person?.resident.street}`,
      gender: person?.gender,
    })
    expect(employees[0]?.bank_account_rule).to.include({ account_number: person?.bank?.number })
  })

  it('gives pages of a hundred without starting over for each', async () => {
    const world = createWorld()
    const { access_token } = await world.signIn()
    replaceEmployees(world.company, madeUpPeople({ count: 10_000, seed: 5 }))
    await world.get(access_token, '/employees', month).expect(200)

    const ids = new Set<number>()
    const ms = await cpuMs(async () => {
      for (let offset = 0; offset < 10_000; offset += 100) {
        const answer = await world.get(access_token, '/employees', { ...month, limit: 100, offset }).expect(200)
        for (const { id } of (answer.body as { employees: { id: number }[] }).employees) ids.add(id)
      }
    })
    // Includes the test's own client and a new connection per call; the stand-in itself takes under 5 ms per page.
    expect(ms / 100).to.be.below(60)
    expect(ids.size).to.equal(10_000)
  })
})
