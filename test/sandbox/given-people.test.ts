import { expect } from 'chai'
import { startSandbox, type Sandbox } from '../../sandbox/server.js'

type Json = Record<string, unknown>

describe('People given to the sandbox', () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await startSandbox({ port: 0, smtpPort: 0 })
  })
  after(() => sandbox.close())

  const control = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${sandbox.url}/_control${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return { status: answer.status, body: (await answer.json()) as Json }
  }
  const give = (service: string, people: unknown) => control('POST', '/people', { service, people })
  const inFreee = async () => {
    const { body } = await control('GET', '/state?service=freee')
    return (body as { companies: { employees: Json[] }[] }).companies[0]?.employees ?? []
  }

  it('replace everybody of a service, in its own words', async () => {
    const described: Readonly<Record<string, (code: string) => Json>> = {
      smarthr: code => ({ emp_code: code, last_name: '𠮷田' }),
      freee: code => ({ num: code }),
      pca: code => ({ Code: code, LastName: '𠮷田' }),
      'king-of-time': code => ({ code, lastName: '𠮷田' }),
      mikiwame: code => ({ email: `${code}@midori.example` }),
      'money-forward': code => ({ employee_code: code }),
    }
    for (const [service, person] of Object.entries(described)) {
      expect((await give(service, [person('990001')])).body, service).to.deep.equal({ people: 1 })
      await give(service, [person('990002'), person('990003')])
      const state = JSON.stringify((await control('GET', `/state?service=${service}`)).body)
      expect(state, service).to.include('990002').and.include('990003').and.not.include('990001')
    }
  })

  it('are in freee what its state says of them, month by month', async () => {
    const profile = [
      { from: '2020-04', value: { title: '課長', phone1: '090' } },
      { from: '2026-12', value: { title: '部長' } },
    ]
    await give('freee', [{ id: 77, num: 'A1', retireDate: '2027-01-31', payroll: { group: 'アルバイト', profile } }])
    const [employee] = await inFreee()
    expect(employee).to.include({ id: 77, num: 'A1', displayName: '見本 太郎', retireDate: '2027-01-31' })
    const { payroll } = employee as { payroll: { group: string; profile: { from: string; value: Json }[] } }
    expect(payroll.group).to.equal('アルバイト')
    expect(payroll.profile.map(({ from, value }) => [from, value.title, value.phone1])).to.deep.equal([
      ['2020-04', '課長', '090'],
      ['2026-12', '部長', '090'],
    ])

    const before = await inFreee()
    await give('freee', before)
    expect(await inFreee()).to.deep.equal(before)
  })

  it('are refused with a word that the service does not know, and nobody is replaced', async () => {
    await give('freee', [{ num: 'B1' }])
    for (const wrong of [
      [{ number: 'B2' }],
      [{ num: 'B2', payroll: { profile: [{ from: '2026-11', value: { salary: 1 } }] } }],
      [{ num: 'B2', payroll: { profile: [{ from: 'November', value: {} }] } }],
      'B2',
    ])
      expect((await give('freee', wrong)).status, JSON.stringify(wrong)).to.equal(400)
    expect((await inFreee()).map(({ num }) => num)).to.deep.equal(['B1'])
  })
})
