import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect } from 'chai'
import pg from 'pg'
import { createPool, migrateToLatest } from '../../../server/platform/db.js'
import { checkLogins } from '../../../server/platform/login.js'
import { createLogger } from '../../../server/platform/logger.js'
import { APP_ROLE, WORKER_ROLE } from '../../../server/platform/rights.js'
import { projectRoot } from '../../../server/platform/root.js'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js'
import { productionEnvironment } from '../../helpers/production.js'
import { createTenantStore } from '../../../server/install/tenant.store.js'
import knex from 'knex'

const log = createLogger('error')

async function asked<Row extends object>(url: string, ...statements: string[]): Promise<Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    let rows: Row[] = []
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

const named = (url: string, username: string) => Object.assign(new URL(url), { username }).href
const userOf = (url: string) => new URL(url).username

/** What a process with this login would say before it ends; '' when it would serve. */
async function saidOf(url: string, { role = APP_ROLE, production = true } = {}): Promise<string> {
  const pool = createPool(url, { max: 1, log })
  try {
    await checkLogins([{ variable: 'DATABASE_URL', pool, role }], {
      production,
      log,
      refuse: error => {
        throw error
      },
    })
    return ''
  } catch (error) {
    return (error as Error).message
  } finally {
    await pool.end()
  }
}

describe('The logins of the database', () => {
  let database: TestDatabase
  const made: string[] = []

  before(async () => {
    database = await createTestDatabase()
  })
  after(async () => {
    await database.drop()
    for (const login of made) await asked(new URL('/postgres', database.superUrl).href, `drop role ${login}`)
  })

  /** A login of its own, with the password that all logins of the tests have. */
  async function login(attributes: string, ...roles: string[]): Promise<string> {
    const name = `renkei_test_${randomBytes(4).toString('hex')}`
    made.push(name)
    const grants = roles.map(role => `grant ${role} to ${name}`)
    await asked(
      database.superUrl,
      `create role ${name} login password '${new URL(database.superUrl).password}' ${attributes}`,
      ...grants,
    )
    return named(database.superUrl, name)
  }

  it('serve with the rights of their role and no more', async () => {
    expect(await saidOf(database.webUrl)).to.equal('')
    expect(await saidOf(database.url, { role: WORKER_ROLE })).to.equal('')
    expect(await saidOf(database.webUrl, { role: WORKER_ROLE })).to.include(`is no member of ${WORKER_ROLE}`)
  })

  it('are refused as superuser, owner, with BYPASSRLS, without the role, each in words', async () => {
    expect(await saidOf(database.superUrl))
      .to.include('is a superuser')
      .and.not.include('no member')
    expect(await saidOf(database.ownerUrl)).to.include('owns the tables')
    expect(await saidOf(await login('bypassrls', APP_ROLE))).to.include('has BYPASSRLS')
    expect(await saidOf(await login(''))).to.include(`is no member of ${APP_ROLE}`)
    expect(await saidOf(await login('noinherit', APP_ROLE))).to.include(`is no member of ${APP_ROLE}`)
    const both = await saidOf(await login('bypassrls', userOf(database.ownerUrl)))
    expect(both).to.include('has BYPASSRLS').and.include('owns the tables')
    expect(both.match(/DATABASE_URL: /g)).to.have.length(2)
  })

  it('are refused when they could become somebody who may too much', async () => {
    const strong = await login('bypassrls')

    expect(await saidOf(await login('', APP_ROLE, userOf(strong)))).to.include('has BYPASSRLS')
    expect(await saidOf(await login('', APP_ROLE, userOf(database.superUrl)))).to.include('is a superuser')
  })

  it('may be one for all outside production, which then works as the role from its first statement on', async () => {
    const acting = `${database.superUrl}?options=-c%20role%3D${APP_ROLE}`

    expect(await saidOf(acting, { production: false })).to.equal('')
    expect(await saidOf(acting)).to.include('is a superuser')
    expect(await asked(acting, 'reset role', 'select current_user as me')).to.deep.equal([{ me: APP_ROLE }])
  })

  it('say what the server says of a wrong password, and what is missing in an empty database', async () => {
    const wrong = Object.assign(new URL(database.webUrl), { password: 'guess' }).href
    expect(await saidOf(wrong))
      .to.include('password authentication failed')
      .and.not.include('guess')
    expect(await saidOf(new URL('/postgres', database.webUrl).href)).to.include('run npm run release first')
  })

  for (const entry of ['server/index', 'server/worker'])
    it(`end ${entry}.ts with exit code 78 and the reason when they are the owner's`, async () => {
      const child = spawn(process.execPath, ['--import=tsx', `${entry}.ts`], {
        cwd: projectRoot,
        env: {
          PATH: process.env.PATH,
          ...productionEnvironment(),
          PORT: '0',
          DATABASE_URL: database.ownerUrl,
        },
      })
      let said = ''
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const [code] = (await once(child, 'close')) as [number]

      expect(code).to.equal(78)
      expect(said).to.include('owns the tables').and.include('DATABASE_OWNER_URL')
    })

  it('get their rights again from a release on a restored database, whose dump brought none', async () => {
    const restored = await createTestDatabase()
    try {
      await asked(
        restored.superUrl,
        `revoke all on all tables in schema public from ${APP_ROLE}, ${WORKER_ROLE}`,
        `revoke all on all tables in schema graphile_worker from ${WORKER_ROLE}`,
        `revoke usage on schema graphile_worker from ${WORKER_ROLE}`,
        `drop policy ${WORKER_ROLE} on graphile_worker._private_jobs`,
      )
      const look = () => asked(restored.url, 'select from tenants', 'select from graphile_worker._private_jobs')
      expect(await look().catch((error: Error) => error.message)).to.include('permission denied')
      const bare = await login('')

      await migrateToLatest(restored.ownerUrl, { [userOf(bare)]: WORKER_ROLE })

      await asked(restored.superUrl, `select graphile_worker.add_job('kept')`)
      for (const url of [restored.url, Object.assign(new URL(restored.url), { username: userOf(bare) }).href])
        expect(await asked(url, 'select from tenants', 'select from graphile_worker._private_jobs')).to.have.length(1)
    } finally {
      await restored.drop()
    }
  })

  it('work for a second database of the same server, which another owner brings up', async () => {
    const owner = await login('createrole')
    const name = `test_${randomBytes(6).toString('hex')}`
    await asked(database.superUrl, `create database ${name} owner ${userOf(owner)}`)
    try {
      await migrateToLatest(new URL(`/${name}`, owner).href, {
        [userOf(database.webUrl)]: APP_ROLE,
        [userOf(database.url)]: WORKER_ROLE,
      })
      const web = knex({ client: 'pg', connection: new URL(`/${name}`, database.webUrl).href })
      const company = await createTenantStore(web).remember({
        smarthrId: '1',
        companyIds: [],
        subdomain: null,
        name: '青空工業',
      })
      await web.destroy()

      expect(company?.name).to.equal('青空工業')
      expect(await saidOf(new URL(`/${name}`, database.url).href, { role: WORKER_ROLE })).to.equal('')
    } finally {
      await asked(database.superUrl, `drop database ${name} with (force)`)
    }
  })
})
