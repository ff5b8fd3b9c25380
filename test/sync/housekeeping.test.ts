import { expect } from 'chai'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

describe('housekeeping', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  const ago = (runId: string, days: number) =>
    world.container.ownerPool.query(
      `update runs set fetched_at = fetched_at - make_interval(days => $2), ended_at = ended_at - make_interval(days => $2),
         created_at = created_at - make_interval(days => $2) where id = $1`,
      [runId, days],
    )

  it('lets a plan expire that nobody confirmed within a day', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await ago(runId, 1)
    await world.container.housekeeping()

    const page = await visitor.get(`/runs/${runId}`)
    expect(page.text).to.include('期限切れ')
  })

  it('forgets from where somebody signed in once it counts no more, and nothing that counts', async () => {
    await world.signedIn()
    await world.container.housekeeping()
    const counted = async () =>
      (await world.container.ownerPool.query<{ key: string }>('select key from sign_in_limits')).rows
    expect(await counted()).not.to.deep.equal([])
    // A used state is kept for longer than a count.
    await world.container.ownerPool.query('update sign_in_limits set expire = expire - 1800000')
    await world.container.housekeeping()

    expect(await counted()).to.deep.equal([])
  })

  it('deletes the people of a run 30 days after its end and keeps counts, ids and reasons', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await ago(runId, 29)
    await world.container.housekeeping()
    expect((await visitor.get(`/runs/${runId}`)).text).to.include('山田 誠')
    await ago(runId, 2)
    await world.container.housekeeping()

    const page = await visitor.get(`/runs/${runId}`)
    expect(page.text)
      .to.include('個人情報は削除されました')
      .and.include('入社日を入力してください')
      .and.include('失敗 5件')
    expect(page.text).not.to.include('山田 誠')
    const { rows } = await world.container.ownerPool.query<{ n: number }>(
      `select count(*) as n from run_items where sealed is not null or name <> '' or key <> '' or search <> ''`,
    )
    expect(rows[0]?.n).to.equal(0)
  })

  it('empties reasons that name their person, a mail address or a long number, with the people', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const { ownerPool } = world.container
    const said = [
      `name || 'は登録できません。'`,
      `'従業員番号「' || key || '」は使用されています。'`,
      `'a@midori.example は使用されています。'`,
      `'基礎年金番号 1234567890 は使用されています。'`,
      `'入社日を入力してください。'`,
    ]
    const { rows: items } = await ownerPool.query<{ id: number }>(
      `select id from run_items where run_id = $1 and outcome is not null and key <> '' and name <> '' order by id limit 5`,
      [runId],
    )
    for (const [index, { id }] of items.entries())
      await ownerPool.query(`update run_items set reason = ${said[index]} where run_id = $1 and id = $2`, [runId, id])
    await ago(runId, 31)
    await world.container.housekeeping()
    const { rows } = await ownerPool.query<{ reason: string }>(
      'select reason from run_results where run_id = $1 and id = any ($2) order by id',
      [runId, items.map(({ id }) => id)],
    )

    const emptied = '個人を特定できる内容を含むため、保存期間の終了とともに理由を削除しました。'
    expect(rows.map(({ reason }) => reason)).to.deep.equal([
      emptied,
      emptied,
      emptied,
      emptied,
      '入社日を入力してください。',
    ])
  })

  it('keeps a page of fifty people under 60 kB', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 300, overlap: 0.5, differing: 1 })
    await toSelection(visitor, 'employees-from-smarthr')
    const sizes = [visitor.page().bytes]
    await visitor.press('filter', { class: 'new' })
    sizes.push(visitor.page().bytes)

    expect(Math.max(...sizes)).to.be.lessThan(60_000)
  })
})
