import { expect } from 'chai'
import type { Knex } from 'knex'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const DAYS_AGO = 40

describe('the days of runs', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  const query = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await world.container.ownerPool.query<T>(sql, values)).rows

  /** Runs that begin from here on have begun so long ago; their day is there, as it was then. */
  async function beginLongAgo(): Promise<string> {
    const [row] = await query<{ day: string }>(
      `select (clock_timestamp() at time zone 'Asia/Tokyo')::date - ${DAYS_AGO} as day`,
    )
    const day = row?.day ?? ''
    await query(`alter table runs alter id set default uuid_v7(clock_timestamp() - interval '${DAYS_AGO} days')`)
    for (const parent of ['run_items', 'run_staging']) {
      if (await isThere(parent, day)) continue
      await query('select run_days.make($1, $2)', [parent, day])
      // as if the release, or housekeeping through its function, had made it
      const [owner] = await query<{ name: string }>('select tableowner as name from pg_tables where tablename = $1', [
        parent,
      ])
      await query(`alter table ${partition(parent, day)} owner to ${owner?.name}`)
    }
    return day
  }

  const partition = (parent: string, day: string) => `run_days.${parent}_${day.replaceAll('-', '')}`
  const isThere = async (parent: string, day: string) =>
    (await query(`select where to_regclass($1) is not null`, [partition(parent, day)])).length === 1

  const ended = (runId: string, daysAgo: number) =>
    query(`update runs set ended_at = now() - make_interval(days => $2) where id = $1`, [runId, daysAgo])

  const placesOf = (runId: string) =>
    query<{ place: string }>(`select distinct tableoid::regclass::text as place from run_items where run_id = $1`, [
      runId,
    ])

  afterEach(() => query('alter table runs alter id set default uuid_v7()'))

  it('are forgotten whole when the runs of a day are due: the report keeps counts, ids and reasons', async () => {
    const visitor = await world.connected()
    const day = await beginLongAgo()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    expect(await placesOf(runId)).to.deep.equal([{ place: partition('run_items', day) }])
    const kept = `select id, source_id, target_id, outcome, reason from run_results where run_id = $1 and selected order by id`
    const before = await query(kept, [runId])
    // as the release before has stored a failure, and as this one does
    await query(`update runs set failure = 'a@b.example は使えません。', said = 'v2.k1.a.b' where id = $1`, [runId])

    await ended(runId, DAYS_AGO)
    await world.container.housekeeping()

    expect(await isThere('run_items', day), 'people').to.equal(false)
    expect(await isThere('run_staging', day), 'what was read').to.equal(false)
    expect(await query('select from run_items where run_id = $1', [runId])).to.have.length(0)
    expect(before.length).to.be.greaterThan(5)
    expect(await query(kept, [runId])).to.deep.equal(before)
    expect(await query('select failure, said from runs where id = $1', [runId])).to.deep.equal([
      { failure: '個人を特定できる内容を含むため、保存期間の終了とともに理由を削除しました。', said: null },
    ])
    const page = await visitor.get(`/runs/${runId}`)
    expect(page.text)
      .to.include('個人情報は削除されました')
      .and.include('入社日を入力してください')
      .and.include('失敗 5件')
    expect(page.text).not.to.include('山田 誠')
    const csv = (await visitor.get(`/runs/${runId}/errors.csv`)).html
    expect(csv.trim().split('\r\n'), 'a header and whoever failed').to.have.length(1 + 5)
    expect(csv).to.include('入社日を入力してください')
  })

  it('go although a run of theirs is young, which keeps its people until it is due itself', async () => {
    const visitor = await world.connected()
    const day = await beginLongAgo()
    const due = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, due)
    const young = await toSelection(visitor, 'employees-to-smarthr')
    const people = 'select count(*) as n from run_items where run_id = $1 and sealed is not null'
    const before = await query(people, [young])
    expect(before).not.to.deep.equal([{ n: 0 }])
    await ended(due, DAYS_AGO)
    await world.container.housekeeping()

    expect(await isThere('run_items', day)).to.equal(false)
    expect(await query(people, [young])).to.deep.equal(before)
    await visitor.get(`/runs/${young}/select`)
    await syncEverybody(visitor)
    expect((await reportOf(visitor, young)).text).not.to.include('個人情報は削除されました')
    const outcomes = 'select id, outcome, reason from run_results where run_id = $1 and outcome is not null order by id'
    const became = await query(outcomes, [young])
    expect(became).not.to.have.length(0)

    await ended(young, 31)
    await world.container.housekeeping()
    expect(await placesOf(young)).to.deep.equal([])
    expect(await query(outcomes, [young])).to.deep.equal(became)
    expect((await visitor.get(`/runs/${young}`)).text).to.include('個人情報は削除されました')
  })

  it('keep nobody longer when their tables are in use: those who are due go row by row, the day a minute later', async () => {
    const visitor = await world.connected()
    const day = await beginLongAgo()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await ended(runId, DAYS_AGO)
    const reader = await world.container.ownerPool.connect()
    await reader.query('begin; lock table run_items in access share mode')
    try {
      await world.container.housekeeping()
      expect(await isThere('run_items', day)).to.equal(true)
      expect(await query(`select from run_items where name <> '' or sealed is not null`)).to.have.length(0)
    } finally {
      await reader.query('rollback')
      reader.release()
    }

    await world.container.housekeeping()
    expect(await isThere('run_items', day)).to.equal(false)
    expect((await visitor.get(`/runs/${runId}`)).text)
      .to.include('失敗 5件')
      .and.include('入社日を入力してください')
  })

  it('may be missing: a run begins all the same, and its rows move when the day is made', async () => {
    const visitor = await world.connected()
    const [row] = await query<{ day: string }>(`select (clock_timestamp() at time zone 'Asia/Tokyo')::date as day`)
    const day = row?.day ?? ''
    await query(`drop table ${partition('run_items', day)}, ${partition('run_staging', day)}`)
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    expect(await placesOf(runId)).to.deep.equal([{ place: 'run_days.run_items_rest' }])

    await world.container.housekeeping()
    expect(await placesOf(runId)).to.deep.equal([{ place: partition('run_items', day) }])
    await visitor.get(`/runs/${runId}/select`)
    await syncEverybody(visitor)
    expect((await reportOf(visitor, runId)).text).to.include('失敗 5件')
  })

  it("let the app's role into none of their tables, but through the parent's row-level security", async () => {
    const tables = await query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent in ('run_items'::regclass, 'run_staging'::regclass)`,
    )
    expect(tables.length).to.be.at.least(2 * (2 + 4))
    for (const { name } of tables) {
      const refused = await world.container.db.raw(`select from ${name}`).then(
        () => 'read',
        (error: Error) => error.message,
      )
      expect(refused, name).to.include('permission denied')
    }
  })

  it('are each asked alone, by every query about a run from its fetch to its report', async () => {
    const visitor = await world.connected()
    const asked = new Map<string, { sql: string; bindings: readonly unknown[] }>()
    const note = ({ sql, bindings }: { sql: string; bindings: readonly unknown[] }) => {
      if (/run_(items|staging|results)/.test(sql)) asked.set(sql, { sql, bindings })
    }
    const db: Knex = world.container.db
    db.on('query', note)
    try {
      const runId = await toSelection(visitor, 'employees-from-smarthr')
      await visitor.press('filter', { class: 'new', q: '山' })
      await visitor.get(`/runs/${runId}/select`)
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
      await visitor.get(`/runs/${runId}/errors.csv`)
    } finally {
      db.off('query', note)
    }

    expect(asked.size).to.be.greaterThan(30)
    for (const { sql, bindings } of asked.values()) {
      const plan = JSON.stringify(await query(`explain (format json) ${sql}`, [...bindings]))
      const touched = new Set(
        [...plan.matchAll(/"Relation Name": ?"(run_(?:items|staging)_\w+)"/g)].map(([, name]) => name),
      )
      expect([...touched].filter(name => name?.startsWith('run_items')).length, sql).to.be.at.most(1)
      expect([...touched].filter(name => name?.startsWith('run_staging')).length, sql).to.be.at.most(1)
    }
  })
})
