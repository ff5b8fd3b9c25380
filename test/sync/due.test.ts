import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { parseCrontab } from 'graphile-worker'
import type { Knex } from 'knex'
import pg from 'pg'
import { connectors } from '../../server/connectors/registry.js'
import { createHousekeeping } from '../../server/housekeeping/housekeeping.job.js'
import { createRunDays } from '../../server/housekeeping/run-days.store.js'
import { EVERY_MINUTE, startWorker } from '../../server/jobs/worker.js'
import { createClock } from '../../server/platform/clock.js'
import { createDatabase, createPool } from '../../server/platform/db.js'
import { createLogger, type Logger } from '../../server/platform/logger.js'
import { createSealer } from '../../server/platform/seal.js'
import { createData, type Data } from '../../server/stores.js'
import { createTestDatabase, type TestDatabase } from '../helpers/database.js'
import { eventually } from '../helpers/waiting.js'

/** No company of these tests is about to go: one that did would fail them. */
const refuse = () => Promise.reject(new Error('a company goes'))
const nobodyGoes = { uninstalled: refuse, notice: refuse, end: refuse, askIdle: refuse }

const silent: Logger = createLogger('none')

/** So many companies with a connection and a run of each kind that is not due. */
const COMPANIES = `
  insert into tenants (smarthr_id, name) select 'company ' || n, n from generate_series(1, :n) n;
  insert into admins (tenant_id, smarthr_user_id, email, name) select id, 'u', 'u@midori.example', '花子' from tenants;
  insert into connections (tenant_id, connector, state, account_id, account_code, account_name, credentials, created_by)
    select tenant_id, 'freee', 'active', '1', '1', '1', 'sealed', id from admins;
  insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, created_at, fetched_at, ended_at)
    select c.tenant_id, c.id, 'freee', 'employees-to-smarthr', c.created_by, s.state, now() - s.age, now() - s.age,
      case when s.state in ('succeeded', 'failed') then now() - s.age end
    from connections c, (values ('draft', interval '1 hour'), ('ready', interval '1 hour'),
      ('succeeded', interval '20 days'), ('failed', interval '1 day')) s (state, age)`

/** A server's administrator, whom no policy binds: makes and looks at rows of every company. */
async function asAdministrator<Row extends object>(url: string, sql: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** The owner of the tables is a plain role, as in production: policies bind it as everybody else. */
describe('housekeeping over many companies', () => {
  let database: TestDatabase
  let url: string
  let db: Knex
  let data: Data
  let opened: string[]

  before(async () => {
    database = await createTestDatabase()
    url = database.superUrl
    await asAdministrator(url, COMPANIES.replace(':n', '50'))
    db = createDatabase(database.url)
    data = createData(db, createSealer([{ id: 'k', key: randomBytes(32) }]))
  })
  after(async () => {
    await db.destroy()
    await database.drop()
  })
  beforeEach(() => (opened = []))

  const pass = () =>
    createHousekeeping({
      inTenant: (tenantId, work) => {
        opened.push(tenantId)
        return data.inTenant(tenantId, work)
      },
      due: data.due,
      runDays: createRunDays(db),
      companyEnd: nobodyGoes,
      checking: {
        dueBy: () => ({ now: new Date(), plans: new Date(), checks: new Date(0) }),
        tend: () => Promise.reject(new Error('a company is checked')),
      },
      clock: createClock(),
      log: silent,
      retentionDays: 30,
      connectors,
    })()
  const company = async (n: number) =>
    (await asAdministrator<{ id: string }>(url, 'select id from tenants where smarthr_id = $1', [`company ${n}`]))[0]
      ?.id ?? ''
  /** Changes one company's run in the given state, or its connection. */
  const make = async (n: number, change: string, where: string, table: 'runs' | 'connections' = 'runs') => {
    const tenantId = await company(n)
    await asAdministrator(url, `update ${table} set ${change} where tenant_id = $1 and ${where}`, [tenantId])
    return tenantId
  }
  const rows = (tenantId: string, sql: string) => asAdministrator(url, sql, [tenantId])

  it('opens none of fifty companies for which nothing is due', async () => {
    await pass()

    expect(opened).to.deep.equal([])
  })

  it('finds what is due, whichever company it is of, does it, and has nothing left to do', async () => {
    const plan = await make(1, `fetched_at = now() - interval '25 hours'`, `state = 'ready'`)
    const draft = await make(2, `created_at = now() - interval '25 hours'`, `state = 'draft'`)
    const people = await make(3, `ended_at = now() - interval '31 days'`, `state = 'succeeded'`)
    const givenUp = await make(4, `state = 'cancelled', ended_at = now()`, `state = 'draft'`)
    const pending = await make(5, `state = 'pending', created_at = now() - interval '1 hour'`, 'true', 'connections')
    await asAdministrator(url, 'delete from runs where tenant_id = $1', [pending])
    const lost = await make(6, `state = 'queued'`, `state = 'ready'`)
    const link = await make(
      7,
      `connector = 'mikiwame', owner = created_by, valid_until = now() + interval '3 days'`,
      'true',
      'connections',
    )
    const snapshot = await make(
      8,
      `connector = 'money-forward', flow = 'employees', state = 'running',
         published_at = now() - interval '8 days'`,
      `state = 'ready'`,
    )
    // due for nobody: on offer for a day, and its warning was sent
    await make(
      9,
      `connector = 'money-forward', flow = 'employees', state = 'running',
         published_at = now() - interval '1 day'`,
      `state = 'ready'`,
    )
    await make(
      10,
      `connector = 'mikiwame', owner = created_by, valid_until = now() + interval '3 days', warned_at = now()`,
      'true',
      'connections',
    )
    await pass()

    expect(new Set(opened)).to.deep.equal(new Set([plan, draft, people, givenUp, pending, lost, link, snapshot]))
    const ends = `select state from runs where tenant_id = $1 and state in ('expired', 'cancelled')`
    expect(await rows(plan, ends)).to.deep.equal([{ state: 'expired' }])
    expect(await rows(draft, ends)).to.deep.equal([{ state: 'cancelled' }])
    expect(await rows(snapshot, ends)).to.deep.equal([{ state: 'expired' }])
    const emptied = 'select state from runs where tenant_id = $1 and people_deleted_at is not null'
    expect(await rows(people, emptied)).to.deep.equal([{ state: 'succeeded' }])
    expect(await rows(givenUp, emptied)).to.deep.equal([{ state: 'cancelled' }])
    expect(await rows(pending, 'select from connections where tenant_id = $1')).to.deep.equal([])
    expect(await rows(link, 'select kind from mails where tenant_id = $1')).to.deep.equal([{ kind: 'link' }])
    const jobs = `select from graphile_worker._private_jobs where payload ->> 'tenantId' = $1`
    expect(await rows(lost, jobs)).to.have.length(1)

    // A draft of the first pass is cancelled by now, and its people are due.
    await pass()
    opened = []
    await pass()
    expect(opened).to.deep.equal([])
  })

  it("shows nobody's rows to a query that names no company, before and after", async () => {
    await data.due.find({
      now: new Date(),
      plans: new Date(),
      people: new Date(),
      pending: new Date(),
      snapshots: [],
      links: [],
    })

    expect(await db('runs').select('id')).to.deep.equal([])
    expect(await db('connections').select('id')).to.deep.equal([])
  })
})

const never = () => Promise.resolve()

/** Jobs that nobody makes here. */
const others = {
  'run.fetch': never,
  'run.apply': never,
  'check.fetch': never,
  'mail.copy': never,
  'mail.check': never,
  'mail.approval': never,
  'keys.compare': never,
}

describe('the passes of housekeeping', () => {
  let database: TestDatabase
  let pool: pg.Pool
  const workers: Awaited<ReturnType<typeof startWorker>>[] = []
  before(async () => {
    database = await createTestDatabase()
    pool = createPool(database.url, { max: 10, log: silent })
  })
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop()
  })
  after(async () => {
    await pool.end()
    await database.drop()
  })

  /** What the minute's turn does. */
  const minute = async (client: Pick<pg.Pool, 'query'> = pool) => {
    const [{ task, options } = { task: '', options: {} }] = parseCrontab(EVERY_MINUTE)
    await client.query('select graphile_worker.add_job($1, queue_name => $2, job_key => $3, max_attempts => $4)', [
      task,
      options.queueName,
      options.jobKey,
      options.maxAttempts,
    ])
  }

  it('never overlap, in two processes and after the death of one, and do not pile up', async () => {
    let [begun, atOnce, most] = [0, 0, 0]
    let release: (() => void) | undefined
    const everyMinute = async () => {
      begun += 1
      atOnce += 1
      most = Math.max(most, atOnce)
      await new Promise<void>(done => (release = done))
      atOnce -= 1
    }
    const handlers = { ...others, 'mail.result': never }
    const heartbeat = { beatMs: 100, deadMs: 2_000 }
    const options = { pool, handlers, concurrency: 2, log: silent, everyMinute, heartbeat }
    // The pass of a process that was killed a moment ago
    await minute()
    await pool.query(`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'dead'`)
    await pool.query(`update graphile_worker._private_job_queues set locked_at = now(), locked_by = 'dead'`)
    await pool.query(`insert into worker_heartbeats (worker_id) values ('dead')`)
    workers.push(await startWorker(options), await startWorker(options))
    await minute()
    await minute()
    await eventually('a pass', () => Promise.resolve(begun === 1 && release))
    for (let minutes = 0; minutes < 3; minutes += 1) await minute()
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::int as n from graphile_worker.jobs where task_identifier = 'housekeeping' and locked_at is null
         and attempts < max_attempts`,
    )
    expect(rows[0]?.n, 'waiting passes').to.be.at.most(1)
    release?.()
    await eventually('the next pass', () => Promise.resolve(begun === 2))
    release?.()
    await eventually('its end', () => Promise.resolve(atOnce === 0))

    expect(most).to.equal(1)
  })

  it('go on elsewhere when a process died with its first job before its first sign of life', async () => {
    let begun = 0
    const everyMinute = () => Promise.resolve(void (begun += 1))
    const handlers = { ...others, 'mail.result': never }
    await minute()
    await pool.query(`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'never heard of'`)
    await pool.query(`update graphile_worker._private_job_queues set locked_at = now(), locked_by = 'never heard of'`)
    const heartbeat = { beatMs: 100, deadMs: 2_000 }
    workers.push(await startWorker({ pool, handlers, concurrency: 2, log: silent, everyMinute, heartbeat }))

    await eventually('the pass', () => Promise.resolve(begun > 0))
  })

  it('go on when the answer that brought one was lost, while one that takes its time is left alone', async () => {
    let [passes, mails] = [0, 0]
    let release: (() => void) | undefined
    const everyMinute = () => Promise.resolve(void (passes += 1))
    const long = () => {
      mails += 1
      return new Promise<void>(done => (release = done))
    }
    const handlers = { ...others, 'mail.result': long }
    const heartbeat = { beatMs: 100, deadMs: 500 }
    workers.push(await startWorker({ pool, handlers, concurrency: 2, log: silent, everyMinute, heartbeat }))
    const client = await pool.connect()
    await client.query('begin')
    await minute(client)
    for (const table of ['_private_jobs', '_private_job_queues'])
      await client.query(
        `update graphile_worker.${table} set locked_at = now(), locked_by = (select max(worker_id) from worker_heartbeats)`,
      )
    await client.query('commit')
    client.release()
    await eventually('the pass', () => Promise.resolve(passes > 0))
    await pool.query(`select graphile_worker.add_job('mail.result', '{}')`)
    await eventually('the mail', () => Promise.resolve(release))
    // Whoever has room looks for jobs every two seconds.
    await sleep(3_500)

    expect(mails).to.equal(1)
    release?.()
  })
})
