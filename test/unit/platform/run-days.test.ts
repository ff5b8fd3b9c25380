import { expect } from 'chai'
import knex, { type Knex } from 'knex'
import pg from 'pg'
import { migrationSource } from '../../../server/platform/db.js'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js'

const MIGRATION = '018_run_days'
const PEOPLE = 20

/** Everything about the two tables that somebody could miss after a migration there and back. */
const SCHEMA = `
  select 'column' as kind, c.relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || attnotnull::text || attidentity::text
      || coalesce(pg_get_expr(adbin, adrelid), '') as what
    from pg_class c join pg_attribute on attrelid = c.oid and attnum > 0 and not attisdropped
    left join pg_attrdef on adrelid = c.oid and adnum = attnum
    where c.relname in ('run_items', 'run_staging', 'runs') and c.relkind <> 'i'
  union all select 'index', pg_get_indexdef(indexrelid) from pg_index
    where indrelid in ('run_items'::regclass, 'run_staging'::regclass)
  union all select 'constraint', conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where conrelid in ('run_items'::regclass, 'run_staging'::regclass)
  union all select 'policy', tablename || policyname || qual || with_check from pg_policies
    where tablename in ('run_items', 'run_staging')
  union all select 'security', concat(relname, relrowsecurity, relforcerowsecurity) || coalesce(relacl::text, '') from pg_class
    where relname in ('run_items', 'run_staging')
  union all select 'schema', nspname from pg_namespace where nspname !~ '^pg_'
  union all select 'function', proname from pg_proc where pronamespace = 'public'::regnamespace
  order by 1, 2`

describe('the days of runs in a database', () => {
  let database: TestDatabase
  let everybody: pg.Pool
  let migrations: Knex

  before(async () => {
    database = await createTestDatabase()
    everybody = new pg.Pool({ connectionString: database.superUrl, max: 2 })
    // The owner of the tables is no superuser, as in production: row-level security binds it, too.
    migrations = knex({
      client: 'pg',
      connection: database.ownerUrl,
      migrations: { migrationSource, tableName: 'knex_migrations' },
    })
  })
  after(async () => {
    await migrations.destroy()
    await everybody.end()
    await database.drop()
  })

  const rowsOf = async (sql: string): Promise<object[]> => (await everybody.query<object>(sql)).rows
  const add = async (companies: number, id: string): Promise<void> => {
    await everybody.query(`
      with run as (
        insert into runs (id, tenant_id, connection_id, connector, flow, admin_id, state, queued_at, ended_at)
        select ${id}, c.tenant_id, c.id, 'freee', 'a', c.created_by, 'partly_failed', now(), now() - interval '40 days'
        from (select * from connections order by tenant_id limit ${companies}) c returning id, tenant_id),
      staging as (
        insert into run_staging (run_id, tenant_id, side, position, record_id)
        select id, tenant_id, 'target', n, n from run, generate_series(1, ${PEOPLE}) n),
      pages as (insert into run_pages (run_id, tenant_id, side) select id, tenant_id, 'target' from run)
      insert into run_items (tenant_id, run_id, class, source_id, target_id, key, name, kana, department, sealed, search,
        selected, outcome, reason, applied_at)
      select tenant_id, id, 'changed', 's' || n, 't' || n, n, '山田' || n, 'ヤマダ', '営業部', 'v1.k1.x', '山田' || n,
        n % 4 > 0, (array[null, 'succeeded', 'failed', 'not_run'])[n % 4 + 1], case n % 4 when 2 then '理由' end, now()
      from run, generate_series(1, ${PEOPLE}) n`)
  }
  const contents = () =>
    Promise.all(['runs', 'run_items', 'run_staging'].map(table => rowsOf(`select t from ${table} t order by t::text`)))

  it('come and go with every row in its place, and leave the tables as they were', async () => {
    await migrations.migrate.down({ name: MIGRATION })
    const schema = await rowsOf(SCHEMA)
    await everybody.query(`
      insert into tenants (smarthr_id, name) values ('a', 'a'), ('b', 'b');
      insert into admins (tenant_id, smarthr_user_id, email, name) select id, 'u', 'u@midori.example', '花子' from tenants;
      insert into connections (tenant_id, connector, state, account_id, account_code, account_name, credentials, created_by)
        select a.tenant_id, 'freee', 'active', '1', '1', '1', 'x', a.id from admins a`)
    // Far behind those of version 7: a random one may lie before them, and would be due with the oldest.
    for (let runs = 0; runs < 5; runs += 1) await add(2, `overlay(gen_random_uuid()::text placing 'f' from 1)::uuid`)
    // ids of version 4 that lie before, among and directly behind those of version 7
    await add(1, `'00000000-9c0e-4a6d-8e1f-0b373f2b8c1e'`)
    await add(1, `'019d0000-9c0e-4a6d-8e1f-0b373f2b8c1e'`)
    await add(1, `'03bb2cc3-d800-4000-8000-000000000000'`)
    const before = await contents()
    const lastId = 'select max(id) as id from run_items'
    const [last] = (await rowsOf(lastId)) as { id: number }[]

    await migrations.migrate.latest()
    expect(await contents()).to.deep.equal(before)
    const where = `select tableoid::regclass::text as place, count(*) from run_items group by 1 order by 1`
    expect(await rowsOf(where)).to.deep.include({ place: 'run_days.run_items_rest', count: 2 * PEOPLE })
    await add(1, 'uuid_v7()')
    const filled = await contents()
    await migrations.migrate.down({ name: MIGRATION })
    expect(await contents()).to.deep.equal(filled)
    expect(await rowsOf(SCHEMA)).to.deep.equal(schema)
    expect(((await rowsOf(lastId)) as { id: number }[])[0]?.id).to.equal((last?.id ?? 0) + PEOPLE)
    await migrations.migrate.latest()
    expect(await contents()).to.deep.equal(filled)
  })

  it('are forgotten by the app, which owns nothing; a rollback brings back what is kept of them', async () => {
    const long = `(clock_timestamp() - interval '40 days')`
    for (const parent of ['run_items', 'run_staging']) {
      await migrations.raw(`select run_days.make('${parent}', (${long} at time zone 'Asia/Tokyo')::date)`)
    }
    await add(2, `uuid_v7(${long})`)
    await add(1, `uuid_v7(${long})`)
    const runs = (await rowsOf(
      `select id from runs where id between first_run_id(now() - interval '41 days') and first_run_id(now() - interval '39 days') order by 1`,
    )) as { id: string }[]
    await everybody.query(`update runs set ended_at = null, state = 'running' where id = $1`, [runs[0]?.id])
    const kept = (table: string) =>
      rowsOf(`select run_id, id, source_id, target_id, outcome, reason, applied_at from ${table}
        where outcome is not null and run_id in (${runs.map(({ id }) => `'${id}'`).join()}) order by id`)
    const before = await kept('run_items')
    expect(before).to.have.length((3 * PEOPLE * 3) / 4)

    const app = await everybody.connect()
    const forget = (days: number) =>
      app.query<{ done: boolean }>('select forget_people(now() - make_interval(days => $1)) as done', [days])
    try {
      await app.query('set role renkei_app')
      expect((await forget(30)).rows, 'the day').to.deep.equal([{ done: true }])
      expect((await forget(30)).rows, 'runs of before whose ids are low').to.deep.equal([{ done: true }])
      expect((await forget(30)).rows, 'nobody else is due').to.deep.equal([{ done: false }])
      expect((await app.query('select from run_results')).rowCount, 'without a company').to.equal(0)
    } finally {
      app.release(true)
    }

    expect(await kept('run_results')).to.deep.equal(before)
    expect(await rowsOf('select from run_outcomes')).to.have.length((4 * PEOPLE * 3) / 4)
    expect(await rowsOf(`select from runs where people_deleted_at is not null`)).to.have.length(4)
    expect(await rowsOf(`select from pg_class where relname like 'run_items_2%' and relkind = 'r'`)).to.have.length(4)
    await migrations.migrate.down({ name: MIGRATION })
    expect(await kept('run_items')).to.deep.equal(before)
  })
})
