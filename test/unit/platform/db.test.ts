import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { createDatabase, migrateToLatest, rollbackAll } from '../../../server/platform/db.js'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js'

describe('Database', () => {
  let database: TestDatabase
  let db: Knex
  let owner: Knex

  before(async () => {
    database = await createTestDatabase()
    db = createDatabase(database.url)
    owner = createDatabase(database.ownerUrl)
  })
  after(async () => {
    await db.destroy()
    await owner.destroy()
    await database.drop()
  })

  const tablesOf = async ({ superUrl }: TestDatabase): Promise<string[]> => {
    const connection = createDatabase(superUrl)
    const rows = await connection('pg_tables').where({ schemaname: 'public' }).pluck<string[]>('tablename')
    await connection.destroy()
    return rows.sort()
  }

  it('keeps plain dates as they are and counts as numbers', async () => {
    const { rows } = await db.raw<{ rows: unknown[] }>(`select date '2024-01-31' as day, count(*) as n from tenants`)

    expect(rows).to.deep.equal([{ day: '2024-01-31', n: 0 }])
  })

  it('runs every query as a login that row-level security binds, and that can become nobody else', async () => {
    const { rows } = await db.raw<{ rows: { passes: boolean; owns: number }[] }>(
      `select rolsuper or rolbypassrls as passes,
         (select count(*) from pg_tables where pg_has_role(tableowner, 'member')) as owns
       from pg_roles where rolname = current_user`,
    )
    const login = new URL(database.ownerUrl).username

    expect(rows).to.deep.equal([{ passes: false, owns: 0 }])
    for (const escape of ['reset role', 'set role none', 'reset session authorization']) {
      await db.transaction(async trx => {
        await trx.raw(escape)
        expect(await trx('admins').select()).to.deep.equal([])
      })
    }
    expect(await db.raw(`set role ${login}`).catch((error: Error) => error.message)).to.include('permission denied')
  })

  it("shows nobody's rows without a tenant", async () => {
    const [tenant] = await owner('tenants')
      .insert({ smarthr_id: 'rls', name: '株式会社みどり商会' })
      .returning<{ id: string }[]>('id')
    const admin = { tenant_id: tenant?.id, smarthr_user_id: 'u1', email: 'hanako@midori.example', name: '花子' }
    await db.transaction(async trx => {
      await trx.raw(`select set_config('app.tenant_id', ?, true)`, [tenant?.id ?? ''])
      await trx('admins').insert(admin)
      expect(await trx('admins').select('name')).to.deep.equal([{ name: '花子' }])
    })

    expect(await db('admins').select('name')).to.deep.equal([])
    const refused = await db('admins')
      .insert({ ...admin, smarthr_user_id: 'u2' })
      .catch((error: Error) => error.message)
    expect(refused).to.contain('row-level security')
  })

  it('puts no values of a failed statement into the error', async () => {
    const name = `山田${randomBytes(4).toString('hex')}`
    const insert = () => owner('tenants').insert({ smarthr_id: 'same', name })
    await insert()

    const error = await insert().catch((caught: Error) => caught)

    expect((error as Error).message)
      .to.contain('duplicate key')
      .and.not.to.contain(name)
  })

  it('has nothing left to migrate the second time, also when two processes start at once', async () => {
    const { ownerUrl } = database
    expect(await Promise.all([migrateToLatest(ownerUrl), migrateToLatest(ownerUrl)])).to.deep.equal([[], []])
  })

  it('goes on after a process that was killed in the middle of a migration', async () => {
    const owner = createDatabase(database.ownerUrl)
    expect(await owner('knex_migrations_lock').update({ is_locked: 1 })).to.equal(1)
    await owner.destroy()

    expect(await migrateToLatest(database.ownerUrl)).to.deep.equal([])
  })

  it('can take every migration back and make them again', async () => {
    const own = await createTestDatabase()
    try {
      await rollbackAll(own.ownerUrl)
      expect(await tablesOf(own)).to.deep.equal(['knex_migrations', 'knex_migrations_lock'])
      await migrateToLatest(own.ownerUrl)
      expect(await tablesOf(own)).to.deep.equal(await tablesOf(database))
    } finally {
      await own.drop()
    }
  })
})
