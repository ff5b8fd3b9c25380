import { expect } from 'chai'
import { reportOf } from '../helpers/waiting.js'
import { chooseEverybody, countAsked, syncEverybody, toSelection } from '../helpers/walking.js'
import { ADMIN, useWorld } from '../helpers/world.js'
import { TO_FREEE, watching } from './watching.js'

describe('定期チェック', () => {
  const world = useWorld({
    at: '2026-11-20T12:00:00+09:00',
    limitsOff: ['smarthr', 'freee'],
  })
  const { begin, nextCheck, checks, schedule, writes, query, moveTo, settled } = watching(world)
  const HOUR = 3_600_000
  beforeEach(() => moveTo(new Date('2026-11-20T12:00:00+09:00')))

  /** Somebody who is there when the first check has ended. */
  const checked = async () => {
    await begin(await world.connected())
    await nextCheck()
    return world.signedIn()
  }
  const runs = () => query<{ id: string; state: string }>('select id, state from runs order by created_at, id')

  it('reads at its time, writes nothing, and tells the dashboard how many people differ', async () => {
    const visitor = await world.connected()
    const before = (await writes()).length
    await begin(visitor)
    expect(visitor.page().text).to.include('定期チェックを保存しました').and.include('毎日 2時台に確認します')
    expect((await visitor.get('/freee')).text).to.match(/初回：11月21日 2:\d\dに確認します/)
    await nextCheck()

    const [check] = await checks()
    expect(check?.state).to.equal('done')
    const again = await world.signedIn()
    expect((await again.get('/freee')).text).to.match(
      /SmartHRと差分が\d+件あります（新規\d+・更新\d+）11月21日 2:\d\d確認/,
    )
    const runId = await toSelection(again, TO_FREEE)
    const [counts] = await query<{ n: number; c: number }>(
      'select new_count n, changed_count c from runs where id = $1',
      [runId],
    )
    expect([check?.new_count, check?.changed_count]).to.deep.equal([counts?.n, counts?.c])
    expect((await writes()).length).to.equal(before)
  })

  it('stores those who differ alone, and the rest as numbers', async () => {
    const visitor = await checked()

    const [check] = await query<{ run_id: string; all: number; same: number; excluded: number }>(
      `select run_id, new_count + changed_count as all, same_count same, excluded_count excluded from checks`,
    )
    const classes = await query<{ class: string; n: number }>(
      'select class, count(*)::int n from run_items where run_id = $1 group by class order by class',
      [check?.run_id],
    )
    expect(classes.map(row => row.class).filter(name => !['changed', 'new'].includes(name))).to.deep.equal([])
    expect(classes.reduce((sum, { n }) => sum + n, 0)).to.equal(check?.all)
    expect(await query(`select from run_staging where sealed is not null`)).to.deep.equal([])
    const runId = await toSelection(visitor, TO_FREEE)
    const [whole] = await query<{ same: number; excluded: number }>(
      'select same_count same, excluded_count excluded from runs where id = $1',
      [runId],
    )
    expect([check?.same, check?.excluded]).to.deep.equal([whole?.same, whole?.excluded])
  })

  it('stands in no history, and nobody gets at it by its address', async () => {
    const visitor = await checked()
    const [{ run_id: runId } = { run_id: '' }] = await checks()

    expect((await visitor.get('/freee/runs')).text).to.include('連携レポートはありません')
    expect((await visitor.get('/freee')).text).to.include('連携履歴はありません')
    for (const page of ['', '/select', '/confirm', '/plan.csv'])
      expect((await visitor.get(`/runs/${String(runId)}${page}`)).status, page).to.equal(404)
  })

  it('becomes a run of whoever looks at its plan, and goes on as any other', async () => {
    const visitor = await checked()
    await visitor.get('/freee')
    await visitor.press('内容を確認')

    expect(visitor.page().url).to.match(/\/select$/)
    expect(visitor.page().text).to.include('定期チェックで見つかった差分を表示しています')
    const runId = /runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    expect(report.text).to.match(/成功 [1-9]\d*件/)
    expect((await visitor.get('/freee/runs')).html).to.include(`/runs/${runId}`)
  })

  it('shows a colleague who looks at it, too, the same run', async () => {
    const [visitor, jiro] = [await checked(), await world.signedIn('jiro@midori.example')]
    for (const each of [visitor, jiro]) {
      await each.get('/freee')
      await each.press('内容を確認')
    }

    expect(jiro.page().url).to.equal(visitor.page().url)
    expect((await runs()).map(({ state }) => state)).to.deep.equal(['ready'])
  })

  it('is read anew, and says so, once its plan is older than a day', async () => {
    await checked()
    await moveTo(new Date((await schedule()).next_at.getTime() - 60_000))
    const visitor = await world.signedIn()
    const [{ run_id: old } = { run_id: '' }] = await checks()
    await query(`update runs set fetched_at = fetched_at - interval '1 hour' where id = $1`, [old])
    await visitor.get('/freee')
    await visitor.press('内容を確認')

    expect(visitor.page().text).to.include('最新の情報を取得しています')
    expect(visitor.page().url).not.to.include(String(old))
  })

  it('takes its figure back when a run has ended since, and works it out again', async () => {
    const visitor = await checked()
    const runId = await toSelection(visitor, TO_FREEE)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    expect((await visitor.get('/freee')).text)
      .to.include('差分を確認し直します')
      .and.not.to.include('SmartHRと差分が')
    await world.container.housekeeping()
    await settled()

    const [first, second] = await checks()
    expect(second?.slot_at).to.equal(null)
    expect(second?.new_count).to.be.lessThan(first?.new_count ?? 0)
    expect((await visitor.get('/freee')).text).to.include(
      `（新規${String(second?.new_count)}・更新${String(second?.changed_count)}）`,
    )
  })

  it('shows the cause instead of the old figure when it failed', async () => {
    await checked()
    await world.control('PUT', '/switches', { service: 'freee', refuseWith: 're_authorization_required' })
    await nextCheck()

    const [, failed] = await checks()
    expect(failed?.state).to.equal('failed')
    const visitor = await world.signedIn()
    const { text } = await visitor.get('/freee')
    expect(text).to.include('確認失敗').and.include(failed?.cause).and.not.to.include('SmartHRと差分が')
  })

  it('turns grey after two days', async () => {
    await checked()
    await moveTo(new Date((await schedule()).next_at.getTime() + 48 * HOUR))

    const visitor = await world.signedIn()
    expect((await visitor.get('/freee')).text)
      .to.match(/(?<!最終確認 )最終確認 2日前/)
      .and.not.to.include('SmartHRと差分が')
  })

  it('does not report somebody who was in the middle of typing', async () => {
    const visitor = await world.connected()
    await begin(visitor)
    await nextCheck()
    const [check] = await checks()
    const first = await query<{ first: Record<string, string>; second: Record<string, string> }>(
      `select r.differing as second from checks k join runs r on r.id = k.run_id`,
    )
    expect(Object.keys(first[0]?.second ?? {}).length).to.equal((check?.new_count ?? 0) + (check?.changed_count ?? 0))
    // The next reading finds one person other than the first has left them.
    await query(
      `create function typed() returns trigger language plpgsql as $$ begin
         new.first_read := new.first_read - (select min(k) from jsonb_object_keys(new.first_read) k); return new; end $$;
       create trigger typed before update on checks for each row when (new.first_read is not null) execute function typed()`,
    )
    try {
      await nextCheck()
    } finally {
      await query('drop trigger typed on checks; drop function typed()')
    }
    const [, second] = await checks()
    expect((second?.new_count ?? 0) + (second?.changed_count ?? 0)).to.equal(
      (check?.new_count ?? 0) + (check?.changed_count ?? 0) - 1,
    )
    const rows = await query('select from run_items where run_id = $1', [second?.run_id])
    expect(rows).to.have.length((second?.new_count ?? 0) + (second?.changed_count ?? 0))
  })

  it('tells by mail what is new, how many people and of which fields, and names nobody', async () => {
    await checked()
    const mails = (await world.mails()).filter(({ subject }) => subject.includes('定期チェック'))
    const [check] = await checks()
    const names = await query<{ name: string }>('select name from run_items where run_id = $1', [check?.run_id])

    expect(mails.map(({ to }) => to.join())).to.deep.equal([ADMIN])
    const [{ text, html } = { text: '', html: '' }] = mails
    expect(text).to.include(`新規${String(check?.new_count)}・更新${String(check?.changed_count)}`)
    expect(text)
      .to.include('変更する項目')
      .and.match(/・.+：\d+件/)
    expect(text).to.include('/freee')
    expect(names.length).to.be.greaterThan(0)
    for (const { name } of names) expect(text + html).not.to.include(name)
    // 11/22 is a Sunday: the same is no news
    await nextCheck()
    expect((await world.mails()).filter(({ subject }) => subject.includes('定期チェック'))).to.have.length(1)
  })

  it('goes by what the dialog of the run asks, as any selection', async () => {
    const visitor = await checked()
    await visitor.get('/freee')
    await visitor.press('内容を確認')
    await chooseEverybody(visitor, '確認')
    expect(visitor.page().html).to.include('従業員を同期しますか')
    expect(typeof countAsked(visitor)).to.equal('object')
  })
})
