import { expect } from 'chai'
import { createDatabase, createPool } from '../../../server/platform/db.js'
import { createLogger } from '../../../server/platform/logger.js'
import { createSealer } from '../../../server/platform/seal.js'
import { SessionStore } from '../../../server/web/session.store.js'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js'
import type { Knex } from 'knex'

const OTHER = '00000000-0000-4000-8000-000000000001'

describe('What the app may do without a company', () => {
  let database: TestDatabase
  let db: Knex
  /** sees and may everything */
  let owner: Knex
  let tenantId = ''

  before(async () => {
    database = await createTestDatabase()
    db = createDatabase(database.webUrl)
    owner = createDatabase(database.superUrl)
    const [tenant] = await owner('tenants')
      .insert({ smarthr_id: '1', name: 'みどり商会' })
      .returning<{ id: string }[]>('id')
    tenantId = tenant?.id ?? ''
  })
  after(async () => {
    await db.destroy()
    await owner.destroy()
    await database.drop()
  })

  const refused = async (work: PromiseLike<unknown>) => {
    const message = await Promise.resolve(work).then(
      () => 'it was done',
      (error: Error) => error.message,
    )
    expect(message).to.match(/permission denied|row-level security|a job of another company/)
  }
  const asCompany = <T>(id: string, work: (trx: Knex) => Promise<T>) =>
    db.transaction(async trx => {
      await trx.raw(`select set_config('app.tenant_id', ?, true)`, [id])
      return work(trx)
    })

  it('is no deletion of a company, nor another identity of one', async () => {
    await refused(db('tenants').delete())
    await refused(db.raw('truncate tenants cascade'))
    await refused(db('tenants').update({ smarthr_id: '2' }))
    await refused(db('tenants').update({ company_ids: ['1'] }))
    await refused(asCompany(tenantId, trx => trx('tenants').delete()))
  })

  it('is no company of its own making, nor another name or subdomain of one', async () => {
    const attempts: ((to: Knex) => Promise<unknown>)[] = [
      async to => to('tenants').insert({ smarthr_id: '2', name: 'あおぞら工業' }),
      async to => to('tenants').update({ name: 'あおぞら工業' }),
      async to => to('tenants').update({ subdomain: 'aozora' }),
      async to => to('tenants').update({ updated_at: new Date() }),
    ]
    for (const attempt of attempts) {
      await refused(attempt(db))
      await refused(asCompany(tenantId, attempt))
    }
  })

  describe('by the function of the sign-in', () => {
    const remember = (named: string | null, companies: (string | null)[], subdomain: string | null, name: string) =>
      db.raw<{ rows: { id: string }[] }>('select remember_company(?, ?::text[], ?, ?) as id', [
        named,
        companies as string[],
        subdomain,
        name,
      ])

    it('is nothing that no sign-in brings', async () => {
      const before = await owner('tenants').orderBy('id')
      const wrong: Parameters<typeof remember>[] = [
        ['1', [], 'midori.evil.example/', 'みどり商会'],
        ['1', [], 'Midori', 'みどり商会'],
        ['1', [], '-midori', 'みどり商会'],
        ['1', [], 'm'.repeat(64), 'みどり商会'],
        ['1', [], 'midori\naozora', 'みどり商会'],
        ['1', [], '', 'みどり商会'],
        ['1', [], 'midori', '商'.repeat(1_001)],
        ['1', ['c', null], 'midori', 'みどり商会'],
        ['1', [''], 'midori', 'みどり商会'],
        ['', [], 'midori', 'みどり商会'],
        ['2\n', [], 'midori', 'みどり商会'],
        ['2'.repeat(301), [], 'midori', 'みどり商会'],
        [null, [], 'midori', 'みどり商会'],
      ]
      for (const order of wrong) {
        const message = await Promise.resolve(remember(...order)).then(
          () => 'it was done',
          (error: Error) => error.message,
        )
        expect(message, JSON.stringify(order).slice(0, 80)).to.match(/violates check constraint|without an id/)
      }
      expect(await owner('tenants').orderBy('id')).to.deep.equal(before)
    })

    it('is no change of a company that its record does not hold, and no change of that record', async () => {
      const events = async (): Promise<unknown[]> =>
        owner('audit_events').where({ tenant_id: tenantId, act: 'company.changed' }).orderBy('id').pluck('details')
      await remember('1', ['c'], 'midori', 'みどり商会')
      const [first] = await events()
      expect(first).to.deep.equal({ changes: [{ label: 'サブドメイン', before: '', after: 'midori' }] })
      await remember('1', ['c'], 'midori', 'みどり商会')
      await remember('1', ['d', 'c'], 'aozora', 'あおぞら工業')
      await remember('1', ['c', 'd'], 'aozora', 'あおぞら工業')

      const [, second, ...more] = await events()
      expect(more, 'what stays the same is no event').to.deep.equal([])
      expect(second).to.deep.equal({
        changes: [
          { label: '企業名', before: 'みどり商会', after: 'あおぞら工業' },
          { label: 'サブドメイン', before: 'midori', after: 'aozora' },
          { label: 'SmartHRの法人ID', before: 'c', after: 'c、d' },
        ],
      })
      await refused(asCompany(tenantId, trx => trx('audit_events').delete()))
      await refused(asCompany(tenantId, trx => trx('audit_events').update({ act: 'sign-in' })))
    })

    it('is told in the record of that company alone, whichever the caller is at', async () => {
      const { rows } = await remember('other', ['o'], 'other', 'ほか')
      const seen = await asCompany(tenantId, async trx => {
        await trx.raw(`select remember_company('other', '{o}', 'moved', 'ほか')`)
        return trx('audit_events').where({ act: 'company.changed' }).pluck('tenant_id')
      })

      expect(seen, 'the caller is where it was').to.deep.equal([tenantId, tenantId])
      expect(await owner('audit_events').where({ tenant_id: rows[0]?.id }).pluck('act')).to.deep.equal([
        'company.changed',
      ])
    })
  })

  it('is no look at the sessions, whose ids open them', async () => {
    await refused(db('sessions').select())
    await refused(db('sessions').delete())
    await refused(db.raw('copy sessions to stdout'))
  })

  it('is no look at jobs, no change of one, and no sign of life of a worker', async () => {
    await refused(db('graphile_worker._private_jobs').select())
    await refused(db.raw(`select graphile_worker.add_job('run.apply')`))
    await refused(db('worker_heartbeats').delete())
  })

  it('is no job of another company, of no company, or of another kind', async () => {
    const enqueue = (trx: Knex, task: string, payload: object, key: string) =>
      trx.raw('select enqueue_job(?, ?::json, now(), ?)', [task, JSON.stringify(payload), key])
    const own = { tenantId, runId: OTHER }

    await refused(enqueue(db, 'run.apply', own, `run.apply:${OTHER}`))
    await refused(asCompany(OTHER, trx => enqueue(trx, 'run.apply', own, `run.apply:${OTHER}`)))
    await refused(asCompany(tenantId, trx => enqueue(trx, 'housekeeping', own, `housekeeping:${OTHER}`)))
    await refused(asCompany(tenantId, trx => enqueue(trx, 'run.apply', own, 'run.apply:of-somebody-else')))
    await refused(asCompany(tenantId, trx => enqueue(trx, 'run.apply', { ...own, more: 1 }, `run.apply:${OTHER}`)))
    await asCompany(tenantId, trx => enqueue(trx, 'run.apply', own, `run.apply:${OTHER}`))
    expect(await owner('graphile_worker.jobs').pluck('key')).to.deep.equal([`run.apply:${OTHER}`])
  })

  it('is no other company that an account or a token belongs to', async () => {
    const account = { connector: 'one', account_id: '1', tenant_id: tenantId }
    await refused(db('account_owners').insert(account))
    await asCompany(tenantId, trx => trx('account_owners').insert(account))
    await refused(db('account_owners').update({ tenant_id: OTHER }))

    expect(await asCompany(OTHER, trx => trx('account_owners').delete())).to.equal(0)
    await refused(db('access_token_hashes').insert({ hash: Buffer.alloc(32), tenant_id: tenantId, token_id: OTHER }))
    expect(await db('account_owners').pluck('tenant_id')).to.deep.equal([tenantId])
  })

  it('is a session of which the id is known, until it ends', async () => {
    const pool = createPool(database.webUrl, { max: 1, log: createLogger('error') })
    const store = new SessionStore(pool, createSealer([{ id: 'k', key: Buffer.alloc(32, 1) }]))
    const asked = <T>(ask: (done: (error?: unknown, value?: T) => void) => void) =>
      new Promise<T | undefined>((resolve, reject) => {
        ask((error, value) => (error ? reject(error as Error) : resolve(value)))
      })
    const until = (ms: number, flash: string) =>
      ({ flash, cookie: { expires: new Date(Date.now() + ms), originalMaxAge: ms } }) as never
    const id = 'x'.repeat(32)
    const read = () => asked<unknown>(done => store.get(id, done))

    await asked(done => store.set(id, until(60_000, 'first'), done))
    expect(await read()).to.include({ flash: 'first' })
    await asked(done => store.touch(id, until(60_000, 'of an older request'), done))
    expect(await read()).to.include({ flash: 'first' })
    const found = (await read()) as object
    await asked(done => store.destroy(id, done))
    await asked(done => store.touch(id, until(60_000, 'ended meanwhile'), done))
    expect(await read()).to.equal(null)
    await asked(done => store.set(id, { ...found, flash: 'ended meanwhile' } as never, done))
    expect(await read(), 'a request that was under way does not bring it back').to.equal(null)
    await asked(done => store.set(id, until(-1, 'over'), done))
    expect(await read()).to.equal(null)
    await pool.query('select sessions_prune()')
    expect(await owner('sessions').select()).to.deep.equal([])
    await pool.end()
  })
})
