import { expect } from 'chai'
import {
  aDeclaration,
  aDependent,
  anAccount,
  anEmployee,
  answer,
  employees,
  problem,
  startFeed,
  TOKEN,
  type Feed,
} from './money-forward.feed.js'
import { startMoneyForwardWorld, type Json, type MoneyForwardWorld } from './money-forward.world.js'

const FORBIDDEN = 'リソースへのアクセスが禁止されています'

describe("クラウド給与's imports from SmartHR", () => {
  let world: MoneyForwardWorld
  let feed: Feed
  before(async () => {
    world = await startMoneyForwardWorld()
    feed = await startFeed()
  })
  after(async () => {
    await world.close()
    await feed.close()
  })
  beforeEach(async () => {
    await world.reset()
    feed.clear()
    await connect()
  })

  const connect = (token = TOKEN) => world.connect({ subdomain: 'midori-shokai', access_token: token, url: feed.url })
  const midori = async () => {
    const [office] = await world.offices()
    if (!office) throw new Error('there is no office')
    return office
  }
  const run = async (kind: string, more: Json = {}) => (await world.import({ kind, ...more })).body
  /** who was acknowledged as what, call by call */
  const acknowledged = () =>
    feed.acknowledged().map(({ results }) => results.map(row => `${String(row.employee_code)} ${String(row.status)}`))

  it('reads every page of one snapshot, stores the people and acknowledges them by the hundred', async () => {
    feed.publish({ employees: employees(120) })
    const result = await run('employees_new', { per_page: 50 })

    expect(result).to.include({ status: 'succeeded', pages: 3, created: 120, updated: 0, failed: 0, error: null })
    expect(feed.pages()).to.deep.equal(['employees 1 -', 'employees 2 sn_1', 'employees 3 sn_1'])
    expect(acknowledged().map(results => results.length)).to.deep.equal([100, 20])
    expect(feed.acknowledged()[0]).to.deep.include({ snapshot: 'sn_1' })
    const { employees: stored, imports } = await midori()
    expect(stored).to.have.length(120)
    expect(imports).to.deep.equal([result])
  })

  it('updates whom it knows by 従業員コード, and adds the others', async () => {
    await world.switches({ employees: [{ employee_code: '0001', last_name: '旧姓' }] })
    feed.publish({ employees: employees(2) })
    const result = await run('employees_new')

    expect(result).to.include({ updated: 1, created: 1 })
    expect(acknowledged()).to.deep.equal([['0001 updated', '0002 created']])
    expect((await midori()).employees[0]).to.include({ last_name: '山田' })
  })

  it('leaves out whom it does not know in an update', async () => {
    await world.switches({ employees: [{ employee_code: '0001' }] })
    feed.publish({ employees: employees(2) })
    const result = await run('employees_update')

    expect(result).to.include({ updated: 1, skipped: 1, created: 0 })
    expect(feed.acknowledged()[0]?.results[1]).to.deep.equal({
      employee_code: '0002',
      status: 'skipped',
      message: '従業員情報に登録されていません。',
    })
    expect((await midori()).employees).to.have.length(1)
  })

  it('leaves out people who lack what is required, and takes the rest', async () => {
    feed.publish({
      employees: [
        anEmployee({ hired_on: null, first_name: '' }),
        anEmployee({ employee_code: '0002', last_name: null }),
        anEmployee({ employee_code: '0003' }),
      ],
    })
    const result = await run('employees_new')

    expect(result).to.include({ status: 'succeeded', failed: 2, created: 1 })
    expect((result.results as Json[])[0]?.message).to.equal('入社年月日、名を入力してください。')
  })

  it('changes nothing at all when a dependent lacks what is required', async () => {
    feed.publish({
      employees: [anEmployee({ dependents: [aDependent({ birth_date: null })] }), ...employees(3).slice(1)],
    })
    const result = await run('employees_new', { per_page: 1 })

    expect(result).to.include({ status: 'failed', pages: 3, failed: 3, created: 0 })
    expect(result.error).to.equal('家族情報に不備のある従業員がいるため、取り込みを中止しました。')
    expect((await midori()).employees).to.deep.equal([])
    const [{ results = [] } = {}] = feed.acknowledged()
    expect(results.map(row => row.message)).to.deep.equal([
      '家族情報の生年月日を入力してください。',
      result.error,
      result.error,
    ])
  })

  it('finds the names of bank and branch, and takes four whole accounts at most', async () => {
    const accounts = ['0005', '0009', '0010', '0017'].map(bank_code => anAccount({ bank_code, branch_code: '002' }))
    feed.publish({
      employees: [anEmployee({ bank_accounts: [anAccount({ branch_code: null }), anAccount(), ...accounts] })],
    })
    await run('employees_new')

    const stored = (await midori()).employees[0]?.bank_accounts as Json[]
    expect(stored.map(account => account.account_name)).to.deep.equal([
      'みずほ銀行 本店',
      '三菱UFJ銀行 東京支店',
      '三井住友銀行 東京支店',
      'りそな銀行 東京支店',
    ])
    expect(stored[0]).to.include({ holder_kana: 'ヤマダ タロウ', account_number: '1234567' })
  })

  it('keeps what it knows of accounts and family when the token is not for them', async () => {
    feed.publish({ employees: employees(1) })
    await run('employees_new')
    const before = (await midori()).employees[0]
    feed.publish({ employees: [anEmployee({ dependents: null, bank_accounts: null, position: '課長' })] })
    await run('employees_update')

    expect((await midori()).employees[0]).to.deep.equal({ ...before, position: '課長' })
  })

  describe('of year-end results', () => {
    it('take declarations of people who exist and are not 対象外', async () => {
      await world.switches({ employees: [{ employee_code: '0001' }, { employee_code: '0002' }] })
      feed.publish({
        declarations: [
          aDeclaration(),
          aDeclaration({ employee_code: '0002', status: '対象外(乙欄)' }),
          aDeclaration({ employee_code: '0003' }),
        ],
      })
      const result = await run('year_end', { year: 2026 })

      expect(feed.pages()).to.deep.equal(['year_end_adjustments/2026 1 -'])
      expect(result).to.include({ kind: 'year_end', year: 2026, created: 1, skipped: 2 })
      expect((result.results as Json[]).map(row => row.message)).to.deep.equal([
        null,
        '年末調整の対象外(乙欄)です。',
        '従業員情報に登録されていません。先に従業員を取り込んでください。',
      ])
      expect((await midori()).declarations).to.deep.equal([aDeclaration()])
      expect(await run('year_end', { year: 2026 })).to.include({ created: 0, updated: 1 })
    })
  })

  describe('that go wrong', () => {
    it('say that access is forbidden, with a token that is unknown or not for the resource', async () => {
      feed.publish({ employees: employees(1) })
      await connect('wrong')
      expect(await run('employees_new')).to.include({ status: 'failed', pages: 0, error: FORBIDDEN })
      await connect()
      feed.strange((_asked, res) => problem(res, 403, 'resource_forbidden'))
      expect(await run('employees_new')).to.include({ status: 'failed', error: FORBIDDEN })
      expect((await midori()).employees).to.deep.equal([])
    })

    it('store and acknowledge nothing when the token is revoked in the middle', async () => {
      feed.publish({ employees: employees(3) })
      feed.strange(null, null, (_asked, res) => problem(res, 401, 'invalid_token'))

      expect(await run('employees_new', { per_page: 1 })).to.include({ status: 'failed', pages: 2, error: FORBIDDEN })
      expect((await midori()).employees).to.deep.equal([])
      expect(acknowledged()).to.deep.equal([])
    })

    it('start again once when the snapshot has ended meanwhile', async () => {
      feed.publish({ employees: employees(2) })
      feed.strange(null, (_asked, res) => {
        feed.publish({ employees: employees(3) }, 'sn_2')
        problem(res, 404, 'snapshot_not_found')
      })
      const result = await run('employees_new', { per_page: 1 })

      expect(result).to.include({ status: 'succeeded', created: 3, pages: 4 })
      expect(feed.pages()).to.deep.equal([
        'employees 1 -',
        'employees 2 sn_1',
        'employees 1 -',
        'employees 2 sn_2',
        'employees 3 sn_2',
      ])
      expect(feed.acknowledged()[0]).to.include({ snapshot: 'sn_2' })
    })

    it('give up when it has ended twice', async () => {
      feed.publish({ employees: employees(2) })
      const gone = (_asked: unknown, res: Parameters<typeof problem>[0]) => problem(res, 404, 'snapshot_not_found')
      feed.strange(null, gone, null, gone)

      expect((await run('employees_new', { per_page: 1 })).error).to.match(/もう一度、取り込んでください。$/)
      expect((await midori()).employees).to.deep.equal([])
    })

    it('say when nothing is published', async () => {
      feed.strange((_asked, res) => problem(res, 404, 'snapshot_not_found'))
      expect((await run('employees_new')).error).to.match(/^取り込めるデータがありません。/)
      expect(feed.pages()).to.have.length(1)
    })

    it('wait as long as a 429 says and ask again', async () => {
      feed.publish({ employees: employees(1) })
      const busy = (_asked: unknown, res: Parameters<typeof problem>[0]) =>
        problem(res, 429, 'too_many_requests', { 'retry-after': '0' })
      feed.strange(busy, busy, null, busy)

      expect(await run('employees_new')).to.include({ status: 'succeeded', created: 1, pages: 1 })
      expect(feed.pages()).to.have.length(3)
      expect(acknowledged()).to.deep.equal([['0001 created'], ['0001 created']])
    })

    it('say what came instead of an answer', async () => {
      feed.strange((_asked, res) => problem(res, 500, 'internal'))
      expect((await run('employees_new')).error).to.equal('SmartHRとの通信でエラーが発生しました。（500）')
      feed.strange((_asked, res) => answer(res, 200, { employees: [] }))
      expect((await run('employees_new')).error).to.equal('SmartHRの応答の形式が正しくありません。')
      feed.strange((_asked, res) => res.destroy())
      expect((await run('employees_new')).error).to.equal('SmartHRに接続できませんでした。')
    })
  })

  it('say nothing back when told so', async () => {
    feed.publish({ employees: employees(1) })
    expect(await run('employees_new', { acknowledge: false })).to.include({ created: 1 })
    expect(feed.acknowledged()).to.deep.equal([])
  })

  it('stop after some pages when told so, with these people stored and acknowledged', async () => {
    feed.publish({ employees: employees(3) })
    expect(await run('employees_new', { per_page: 1, stopAfterPages: 2 })).to.include({ status: 'stopped', created: 2 })
    expect(acknowledged()).to.deep.equal([['0001 created', '0002 created']])
  })

  it('need a connection, and belong to one office', async () => {
    await world.reset()
    expect((await run('employees_new')).error).to.match(/^SmartHRと連携されていません。/)
    const aozora = '9d1f4e6a-2b35-4c8d-8a17-5e0c3b7f6d42'
    await world.connect({ office: aozora, subdomain: 'aozora-kogyo', access_token: TOKEN, url: feed.url })
    feed.publish({ employees: employees(1) })
    expect(await run('employees_new', { office: aozora })).to.include({ created: 1 })
    const [first, second] = await world.offices()
    expect([first?.employees.length, second?.employees.length]).to.deep.equal([0, 1])
    expect(second?.connection).to.deep.equal({ subdomain: 'aozora-kogyo', url: feed.url, access_token: '[masked]' })
  })

  it('are refused when they make no sense', async () => {
    for (const wrong of [
      { kind: 'everything' },
      { kind: 'year_end' },
      { kind: 'year_end', year: '2026' },
      { kind: 'employees_new', per_page: 101 },
      { kind: 'employees_new', acknowledge: 'no' },
      { kind: 'employees_new', stopAfterPages: 0 },
    ]) {
      const { status, body } = await world.import(wrong)
      expect([status, body.id], JSON.stringify(wrong)).to.deep.equal([422, 'invalid_parameter'])
    }
    expect((await world.connect({ subdomain: 'x', access_token: 'y', url: 'ftp://x' })).status).to.equal(422)
    expect((await world.import({ kind: 'employees_new', office: 'nobody' })).body.id).to.equal('office_not_found')
  })
})
