import { expect } from 'chai'
import { createVisitor } from '../helpers/visitor.js'
import { aPayroll, messagesOf, someValues, startPayroll } from './payslip.samples.js'
import { startSmarthrWorld, type Json, type SmarthrWorld } from './smarthr.world.js'

describe("the payrolls of SmartHR's stand-in", () => {
  let world: SmarthrWorld
  before(async () => {
    world = await startSmarthrWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const fieldsOf = (body: Json) => (body.errors as { field: string }[]).map(({ field }) => field)

  it('are created unconfirmed, with every attribute required', async () => {
    const { status, body } = await world.post('/payrolls', aPayroll())
    expect(status).to.equal(201)
    expect(body).to.deep.include({ ...aPayroll(), source_type: 'api', status: 'wip', published_at: null })
    expect((await world.get(`/payrolls/${String(body.id)}`)).body).to.deep.equal(body)

    const refused = await world.post('/payrolls', { payment_type: 'gift', paid_at: '2026-02-30', name_for_crew: '' })
    expect([refused.status, refused.body.code]).to.deep.equal([400, 1])
    expect(fieldsOf(refused.body)).to.deep.equal(Object.keys(aPayroll()))
    const backwards = await world.post('/payrolls', aPayroll({ period_end_at: '2026-09-30' }))
    expect(fieldsOf(backwards.body)).to.deep.equal(['period_end_at'])
  })

  it('are listed in pages, by 支給日 and by kind', async () => {
    for (const paidAt of ['2026-09-25', '2026-10-23', '2026-11-25'])
      await world.post('/payrolls', aPayroll({ paid_at: paidAt }))
    await world.post('/payrolls', aPayroll({ payment_type: 'bonus', paid_at: '2026-10-23' }))
    const listed = async (query: string) => (await world.get(`/payrolls?${query}`)).body.map(each => each.paid_at)

    expect(await listed('per_page=2&page=2')).to.deep.equal(['2026-11-25', '2026-10-23'])
    expect(await listed('paid_at_from=2026-10-23&paid_at_to=2026-10-31')).to.have.length(2)
    expect(await listed('paid_at_from=2026-10-23&payment_type=salary')).to.deep.equal(['2026-10-23', '2026-11-25'])
    expect((await world.get('/payrolls?paid_at_from=October')).status).to.equal(400)
  })

  it('can be renamed, and nothing else; and deleted as long as they are unconfirmed', async () => {
    const { path } = await startPayroll(world)
    const renamed = await world.patch(path, { name_for_admin: '給与', paid_at: '2030-01-01' })
    expect(renamed.body).to.include({ name_for_admin: '給与', name_for_crew: '2026年10月給与', paid_at: '2026-10-23' })
    expect((await world.patch(path, { name_for_admin: '' })).status).to.equal(400)
    await world.patch(`${path}/fix`, {})

    expect((await world.delete(path)).status).to.equal(400)
    await world.patch(`${path}/unfix`, {})
    expect((await world.delete(path)).status).to.equal(204)
    expect((await world.get(path)).body.code).to.equal(4)
  })

  it('are confirmed, published and taken back', async () => {
    const { path } = await startPayroll(world)
    const early = await world.patch(`${path}/publish`, {})
    expect([early.status, early.body.errors]).to.deep.equal([
      400,
      [{ message: '給与が確定されていません', resource: null, field: null }],
    ])
    expect((await world.patch(`${path}/fix`, {})).body).to.include({ status: 'fixed', published_at: null })
    expect((await world.patch(`${path}/publish`, {})).body).to.include({ status: 'fixed', notify_with_publish: false })
    expect((await world.patch(`${path}/publish`, {})).status).to.equal(400)
    expect((await world.patch(`${path}/unfix`, {})).body).to.include({ status: 'wip', published_at: null })
  })

  it('are published within a month, and a reservation can be moved', async () => {
    await world.control('PUT', '/clock', { now: '2026-11-20T10:00:00+09:00' })
    const { path } = await startPayroll(world)
    await world.patch(`${path}/fix`, {})
    const publish = (at: unknown, more: Json = {}) => world.patch(`${path}/publish`, { published_at: at, ...more })

    for (const at of ['2026-11-20T09:00:00+09:00', '2026-12-20T10:30:00+09:00', 'tomorrow'])
      expect(fieldsOf((await publish(at)).body), at).to.deep.equal(['published_at'])
    await publish('2026-11-24T10:00:00+09:00')
    expect((await publish('2026-11-25T10:00:00+09:00', { notify_with_publish: true })).body).to.include({
      published_at: '2026-11-25T01:00:00.000Z',
      notify_with_publish: true,
    })
  })

  it('are shown to administrators who log in, who confirm and publish them', async () => {
    const { path, first } = await startPayroll(world, { name_for_admin: '10月<給与>' })
    await world.post(`${path}/payslips`, {
      crew_id: first,
      memo: '1行目\n2行目',
      values: someValues({ 支給合計: '1' }),
    })
    const visitor = createVisitor(world.url)
    await visitor.get(`${world.url}/smarthr/t/midori-shokai/payrolls`)
    const wrong = await visitor.press('ログイン', { email: 'hanako@midori.example', password: 'no' })
    expect(wrong.status).to.equal(401)
    const list = await visitor.press('ログイン', { email: 'hanako@midori.example', password: 'renkei-demo' })
    expect(list.text).to.include('10月<給与> 給与 2026-10-23 1件 未確定')

    const page = await visitor.get(`${world.url}/smarthr/t/midori-shokai${path}`)
    for (const text of [
      '対象期間 2026-10-01〜2026-10-31',
      '001001',
      '時間外労働 25:30',
      '欠勤控除 -3,000',
      '1行目 2行目',
    ])
      expect(page.text).to.include(text)
    expect(page.text).to.include('項目の合計金額が一致していません。')
    expect((await visitor.press('給与明細を確定')).text).to.include('状態 確定済み')
    const published = await visitor.press('公開')
    expect(published.text).to.include('状態 公開済み')
    expect(published.html).not.to.include('>公開</button>')
  })

  it('are shown to nobody else', async () => {
    const visitor = createVisitor(world.url)
    await visitor.get(`${world.url}/smarthr/t/midori-shokai/payrolls`)
    const member = await visitor.press('ログイン', { email: 'member@midori.example', password: 'renkei-demo' })
    expect(member.status).to.equal(403)

    await visitor.get(`${world.url}/smarthr/login?return_to=https://evil.example/`)
    const other = await visitor.press('ログイン', { email: 'taro@aozora.example', password: 'renkei-demo' })
    expect(other.url).to.equal(`${world.url}/smarthr/plus`)
    expect((await visitor.get(`${world.url}/smarthr/t/midori-shokai/payrolls`)).status).to.equal(403)
  })

  it('go when the people go, and are part of the state', async () => {
    const { path, first } = await startPayroll(world)
    await world.post(`${path}/payslips`, { crew_id: first, values: someValues() })
    const midori = async () => {
      const state = (await (await world.control('GET', '/state?service=smarthr')).json()) as { tenants: Json[] }
      return state.tenants[0] as { payrolls: Json[]; payslips: Json[] }
    }
    expect([(await midori()).payrolls.length, (await midori()).payslips.length]).to.deep.equal([1, 1])
    await world.delete(`/crews/${first}`)
    expect((await midori()).payslips).to.deep.equal([])

    await world.switches({ crews: [{ emp_code: '1' }] })
    expect((await midori()).payrolls).to.deep.equal([])
    expect(messagesOf((await world.post('/payrolls', {})).body)).to.include('支給日を入力してください。')
  })
})
