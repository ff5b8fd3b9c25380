import { expect } from 'chai'
import { seedPeople } from '../../sandbox/smarthr/seed.js'
import { AREA, CREDENTIALS, FARM, LAST_YEAR, OSAKA, startWorld, type Json, tokensIn, type World } from './pca.world.js'

const EXPIRED = { Code: 'WEBSV600100', Message: 'アクセストークンの有効期限が切れています。' }
const NO_CAL = { Code: 'WEBSV600300', Message: '同時接続数の上限に達しています。' }
const UNKNOWN_AREA = { Code: 'WEBSV600201', Message: '指定されたデータ領域は存在しません。' }

describe('PCA stand-in', () => {
  let world: World
  before(async () => {
    world = await startWorld()
  })
  after(() => world.sandbox.close())
  beforeEach(async () => {
    await world.control('POST', '/reset')
    await world.limits({ enabled: false })
  })

  describe('log-on', () => {
    it('gives a token pair for the four fields of the connection form, on either product', async () => {
      for (const product of ['Pay20', 'PayHyper20'] as const) {
        const answer = await world.tokenCall({ grant_type: 'password', ...CREDENTIALS }, product)
        expect(answer.status).to.equal(200)
        expect(answer.body).to.include({ token_type: 'bearer', expires_in: 3600 })
        expect(answer.body).to.have.all.keys('access_token', 'token_type', 'expires_in', 'refresh_token')
      }
    })

    it('says which part was refused only as far as the reference knows', async () => {
      for (const wrong of Object.keys(CREDENTIALS)) {
        const answer = await world.tokenCall({ grant_type: 'password', ...CREDENTIALS, [wrong]: 'no' })
        expect(answer.status).to.equal(400)
        expect(answer.body).to.deep.equal({ error: 'invalid_grant' })
      }
      const stranger = await world.tokenCall({ grant_type: 'password', ...CREDENTIALS, client_id: 'no' })
      expect(stranger).to.deep.include({ status: 400, body: { error: 'invalid_client' } })
      expect((await world.tokenCall({ grant_type: 'magic' })).body).to.deep.equal({ error: 'unsupported_grant_type' })
      expect((await world.tokenCall({})).body).to.deep.equal({ error: 'invalid_request' })
    })

    it('lets a token work for 60 minutes and on its own product only', async () => {
      const { access_token: token } = await world.logOn()
      const elsewhere = await world.call('POST', 'FindDataArea', { token, product: 'PayHyper20' })
      expect(elsewhere).to.deep.include({ status: 401 })
      expect(elsewhere.body.Code).to.equal('WEBSV600101')
      await world.pass(59)
      expect((await world.call('POST', 'FindDataArea', { token })).status).to.equal(200)
      await world.pass(61)
      expect(await world.call('POST', 'FindDataArea', { token })).to.deep.include({ status: 401, body: EXPIRED })
      expect(await world.call('POST', 'FindDataArea')).to.deep.include({ status: 401, body: EXPIRED })
    })

    it('refreshes for 30 days, with a new pair that needs its area selected again', async () => {
      const first = await world.logOn()
      await world.call('POST', 'SelectDataArea', { token: first.access_token, form: { DataArea: AREA } })
      const again = { grant_type: 'refresh_token', refresh_token: first.refresh_token }
      const { access_token: token, refresh_token } = tokensIn(await world.tokenCall(again))

      expect((await world.call('GET', 'Find/Employee', { token: first.access_token })).body.Code).to.equal(
        'WEBSV600101',
      )
      expect(await world.call('GET', 'Find/Employee', { token })).to.deep.include({
        status: 400,
        body: { Code: 'WEBSV600200', Message: 'データ領域が選択されていません。' },
      })
      await world.call('POST', 'SelectDataArea', { token, json: { DataArea: AREA } })
      expect((await world.call('GET', 'Find/Employee', { token })).status).to.equal(200)
      expect((await world.state()).sessions).to.have.lengthOf(1)

      const refused = { status: 400, body: { error: 'invalid_grant' } }
      expect(await world.tokenCall(again)).to.deep.include(refused)
      await world.pass(30 * 24 * 60 + 1)
      expect(await world.tokenCall({ grant_type: 'refresh_token', refresh_token })).to.deep.include(refused)
    })

    it('can end tokens, passwords and the contract', async () => {
      const first = await world.logOn()
      await world.switches({ expire: 'access' })
      expect((await world.call('POST', 'FindDataArea', { token: first.access_token })).body).to.deep.equal(EXPIRED)
      const again = { grant_type: 'refresh_token', refresh_token: first.refresh_token }
      const second = tokensIn(await world.tokenCall(again))
      await world.switches({ contracted: false })
      expect(await world.call('POST', 'FindDataArea', { token: second.access_token })).to.deep.include({
        status: 403,
        body: { Code: 'WEBSV600301', Message: 'Web-APIの利用権がありません。' },
      })
      await world.switches({ credentialsValid: false })
      const refused = { status: 400, body: { error: 'invalid_grant' } }
      expect(await world.tokenCall({ ...again, refresh_token: second.refresh_token })).to.deep.include(refused)
      expect(await world.tokenCall({ grant_type: 'password', ...CREDENTIALS })).to.deep.include(refused)
    })
  })

  describe('CALs', () => {
    it('are taken by the first call, not by the token, and given back by Logout', async () => {
      const tokens = [await world.logOn(), await world.logOn(), await world.logOn()].map(pair => pair.access_token)
      const find = async (token: string | undefined) => world.call('POST', 'FindDataArea', { token: token ?? '' })
      expect((await find(tokens[0])).status).to.equal(200)
      expect((await find(tokens[1])).status).to.equal(200)
      expect(await find(tokens[2])).to.deep.include({ status: 403, body: NO_CAL })

      expect((await world.call('POST', 'Logout', { token: tokens[0] ?? '' })).status).to.equal(200)
      expect((await find(tokens[2])).status).to.equal(200)
      expect((await find(tokens[0])).body.Code).to.equal('WEBSV600102')
    })

    it('come back after an hour without a call', async () => {
      await world.switches({ cals: 1 })
      await world.enter()
      await world.pass(59)
      const { access_token: token } = await world.logOn()
      expect((await world.call('POST', 'FindDataArea', { token })).body).to.deep.equal(NO_CAL)
      await world.pass(61)
      expect((await world.call('POST', 'FindDataArea', { token })).status).to.equal(200)
    })

    it('are shared by both products of a service, and can be none', async () => {
      await world.switches({ cals: 1 })
      await world.enter()
      const { access_token: token } = await world.logOn('PayHyper20')
      expect((await world.call('POST', 'FindDataArea', { token, product: 'PayHyper20' })).status).to.equal(403)
      await world.control('POST', '/reset')
      await world.switches({ cals: 0 })
      expect((await world.call('POST', 'FindDataArea', { token: (await world.logOn()).access_token })).status).to.equal(
        403,
      )
    })
  })

  describe('data areas', () => {
    it('are two years of one company, another company, and one without people', async () => {
      const { access_token: token } = await world.logOn()
      const { body } = await world.call('POST', 'FindDataArea', { token })
      const areas = (body.ArrayOfBECommonDataArea as { BECommonDataArea: Json[] }).BECommonDataArea
      expect(areas.map(area => area.Name)).to.deep.equal([AREA, LAST_YEAR, OSAKA, FARM])
      expect(areas[0]).to.include({
        CompanyCode: '001',
        CompanyName: '株式会社みどり商会',
        CompanyTermStart: 20260101,
        CompanyTermEnd: 20261231,
      })
      expect(areas[1]).to.include({ CompanyCode: '001', CompanyTermEnd: 20251231 })

      const farm = await world.call('GET', 'Find/Employee', { token: await world.enter(FARM) })
      expect(farm.body).to.deep.equal({ ArrayOfBEEmployee: {} })
    })

    it('are refused when unknown or deleted, also after they were selected', async () => {
      const token = await world.enter()
      const select = (name: string) => world.call('POST', 'SelectDataArea', { token, form: { DataArea: name } })
      expect(await select('P20V01C999PAY0001')).to.deep.include({ status: 400, body: UNKNOWN_AREA })
      expect((await world.call('GET', 'GetLogOnDataArea', { token })).body.BECommonDataArea).to.include({ Name: AREA })
      await world.switches({ deletedAreas: [AREA, LAST_YEAR, OSAKA, FARM] })
      expect(await world.call('GET', 'Find/Employee', { token })).to.deep.include({ status: 400, body: UNKNOWN_AREA })
      expect((await world.call('POST', 'FindDataArea', { token })).body).to.deep.equal({ ArrayOfBECommonDataArea: {} })
    })

    it('are seeded with people of SmartHR, equal and differing, and with every special case', async () => {
      const { products } = await world.state()
      for (const [area] of [products.Pay20, products.PayHyper20]) {
        const employees = area?.employees ?? []
        const byCode = new Map(employees.map(employee => [employee.Code.trim(), employee]))
        const equal = seedPeople.filter(person => {
          const found = byCode.get(person.code)
          const plain = (text: unknown) => String(text).normalize('NFKC')
          return (
            found?.LastName === person.lastName &&
            plain(found.FirstKana) === person.firstNameKana &&
            String(found.BirthDate) === person.birthDate.replaceAll('-', '') &&
            String(found.EnterDate) === person.entryDate.replaceAll('-', '')
          )
        })
        const shared = seedPeople.filter(person => byCode.has(person.code))
        expect(equal.length).to.be.above(8)
        expect(shared.length - equal.length).to.be.above(3)
        expect(seedPeople.length - shared.length).to.be.above(5)
        expect(byCode.size - shared.length).to.be.above(10)
        expect([...byCode.keys()]).to.include.members(['1001', '0042', '1234567890123', 'A0012'])
        expect(employees.some(employee => employee.Code.endsWith(' '))).to.equal(true)
        expect(byCode.get('0042')).to.include({ LastKana: 'ﾔﾏﾀﾞ' })
        expect(employees.some(employee => employee.RetireDate !== 0 && employee.WorkingState === 'Working')).to.equal(
          true,
        )
      }
    })
  })

  describe('lists', () => {
    it('come in pages of 50, of 200 at most, that stay as they were while others write', async () => {
      const token = await world.enter(OSAKA)
      const first = await world.call('GET', 'Find/Employee', { token })
      expect(world.employees(first)).to.have.lengthOf(50)
      expect(first.headers.get('x-pca-pagination-totallistcount')).to.equal('230')

      const large = await world.call('POST', 'Find/Employee?Limit=1000', { token })
      expect(world.employees(large)).to.have.lengthOf(200)
      const snapshot = large.headers.get('x-pca-pagination-snapshotid')
      await world.create(token, { Code: '9999', LastName: '新人' })
      const rest = await world.call('GET', `Find/Employee?Limit=200&Offset=200&SnapshotId=${snapshot}`, { token })
      expect(rest.headers.get('x-pca-pagination-totallistcount')).to.equal('230')
      expect(rest.headers.get('x-pca-pagination-snapshotid')).to.equal(snapshot)
      const codes = [...world.employees(large), ...world.employees(rest)].map(employee => employee.Code)
      expect(new Set(codes)).to.have.lengthOf(230)

      const anew = await world.call('GET', 'Find/Employee?Limit=200&Offset=200', { token })
      expect(anew.headers.get('x-pca-pagination-totallistcount')).to.equal('231')
      const unknown = await world.call('GET', 'Find/Employee?SnapshotId=none', { token })
      expect(unknown).to.deep.include({ status: 400 })
      expect(unknown.body.Code).to.equal('WEBSV600202')
    })

    it('show an employee as the reference prints one, dates and flags in either form', async () => {
      const token = await world.enter()
      const shown = await world.employee(token, '8006')
      expect(shown).to.include({
        BEVersion: 100,
        Code: '8006',
        MaidenName: '旧田',
        MyNumberManageNo: 'M-008006',
        WorkingState: 'Working',
        UpdateTime: '2026-03-31T18:00:00',
      })
      expect(shown.NameChangeDate).to.deep.equal({ SerializeTarget: 20240401 })
      expect(shown.RetireDate).to.deep.equal({ SerializeTarget: 0 })

      await world.switches({ dates: 'string', blankDates: 'missing' })
      const [numbers] = world.employees(
        await world.call('GET', 'Find/Employee?Code=8006%20%20&FlagFormat=Number', { token }),
      )
      expect(numbers).to.include({ NameChangeDate: '20240401', WorkingState: 0 }).and.not.have.property('RetireDate')
      expect(numbers?.Gender).to.be.oneOf([0, 1])
    })

    it('can be narrowed to an id or a code, also to none', async () => {
      const token = await world.enter()
      const one = world.employees(await world.call('GET', 'Find/Employee?Id=3', { token }))
      expect(one.map(employee => employee.Id)).to.deep.equal([3])
      expect((await world.call('GET', 'Find/Employee?Code=none', { token })).body).to.deep.equal({
        ArrayOfBEEmployee: {},
      })
      expect((await world.call('GET', 'Find/Employee?Limit=x', { token })).body.Code).to.equal('WEBSV600210')
    })
  })
})
