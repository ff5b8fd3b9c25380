import { expect } from 'chai'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { ADMIN, useWorld } from '../helpers/world.js'
import { TO_FREEE, watching } from './watching.js'

const JIRO = 'jiro@midori.example'
const START = new Date('2026-11-20T12:00:00+09:00')
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('定期チェック when something is in the way', () => {
  const world = useWorld({
    at: START.toISOString(),
    limitsOff: ['smarthr', 'freee', 'king-of-time', 'pca'],
  })
  const { begin, nextCheck, checks, schedule, query, moveTo, settled } = watching(world)
  beforeEach(() => moveTo(START))

  const pass = async () => {
    await world.container.housekeeping()
    await settled()
  }
  const mails = async (word: string) =>
    (await world.mails()).filter(({ subject }) => subject.includes(word)).map(({ to }) => to.join())
  const after = async (ms: number) => moveTo(new Date((await schedule()).next_at.getTime() + ms))

  it('comes later while a run is on, three times, and then says so', async () => {
    await begin(await world.connected())
    await query(
      `insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, published_at)
       select tenant_id, id, connector, 'employees-to-smarthr', created_by, 'queued', null from connections where state = 'active'`,
    )
    await query(`select graphile_worker.add_job('nobody', '{}', job_key => 'run.apply:' || id) from runs`)
    const { slot_at: slot } = await schedule()
    for (let tries = 1; tries <= 3; tries += 1) {
      await after(1_000)
      await pass()
      const later = await schedule()
      expect([later.tries, later.next_at.getTime() - slot.getTime() >= tries * 20 * MINUTE]).to.deep.equal([
        tries,
        true,
      ])
    }
    expect(await checks()).to.deep.equal([])
    const why = /同期を実行中だったため、次の確認を11月21日 \d+:\d\dに延期しました/
    const visitor = await world.signedIn()
    for (const page of ['/freee', '/freee/schedule']) expect((await visitor.get(page)).text, page).to.match(why)
    await after(1_000)
    await pass()
    for (const page of ['/freee', '/freee/schedule']) expect((await visitor.get(page)).text, page).not.to.match(why)

    const [failed] = await checks()
    expect(failed).to.include({ state: 'failed', run_id: null })
    expect(failed?.cause).to.include('同期を実行中だったため、3回延期しましたが')
    expect((await schedule()).next_at.getTime() - slot.getTime()).to.equal(DAY)
  })

  it('gives way to a run that somebody begins, which waits for nothing', async () => {
    await begin(await world.connected())
    await moveTo(new Date((await schedule()).next_at.getTime() + 1_000))
    const visitor = await world.signedIn()
    await world.control('POST', '/faults', {
      service: 'freee',
      method: 'GET',
      path: '/employees',
      delayMs: 1_500,
      times: 1,
    })
    await world.container.housekeeping()
    const [reading] = await query<{ id: string; state: string }>('select id, state from runs')
    expect(reading?.state).to.equal('checking')
    const runId = await toSelection(visitor, TO_FREEE)

    expect(runId).not.to.equal(reading?.id)
    const states = await query<{ state: string }>('select state from runs where id = $1', [reading?.id])
    expect(states).to.deep.equal([{ state: 'cancelled' }])
    await pass()
    expect((await checks()).map(({ state }) => state)).to.deep.equal(['put_off'])
    expect((await schedule()).tries).to.equal(1)
  })

  it('is made up once within six hours, and never in a burst', async () => {
    await begin(await world.connected())
    const { slot_at: slot } = await schedule()
    await moveTo(new Date(slot.getTime() + 3 * DAY + 5 * HOUR))
    await pass()
    await pass()

    const all = await checks()
    expect(all.map(({ state, slot_at }) => [state, (slot_at?.getTime() ?? 0) - slot.getTime()])).to.have.deep.members([
      ['missed', 0],
      ['missed', DAY],
      ['missed', 2 * DAY],
      ['done', 3 * DAY],
    ])
    expect((await schedule()).next_at.getTime() - slot.getTime()).to.equal(4 * DAY)
    const { html } = await (await world.signedIn()).get('/freee')
    expect(html.match(/未実施/g)).to.have.length(3)
  })

  it('names as missed what is older than six hours', async () => {
    await begin(await world.connected())
    const { slot_at: slot } = await schedule()
    await moveTo(new Date(slot.getTime() + 7 * HOUR))
    await pass()

    expect((await checks()).map(({ state }) => state)).to.deep.equal(['missed'])
    expect((await schedule()).next_at.getTime() - slot.getTime()).to.equal(DAY)
    const { text } = await (await world.signedIn()).get('/freee')
    expect(text).to.include('アプリが停止していたため、この時刻の確認をしていません')
  })

  it('stops when its administrator is none any more, tells all others, and goes on with whoever takes it over', async () => {
    await begin(await world.connected())
    await world.signedIn(JIRO)
    await query(`delete from smarthr_grants where admin_id = (select id from admins where email = $1)`, [ADMIN])
    await nextCheck()

    expect(await checks()).to.deep.equal([])
    expect((await schedule()).paused).to.equal('owner-left')
    expect(await mails('定期チェックを停止しました')).to.deep.equal([JIRO])
    const jiro = await world.signedIn(JIRO)
    expect((await jiro.get('/freee')).text).to.include('SmartHRの管理者でなくなったため')
    expect(jiro.page().html).to.match(/<a href="\/freee\/schedule"[^>]*>定期チェックの設定を開く/)
    await jiro.get('/freee/schedule')
    await jiro.press('引き継ぐ')
    expect(jiro.page().text).to.include('定期チェックを再開しました')
    await nextCheck()
    expect((await checks()).map(({ state, cause }) => [state, cause])).to.deep.equal([['done', null]])
  })

  it('tells whoever takes it over of no difference that was told before', async () => {
    await begin(await world.connected())
    // from a Tuesday on: the same is told again on Mondays
    await query(`update schedules set slot_at = slot_at + interval '3 days', next_at = next_at + interval '3 days'`)
    await nextCheck()
    expect(await mails('【定期チェック】')).to.have.length(1)
    await query(`delete from smarthr_grants where admin_id = (select id from admins where email = $1)`, [ADMIN])
    await nextCheck()
    const jiro = await world.signedIn(JIRO, '/freee/schedule')
    await jiro.press('引き継ぐ')
    await nextCheck()

    expect((await checks()).map(({ state }) => state)).to.deep.equal(['done', 'done'])
    expect(await mails('【定期チェック】')).to.have.length(1)
  })

  it('stops when the connection has ended', async () => {
    const visitor = await world.connected()
    await begin(visitor)
    await visitor.get('/freee/connection/disconnect')
    await query(`update connections set state = 'ended', credentials = null`)
    await nextCheck()

    expect((await schedule()).paused).to.equal('unlinked')
    expect(await mails('定期チェックを停止しました')).to.deep.equal([ADMIN])
  })

  it('stops when the app has the service no longer', async () => {
    await begin(await world.connected())
    await query(`update schedules set connector = 'gone', next_at = $1`, [world.container.clock.now()])
    await pass()

    const [row] = await query<{ paused: string }>('select paused from schedules')
    expect(row?.paused).to.equal('not-offered')
    expect(await checks()).to.deep.equal([])
    const [event] = await query<{ details: { reason: string } }>(
      `select details from audit_events where act = 'schedule.paused'`,
    )
    expect(event?.details.reason).to.include('連携サービスの提供が停止しているため')
    // It is looked at no more.
    await pass()
    expect(await query(`select from audit_events where act = 'schedule.paused'`)).to.have.length(1)
  })

  it('stops when nobody has been here for ninety days', async () => {
    await begin(await world.connected())
    await query(`update admins set signed_in_at = signed_in_at - interval '91 days'`)
    await nextCheck()

    expect((await schedule()).paused).to.equal('unused')
    expect(await checks()).to.deep.equal([])
  })

  for (const [whom, told] of [
    ['whom the schedule names, and nobody else', JIRO],
    ['of the result mails, once whom it names is no administrator any more', ADMIN],
  ] as const)
    it(`tells those ${whom}`, async () => {
      const visitor = await world.connected()
      await world.signedIn(JIRO)
      const [jiro] = await query<{ id: string }>('select id from admins where email = $1', [JIRO])
      await begin(visitor, { [`${TO_FREEE}-recipients`]: jiro?.id ?? '' })
      if (told === ADMIN) await query('delete from smarthr_grants where admin_id = $1', [jiro?.id])
      await nextCheck()

      expect((await checks()).map(({ state }) => state)).to.deep.equal(['done'])
      expect(await mails('定期チェック')).to.deep.equal([told])
    })

  it('is tried once a week, with one mail, after three failures for the same cause', async () => {
    await begin(await world.connected())
    await query(`update connections set state = 'reconnect_needed' where state = 'active'`)
    for (let times = 0; times < 3; times += 1) await nextCheck()
    expect(await mails('失敗しています')).to.deep.equal([ADMIN])
    const [third] = (await checks()).reverse()
    const gap = (await schedule()).next_at.getTime() - (third?.begun_at.getTime() ?? 0)
    expect(Math.round(gap / DAY)).to.equal(7)
    await nextCheck()
    expect(await mails('失敗しています')).to.have.length(1)

    await query(`update connections set state = 'active' where state = 'reconnect_needed'`)
    await nextCheck()
    const [last] = (await checks()).reverse()
    expect(last?.state).to.equal('done')
    const back = (await schedule()).next_at.getTime() - (last?.begun_at.getTime() ?? 0)
    expect(Math.round(back / DAY)).to.equal(1)
  })

  it('begins at the end of the hours in which the service is closed', async () => {
    await begin(await world.connected('king-of-time'), { [`${TO_FREEE}-hour`]: '9' }, 'king-of-time')
    const { slot_at: slot } = await schedule()
    await after(1_000)
    await pass()
    expect(await checks()).to.deep.equal([])
    const { next_at: opens } = await schedule()
    expect(opens.getTime()).to.be.greaterThan(slot.getTime())
    expect(opens.toISOString().slice(0, 15)).to.equal('2026-11-21T01:0')
    expect((await (await world.signedIn(ADMIN, '/king-of-time')).get('/king-of-time')).text).to.include(
      '連携サービスのメンテナンス時間のため、次の確認を11月21日 10:00に延期しました',
    )
    await after(1_000)
    await pass()

    const [check] = await checks()
    expect([check?.state, check?.slot_at?.getTime()]).to.deep.equal(['done', slot.getTime()])
    expect((await schedule()).next_at.getTime() - slot.getTime()).to.equal(DAY)
  })

  it('reads the area that the last run worked in, and says so while there is none', async () => {
    await begin(await world.connected('pca'), {}, 'pca')
    await nextCheck()
    const [first] = await checks()
    expect(first?.cause).to.include('データ領域が決まっていない')
    await toSelection(await world.signedIn(ADMIN, '/pca'), TO_FREEE, undefined, 'pca')
    await nextCheck()

    // What was read of one person alone says nothing of the flow.
    await query(
      `insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, area, person, created_at)
       select tenant_id, connection_id, connector, flow, admin_id, 'cancelled', '{"value":"9","label":"9"}',
         '{"crewId":"1","sourceId":"1","targetId":"1"}', created_at + interval '1 hour' from runs where area is not null`,
    )
    await nextCheck()
    const areas = await query<{ area: unknown }>(`select distinct area from runs where person is null`)
    expect(areas).to.have.length(1)
    expect((await checks()).map(({ state }) => state)).to.deep.equal(['failed', 'done', 'done'])
  })

  it('gets its job back when a worker has lost it', async () => {
    await begin(await world.connected())
    await moveTo(new Date((await schedule()).next_at.getTime() + 1_000))
    await world.stopWorker()
    await world.container.housekeeping()
    await query(`delete from graphile_worker._private_jobs where key like 'check.fetch:%'`)
    await world.startWorker()
    await pass()

    expect((await checks()).map(({ state }) => state)).to.deep.equal(['done'])
  })

  it('leaves no plan behind that nobody looks at', async () => {
    await begin(await world.connected())
    await nextCheck()
    await nextCheck()
    const plans = () => query<{ n: number }>(`select count(*)::int n from runs where state = 'checked'`)
    expect(await plans()).to.deep.equal([{ n: 1 }])
    const visitor = await world.signedIn()
    await visitor.get('/freee/schedule')
    await visitor.press('停止する')
    await after(2 * DAY)
    await pass()
    await pass()

    expect(await plans()).to.deep.equal([{ n: 0 }])
    expect(await query('select from run_items')).to.deep.equal([])
    expect((await schedule()).paused).to.equal('stopped')
  })

  it('never takes a run of somebody for its own, nor is taken for one by a release that knows no checks', async () => {
    const visitor = await world.connected()
    await begin(visitor)
    const runId = await toSelection(visitor, TO_FREEE)
    await nextCheck()
    const states = await query<{ id: string; state: string }>('select id, state from runs')
    expect(new Map(states.map(({ id, state }) => [id === runId, state]))).to.deep.equal(
      new Map([
        [true, 'ready'],
        [false, 'checked'],
      ]),
    )
    // What the release before asks for: who is to be read, written, confirmed, or has lost a job.
    const known = await query(
      `select from runs where id <> $1 and state in ('draft', 'fetching', 'ready', 'queued', 'running', 'failed')`,
      [runId],
    )
    expect(known).to.deep.equal([])
    const again = await world.signedIn()
    await again.get(`/runs/${runId}/select`)
    await syncEverybody(again)
    await reportOf(again, runId)
  })
})
