import { expect } from 'chai'
import { bigFiles } from './files.js'
import type { Tallies } from '../server/runs/run.js'
import { itemRow, itemSeal } from '../server/runs/item.rows.js'
import { toSelection } from '../test/helpers/walking.js'
import type { Visitor } from '../test/helpers/visitor.js'
import type { World } from '../test/helpers/world.js'
import { walBytes } from './processes.js'

/** A plan so big, made of one of `REAL` people: pages don't know the difference. */
const PEOPLE = 100_000
const REAL = 1_000
const TIMES = 40
const WARM_UP = 5

const p95 = (times: readonly number[]) => [...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? NaN

/** ms of each of so many requests, one after the other on each of `connections`. */
async function times(visitor: Visitor, url: string, { count = TIMES, connections = 1 } = {}): Promise<number[]> {
  const taken: number[] = []
  const one = async (who: Visitor) => {
    for (let nth = 0; nth < count + WARM_UP; nth += 1) {
      const began = performance.now()
      const { status } = await who.get(url)
      if (nth >= WARM_UP) taken.push(performance.now() - began)
      expect(status, url).to.be.lessThan(500)
    }
  }
  await Promise.all(Array.from({ length: connections }, () => one(visitor.twin())))
  return taken
}

/** Makes a plan of 1,000 people one of 100,000: the same people again and again under other ids and numbers. */
async function multiply(world: World, runId: string): Promise<void> {
  const { ownerPool, sealer } = world.container
  const { rows: people } = await ownerPool.query<{ id: number; tenant: string; source: string; sealed: string }>(
    'select id, tenant_id as tenant, source_id as source, sealed from run_items where run_id = $1',
    [runId],
  )
  const { rows: named } = await ownerPool.query<{ columns: string; values: string }>(
    `select string_agg(quote_ident(column_name), ', ') as columns,
       string_agg(case column_name when 'key' then $$'Q' || lpad((n * ${REAL} + id % ${REAL})::text, 8, '0')$$
         when 'kana' then 'kana || n' when 'source_id' then $$source_id || '-' || n$$ when 'sealed' then 'copy.sealed'
         else 'i.' || quote_ident(column_name) end, ', ') as values
     from information_schema.columns
     where table_name = 'run_items' and table_schema = 'public' and column_name <> 'id' and is_generated = 'NEVER'`,
  )
  const opened = people.map(({ id, tenant, source, sealed }) => {
    const place = itemSeal(tenant)
    return { id, place, source, content: sealer.open(sealed, place, itemRow(runId, source)) }
  })
  for (let n = 1; n < PEOPLE / REAL; n += 1) {
    const copies = opened.map(({ id, place, source, content }) => ({
      id,
      sealed: sealer.seal(content, place, itemRow(runId, `${source}-${n}`)),
    }))
    await ownerPool.query(
      `insert into run_items (${named[0]?.columns}) select ${named[0]?.values}
       from jsonb_to_recordset($2::jsonb) as copy(id bigint, sealed text) join run_items i using (id)
       cross join (select $3::int as n) as nth where i.run_id = $1`,
      [runId, JSON.stringify(copies), n],
    )
  }
  await ownerPool.query(
    `update runs set (new_count, changed_count, same_count) = (select count(*) filter (where class = 'new'),
       count(*) filter (where class = 'changed'), count(*) filter (where class = 'same')
       from run_items where run_id = runs.id) where id = $1`,
    [runId],
  )
  const times = PEOPLE / REAL
  const { rows: counted } = await ownerPool.query<{ tallies: Tallies }>('select tallies from runs where id = $1', [
    runId,
  ])
  const tallies = counted[0]?.tallies
  if (!tallies) throw new Error('the plan was not counted')
  const many = <Key extends string>(of: Readonly<Record<Key, number>>) =>
    Object.fromEntries(Object.entries<number>(of).map(([name, n]) => [name, n * times]))
  await ownerPool.query('update runs set tallies = $2 where id = $1', [
    runId,
    JSON.stringify({ ...tallies, takeable: many(tallies.takeable), fields: many(tallies.fields) }),
  ])
  await ownerPool.query('vacuum analyze run_items')
}

/** A plan of 100,000 people, ready for its selection. */
export async function bigPlan(world: World): Promise<{ visitor: Visitor; runId: string }> {
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
  await world.control('PUT', '/limits', { service: 'freee', enabled: false })
  await world.control('POST', '/populate', {
    service: 'smarthr',
    employees: REAL,
    overlap: 0.9,
    differing: 0.9,
    seed: 3,
  })
  const visitor = await world.connected()
  await world.startWorker()
  const runId = await toSelection(visitor, 'employees-from-smarthr')
  await multiply(world, runId)
  return { visitor, runId }
}

/** Everybody who is selected has been written. */
export async function asEnded({ container: { ownerPool } }: World, runId: string): Promise<void> {
  await ownerPool.query(
    `update run_items set outcome = 'succeeded', applied_at = now() where run_id = $1 and selected`,
    [runId],
  )
  await ownerPool.query(
    `update runs set state = 'succeeded', queued_at = now(), started_at = now(), ended_at = now(), selected_count = n,
       succeeded_count = n from (select count(*) as n from run_items where run_id = $1 and selected) as done where id = $1`,
    [runId],
  )
  await ownerPool.query('vacuum analyze run_items')
}

/** Pages about a plan of 100,000 people: p95 as a multiple of a page that is layout alone, and what a choice of all costs. */
export async function bigPages(world: World): Promise<Record<string, number>> {
  const { visitor, runId } = await bigPlan(world)
  const wal = () => walBytes(world)
  const values: Record<string, number> = {}
  /** Pair by pair with the layout, so that a change of the machine's load is in both. */
  const ratio = async (name: string, url: string, connections = 1) => {
    const layout = p95(await times(visitor, '/nowhere', { connections }))
    const page = p95(await times(visitor, url, { connections }))
    values[`${name}: p95 ÷ layout`] = Number((page / layout).toFixed(1))
    values[`${name}: p95 ms`] = Number(page.toFixed(1))
  }
  const select = `/runs/${runId}/select`
  await visitor.get(select)
  values['selection page, HTML kB'] = Math.round(visitor.page().bytes / 1024)
  let next = select
  for (let page = 1; page < 5; page += 1) {
    await visitor.press('次へ')
    next = visitor.page().url
  }
  await ratio('selection', select)
  await ratio('selection, page 5', next)
  await ratio('selection, filtered', `${select}?class=new`)
  await ratio('selection, searched', `${select}?q=0000123`)
  await ratio('selection, sorted', `${select}?sort=kana`)
  await ratio('selection, 8 connections', select, 8)

  await visitor.get(select)
  const [before, began] = [await wal(), performance.now()]
  await visitor.press('select-all')
  values['すべてを選択 s'] = Number(((performance.now() - began) / 1000).toFixed(2))
  values['すべてを選択 WAL MB'] = Math.round(((await wal()) - before) / 1024 ** 2)
  await ratio('selection, all selected', select)
  await ratio('dialog', `/runs/${runId}/confirm`)

  await asEnded(world, runId)
  await ratio('report', `/runs/${runId}`)
  Object.assign(values, await bigFiles(world, visitor, runId))
  return values
}
