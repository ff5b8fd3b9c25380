import { expect } from 'chai'
import { connectMoneyForward, issueToken } from '../helpers/connecting.js'
import { reportOf } from '../helpers/waiting.js'
import { startFeedWorld, type FeedWorld, type Json } from './feed.world.js'

interface Employee extends Record<string, unknown> {
  employee_code: string
}

const created = (code: string, more: Json = {}) => ({ employee_code: code, status: 'created', message: null, ...more })

describe('the feed', () => {
  let feed: FeedWorld
  before(async () => {
    feed = await startFeedWorld()
  })
  after(() => feed.world.close())
  beforeEach(() => feed.reset())

  const PEOPLE = ['001001', '001002', '001003']
  const published = async (changes: Record<string, string | readonly string[]> = {}, codes = PEOPLE) => {
    const { visitor, token } = await feed.ready(changes)
    return { visitor, token, runId: await feed.publish(visitor, 'employees', codes) }
  }
  const employeesOf = (body: Json) => body.employees as Employee[]

  describe('its description', () => {
    it('is OpenAPI 3.1, needs no token and names the address, every call and every record', async () => {
      const { status, body, headers } = await feed.get('openapi.json', null)

      expect(status).to.equal(200)
      expect(headers.get('content-type')).to.match(/^application\/json/)
      expect(body.openapi).to.equal('3.1.0')
      expect(body.servers).to.deep.equal([{ url: `${feed.world.appUrl}/feed/v1` }])
      expect(Object.keys(body.paths as Json)).to.have.members([
        '/employees',
        '/year_end_adjustments/{year}',
        '/acknowledgements',
        '/openapi.json',
      ])
      expect((body.components as { schemas: Json }).schemas).to.include.keys('Employee', 'Declaration', 'Problem')
    })
  })

  describe('pages', () => {
    it('hold the snapshot and its people in a stable order; one past the end is empty', async () => {
      const { token, runId } = await published()
      const whole = await feed.get('employees', token)
      expect(whole.body).to.deep.include({ page: 1, per_page: 100, total_count: 3 })
      expect(whole.body.snapshot).to.deep.include({
        id: runId,
        resource: 'employees',
        reference_date: '2026-11-20',
        year: null,
      })
      const { published_at, expires_at } = whole.body.snapshot as { published_at: string; expires_at: string }
      expect(Date.parse(expires_at) - Date.parse(published_at)).to.equal(7 * 86_400_000)

      const pages = []
      for (const page of [1, 2, 3, 4]) {
        pages.push(await feed.get(`employees?page=${page}&per_page=1&snapshot=${runId}`, token))
      }
      expect(pages.flatMap(({ body }) => employeesOf(body))).to.deep.equal(employeesOf(whole.body))
      expect(pages[3]?.body).to.deep.include({ page: 4, per_page: 1, total_count: 3, employees: [] })
    })

    it('are told of in the report, with the token that asked', async () => {
      const { visitor, token, runId } = await published({ name: '給与の本番' })
      await feed.get('employees?per_page=2', token)
      const report = await visitor.get(`/runs/${runId}`)

      expect(report.text)
        .to.include('3名のうち2名が取得されました')
        .and.include('使われたアクセストークン 給与の本番')
        .and.include('3名のうち0名の取り込み結果が届きました')
    })

    it('answer 404 while nothing is published', async () => {
      const { token } = await feed.ready()

      for (const path of ['employees', 'year_end_adjustments/2026', `employees?snapshot=${crypto.randomUUID()}`]) {
        const { status, body } = await feed.get(path, token)
        expect(status, path).to.equal(404)
        expect(body).to.include({ code: 'snapshot_not_found', title: 'Not Found', type: 'about:blank', status: 404 })
      }
    })

    it('are of one snapshot: a pull that names a replaced one starts again', async () => {
      const { visitor, token, runId } = await published()
      expect((await feed.get(`employees?page=1&per_page=1`, token)).status).to.equal(200)
      const next = await feed.publish(visitor, 'employees', ['001002'])

      expect((await feed.get(`employees?page=2&per_page=1&snapshot=${runId}`, token)).body).to.include({
        code: 'snapshot_not_found',
      })
      const again = await feed.get('employees', token)
      expect(again.body.total_count).to.equal(1)
      expect((again.body.snapshot as Json).id).to.equal(next)
      expect(
        (await feed.post('acknowledgements', token, { snapshot: runId, results: [created('001001')] })).body,
      ).to.include({ code: 'snapshot_not_found' })
    })

    it('of a snapshot acknowledged to its end are served for an hour to those who name it', async () => {
      const { token, runId } = await published()
      const results = PEOPLE.map(code => created(code))
      await feed.get('employees', token)
      await feed.post('acknowledgements', token, { snapshot: runId, results })

      expect((await feed.get('employees', token)).status).to.equal(404)
      expect(employeesOf((await feed.get(`employees?snapshot=${runId}`, token)).body)).to.have.length(3)
      await feed.older(runId, '59 minutes')
      expect((await feed.get(`employees?snapshot=${runId}`, token)).status).to.equal(200)
      await feed.older(runId, '2 minutes')
      expect((await feed.get(`employees?snapshot=${runId}`, token)).status).to.equal(404)
    })

    it('of two pulls at once are the same', async () => {
      const { token } = await published()
      const answers = await Promise.all(Array.from({ length: 6 }, () => feed.get('employees', token)))

      for (const { status, body } of answers) {
        expect(status).to.equal(200)
        expect(body).to.deep.equal(answers[0]?.body)
      }
    })
  })

  describe('limits of a token', () => {
    it('make null of what is not permitted, and leave the number', async () => {
      const { token } = await published({
        resource: ['employees'],
        attribute: ['last_name', 'social_insurance.qualified_on'],
      })
      const [person] = employeesOf((await feed.get('employees', token)).body)

      expect(person?.employee_code).to.equal('001001')
      expect(person?.last_name).to.be.a('string')
      expect(person?.first_name).to.equal(null)
      expect(person?.dependents).to.equal(null)
      expect(person?.bank_accounts).to.equal(null)
      expect((person?.social_insurance as Json).qualified_on).to.be.a('string')
      expect((person?.social_insurance as Json).basic_pension_number).to.equal(null)
    })

    it('forbid a resource as a whole', async () => {
      const { visitor, runId } = await published()
      const token = await issueToken(visitor, { name: '年末調整', resource: ['year_end_adjustments'] })
      await feed.sim('PUT', '/connections/smarthr', { subdomain: 'midori-shokai', access_token: token })
      const { status, body } = await feed.get('employees', token)

      expect(status).to.equal(403)
      expect(body.code).to.equal('resource_forbidden')
      expect(body.detail).to.match(/^リソースへのアクセスが禁止されています。/)
      expect((await feed.get('year_end_adjustments/2026', token)).body.code).to.equal('snapshot_not_found')
      expect(
        (await feed.post('acknowledgements', token, { snapshot: runId, results: [created('001001')] })).status,
      ).to.equal(403)
      expect(await feed.import('employees_new')).to.include({ error: 'リソースへのアクセスが禁止されています' })
    })
  })

  describe('whoever asks', () => {
    it('needs a good token', async () => {
      const { token } = await published()
      for (const wrong of [null, 'nonsense', 'rk_nonsense', `${token}x`, token.toUpperCase(), 'x'.repeat(5000)]) {
        const { status, body, headers } = await feed.get('employees', wrong)
        expect(status, String(wrong).slice(0, 20)).to.equal(401)
        expect(headers.get('www-authenticate')).to.equal('Bearer')
        expect(body.code).to.equal('invalid_token')
      }
      expect((await feed.get('employees', null, { authorization: `Basic ${token}` })).status).to.equal(401)
      expect((await feed.post('acknowledgements', null, {})).status).to.equal(401)
    })

    it('is stopped in the middle of a pull when the token is revoked', async () => {
      const { visitor, token, runId } = await published()
      expect((await feed.get('employees?per_page=1', token)).status).to.equal(200)
      await visitor.get('/money-forward/access-tokens')
      await visitor.get(/href="([^"]+\/revoke)"/.exec(visitor.page().html)?.[1] ?? '')
      await visitor.press('無効にする')

      expect((await feed.get(`employees?per_page=1&page=2&snapshot=${runId}`, token)).status).to.equal(401)
      expect((await visitor.get(`/runs/${runId}`)).text).to.include('公開中')
    })

    it('of another company sees and acknowledges nothing of this one', async () => {
      const { runId } = await published()
      const taro = await feed.world.signedIn('taro@aozora.example', '/money-forward')
      await connectMoneyForward(taro, '9d1f4e6a-2b35-4c8d-8a17-5e0c3b7f6d42')
      const theirs = await issueToken(taro)

      expect((await feed.get('employees', theirs)).status).to.equal(404)
      expect((await feed.get(`employees?snapshot=${runId}`, theirs)).status).to.equal(404)
      expect(
        (await feed.post('acknowledgements', theirs, { snapshot: runId, results: [created('001001')] })).status,
      ).to.equal(404)
      const { n } = await feed.one<{ n: number }>('select count(*) as n from run_items where outcome is not null')
      expect(n).to.equal(0)
    })

    it('may call sixty times a minute, whoever else calls from the same address', async () => {
      const { visitor, token } = await published()
      const other = await issueToken(visitor, { name: '別のトークン' })
      const answers = []
      for (let call = 0; call < 61; call += 1) answers.push(await feed.get('employees?page=9', token))
      const last = answers.at(-1)

      expect(answers.slice(0, 60).every(({ status }) => status === 200)).to.equal(true)
      expect(last?.status).to.equal(429)
      expect(last?.body.code).to.equal('too_many_requests')
      expect(Number(last?.headers.get('retry-after'))).to.be.within(1, 60)
      expect((await feed.get('employees', other)).status).to.equal(200)
    })

    it('may not try tokens for long, which keeps nobody with a good one away', async () => {
      const { token } = await published()
      const statuses = new Set<number>()
      for (let call = 0; call < 32; call += 1) statuses.add((await feed.get('employees', 'rk_guess')).status)

      expect([...statuses]).to.deep.equal([401, 429])
      // Nor what nobody need be known for.
      expect((await feed.get('openapi.json', 'rk_guess')).status).to.equal(429)
      expect((await feed.get('nothing', 'rk_guess')).status).to.equal(429)
      expect((await feed.get('employees', token)).status).to.equal(200)
    })
  })

  describe('acknowledgements', () => {
    it('settle people one by one, the first answer for each; the last one ends the run', async () => {
      const { visitor, token, runId } = await published()
      await feed.get('employees', token)
      const acknowledge = async (...results: object[]) =>
        (await feed.post('acknowledgements', token, { snapshot: runId, results })).body

      expect(
        await acknowledge(created('001001'), created('999999'), created('001001', { status: 'failed' })),
      ).to.deep.equal({ snapshot: { id: runId, state: 'published' }, recorded: 1, remaining: 2, unknown: ['999999'] })
      expect(await acknowledge(created('001001', { status: 'failed', message: '後から' }))).to.deep.include({
        recorded: 0,
        remaining: 2,
      })
      expect(
        await acknowledge({ employee_code: '001002', status: 'failed', message: '苗字を\u0000\n入力してください。' }),
      ).to.deep.include({ recorded: 1, remaining: 1 })
      expect(await acknowledge(created('001003', { status: 'updated' }))).to.deep.equal({
        snapshot: { id: runId, state: 'ended' },
        recorded: 1,
        remaining: 0,
        unknown: [],
      })
      expect(await acknowledge(created('001003'), created('x'))).to.deep.equal({
        snapshot: { id: runId, state: 'ended' },
        recorded: 0,
        remaining: 0,
        unknown: ['x'],
      })
      const report = await reportOf(visitor, runId)
      expect(report.text)
        .to.include('一部失敗')
        .and.include('成功 2件')
        .and.include('失敗 1件')
        .and.include('取り込めませんでした。「苗字を 入力してください。」')
    })

    it('count for those alone whom a page has delivered', async () => {
      const { token, runId } = await published()
      const acknowledge = async () =>
        (await feed.post('acknowledgements', token, { snapshot: runId, results: PEOPLE.map(code => created(code)) }))
          .body

      expect(await acknowledge()).to.deep.include({ recorded: 0, remaining: 3, unknown: PEOPLE })
      await feed.get('employees?per_page=2', token)
      expect(await acknowledge()).to.deep.include({ recorded: 2, remaining: 1, unknown: ['001003'] })
    })

    it('that come twice at once count once, and there is one mail', async () => {
      const { visitor, token, runId } = await published()
      await feed.get('employees', token)
      const results = PEOPLE.map(code => created(code))
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => feed.post('acknowledgements', token, { snapshot: runId, results })),
      )
      const recorded = answers.map(({ body }) => Number(body.recorded))

      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200])
      expect(recorded.sort()).to.deep.equal([0, 0, 0, 0, 3])
      expect((await reportOf(visitor, runId)).text)
        .to.include('成功 3件')
        .and.include('失敗 0件')
      const { n } = await feed.one<{ n: number }>('select count(*) as n from mails where run_id = $1', [runId])
      expect(n).to.equal(1)
    })

    it('meet a publication that is being replaced, and neither is lost', async () => {
      const { visitor, token, runId } = await published()
      await feed.get('employees', token)
      const [, answer] = await Promise.all([
        feed.publish(visitor, 'employees', ['001002']),
        feed.post('acknowledgements', token, { snapshot: runId, results: [created('001001')] }),
      ])
      const { state, succeeded_count: succeeded } = await feed.one<{ state: string; succeeded_count: number }>(
        'select state, succeeded_count from runs where id = $1',
        [runId],
      )

      expect(state).to.equal('aborted')
      expect(succeeded).to.equal(answer.status === 200 ? 1 : 0)
    })
  })

  describe('what makes no sense', () => {
    it('is refused with the names of the parameters', async () => {
      const { token, runId } = await published()
      for (const [path, parameters] of [
        ['employees?page=0', ['page']],
        ['employees?page=1.5&per_page=101', ['page', 'per_page']],
        ['employees?page=1&page=2', ['page']],
        ['employees?per_page=0', ['per_page']],
        ['employees?snapshot=1', ['snapshot']],
        ['year_end_adjustments/26', ['year']],
        ["employees?page=1'%20or%20'1'='1", ['page']],
      ] as const) {
        const { status, body } = await feed.get(path, token)
        expect(status, path).to.equal(422)
        expect(body.code).to.equal('invalid_parameter')
        expect(
          (body.errors as { parameter: string }[]).map(error => error.parameter),
          path,
        ).to.deep.equal(parameters)
      }
      for (const [sent, parameter] of [
        ['{', 'body'],
        ['null', 'body'],
        [{}, 'snapshot'],
        [{ snapshot: 'x', results: [created('001001')] }, 'snapshot'],
        [{ snapshot: runId, results: [] }, 'results'],
        [{ snapshot: runId, results: Array.from({ length: 101 }, (_, at) => created(String(at))) }, 'results'],
        [{ snapshot: runId, results: [created('001001', { status: 'done' })] }, 'results.0.status'],
        [{ snapshot: runId, results: [created('001001', { message: 'あ'.repeat(501) })] }, 'results.0.message'],
        [{ snapshot: runId, results: [created('')] }, 'results.0.employee_code'],
        [{ snapshot: runId, results: [created('a\0')] }, 'results.0.employee_code'],
        [{ snapshot: runId, results: [created('a\ud800')] }, 'results.0.employee_code'],
        [JSON.stringify({ snapshot: runId, results: [], padding: 'x'.repeat(1_100_000) }), 'body'],
      ] as const) {
        const { status, body } = await feed.post('acknowledgements', token, sent)
        expect(status, JSON.stringify(sent).slice(0, 80)).to.equal(422)
        expect((body.errors as { parameter: string }[])[0]?.parameter, JSON.stringify(sent).slice(0, 80)).to.equal(
          parameter,
        )
      }
      const { n } = await feed.one<{ n: number }>('select count(*) as n from run_items where outcome is not null')
      expect(n).to.equal(0)
    })

    it('is 404 where there is no such resource or method, with and without a token', async () => {
      const { token } = await feed.ready()
      for (const who of [token, null]) {
        for (const path of ['', 'nothing', 'employees/1', 'year_end_adjustments']) {
          const { status, body } = await feed.get(path, who)
          expect(status, path).to.equal(404)
          expect(body.code, path).to.equal('not_found')
        }
        expect((await feed.post('employees', who, {})).body.code).to.equal('not_found')
        expect((await feed.get('acknowledgements', who)).body.code).to.equal('not_found')
      }
    })
  })

  it('leaves no person, number or token in the log', async () => {
    const { token, runId } = await published()
    await feed.get('employees', token)
    await feed.post('acknowledgements', token, {
      snapshot: runId,
      results: [created('001001', { status: 'failed', message: '山田 誠さんの生年月日' })],
    })
    await feed.post('acknowledgements', token, '{"results": "山田')
    const logged = feed.world.logs.join('')

    expect(logged).to.include('feed page').and.include('feed acknowledged').and.include('feed call refused')
    for (const secret of [token, '山田', '001001', '生年月日']) expect(logged).not.to.include(secret)
  })
})
