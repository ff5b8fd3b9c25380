import { expect } from 'chai'
import { closedSpell } from '../../server/calls/maintenance.js'
import { kinkakuji } from '../../server/connectors/king-of-time/index.js'
import { administrator, aCrew, anEmployee, staff } from '../helpers/attendance.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { startWorld, type World } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'

const FROM_SMARTHR = 'employees-from-smarthr'
const BRAND = 'kinkakuji'
const HOURS = 'メンテナンス時間（8:30〜10:00、17:30〜18:30）'

describe('the maintenance hours', () => {
  for (const [at, closed] of [
    ['08:29:29', false],
    ['08:29:30', true],
    ['08:30:00', true],
    ['10:00:29', true],
    ['10:00:30', false],
    ['17:29:00', false],
    ['17:30:00', true],
    ['18:30:30', false],
    ['00:00:00', false],
    ['23:59:59', false],
  ] as const) {
    it(`are ${closed ? 'on' : 'over'} at ${at} in Japan, whatever the machine's zone`, () => {
      const spell = closedSpell(kinkakuji.maintenance, new Date(`2026-11-20T${at}+09:00`))

      expect(spell !== null).to.equal(closed)
      if (spell) expect(spell.opensAt).to.equal(at < '12' ? '10:00' : '18:30')
    })
  }
})

/** A world whose clocks start at this time of the day; the run's next job is due when the test says so. */
const worldAt = async (time: string) => startWorld({ at: `2026-11-20T${time}+09:00` })

describe('the attendance services in their maintenance hours', () => {
  const worlds: World[] = []
  const open = async (time: string) => {
    const world = await worldAt(time)
    worlds.push(world)
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    await staff(world, BRAND, [anEmployee('1')], [aCrew('1', { last_name: '新姓' }), aCrew('2')])
    return world
  }
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close()
  })

  /** The service opens: the sandbox's clock moves on, and the waiting job is taken up as if its time had come. */
  const opens = async (world: World, now: string) => {
    await world.control('PUT', '/clock', { now: `2026-11-20T${now}+09:00` })
    await world.container.ownerPool.query('update graphile_worker._private_jobs set run_at = now()')
  }
  const stateOf = async (world: World, runId: string) => {
    const { rows } = await world.container.ownerPool.query<{ state: string; attempts: number; waiting: string | null }>(
      'select state, attempts, waiting_reason as waiting from runs where id = $1',
      [runId],
    )
    return rows[0]
  }
  const started = async (visitor: Visitor) => {
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    await visitor.press('確認', { division: '1000', working_type: '1' })
    return runId
  }

  it('gives notice ten minutes ahead, and lets people start', async () => {
    const world = await open('08:20:00')
    const visitor = await administrator(world, BRAND)

    expect(visitor.page().text).to.include(`まもなく勤革時の${HOURS}です。`).and.include('10:00に再開します')
    expect(visitor.page().html).to.match(/>次へ &gt;<|>次へ ><|次へ &#62;/)
  })

  it('offers no start while they last, says when they end, and leaves reports and settings open', async () => {
    const world = await open('09:00:00')
    const visitor = await world.signedIn('hanako@midori.example', `/${BRAND}`)
    await visitor.get(`/${BRAND}/connection`)
    await visitor.press('連携を開始')
    await visitor.press('承諾する', { login_id: 'admin', password: 'renkei-demo', agree: '1' })

    const sentence = `勤革時の${HOURS}のため、連携機能を利用できません。10:00以降に、やり直してください。`
    expect(visitor.page().text).to.include(sentence)
    expect(visitor.page().html).not.to.include(`/runs/new?flow=`)
    await visitor.begin(`/${BRAND}/runs/new?flow=${FROM_SMARTHR}`)
    expect(visitor.page().text).to.include(sentence)
    for (const path of ['runs', 'settings']) {
      await visitor.get(`/${BRAND}/${path}`)
      expect(visitor.page().status, path).to.equal(200)
    }
  })

  it('refuses ［次へ］ and keeps the date that was typed', async () => {
    const world = await open('08:29:27')
    const visitor = await administrator(world, BRAND)
    await visitor.begin(`/${BRAND}/runs/new?flow=${FROM_SMARTHR}`)
    const elsewhere = visitor.twin()
    await eventually('the hours', async () => (await elsewhere.get(`/${BRAND}`)).text.includes('10:00以降に'))
    await visitor.press('次へ', { referenceDate: '2026-12-24' })

    expect(visitor.page().status).to.equal(409)
    expect(visitor.page().html).to.include('value="2026-12-24"')
    expect(visitor.page().text).to.include(HOURS)
    expect((await world.container.ownerPool.query('select from runs')).rowCount).to.equal(0)
  })

  it('pauses a run when the service says it is closed, outside the hours we know, and goes on by itself', async () => {
    const world = await open('12:00:00')
    const visitor = await administrator(world, BRAND)
    const runId = await started(visitor)
    await world.control('PUT', '/switches', { service: BRAND, windows: [['11:00', '14:00']] })
    await visitor.press('同期')
    const waiting = await eventually('the pause', async () => {
      const run = await stateOf(world, runId)
      return run?.waiting ? run : null
    })

    expect(waiting).to.include({ state: 'running', attempts: 0 })
    expect(waiting.waiting).to.match(/^メンテナンス中のため一時停止しています（12:1\dに再開）$/)
    await visitor.get(`/runs/${runId}`)
    expect(visitor.page().text).to.include('メンテナンス中のため一時停止しています')
    await opens(world, '14:30:00')
    expect((await reportOf(visitor, runId)).text).to.include('成功 2件')
  })

  it('pauses between two people when the hours begin in the middle of a run; nobody is written twice', async () => {
    const world = await open('12:00:00')
    await staff(
      world,
      BRAND,
      [],
      Array.from({ length: 12 }, (_, index) => aCrew(String(index + 1))),
    )
    const visitor = await administrator(world, BRAND)
    const runId = await started(visitor)
    const closed = {
      status: 403,
      body: { errors: [{ message: '次の時間帯（JST）はAPIへのアクセスが禁止されています', code: 104 }] },
    }
    await world.control('POST', '/faults', { service: BRAND, method: 'POST', path: '/employees$', after: 5, ...closed })
    await visitor.press('同期')
    await eventually('the pause', async () => (await stateOf(world, runId))?.waiting)
    const done = (await world.calls(BRAND)).filter(call => call.method === 'POST' && call.status === 201)
    expect(done).to.have.length(5)

    await world.control('DELETE', '/faults')
    await opens(world, '12:30:00')
    expect((await reportOf(visitor, runId)).text).to.include('成功 12件')
    const state = (await world.control('GET', `/state?service=${BRAND}`)) as { employees: { code: string }[] }
    expect(state.employees.map(employee => employee.code).sort()).to.deep.equal(
      Array.from({ length: 12 }, (_, index) => String(index + 1)).sort(),
    )
  })

  it('pauses a fetch, too: the report says until when, and it starts over by itself', async () => {
    const world = await open('12:00:00')
    const visitor = await administrator(world, BRAND)
    await world.control('PUT', '/switches', { service: BRAND, windows: [['11:00', '14:00']] })
    await visitor.begin(`/${BRAND}/runs/new?flow=${FROM_SMARTHR}`)
    await visitor.press('次へ')
    const page = await eventually('the pause', async () => {
      const shown = await visitor.get(visitor.page().url)
      return shown.text.includes('メンテナンス中のため一時停止しています') && shown
    })
    expect(page.text).to.include('取得中')

    await opens(world, '14:30:00')
    await eventually('同期待ち', async () => (await visitor.get(page.url)).text.includes('同期待ち'))
  })

  it('gives a run up when the service stays closed for a day', async () => {
    const world = await open('12:00:00')
    const visitor = await administrator(world, BRAND)
    const runId = await started(visitor)
    await world.control('PUT', '/switches', { service: BRAND, windows: [['00:00', '23:59']] })
    await visitor.press('同期')
    await eventually('the pause', async () => (await stateOf(world, runId))?.waiting)
    await world.container.ownerPool.query(`update runs set queued_at = queued_at - interval '24 hours'`)
    await world.container.ownerPool.query('update graphile_worker._private_jobs set run_at = now()')

    expect((await reportOf(visitor, runId)).text).to.match(/失敗 2件/)
  })
})
