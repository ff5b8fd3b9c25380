import { expect } from 'chai'
import { yearMonthOf } from '../../server/platform/clock.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { countAsked, syncEverybody, toSelection } from '../helpers/walking.js'

const CHANGED = '対象が変わりました。内容を確認してください。'

describe('同期 writes exactly what was confirmed', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  it('starts nothing when somebody else has changed the selection since the page was drawn', async () => {
    const visitor = await world.connected()
    const colleague = await world.signedIn('jiro@midori.example')
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    const [first] = [...visitor.page().html.matchAll(/name="id" value="(\d+)"/g)].map(([, id]) => id ?? '')
    await visitor.press('確認', { id: first ?? '' })
    expect(visitor.page().text).to.include('1名の従業員情報を同期します')
    await colleague.get(`/runs/${runId}/select`)
    await colleague.press('select-all')
    await visitor.press('同期')

    expect(visitor.page().text).to.include(CHANGED)
    expect(visitor.page().url).to.match(/\/select/)
    const { rows } = await world.container.ownerPool.query<{ state: string }>('select state from runs')
    expect(rows).to.deep.equal([{ state: 'ready' }])
  })

  it('starts nothing when one person was taken for another since the page was drawn, by any release', async () => {
    const { ownerPool } = world.container
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    const [one = '', other = ''] = [...visitor.page().html.matchAll(/name="id" value="(\d+)"/g)].map(
      ([, id]) => id ?? '',
    )
    const colleague = await world.signedIn('jiro@midori.example')
    const swaps = [
      async (id: string) => {
        await colleague.get(`/runs/${runId}/select`)
        await colleague.press('検索', { id })
      },
      // The release before changes the rows, and keeps how many there are.
      (id: string) =>
        ownerPool.query(
          `with ticked as (update run_items set selected = id = $2 where run_id = $1 returning selected)
           update runs set ticked = (select count(*) from ticked where selected) where id = $1`,
          [runId, id],
        ),
    ]
    for (const swap of swaps) {
      await visitor.get(`/runs/${runId}/select`)
      await visitor.press('確認', { id: one })
      expect(visitor.page().text).to.include('1名の従業員情報を同期します')
      await swap(other)
      await visitor.press('同期')
      expect(visitor.page().text).to.include(CHANGED)
    }
    await visitor.press('確認')
    await visitor.press('同期')
    await reportOf(visitor, runId)

    const { rows } = await ownerPool.query<{ id: string }>(
      'select id::text from run_items where run_id = $1 and outcome is not null',
      [runId],
    )
    expect(rows).to.deep.equal([{ id: other }])
  })

  it('counts whom it shows as the rows have them, whichever way ticks are made', async () => {
    const { ownerPool } = world.container
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const kept = async () => {
      const { rows } = await ownerPool.query<{ kept: object; counted: object; ticks: number }>(
        `select jsonb_set(chosen, '{fields}', (select coalesce(jsonb_object_agg(key, value), '{}')
             from jsonb_each(chosen -> 'fields') where value <> '0')) as kept, ticks,
           (select jsonb_build_object('total', count(*), 'new', count(*) filter (where class = 'new'),
              'changed', count(*) filter (where class = 'changed'), 'doomed', count(*) filter (where doomed),
              'repeated', count(*) filter (where repeated), 'fields', (select coalesce(jsonb_object_agg(field, n), '{}')
                from (select field, count(*) as n from run_items, unnest(changed_fields) as field
                  where run_id = $1 and selected and class = 'changed' group by field) as f))
            from run_items where run_id = $1 and selected) as counted
         from runs where id = $1`,
        [runId],
      )
      expect(rows[0]?.kept).to.deep.equal(rows[0]?.counted)
      return rows[0]?.ticks ?? 0
    }
    let before = await kept()
    const presses: (() => Promise<unknown>)[] = [
      () => visitor.press('select-page'),
      () => visitor.press('検索', { id: boxes().slice(0, 5) }),
      () => visitor.press('検索', { id: boxes().slice(3, 9) }),
      () => visitor.press('clear'),
      () => visitor.press('検索', { id: boxes() }),
    ]
    const boxes = () => [...visitor.page().html.matchAll(/name="id" value="(\d+)"/g)].map(([, id]) => id ?? '')
    for (const press of presses) {
      await press()
      const ticks = await kept()
      expect(ticks, 'the mark of what is confirmed').to.be.greaterThan(before)
      before = ticks
    }
    await visitor.press('検索')
    expect(await kept(), 'nothing was ticked or unticked').to.equal(before)
    // Whatever else were to change the rows: nobody is written who was not counted.
    await visitor.press('確認')
    await ownerPool.query(
      `update run_items set selected = false where id = (select max(id) from run_items where run_id = $1 and selected)`,
      [runId],
    )
    await visitor.press('同期')
    expect(visitor.page().status).to.equal(500)
    const { rows } = await ownerPool.query<{ state: string }>('select state from runs where id = $1', [runId])
    expect(rows).to.deep.equal([{ state: 'ready' }])
  })

  it('starts nothing from a plan that another run has overtaken: opposite plans would swap the data', async () => {
    const visitor = await world.connected()
    const older = await toSelection(visitor, 'employees-to-smarthr')
    const newer = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, newer)
    await visitor.get(`/runs/${older}/select`)
    await syncEverybody(visitor)

    expect(visitor.page().text).to.include('この同期を準備した後に、別の同期が実行されました。')
    const { rows } = await world.container.ownerPool.query<{ state: string }>('select state from runs where id = $1', [
      older,
    ])
    expect(rows).to.deep.equal([{ state: 'ready' }])
  })

  it('writes into no other month than the one that was compared and shown', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await visitor.press('select-page')
    await visitor.press('確認')
    const { year, month } = yearMonthOf(world.container.clock.today())
    expect(visitor.page().text).to.include(`${year}年${month}月分の情報として登録します。`)
    // The plan is one of the month before, at most a day old all the same.
    await world.container.ownerPool.query(`update runs set fetch_begun_at = now() - interval '32 days' where id = $1`, [
      runId,
    ])
    await visitor.press('同期')

    expect(visitor.page().text).to.match(
      /この同期は\d+年\d+月分の情報と比較して準備されましたが、いま同期すると\d+年\d+月分の情報として登録されます。/,
    )
    const { rows } = await world.container.ownerPool.query<{ state: string }>('select state from runs')
    expect(rows).to.deep.equal([{ state: 'ready' }])
    const writes = (await world.calls('freee')).filter(
      ({ method, path }) => method !== 'GET' && path.includes('/employees'),
    )
    expect(writes).to.deep.equal([])
  })

  it('gives everybody new the settings that the dialog showed, and asks again when they were changed since', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await visitor.press('select-page')
    await visitor.press('確認')
    expect(visitor.page().text).to.match(/新規登録の給与方式 月給.*新規登録の基本給 [\d,]+円/)
    const dialog = visitor.page()
    await visitor.get('/freee/settings')
    await visitor.press('保存', { pay_amount: '345678' })
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(dialog.html)?.[1] ?? ''
    const confirmed = { _csrf: field('_csrf'), revision: field('revision'), selection: field('selection') }
    const refused = await visitor.post(`/runs/${runId}/confirm`, confirmed)
    expect(refused.text).to.include('エクスポート設定が変更されました。')
    await visitor.get(`/runs/${runId}/confirm`)
    expect(visitor.page().text).to.include('新規登録の基本給 345,678円')
    await visitor.press('同期')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('新規登録の基本給 345,678円')
    const created = (await world.calls('freee')).filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/employees'),
    )
    expect(created.length).to.be.greaterThan(0)
    for (const { body } of created) {
      expect((body as { employee: { pay_amount: number } }).employee.pay_amount).to.equal(345_678)
    }
  })

  it('is the work of whoever pressed it, and tells that person by mail', async () => {
    const visitor = await world.connected()
    const colleague = await world.signedIn('jiro@midori.example')
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await visitor.press('select-page')
    await visitor.press('確認')
    await colleague.get(`/runs/${runId}/confirm`)
    await colleague.press('同期', countAsked(colleague))
    const report = await reportOf(colleague, runId)

    // The employee that SmartHR knows this user as.
    expect(report.text).to.include('実行者 坂本 修')
    const mail = await eventually('the mail', async () => (await world.mails()).find(one => one.text.includes(runId)))
    expect(mail.to).to.deep.equal(['jiro@midori.example'])
  })

  it('keeps ticks that the page stores by itself', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    const page = visitor.page()
    const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page.html)?.[1] ?? ''
    const ids = [...page.html.matchAll(/name="shown" value="(\d+)"/g)].map(([, id]) => id ?? '')
    const answer = await visitor.post(`/runs/${runId}/select`, {
      _csrf: field('_csrf'),
      revision: field('revision'),
      shown: ids,
      id: ids.slice(0, 2),
      op: 'keep',
    })
    expect(answer.status).to.equal(204)
    await visitor.get(`/runs/${runId}/select`)

    expect(visitor.page().text).to.include('2名の従業員が選択されています。')
  })

  it('takes an empty list without its total for no answer', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/faults', { service: 'smarthr', method: 'GET', path: '/crews', status: 200, body: [] })
    await visitor.begin('/freee/runs/new?flow=employees-to-smarthr')
    await visitor.press('次へ')
    const page = await eventually('the failure', async () => {
      const shown = await visitor.get(visitor.page().url)
      return shown.text.includes('取得に失敗しました') && shown
    })

    expect(page.text).to.include('SmartHRからの応答を読み取れませんでした。')
  })
})
