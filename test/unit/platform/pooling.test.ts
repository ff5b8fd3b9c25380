import { expect } from 'chai'
import type pg from 'pg'
import { CALLS_PER_MINUTE, createFeedLimits } from '../../../server/feed/feed.limits.js'
import { isDatabaseTrouble } from '../../../server/platform/database-trouble.js'
import { createDatabase, createPool } from '../../../server/platform/db.js'
import { createLogger } from '../../../server/platform/logger.js'
import { createSealer } from '../../../server/platform/seal.js'
import { createData, type Stores } from '../../../server/stores.js'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js'
import { eventually } from '../../helpers/waiting.js'

/** The same whether PostgreSQL is asked directly or through a pooler that changes the connection at every transaction. */
describe("Connections that may be anybody's", () => {
  let database: TestDatabase
  const pools: pg.Pool[] = []

  before(async () => {
    database = await createTestDatabase()
  })
  after(async () => {
    await Promise.all(pools.map(pool => pool.end()))
    await database.drop()
  })

  it('count what is limited to the last call, however many processes and connections ask at once', async () => {
    const process = () => {
      const pool = createPool(database.webUrl, { max: 5, log: createLogger('error') })
      pools.push(pool)
      return createFeedLimits(pool)
    }
    const [one, other] = [process(), process()]
    const calls = Array.from({ length: CALLS_PER_MINUTE + 5 }, (_, index) => (index % 2 ? one : other).calls('token'))

    const answers = await Promise.allSettled(calls)

    expect(answers.filter(({ status }) => status === 'rejected')).to.have.length(5)
  })

  it('keep neither company nor patience of the transaction before', async () => {
    const db = createDatabase(database.webUrl, { poolMax: 5 })
    const data = createData(db, createSealer([{ id: 'k1', key: Buffer.alloc(32) }]), { lockTimeoutMs: 1_234 })
    const company = await data.tenants.remember({ smarthrId: '1', companyIds: [], subdomain: null, name: 'みどり商会' })
    const id = company?.id ?? ''
    await Promise.all(Array.from({ length: 10 }, () => data.inTenant(id, stores => stores.admins.find(id))))
    const settings = ['lock_timeout', 'idle_in_transaction_session_timeout']
    const found = await Promise.all(
      Array.from({ length: 10 }, () =>
        db.raw<{ rows: object[] }>(
          `select coalesce(current_setting('app.tenant_id', true), '') as company,
             array(select current_setting(unnest(?::text[]))) as patience`,
          [settings],
        ),
      ),
    )
    await db.destroy()

    for (const { rows } of found) expect(rows).to.deep.equal([{ company: '', patience: ['0', '0'] }])
  })

  it('give up the transaction of a process that fell silent in it: its rows are free for others', async () => {
    const db = createDatabase(database.webUrl, { poolMax: 5 })
    const data = createData(db, createSealer([{ id: 'k1', key: Buffer.alloc(32) }]), { silentMs: 300 })
    const company = await data.tenants.remember({ smarthrId: '2', companyIds: [], subdomain: null, name: 'みどり商会' })
    const id = company?.id ?? ''
    const hanako = { smarthrUserId: '1', email: 'hanako@midori.example', name: '花子' }
    const signIn = ({ admins }: Stores) => admins.signedIn(hanako, new Date())
    await data.inTenant(id, signIn)
    let isFree: (() => void) | undefined
    const silent = data
      .inTenant(id, async stores => {
        await signIn(stores)
        await new Promise<void>(done => (isFree = done))
        await signIn(stores)
      })
      .catch((error: unknown) => error)
    await eventually('the lock', () => Promise.resolve(isFree))

    expect((await data.inTenant(id, signIn)).name).to.equal('花子')
    isFree?.()
    expect(isDatabaseTrouble(await silent), 'what the silent one hears').to.equal(true)
    await db.destroy()
  })
})
