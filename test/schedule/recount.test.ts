import { expect } from 'chai'
import { ADMIN, useWorld } from '../helpers/world.js'
import { watching } from './watching.js'

const START = new Date('2026-11-20T12:00:00+09:00')
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const JIRO = 'jiro@midori.example'
const CAUSE = 'freee人事労務に接続できませんでした。'

describe('The figure of 定期チェック that is worked out again after a run', () => {
  const world = useWorld({ at: START.toISOString(), limitsOff: ['smarthr', 'freee'] })
  const { begin, nextCheck, checks, schedule, query, moveTo, settled } = watching(world)
  beforeEach(() => moveTo(START))
  // A test that broke off while its worker was stopped leaves none to the next one.
  afterEach(() => world.startWorker().catch(() => undefined))

  const kinds = async () =>
    (await checks()).map(({ state, slot_at }) => [state, slot_at === null ? 'after' : 'by rule'])
  const pass = async () => {
    await world.container.housekeeping()
    await settled()
  }
  /** A run has ended so long before the next check: its figure is being read. */
  const readAgain = async (before: number) => {
    await moveTo(new Date((await schedule()).next_at.getTime() - before))
    await query('update schedules set recount_at = $1', [world.container.clock.now()])
    await world.stopWorker()
    await world.container.housekeeping()
  }
  const fails = (cause = CAUSE) =>
    query(`update runs set state = 'cancelled', failure = $1, ended_at = now() where state = 'checking'`, [cause])

  it('leaves the mail to the check by the rule, beside which a run has ended', async () => {
    await begin(await world.connected())
    await moveTo(new Date((await schedule()).next_at.getTime() + 1_000))
    await world.stopWorker()
    await world.container.housekeeping()
    await query('update schedules set recount_at = $1', [world.container.clock.now()])
    await world.startWorker()
    await pass()
    await pass()

    expect(await kinds()).to.deep.equal([
      ['done', 'by rule'],
      ['done', 'after'],
    ])
    const told = (await world.mails()).filter(({ subject }) => subject.includes('定期チェック'))
    expect(told.map(({ to }) => to.join())).to.deep.equal([ADMIN])
  })

  it('fails without taking the place of the check that has become due meanwhile', async () => {
    await begin(await world.connected())
    await nextCheck()
    const { next_at: due } = await schedule()
    await readAgain(MINUTE)
    await fails()
    await world.startWorker()
    await moveTo(new Date(due.getTime() + MINUTE))
    await pass()

    expect(await kinds()).to.deep.equal([
      ['done', 'by rule'],
      ['failed', 'after'],
      ['done', 'by rule'],
    ])
    expect((await checks())[2]?.slot_at?.getTime()).to.equal(due.getTime())
  })

  it('fails without a word in the count of failures: the check stays daily, and keeps a count that there is', async () => {
    await begin(await world.connected())
    await nextCheck()
    for (const failures of [0, 0, 2]) {
      await query('update schedules set failures = $1', [failures])
      const { next_at: due } = await schedule()
      await readAgain(60 * MINUTE)
      await fails()
      await world.startWorker()
      await pass()
      expect(await schedule()).to.deep.include({ failures, next_at: due, slot_at: due })
    }
    expect((await world.mails()).filter(({ subject }) => subject.includes('失敗しています'))).to.deep.equal([])
    // … and does not stand between two failures by the rule.
    await query(`update connections set state = 'reconnect_needed' where state = 'active'`)
    await query('update schedules set failures = 0')
    await nextCheck()
    await query('update schedules set recount_at = $1', [world.container.clock.now()])
    await pass()
    await nextCheck()
    expect((await kinds()).slice(-3)).to.deep.equal([
      ['failed', 'by rule'],
      ['failed', 'after'],
      ['failed', 'by rule'],
    ])
    expect((await schedule()).failures).to.equal(2)
  })

  it('is got without taking the place of the check that has become due, and ends a weekly one', async () => {
    await begin(await world.connected())
    await nextCheck()
    const { next_at: due } = await schedule()
    await query('update schedules set failures = 3')
    await readAgain(MINUTE)
    await moveTo(new Date(due.getTime() + MINUTE))
    await world.startWorker()
    await settled()
    expect(await schedule()).to.deep.include({ failures: 0, next_at: due })
    await pass()
    expect(await kinds()).to.deep.equal([
      ['done', 'by rule'],
      ['done', 'after'],
      ['done', 'by rule'],
    ])

    const { next_at: tomorrow } = await schedule()
    const inAWeek = new Date(tomorrow.getTime() + 6 * DAY)
    await query('update schedules set failures = 3, slot_at = $1, next_at = $1, recount_at = $2', [
      inAWeek,
      world.container.clock.now(),
    ])
    await pass()
    expect(await schedule()).to.deep.include({ failures: 0, next_at: tomorrow })
  })

  it('stops with its own sentence and mail where whoever it reads for has lost the right meanwhile', async () => {
    await begin(await world.connected())
    await nextCheck()
    await world.signedIn(JIRO)
    await readAgain(60 * MINUTE)
    await query(`delete from smarthr_grants where admin_id = (select id from admins where email = $1)`, [ADMIN])
    await world.startWorker()
    await settled()
    await pass()

    expect((await schedule()).paused).to.equal('owner-left')
    const last = (await checks()).at(-1)
    expect(last?.cause).to.include('SmartHRの管理者でなくなったため').and.not.to.include('有効期限')
    const mails = (await world.mails()).filter(({ subject }) => subject.includes('定期チェックを停止しました'))
    expect(mails.map(({ to }) => to.join())).to.deep.equal([JIRO])
    const { text } = await (await world.signedIn(JIRO)).get('/freee')
    expect(text).to.include('SmartHRの管理者でなくなったため').and.not.to.include('有効期限が切れています')
  })
})
