import { expect } from 'chai'
import type { Directory, Person, Values } from '../../server/contract/contract.js'
import { VendorRefused } from '../../server/errors.js'
import { startWorld, type LoggedCall, type World } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

const TODAY = '2026-11-20'

describe("SmartHR's crews: which calls are made", () => {
  let world: World
  let people: Directory<Person>
  let listed: Person[]
  let taken = 0

  before(async () => {
    world = await startWorld()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 230, overlap: 1 })
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string }>('select tenant_id from runs')
    const run = await world.run(rows[0]?.tenant_id ?? '', runId)
    people = (await world.container.openSides(run)).target as Directory<Person>
    listed = await all()
  })
  after(() => world.close())
  afterEach(() => world.control('DELETE', '/faults'))

  const all = async () => {
    const found: Person[] = []
    for await (const page of people.list(TODAY)) found.push(...page.people)
    return found
  }
  const callsOf = async (work: () => Promise<unknown>): Promise<LoggedCall[]> => {
    const before = (await world.calls('smarthr')).length
    await work()
    return (await world.calls('smarthr')).slice(before)
  }
  const somebody = (): Person => {
    const person = listed.filter(one => one.values['address.building'] && one.values.birth_at)[taken++]
    if (!person) throw new Error('nobody is left')
    return person
  }
  const order = (person: Person, set: Values) => ({ id: person.id, set, current: person.values, today: TODAY })
  const now = async (id: string) => (await people.reread([id], TODAY, 0)).get(id)?.values ?? {}
  const refusal = async (work: Promise<unknown>) => {
    const reason: unknown = await work.then(
      () => null,
      (error: unknown) => error,
    )
    expect(reason).to.be.instanceOf(VendorRefused)
    return (reason as VendorRefused).message
  }
  const fault = (description: object) => world.control('POST', '/faults', { service: 'smarthr', ...description })

  it('lists everybody in full pages, in a stable order, with no more than is needed', async () => {
    const calls = await callsOf(all)

    expect(calls.length).to.be.at.most(Math.ceil(listed.length / 100) + 1)
    let reached = 1
    calls.forEach(({ query }) => {
      expect(query).to.include({ sort: 'created_at' })
      const [page, length] = [Number(query.page), Number(query.per_page)]
      expect((page - 1) * length, 'begins with somebody who was read before').to.be.below(reached)
      expect(length).to.be.within(90, 100)
      reached = page * length
      expect(query.fields?.split(',')).to.include.members(['id', 'emp_code', 'bank_accounts'])
      expect(query.fields).not.to.include('email')
    })
  })

  it('re-reads a page of people by one call', async () => {
    const calls = await callsOf(() =>
      people.reread(
        listed.slice(0, 100).map(person => person.id),
        TODAY,
        0,
      ),
    )

    expect(calls).to.have.length(1)
  })

  it('patches only what changes, without telling our own webhook', async () => {
    const [call, ...more] = await callsOf(() => people.update(order(somebody(), { tel_number: '099-111-2222' })))

    expect(more).to.deep.equal([])
    expect(call?.method).to.equal('PATCH')
    expect(call?.query).to.include({ skip_sending_webhook: 'true' })
    expect(call?.body).to.deep.equal({ tel_number: '099-111-2222' })
  })

  it('keeps the building when a street changes', async () => {
    const person = somebody()
    await people.update(order(person, { 'address.street': '9-9-9' }))

    expect(await now(person.id)).to.include({
      'address.street': '9-9-9',
      'address.building': person.values['address.building'],
      'address.city': person.values['address.city'],
    })
  })

  it('never makes a 役職: an unknown one is refused before anything is sent', async () => {
    const person = somebody()
    const calls = await callsOf(async () => {
      const shown = await refusal(people.update(order(person, { 'positions.0.name': '宇宙飛行士' })))
      expect(shown).to.include('宇宙飛行士').and.include('［共通設定］')
    })

    expect(calls.filter(call => call.method !== 'GET')).to.deep.equal([])
  })

  it('refuses half a bank account, naming what is missing', async () => {
    const person = somebody()
    const current = Object.fromEntries(
      Object.entries(person.values).map(([path, value]) => [path, path.startsWith('bank_accounts') ? null : value]),
    )
    const set = { 'bank_accounts.0.bank_code': '0001', 'bank_accounts.0.bank_branch_code': '001' }

    expect(await refusal(people.update({ ...order(person, set), current }))).to.include('預金種別、口座番号')
  })

  it('names an attribute that SmartHR ignored, and who can change that', async () => {
    const person = somebody()
    await fault({ method: 'PATCH', times: 1, status: 200, body: { id: person.id, tel_number: null } })

    expect(await refusal(people.update(order(person, { tel_number: '099-111-2222' }))))
      .to.include('電話番号')
      .and.include('管理者')
  })

  const newcomer = (code: string | null): Values => ({
    ...somebody().values,
    emp_code: code,
    last_name: '新入',
    first_name: '花子',
  })

  it('registers somebody by one call', async () => {
    let created: Awaited<ReturnType<Directory['create']>> | undefined
    const calls = await callsOf(async () => {
      created = await people.create(newcomer('NEW-1'), TODAY)
    })

    expect(calls.filter(call => call.method !== 'GET')).to.have.length(1)
    expect(created?.left).to.deep.equal({})
    expect(await now(created?.id ?? '')).to.include({ emp_code: 'NEW-1', last_name: '新入' })
  })

  it('leaves to an update what SmartHR ignored of somebody new, so that it is told', async () => {
    const { values } = somebody()
    await fault({ method: 'POST', path: '/api/v1/crews', times: 1, status: 201, body: { id: 'c', last_name: '山' } })
    const { id, left } = await people.create({ last_name: '山', tel_number: values.tel_number ?? '03-1' }, TODAY)

    expect(id).to.equal('c')
    expect(left).to.have.all.keys('tel_number')
  })

  it('finds a lost newcomer by number, without one by name, birthday and time', async () => {
    const at = new Date()
    const [numbered, unnumbered] = [newcomer('NEW-2'), newcomer(null)]
    const first = await people.create(numbered, TODAY)
    const second = await people.create(unnumbered, TODAY)
    const found = await people.findCreated([
      { ref: 'numbered', key: 'NEW-2', values: numbered, at },
      { ref: 'unnumbered', key: null, values: unnumbered, at },
      { ref: 'later', key: null, values: unnumbered, at: new Date(at.getTime() + 86_400_000) },
      { ref: 'other', key: null, values: { ...unnumbered, birth_at: '1900-01-01' }, at },
    ])

    expect(found.get('numbered')).to.deep.equal([first.id])
    expect(found.get('unnumbered')).to.include(second.id)
    expect(found.get('later') ?? []).to.deep.equal([])
    expect(found.get('other') ?? []).to.deep.equal([])
  })

  it('takes somebody for gone only when SmartHR says so', async () => {
    const person = somebody()
    expect(await people.exists('00000000-0000-4000-8000-000000000000')).to.equal(false)

    await fault({
      method: 'GET',
      times: 1,
      status: 403,
      body: { code: 3, type: 'forbidden', message: '', errors: null },
    })
    expect(await people.exists(person.id)).to.equal(true)
  })

  describe('of somebody with several accounts and titles', () => {
    const CODE = 'SEVERAL'
    interface State {
      tenants: {
        subdomain: string
        bankAccountSettings: { id: string }[]
        jobTitles: { name: string }[]
        crews: { emp_code: string; bank_accounts: object[]; positions: ({ name: string } | null)[] }[]
      }[]
    }
    const state = async () => {
      const { tenants } = (await world.control('GET', '/state?service=smarthr')) as State
      const tenant = tenants.find(({ subdomain }) => subdomain === 'midori-shokai')
      if (!tenant) throw new Error('the company is gone')
      return tenant
    }
    const held = async () => (await state()).crews.find(crew => crew.emp_code === CODE)
    const put = async (positions: (string | null)[]) => {
      const { bankAccountSettings: settings } = await state()
      // the main account, whose setting has the lowest number, is the second of the list
      const bank_accounts = [1, 0, 3, 2].map((setting, index) => ({
        bank_code: '0001',
        bank_branch_code: '001',
        account_type: ['saving', 'checking', 'deposit', 'saving'][index],
        account_number: `${index}234567`,
        account_holder_name: 'ヤマダ　タロウ',
        transfer_type: index === 1 ? 'remaining' : 'specified',
        specified_transfer_amount: index === 1 ? null : 10_000 * (index + 1),
        transfer_category: index === 2 ? 'bonus' : 'salary_and_bonus',
        bankbook_image: null,
        bank_account_setting_id: settings[setting]?.id,
      }))
      await world.control('PUT', '/switches', {
        service: 'smarthr',
        crews: [{ emp_code: CODE, last_name: '山田', first_name: '太郎', bank_accounts, positions }],
      })
      const [person] = await all()
      if (!person) throw new Error('nobody is listed')
      return person
    }

    it('changes the main account and leaves the others as they are', async () => {
      const person = await put([])
      const before = (await held())?.bank_accounts
      expect(person.values['bank_accounts.0.account_number']).to.equal('1234567')
      await people.update(order(person, { 'bank_accounts.0.account_number': '7654321' }))

      expect((await held())?.bank_accounts).to.deep.equal(
        before?.map((account, index) => (index === 1 ? { ...account, account_number: '7654321' } : account)),
      )
    })

    it('changes the main title only where no other one would move up', async () => {
      const [first, second, third] = (await state()).jobTitles.map(({ name }) => name)
      if (!first || !second || !third) throw new Error('too few titles')
      await people.update(order(await put([first, second]), { 'positions.0.name': third }))
      expect((await held())?.positions.map(position => position?.name)).to.deep.equal([third, second])

      const apart = await put([first, null, second])
      const shown = await refusal(people.update(order(apart, { 'positions.0.name': third })))
      expect(shown)
        .to.include('役職2')
        .and.match(/ください。$/)
      expect((await held())?.positions.map(position => position?.name)).to.deep.equal([first, undefined, second])
    })
  })
})
