import { expect } from 'chai'
import { AREA, results, startWorld, type Json, type World } from './pca.world.js'

const STALE = {
  InnerStatus: 'Failure',
  ErrorCode: 'PAY000014',
  ErrorMessage: '他のユーザーにより更新されています。',
  ErrorLevel: 'None',
}
const LIMIT = { Code: 'WEBSV600429', Message: '呼び出し回数の上限を超えました。' }

describe('PCA stand-in: writing', () => {
  let world: World
  let token: string
  before(async () => {
    world = await startWorld()
  })
  after(() => world.sandbox.close())
  beforeEach(async () => {
    await world.control('POST', '/reset')
    await world.limits({ enabled: false })
    token = await world.enter()
  })

  const codesOf = (answer: Awaited<ReturnType<World['create']>>) =>
    results(answer).map(({ InnerStatus, ErrorCode }) => ErrorCode ?? InnerStatus)

  it('creates with either form of date and number or name of a flag, in the first 部門', async () => {
    const answer = await world.create(
      token,
      { Code: '5001', LastName: '山田', Gender: 1, BirthDate: { SerializeTarget: 19900401 } },
      { Code: '5002', LastName: '田中', Gender: 'Female', BirthDate: '19900401', RetireDate: '0' },
    )
    expect(answer.status).to.equal(200)
    const [first] = results(answer)
    expect(first?.InnerStatus).to.equal('Success')
    expect(first?.Target).to.have.all.keys('Id', 'Code', 'UpdateTime').and.include({ Code: '5001' })
    for (const code of ['5001', '5002']) {
      expect(await world.employee(token, code)).to.deep.include({
        Gender: 'Female',
        BirthDate: { SerializeTarget: 19900401 },
        RetireDate: { SerializeTarget: 0 },
        DepartmentCode: '001',
        WorkingState: 'Working',
      })
    }
  })

  it('judges every element alone and stores the good ones', async () => {
    const answer = await world.create(
      token,
      { Code: '5001', LastName: '山田' },
      { Code: '001001', LastName: '重複' },
      { Code: 'U-0001', LastName: '英字' },
      { Code: '12345678901234', LastName: '十四桁' },
      { LastName: '無番' },
      { Code: '5002', LastName: '　' },
      { Code: '5003', LastName: '山田', BirthDate: '20260230' },
      { Code: '5004', LastName: '山田', DepartmentCode: '777' },
      { Code: '5005', LastName: '山田', Gender: 7 },
    )
    expect(answer.status).to.equal(400)
    expect(codesOf(answer)).to.deep.equal(
      'Success PAY000011 PAY000012 PAY000012 PAY000012 PAY000013 PAY000015 PAY000018 PAY000016'.split(' '),
    )
    expect(answer.body).to.have.all.keys('BusinessValue')
    expect(results(answer)[1]).to.deep.equal({
      InnerStatus: 'Failure',
      ErrorCode: 'PAY000011',
      ErrorMessage: '同じ社員コードの社員が既に登録されています。',
      ErrorLevel: 'None',
    })
    expect(await world.employee(token, '5001')).to.include({ LastName: '山田' })
  })

  it('takes and answers a single element without ArrayOf', async () => {
    const send = (LastName: string) =>
      world.call('POST', 'Create/Employee?Element=Single', { token, json: { BEEmployee: { Code: '5001', LastName } } })
    expect((await send('')).body.BusinessValue).to.have.nested.property(
      'BEPayIntegrationResultOfBEEmployee.ErrorCode',
      'PAY000013',
    )
    expect((await send('山田')).body).to.have.nested.property(
      'BEPayIntegrationResultOfBEEmployee.InnerStatus',
      'Success',
    )
  })

  it('takes ten elements and refuses eleven as a whole, as it does what has no right form', async () => {
    const people = Array.from({ length: 11 }, (_, index) => ({ Code: String(6000 + index), LastName: '山田' }))
    expect(await world.create(token, ...people)).to.deep.include({ status: 400 })
    expect(await world.employee(token, '6000')).to.deep.equal({})
    expect((await world.create(token, ...people.slice(0, 10))).status).to.equal(200)
    expect((await world.create(token)).body.Code).to.equal('WEBSV600210')
    const bare = await world.call('POST', 'Create/Employee?Element=Array', { token, json: people })
    expect(bare.body.Code).to.equal('WEBSV600210')
  })

  it('modifies with a fresh stamp, whose second use is stale even within the same second', async () => {
    const before = await world.employee(token, '8006')
    const answer = await world.modify(token, { ...before, LastName: '新田' })
    expect(codesOf(answer)).to.deep.equal(['Success'])
    const after = await world.employee(token, '8006')
    expect(after).to.deep.equal({ ...before, LastName: '新田', UpdateTime: after.UpdateTime })
    expect(after.UpdateTime).to.not.equal(before.UpdateTime)

    const again = await world.modify(token, { ...before, LastName: '旧田' }, { ...after, LastName: '又田' })
    expect(again.status).to.equal(400)
    expect(results(again)[0]).to.deep.equal(STALE)
    expect(codesOf(again)).to.deep.equal(['PAY000014', 'Success'])
    expect(codesOf(await world.modify(token, { ...after, LastName: '三田' }))).to.deep.equal(['PAY000014'])
  })

  it('blanks what was not sent, unless it is told to keep it', async () => {
    const { Id, Code, UpdateTime, LastName } = await world.employee(token, '8006')
    await world.switches({ unsent: 'keep' })
    await world.modify(token, { Id, Code, UpdateTime, LastName })
    const kept = await world.employee(token, '8006')
    expect(kept).to.include({ MaidenName: '旧田', MyNumberManageNo: 'M-008006' })

    await world.switches({ unsent: 'blank' })
    await world.modify(token, { Id, Code, UpdateTime: kept.UpdateTime, LastName })
    expect(await world.employee(token, '8006')).to.include({ MaidenName: '', MyNumberManageNo: '', LastName })
  })

  it('refuses unknown employees and another 社員コード, but not blanks around the same', async () => {
    const employee = await world.employee(token, 'A0012')
    expect(employee.Code).to.equal('A0012        ')
    const answer = await world.modify(
      token,
      { ...employee, Code: 'A0013' },
      { ...employee, Id: 99_999 },
      { ...employee, Code: 'A0012' },
    )
    expect(codesOf(answer)).to.deep.equal(['PAY000017', 'PAY000010', 'Success'])
  })

  it('needs a selected area and a known method', async () => {
    const { access_token: fresh } = await world.logOn()
    expect((await world.create(fresh, { Code: '1', LastName: '山' })).body.Code).to.equal('WEBSV600200')
    const unknown = await world.call('POST', 'Create/Bumon', { token })
    expect(unknown).to.deep.include({ status: 404 })
  })

  it('allows 20 writes, 60 reads and 10 log-ons a minute', async () => {
    await world.limits({ enabled: true })
    for (let n = 0; n < 20; n += 1) expect((await world.create(token, { Code: '1001' })).status).to.equal(400)
    expect(await world.create(token, { Code: '1001' })).to.deep.include({ status: 429, body: LIMIT })
    for (let n = 0; n < 60; n += 1) {
      expect((await world.call('GET', 'Find/Employee?Limit=1', { token })).status).to.equal(200)
    }
    const read = await world.call('GET', 'Find/Employee', { token })
    expect(read).to.deep.include({ status: 429, body: LIMIT })
    expect(read.headers.has('retry-after')).to.equal(false)
    for (let n = 0; n < 10; n += 1) expect((await world.tokenCall({ grant_type: 'magic' })).status).to.equal(400)
    expect(await world.tokenCall({ grant_type: 'magic' })).to.deep.include({ status: 429, body: LIMIT })
    await world.limits({ writes: 21 })
    expect((await world.create(token, { Code: '1001' })).status).to.equal(400)
  })

  describe('switches', () => {
    it('let somebody else save once, right before the Modify that contains the code', async () => {
      await world.switches({ editDuringRun: ['8006'] })
      const other = await world.employee(token, '8005')
      expect(codesOf(await world.modify(token, other))).to.deep.equal(['Success'])
      const first = await world.employee(token, '8006')
      expect(results(await world.modify(token, first))).to.deep.equal([STALE])
      expect(codesOf(await world.modify(token, await world.employee(token, '8006')))).to.deep.equal(['Success'])
    })

    it('let named codes or the k-th element fail', async () => {
      const failure = { ErrorCode: 'PAY000077', ErrorMessage: '締め処理済みです。' }
      await world.switches({ failElements: { '8006': failure, '5001': failure } })
      const sent = [await world.employee(token, '8005'), await world.employee(token, '8006')]
      const answer = await world.modify(token, ...sent)
      expect(results(answer)[1]).to.deep.equal({ InnerStatus: 'Failure', ...failure, ErrorLevel: 'None' })
      expect(codesOf(await world.create(token, { Code: '5001', LastName: '山田' }))).to.deep.equal(['PAY000077'])

      await world.switches({ failElements: {}, failElement: 2 })
      const two = [
        { Code: '5001', LastName: '山田' },
        { Code: '5002', LastName: '田中' },
      ]
      expect(codesOf(await world.create(token, ...two))).to.deep.equal(['Success', 'PAY000099'])
    })

    it('replace the people of an area and change some, as a test describes them', async () => {
      await world.switches({
        employees: [
          { Code: '0001 ', LastName: '', EnterDate: '20200401', UpdateTime: '2026-01-01T00:00:00' },
          { Code: '0001', LastName: '二人目', Gender: 'Female' },
        ],
      })
      await world.switches({ edits: { '0001': { LastName: '一人目' } } })
      const found = world.employees(await world.call('GET', 'Find/Employee?Code=0001', { token }))
      expect(found.map(({ Code, LastName }) => `${Code}${String(LastName)}`)).to.deep.equal([
        '0001 一人目',
        '0001二人目',
      ])
      const { products } = await world.state()
      expect(products.PayHyper20[0]?.employees.length).to.be.above(20)
      await world.switches({ product: 'PayHyper20', area: 'P20V01C003HYP0001', employees: [{ Code: '1' }] })
      expect((await world.state()).products.PayHyper20[3]?.employees).to.have.lengthOf(1)
    })

    it('are refused, changing nothing, when misspelt', async () => {
      const wrong: Json[] = [
        { cal: 1 },
        { cals: -1 },
        { employees: [{ code: '1' }] },
        { employees: [{ Code: '1', BirthDate: 'x' }] },
        { edits: { none: {} } },
        { product: 'Acc20', employees: [] },
        { expire: 'now' },
        { failElements: { '1': 'no' } },
      ]
      const before = (await world.state()).products
      for (const patch of wrong) {
        const error: unknown = await world.switches({ contracted: false, ...patch }).catch((caught: unknown) => caught)
        expect(String(error)).to.include('Unknown PCA switch or value')
      }
      const state = await world.state()
      expect(state.products).to.deep.equal(before)
      expect(state.switches.contracted).to.equal(true)
    })

    it('close for maintenance with an empty 503', async () => {
      await world.switches({ maintenance: true })
      expect(await world.call('GET', 'Hello')).to.deep.include({ status: 503, text: '' })
    })
  })

  it('is populated on both products, keeps its areas, and then takes codes with letters', async () => {
    await world.control('POST', '/populate', { service: 'pca', with: 'smarthr', employees: 12, seed: 5, overlap: 0.5 })
    const { products } = await world.state()
    for (const [area] of [products.Pay20, products.PayHyper20]) {
      expect(area?.employees.map(employee => employee.Code)).to.include.members(['P000001', 'P000012'])
      expect(area?.employees).to.have.lengthOf(12)
    }
    expect(products.Pay20).to.have.lengthOf(4)
    expect((await world.create(token, { Code: 'P000013', LastName: '山田' })).status).to.equal(200)
  })

  it('notes product, area and codes of every call, and keeps secrets out of log and state', async () => {
    await world.control('PUT', '/record', { responses: true })
    const pair = await world.logOn()
    await world.tokenCall({ grant_type: 'refresh_token', refresh_token: pair.refresh_token })
    await world.create(token, { Code: '5001', LastName: '山田' }, { Code: '1001', LastName: '山田' })
    await world.call('POST', 'Logout', { token })

    const state = await world.state()
    expect(state.journal.slice(-2)).to.deep.equal([
      { ...state.journal.at(-2), product: 'Pay20', area: AREA, method: 'Create/Employee', codes: ['5001', '1001'] },
      { ...state.journal.at(-1), product: 'Pay20', area: AREA, method: 'Logout', codes: [], status: 200 },
    ])
    const kept = JSON.stringify([await world.control('GET', '/requests?service=pca'), state])
    for (const secret of ['renkei-demo', 'renkei-sandbox-pca-secret', token, pair.access_token, pair.refresh_token]) {
      expect(kept).to.not.include(secret)
    }
    expect(kept).to.include('"path":"/v1/Pay20/Create/Employee"')
  })
})
