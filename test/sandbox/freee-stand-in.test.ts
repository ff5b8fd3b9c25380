import { expect } from 'chai'
import express from 'express'
import request from 'supertest'
import { createFreee } from '../../sandbox/freee/index.js'
import { madeUpPeople } from '../../sandbox/people.js'

interface State {
  companies: { id: number; externalCid: string; employees: { id: number; num: string; payroll: unknown }[] }[]
  switches: Record<string, unknown>
}

/** Only what comes from the person: no ids, group or months. */
const values = (employee: string) => employee.replace(/"(id|companyId|group|from)":("[^"]*"|\d+),?/g, '')

describe('freee stand-in as part of the sandbox', () => {
  const crews = madeUpPeople({ count: 30, seed: 1 })
  const create = () => createFreee({ now: () => new Date('2026-11-20T01:00:00Z') }, crews)
  const midori = (freee: ReturnType<typeof create>) => (freee.state() as State).companies[0]

  it('is seeded with people of SmartHR, equal and differing, with people of its own and both companies', () => {
    const freee = create()
    const state = freee.state() as State
    expect(state.companies.map(company => company.externalCid)).to.deep.equal(['0123456789', '01234567af'])
    const employees = midori(freee)?.employees ?? []
    expect(employees.length).to.be.above(100)
    const codes = new Set(crews.map(crew => crew.code))
    expect(employees.filter(employee => codes.has(employee.num))).to.have.lengthOf(25)

    const asInSmarthr = create()
    asInSmarthr.populate(crews)
    const differing = crews.slice(0, 25).filter((crew, position) => {
      const stored = JSON.stringify(employees.find(employee => employee.num === crew.code))
      const equal = JSON.stringify(midori(asInSmarthr)?.employees[position])
      return values(stored) !== values(equal)
    })
    expect(differing).to.have.lengthOf(10)
  })

  it('is the same after every reset, ids included', () => {
    const freee = create()
    const before = freee.state()
    freee.populate(madeUpPeople({ count: 3, seed: 2 }))
    freee.switches({ ipRestricted: true })
    expect(midori(freee)?.employees.map(employee => employee.id)).to.deep.equal([100_001, 100_002, 100_003])
    freee.reset()
    expect(freee.state()).to.deep.equal(before)
  })

  it('shows the payment months of each rule in readable form', () => {
    const freee = create()
    freee.populate(crews.slice(0, 1).map(crew => ({ ...crew, entryDate: '2020-04-01' })))
    expect(JSON.stringify(midori(freee)?.employees[0]?.payroll)).to.include('"from":"2020-04"')
  })

  it('refuses switches it does not know, and changes nothing then', () => {
    const freee = create()
    expect(() => freee.switches({ ipRestricted: true, plan: 'gold' })).to.throw('plan="gold"')
    expect(() => freee.switches({ unknown: 1 })).to.throw('unknown=1')
    expect((freee.state() as State).switches).to.include({ ipRestricted: false, plan: 'minimum' })
  })

  it('keeps tokens and passwords out of its state', async () => {
    const freee = create()
    expect(JSON.stringify(freee.state())).to.not.include('renkei-demo')
    const app = express().use('/freee', freee.router)
    await request(app).get('/freee/hr/api/v1/users/me').expect(401)
  })
})
