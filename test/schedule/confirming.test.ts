import { expect } from 'chai'
import { syncEverybody } from '../helpers/walking.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { TO_FREEE, watching } from './watching.js'

const START = new Date('2026-11-20T12:00:00+09:00')
const HOUR = 3_600_000
const DAY = 24 * HOUR
const of = (name: string) => `${TO_FREEE}-${name}`

describe('確認して同期', () => {
  const world = useWorld({ at: START.toISOString(), limitsOff: ['smarthr', 'freee'] })
  const { begin, nextCheck, checks, schedule, query, moveTo, settled } = watching(world)
  beforeEach(() => moveTo(START))

  /** A weekly check has found somebody; so many days later somebody comes. */
  const found = async (days: number, filled: Record<string, string> = {}) => {
    await begin(await world.connected(), { [of('mode')]: 'confirm', [of('rule')]: 'weekly', ...filled })
    await nextCheck()
    const [check] = await checks()
    await moveTo(new Date((check?.begun_at.getTime() ?? 0) + days * DAY))
    await world.container.housekeeping()
    const visitor = await world.signedIn()
    return { visitor, planned: check?.run_id ?? '' }
  }
  const states = () => query<{ id: string; state: string }>('select id, state from runs order by created_at, id')

  it('keeps what was read until the next check, and goes on with it', async () => {
    const { visitor, planned } = await found(5)
    expect((await visitor.get('/freee')).text).to.include('最終確認 5日前')
    await visitor.press('確認して同期')
    expect(visitor.page().url).to.include(`/runs/${planned}/select`)
    expect(visitor.page().text).not.to.include('最新の情報を取得しています')
    // It has a day from now on.
    await moveTo(new Date(world.container.clock.now().getTime() + 20 * HOUR))
    await world.container.housekeeping()
    expect(await states()).to.deep.equal([{ id: planned, state: 'ready' }])
    const again = await world.signedIn()
    await again.get(`/runs/${planned}/select`)
    await syncEverybody(again)
    expect((await reportOf(again, planned)).text).to.match(/成功 [1-9]\d*件/)
  })

  it('ends like every plan a day after it was opened', async () => {
    const { visitor, planned } = await found(5)
    await visitor.get('/freee')
    await visitor.press('確認して同期')
    await moveTo(new Date(world.container.clock.now().getTime() + DAY + HOUR))
    await world.container.housekeeping()
    expect((await states())[0]).to.deep.equal({ id: planned, state: 'expired' })
  })

  it('replaces what nobody has opened by what the next check reads', async () => {
    await found(0, { [of('rule')]: 'daily' })
    await nextCheck()
    expect((await states()).map(({ state }) => state)).to.deep.equal(['cancelled', 'checked'])
  })

  it('takes nothing out of the hands of whoever has opened it', async () => {
    const { visitor, planned } = await found(0.5, { [of('rule')]: 'daily' })
    await visitor.get('/freee')
    await visitor.press('確認して同期')
    await visitor.press('select-page')
    const ticks = () => query('select id, selected from run_items where run_id = $1 order by id', [planned])
    const chosen = await ticks()
    await nextCheck()

    expect((await states()).map(({ state }) => state)).to.deep.equal(['ready', 'checked'])
    expect(await ticks()).to.deep.equal(chosen)
    const again = await world.signedIn()
    await again.get(`/runs/${planned}/select`)
    await syncEverybody(again)
    await reportOf(again, planned)
  })

  it('reads anew what is older than a week, where the next check is further away', async () => {
    const { visitor, planned } = await found(8, { [of('rule')]: 'monthly', [of('day')]: '21' })
    expect((await visitor.get('/freee')).html).not.to.include('確認して同期</button>')
    expect(await states()).to.deep.equal([{ id: planned, state: 'cancelled' }])
  })

  it('leaves nothing behind where the checks were stopped', async () => {
    const { visitor, planned } = await found(0.5)
    await visitor.get('/freee/schedule')
    await visitor.press('停止する')
    await moveTo(new Date(world.container.clock.now().getTime() + 2 * DAY))
    await world.container.housekeeping()
    await settled()
    expect(await states()).to.deep.equal([{ id: planned, state: 'cancelled' }])
    expect((await schedule()).paused).to.equal('stopped')
  })
})
