import { expect } from 'chai'
import { anEmployee, problemsOf, startMikiwameWorld, type Json, type MikiwameWorld } from './mikiwame.world.js'

describe("ミキワメ's stand-in", () => {
  let world: MikiwameWorld
  before(async () => {
    world = await startMikiwameWorld()
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.control('POST', '/reset')
    await world.control('PUT', '/limits', { service: 'mikiwame', enabled: false })
  })

  describe('departments', () => {
    it('begin as in the worked examples', async () => {
      expect((await world.get('/divisions?page=1&per_page=100')).body).to.deep.equal({
        divisions: [
          { id: 'dv_1', code: 'A001', name: '営業部', parent_code: null },
          { id: 'dv_2', code: 'A002', name: '開発部', parent_code: null },
          { id: 'dv_3', code: 'A003', name: '人事部', parent_code: null },
        ],
        total_count: 3,
      })
    })

    it('take A004 人事本部 (example 1) and refuse A004 人事部 (example 2)', async () => {
      const created = await world.post('/divisions', { division: { code: 'A004', name: '人事本部' } })
      expect(created.status).to.equal(201)
      expect(created.body.division).to.include({ code: 'A004', name: '人事本部', parent_code: null })
      const refused = await world.post('/divisions', { division: { code: 'A005', name: ' 人事部 ' } })

      expect([refused.status, refused.body]).to.deep.equal([
        422,
        { errors: [{ code: 'division_name_taken', field: 'name', message: '部署名が重複しています' }] },
      ])
      expect((await world.divisions()).map(division => division.code)).to.deep.equal(['A001', 'A002', 'A003', 'A004'])
    })

    it('compare codes exactly and names in compatibility form', async () => {
      const post = async (code: string, name: string) => world.post('/divisions', { code, name })
      expect((await post('a001', '第二営業部')).status).to.equal(201)
      expect(problemsOf(await post('A001', '第三営業部'))).to.deep.equal(['division_code_taken code'])
      await post('A006', 'DX推進部')

      expect(problemsOf(await post('A007', 'ＤＸ推進部'))).to.deep.equal(['division_name_taken name'])
    })

    it('change name and parent, keeping what is not named', async () => {
      const renamed = await world.patch('/divisions/dv_1', { division: { name: '第一営業部' } })
      expect(renamed.body.division).to.deep.equal({
        id: 'dv_1',
        code: 'A001',
        name: '第一営業部',
        parent_code: null,
      })
      const moved = await world.patch('/divisions/dv_2', { division: { parent_code: 'A001' } })
      expect(moved.body.division).to.include({ name: '開発部', parent_code: 'A001' })

      expect((await world.patch('/divisions/dv_2', { division: { parent_code: null } })).body.division).to.include({
        parent_code: null,
      })
    })

    it('need an existing parent that is not below them', async () => {
      expect(
        problemsOf(await world.post('/divisions', { code: 'A010', name: '一課', parent_code: 'A999' })),
      ).to.deep.equal(['parent_not_found parent_code'])
      await world.post('/divisions', { code: 'A010', name: '一課', parent_code: 'A001' })

      for (const parent of ['A001', 'A010'])
        expect(problemsOf(await world.patch('/divisions/dv_1', { parent_code: parent }))).to.deep.equal([
          'invalid parent_code',
        ])
    })

    it('name all that is missing or malformed at once, unknown attributes too', async () => {
      expect(problemsOf(await world.post('/divisions', { division: { name: ' ' } }))).to.deep.equal([
        'required code',
        'required name',
      ])
      const odd = await world.post('/divisions', { code: 7, name: 'あ'.repeat(101), parent_id: 'x' })
      expect(problemsOf(odd)).to.deep.equal(['invalid parent_id', 'invalid code', 'invalid name'])

      expect((await world.post('/divisions', ['A001'])).status).to.equal(400)
    })

    it('come in pages of a hundred', async () => {
      const departments = Array.from({ length: 250 }, (_, index) => ({ code: `C${index}`, name: `部署${index}` }))
      await world.switches({ departments })
      const third = await world.get('/divisions?page=3')
      expect(third.body.divisions).to.have.length(50)
      expect(third.body.total_count).to.equal(250)
      expect((await world.get('/divisions?page=4')).body.divisions).to.deep.equal([])

      expect(problemsOf(await world.get('/divisions?per_page=101'))).to.deep.equal(['invalid per_page'])
    })
  })

  describe('employees', () => {
    it('are created with every attribute and found by address, whatever its case', async () => {
      const created = await world.post('/employees', { employee: anEmployee() })
      expect(created.status).to.equal(201)
      const { id, ...attributes } = created.body.employee as Json
      expect(id).to.match(/^em_\d+$/)
      expect(attributes).to.deep.equal(anEmployee())

      expect((await world.get('/employees?email=001%40AAA.com')).body).to.deep.equal({
        employees: [{ id, ...attributes }],
        total_count: 1,
      })
      expect((await world.get('/employees?email=nobody%40aaa.com')).body.total_count).to.equal(0)
    })

    it('change what is named, and blanks erase what is optional', async () => {
      const { body } = await world.post('/employees', { employee: anEmployee() })
      const { id } = body.employee as Json
      const changes = { division_code: null, job_title: null, retired: true, retired_on: '2026-10-31' }
      const patched = await world.patch(`/employees/${String(id)}`, { employee: changes })

      expect(patched.status).to.equal(200)
      expect(patched.body.employee).to.deep.equal({ id, ...anEmployee(changes) })
    })

    it('refuse what the eight rows of the manual would be left out for', async () => {
      await world.post('/employees', { employee: anEmployee() })
      const refused = async (changes: Json) =>
        problemsOf(await world.post('/employees', { employee: anEmployee({ email: '002@aaa.com', ...changes }) }))

      expect(await refused({ division_code: 'A004' })).to.deep.equal(['division_not_found division_code'])
      expect(await refused({ last_name: '', first_name: null })).to.deep.equal([
        'required last_name',
        'required first_name',
      ])
      expect(await refused({ last_name_kana: '', first_name_kana: ' ' })).to.deep.equal([
        'required last_name_kana',
        'required first_name_kana',
      ])
      expect(await refused({ email: null })).to.deep.equal(['required email'])
      expect(await refused({ email: ' 001@AAA.com ' })).to.deep.equal(['email_taken email'])
      const blankDepartment = anEmployee({ email: '002@aaa.com', division_code: null })
      expect((await world.post('/employees', { employee: blankDepartment })).status).to.equal(201)
    })

    it('refuse dates, words and flags that are none', async () => {
      const odd = anEmployee({
        email: 'nobody',
        gender: '男性',
        birth_on: '1990/04/01',
        joined_on: '2015-02-30',
        employment_type: 'アルバイト・パート',
        retired: 'yes',
        name: 'x',
      })

      expect(problemsOf(await world.post('/employees', { employee: odd }))).to.deep.equal(
        'name email gender birth_on joined_on employment_type retired'.split(' ').map(field => `invalid ${field}`),
      )
    })

    it('answer 404 for ids of nobody and of another company', async () => {
      const answer = await world.patch('/employees/em_999', { employee: { job_title: '部長' } })
      expect([answer.status, answer.body]).to.deep.equal([
        404,
        { errors: [{ code: 'not_found', field: null, message: '指定されたデータは存在しません' }] },
      ])
      expect((await world.patch('/divisions/dv_4', { name: '製造一部' })).status).to.equal(404)
      expect((await world.get('/employees/em_1')).status).to.equal(404)
    })

    it('begin with people of SmartHR: equal, changed, with another address and in another case', async () => {
      const employees = await world.employees()
      const addresses = employees.map(employee => String(employee.email))
      expect(addresses.filter(address => address !== address.toLowerCase())).to.have.length(1)
      expect(addresses).to.include('kyu-address@midori.example')
      expect(employees.filter(employee => employee.retired)).to.have.length(1)
      expect(employees.filter(employee => employee.division_code === null)).not.to.deep.equal([])
    })
  })

  describe('access', () => {
    it('is refused without the right token', async () => {
      for (const authorization of ['', 'Bearer nonsense', 'Basic renkei-demo-mikiwame']) {
        const { status, body } = await world.get('/divisions', { authorization })
        expect([status, body]).to.deep.equal([
          401,
          { errors: [{ code: 'unauthorized', field: null, message: 'アクセストークンが無効です' }] },
        ])
      }
      await world.switches({ tokenValid: false })
      expect((await world.get('/divisions')).status).to.equal(401)
    })

    it('shows one company nothing of the other', async () => {
      const { body } = await world.get('/divisions', { authorization: 'Bearer renkei-demo-mikiwame-aozora' })

      expect((body.divisions as Json[]).map(division => division.code)).to.deep.equal(['B001'])
    })

    it('knows who acts, and refuses whoever is no administrator', async () => {
      const me = async (email?: string) => world.get('/admins/me', email ? { 'x-mikiwame-admin': email } : {})
      expect((await me()).body).to.deep.equal({
        admin: {
          id: 'ad_1',
          email: 'hanako@midori.example',
          last_name: '緑川',
          first_name: '花子',
          company: { id: 'co_1', name: '株式会社みどり商会' },
        },
      })
      expect((await me('Jiro@midori.example')).body.admin).to.include({ id: 'ad_2' })
      for (const email of ['member@midori.example', 'taro@aozora.example']) {
        const refused = await me(email)
        expect([refused.status, problemsOf(refused)]).to.deep.equal([403, ['forbidden null']])
      }

      await world.switches({ administrator: false })
      expect((await world.get('/employees')).status).to.equal(403)
    })

    it('ends after 120 calls a minute, and says when to come back', async () => {
      await world.control('PUT', '/limits', { service: 'mikiwame', enabled: true })
      const answers = await Promise.all(Array.from({ length: 125 }, () => world.get('/admins/me')))
      const refused = answers.filter(answer => answer.status === 429)
      expect(refused).to.have.length(5)
      expect(Number(refused[0]?.headers.get('retry-after'))).to.be.within(1, 60)
      expect(refused[0]?.body).to.deep.equal({
        errors: [{ code: 'rate_limited', field: null, message: 'リクエスト数の上限を超えました' }],
      })

      const other = await world.get('/admins/me', { authorization: 'Bearer renkei-demo-mikiwame-aozora' })
      expect(other.status).to.equal(200)
      await world.control('PUT', '/limits', { service: 'mikiwame', perMinute: 1 })
      expect([(await world.get('/admins/me')).status, (await world.get('/admins/me')).status]).to.deep.equal([200, 429])
    })

    it('is closed for maintenance, also to strangers', async () => {
      await world.switches({ maintenance: true })
      const { status, body } = await world.get('/divisions', { authorization: '' })

      expect([status, body]).to.deep.equal([
        503,
        { errors: [{ code: 'maintenance', field: null, message: 'メンテナンス中です' }] },
      ])
    })
  })
})
