import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import winston from 'winston'
import { startSandbox } from '../../sandbox/server.js'
import { createApp } from '../../server/app.js'
import { loadConfig } from '../../server/config.js'
import { type Container, type ContainerOptions, createContainer } from '../../server/container.js'
import { startWorker } from '../../server/jobs/worker.js'
import { sandboxEnvironment } from '../../server/local/sandbox-env.js'
import { createPool } from '../../server/platform/db.js'
import { createLogger } from '../../server/platform/logger.js'
import { findRun } from '../../server/runs/flow-of.js'
import type { Run } from '../../server/runs/run.js'
import { connect } from './connecting.js'
import { controlOf, type Control } from './control.js'
import { createTestDatabase, keepRows } from './database.js'
import { createVisitor, type Visitor } from './visitor.js'

export const PASSWORD = 'renkei-demo'

export const ADMIN = 'hanako@midori.example'
/** the employee of the seed that ADMIN is */
export const ADMIN_NAME = '村上 理恵'

export interface LoggedCall {
  /** when it was answered, ISO 8601 */
  time: string
  service: string
  method: string
  path: string
  query: Record<string, string>
  body: unknown
  status: number
  response?: unknown
}

export interface ReceivedMail {
  id: number
  from: string
  to: string[]
  subject: string
  text: string
  html: string
  messageId: string
}

export interface World {
  appUrl: string
  sandboxUrl: string
  /** what one process has, and with it a pool that sees everybody's rows, for the tests */
  container: Container & { ownerPool: pg.Pool }
  /** a run as it is stored */
  run(tenantId: string, runId: string): Promise<Run>
  /** the environment of this world's processes, for tests that start more of them */
  environment: Record<string, string>
  /** every line that was logged, as text */
  logs: string[]
  control: Control
  calls(service: string): Promise<LoggedCall[]>
  mails(): Promise<ReceivedMail[]>
  visitor(): Visitor
  /** a visitor who has signed in with SmartHR and stands at the page asked for */
  signedIn(email?: string, returnTo?: string): Promise<Visitor>
  /** … and has connected the service, with the export settings saved where it is freee */
  connected(connector?: string, email?: string): Promise<Visitor>
  /**
   * Walks the screens once and keeps what they leave: rows, log-ins and tokens, cookies. Whenever the world is empty
   * again, that is put back under the same name instead of another walk.
   */
  once(name: string, walk: () => Promise<Visitor>): Promise<Visitor>
  /** back to the sandbox's seed and an empty database */
  reset(): Promise<void>
  startWorker(): Promise<void>
  stopWorker(): Promise<void>
  close(): Promise<void>
}

export interface WorldOptions {
  /** the instant at which the app's clock and the sandbox's start, for what depends on the hour */
  at?: string
  worker?: boolean
  /** for tests of signing in and connecting themselves: each walks the screens */
  walks?: boolean
  environment?: Record<string, string>
  container?: ContainerOptions
  /** what stands between the app and its database: gives the URL that the app is told */
  between?(databaseUrl: string): Promise<string>
  /** … between its job library and the database; asked after the former */
  betweenJobs?(databaseUrl: string): string
}

/** A job of the test before may still be at work on the same rows. */
async function untilUndisturbed(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work()
      return
    } catch (error) {
      if ((error as { code?: string }).code !== DEADLOCK || tries === 5) throw error
    }
  }
}

const DEADLOCK = '40P01'

/**
 * How long a fetch that the test before has left is waited for: it would find tokens that are no more, and say so, or use up
 * those that are brought back for the next one.
 */
const LEFT_BEHIND_MS = 10_000

async function untilRead(pool: pg.Pool): Promise<void> {
  const atWork = `select from graphile_worker.jobs where task_identifier in ('run.fetch', 'check.fetch') and locked_at is not null`
  for (const until = Date.now() + LEFT_BEHIND_MS; Date.now() < until; await sleep(20))
    if ((await pool.query(atWork)).rowCount === 0) return
}

/** Everything of a company hangs on its row. Unlike `truncate`, this needs no lock on a whole table, let alone on 18. */
const EMPTY = ['tenants', 'audit_events', 'seal_keys', 'sessions', 'rate_limits', 'sign_in_limits']
  .map(table => `delete from ${table}`)
  .join(';')

const fastWaits = { retryBaseMs: 5, timeoutMs: 2_000, listingRetryMs: 20, lookUpAfterMs: [20, 50], checkAgainMs: 0 }

/**
 * A world for the tests of a `describe`: started before them, begun anew before each of them (`once`: not), closed after
 * them. What is given stands for the started world; it can be asked inside hooks and tests only.
 */
export function useWorld({
  limitsOff = [],
  once = false,
  ...options
}: WorldOptions & {
  /** services whose rate limits don't matter here */
  limitsOff?: readonly string[]
  once?: boolean
} = {}): World {
  let started: World | undefined
  const begin = async (world: World) => {
    for (const service of limitsOff) await world.control('PUT', '/limits', { service, enabled: false })
  }
  before(async () => {
    started = await startWorld(options)
    if (once) await begin(started)
  })
  after(() => started?.close())
  if (!once)
    beforeEach(async () => {
      if (!started) throw new Error('the world was not started')
      await started.reset()
      await begin(started)
    })
  return new Proxy({} as World, {
    get(_, name: keyof World) {
      if (!started) throw new Error(`the world was asked for ${name} before it was started`)
      return started[name]
    },
  })
}

/** The whole product against the whole sandbox: real PostgreSQL, real HTTP, real SMTP, in one process. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const database = await createTestDatabase()
  const server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const appUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, appUrl })

  const logs: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logs.push(chunk.toString())
      done()
    },
  })
  const webUrl = (await options.between?.(database.webUrl)) ?? database.webUrl
  const environment: Record<string, string> = {
    ...sandboxEnvironment({ SANDBOX_PORT: new URL(sandbox.url).port }),
    NODE_ENV: 'test',
    PORT: '0',
    APP_URL: appUrl,
    DATABASE_URL: database.url,
    DATABASE_DIRECT_URL: database.directUrl,
    SESSION_SECRETS: randomBytes(32).toString('hex'),
    TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    SMTP_URL: sandbox.smtpUrl,
    MAIL_FROM: 'Renkei <noreply@renkei.example>',
    LOG_LEVEL: 'debug',
    ...(options.at && { CLOCK: options.at }),
    ...options.environment,
  }
  // Pages and the work of jobs have web's login here. Only the job library has the worker's.
  const config = loadConfig({
    ...environment,
    DATABASE_URL: webUrl,
    ...(options.betweenJobs && { DATABASE_DIRECT_URL: options.betweenJobs(database.directUrl) }),
  })
  const created = createContainer(config, {
    log: createLogger(config.logLevel, new winston.transports.Stream({ stream: sink })),
    pace: false,
    ...options.container,
    waits: { ...fastWaits, ...options.container?.waits },
  })
  const ownerPool = createPool(database.superUrl, { max: 10, log: created.log })
  const container = { ...created, ownerPool }
  server.on('request', createApp(container))

  let worker: Awaited<ReturnType<typeof startWorker>> | undefined
  const control = controlOf(sandbox.url)

  const setClock = async () => {
    if (options.at) await control('PUT', '/clock', { now: options.at })
  }
  await setClock()

  const signIn = async (email: string, returnTo: string) => {
    const visitor = createVisitor(appUrl)
    await visitor.get(`/auth/smarthr?returnTo=${encodeURIComponent(returnTo)}`)
    await visitor.press('ログイン', { email, password: PASSWORD })
    await visitor.press('許可する')
    return visitor
  }

  const isEmpty = async () => (await container.ownerPool.query('select from tenants limit 1')).rowCount === 0
  const kept = new Map<string, { visitor: Visitor; bringBack(): Promise<void> }>()

  const world: World = {
    appUrl,
    sandboxUrl: sandbox.url,
    container,
    run: (tenantId, runId) => container.data.inTenant(tenantId, stores => findRun(stores, runId)),
    environment,
    logs,
    control,
    calls: async service => (await control('GET', `/requests?service=${service}`)) as LoggedCall[],
    mails: async () => (await control('GET', '/mails')) as ReceivedMail[],
    visitor: () => createVisitor(appUrl),

    async once(name, walk) {
      if (options.walks || !(await isEmpty())) return walk()
      const known = kept.get(name)
      if (known) {
        await known.bringBack()
        return known.visitor.twin()
      }
      const visitor = await walk()
      const bringBackRows = await keepRows(container.ownerPool)
      const bringBackConnections = sandbox.keepConnections()
      kept.set(name, {
        visitor: visitor.twin(),
        async bringBack() {
          bringBackConnections()
          await bringBackRows()
        },
      })
      return visitor
    },

    signedIn: (email = ADMIN, returnTo = '/freee') =>
      world.once(`${email} at ${returnTo}`, () => signIn(email, returnTo)),

    connected: (connector = 'freee', email = ADMIN) =>
      world.once(`${email} with ${connector}`, async () => {
        const visitor = await signIn(email, `/${connector}`)
        await connect(visitor, connector)
        return visitor
      }),

    async reset() {
      await untilRead(container.ownerPool)
      await control('POST', '/reset')
      await setClock()
      await untilUndisturbed(() => container.ownerPool.query(EMPTY))
      logs.length = 0
    },

    async startWorker() {
      // Whoever is forgotten is never stopped, and the tests never end.
      if (worker) throw new Error('this world has a worker already')
      worker = await startWorker({
        pool: container.jobPool,
        handlers: container.handlers,
        concurrency: 4,
        log: container.log,
        // A pass would come between any two lines of a test: those that need one make it (container.housekeeping).
        everyMinute: () => Promise.resolve(),
      })
    },
    async stopWorker() {
      await worker?.stop()
      worker = undefined
    },
    async close() {
      await world.stopWorker()
      server.closeAllConnections()
      await new Promise(done => server.close(done))
      await container.close()
      await ownerPool.end()
      await sandbox.close()
      await database.drop()
    },
  }
  if (options.worker !== false) await world.startWorker()
  return world
}
