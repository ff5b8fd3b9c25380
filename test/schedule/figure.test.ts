import { expect } from 'chai'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'
import { TO_FREEE, watching } from './watching.js'

const START = new Date('2026-11-20T12:00:00+09:00')
const of = (name: string) => `${TO_FREEE}-${name}`

describe('The figure of 定期チェック on the dashboard', () => {
  const world = useWorld({ at: START.toISOString(), limitsOff: ['smarthr', 'freee'] })
  const { begin, nextCheck, checks, schedule, query, moveTo, settled, ranWell } = watching(world)
  beforeEach(() => moveTo(START))
  // A test that broke off while its worker was stopped leaves none to the next one.
  afterEach(() => world.startWorker().catch(() => undefined))

  const dashboard = async () => (await world.signedIn()).get('/freee')
  /** Begun, and not read yet. */
  const beginReading = async () => {
    await world.stopWorker()
    await world.container.housekeeping()
  }
  const readOn = async () => {
    await world.startWorker()
    await settled()
  }
  const dueNow = async () => moveTo(new Date((await schedule()).next_at.getTime() + 1_000))
  const button = /内容を確認<\/button>|確認して同期<\/button>/

  it('says while the first check is read that it is read, and names no later one as the first', async () => {
    await begin(await world.connected())
    await dueNow()
    await beginReading()
    const { text } = await dashboard()
    expect(text).to.match(/確認中\s*差分を確認しています（11月21日 2:\d\d開始）/)
    expect(text).not.to.include('初回')
    await readOn()
    expect((await dashboard()).text).to.include('SmartHRと差分が')
  })

  for (const mode of ['notify', 'confirm'])
    it(`${mode}: stays away while it is worked out again after a run, with the button of the used plan`, async () => {
      await begin(await world.connected(), { [of('mode')]: mode })
      await nextCheck()
      const [{ run_id: planned } = { run_id: '' }] = await checks()
      const visitor = await world.signedIn()
      await visitor.get('/freee')
      expect(visitor.page().html).to.match(button)
      await visitor.press(mode === 'notify' ? '内容を確認' : '確認して同期')
      await visitor.get(`/runs/${String(planned)}/select`)
      await syncEverybody(visitor)
      await reportOf(visitor, String(planned))
      await beginReading()
      expect((await checks()).map(({ state }) => state)).to.deep.equal(['done', 'reading'])
      const { text, html } = await dashboard()
      expect(text).to.include('差分を確認し直しています').and.not.to.include('SmartHRと差分が')
      expect(html).not.to.match(button)
      await readOn()
      expect((await dashboard()).text).to.match(/SmartHRと差分が|差分なし/)
    })

  it('stays away while the next check is read, and comes back where that one is put off', async () => {
    await begin(await world.connected())
    await ranWell(3)
    await nextCheck()
    await dueNow()
    await beginReading()
    const { text, html } = await dashboard()
    expect(text).to.include('差分を確認しています').and.not.to.include('SmartHRと差分が')
    expect(html).not.to.match(button)
    await query(`update runs set state = 'cancelled' where state = 'checking'`)
    await world.container.housekeeping()
    await readOn()
    expect((await checks()).map(({ state }) => state)).to.deep.equal(['done', 'put_off'])
    expect((await dashboard()).text).to.include('SmartHRと差分が')
  })

  it('is not shown while its plan is written, nor after that as long as nothing newer was read', async () => {
    await begin(await world.connected())
    await nextCheck()
    const [{ run_id: planned } = { run_id: '' }] = await checks()
    const visitor = await world.signedIn()
    await visitor.get('/freee')
    await visitor.press('内容を確認')
    await world.stopWorker()
    await visitor.get(`/runs/${String(planned)}/select`)
    await syncEverybody(visitor)
    const during = await dashboard()
    expect(during.text).to.include('終わった後に、差分を確認し直します').and.not.to.include('SmartHRと差分が')
    expect(during.html).not.to.match(button)
    await world.startWorker()
    await reportOf(visitor, String(planned))
    // Another run came in between: the figure was taken up, and put off.
    await query('update schedules set recount_at = null')
    const later = await dashboard()
    expect(later.text).to.include('まだ確認し直していません').and.not.to.include('SmartHRと差分が')
    expect(later.html).not.to.match(button)
    await moveTo(new Date(world.container.clock.now().getTime() + 3 * 24 * 3_600_000))
    const old = await dashboard()
    expect(old.html).not.to.match(button)
  })

  it('says how many of whom it counts fail as they are, and after a run of all others that it is all of them', async () => {
    await begin(await world.connected())
    await nextCheck()
    const [check] = await query<{ run_id: string; doomed_count: number; total: number }>(
      'select run_id, doomed_count, new_count + changed_count as total from checks',
    )
    const doomed = await query('select from run_items where run_id = $1 and doomed', [check?.run_id])
    expect(doomed.length)
      .to.be.greaterThan(0)
      .and.lessThan(check?.total ?? 0)
    expect(check?.doomed_count).to.equal(doomed.length)
    const visitor = await world.signedIn()
    const sentence = `うち${String(doomed.length)}件は、このままでは失敗します。`
    expect((await visitor.get('/freee')).text).to.include(sentence)
    const [mail] = (await world.mails()).filter(({ subject }) => subject.startsWith('【定期チェック】'))
    expect(mail?.text).to.include(sentence)

    await visitor.press('内容を確認')
    await visitor.get(`/runs/${String(check?.run_id)}/select`)
    await syncEverybody(visitor)
    await reportOf(visitor, String(check?.run_id))
    await world.container.housekeeping()
    await settled()
    expect((await checks()).at(-1)?.slot_at).to.equal(null)
    expect((await visitor.get('/freee')).text).to.include('すべて、このままでは失敗します。')
  })
})
