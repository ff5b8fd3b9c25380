import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import type { Knex } from 'knex'
import pg from 'pg'
import { createDatabase } from '../../../server/platform/db.js'
import { createSealer } from '../../../server/platform/seal.js'
import { createData, type Data } from '../../../server/stores.js'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js'

const PEOPLE = 3_000

describe('What a big run has stored', () => {
  let database: TestDatabase
  let everybody: pg.Pool
  let db: Knex
  let data: Data
  let run: { id: string; tenant: string }

  beforeEach(async () => {
    database = await createTestDatabase()
    everybody = new pg.Pool({ connectionString: database.superUrl, max: 1 })
    db = createDatabase(database.url)
    data = createData(db, createSealer([{ id: 'k', key: randomBytes(32) }]))
    await everybody.query(`
      insert into tenants (smarthr_id, name) values ('a', 'a'), ('b', 'b');
      insert into admins (tenant_id, smarthr_user_id, email, name) select id, 'u', 'u@midori.example', '花子' from tenants;
      insert into connections (tenant_id, connector, state, account_id, account_code, account_name, credentials, created_by)
        select tenant_id, 'freee', 'active', '1', '1', '1', 'x', id from admins;
      insert into runs (tenant_id, connection_id, connector, flow, admin_id, state)
        select tenant_id, id, 'freee', 'a', created_by, 'fetching' from connections order by tenant_id limit 1;
      insert into run_staging (run_id, tenant_id, side, position, record_id, key, look_alike, sealed)
        select id, tenant_id, 'source', n, 's' || n, 'P' || n, 'p' || n, repeat('x', 1000)
        from runs, generate_series(1, ${PEOPLE}) n`)
    const { rows } = await everybody.query<typeof run>('select id, tenant_id as tenant from runs')
    if (!rows[0]) throw new Error('no run')
    run = rows[0]
  })
  afterEach(async () => {
    await db.destroy()
    await everybody.end()
    await database.drop()
  })

  const know = (tenant: string, people: number) => data.inTenant(tenant, ({ fetches }) => fetches.know(run.id, people))

  /** How the database finds a few of them by what their numbers look like. */
  const way = async () => {
    const { rows } = await everybody.query<{ 'QUERY PLAN': string }>(
      `explain select key from run_staging where run_id = '${run.id}' and side = 'source'
       and look_alike = any (array(select 'p' || n from generate_series(1, 200) n))`,
    )
    return rows.map(row => row['QUERY PLAN']).join('\n')
  }
  const looked = async () => {
    const { rows } = await everybody.query(
      `select from pg_stat_all_tables where schemaname = 'run_days' and last_analyze is not null`,
    )
    return rows.length
  }

  it('is known to the database at once, which finds each of its people by an index', async () => {
    await know(run.tenant, PEOPLE)

    expect(await looked()).to.equal(1)
    expect(await way()).to.match(/Index Cond: .*look_alike/)
  })

  it('is looked at for its own company alone, and for many people alone', async () => {
    const { rows } = await everybody.query<{ id: string }>('select id from tenants where id <> $1', [run.tenant])
    await know(rows[0]?.id ?? '', PEOPLE)
    await know(run.tenant, 999)

    expect(await looked()).to.equal(0)
  })

  it('is left to autovacuum while somebody else looks at it', async () => {
    const other = await everybody.connect()
    try {
      await other.query('begin')
      const { rows } = await other.query<{ part: string }>(
        'select tableoid::regclass::text as part from run_staging limit 1',
      )
      await other.query(`lock table ${rows[0]?.part} in share update exclusive mode`)

      await know(run.tenant, PEOPLE)
    } finally {
      await other.query('rollback')
      other.release()
    }
    expect(await looked()).to.equal(0)
  })
})
