import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import winston from 'winston'
import { startSandbox } from '../../sandbox/server.js'
import { createApp } from '../../server/app.js'
import { loadConfig } from '../../server/config.js'
import { createContainer, type Container, type ContainerOptions } from '../../server/container.js'
import { startWorker } from '../../server/jobs/worker.js'
import { sandboxEnvironment } from '../../server/local/sandbox-env.js'
import { createLogger } from '../../server/platform/logger.js'
import { findRun } from '../../server/runs/flow-of.js'
import type { Run } from '../../server/runs/run.js'
import { createTestDatabase, keepRows } from './database.js'
import { createVisitor, type Fields, type Page, type Visitor } from './visitor.js'

export const PASSWORD = 'renkei-demo'
export const ADMIN = 'hanako@midori.example'

export interface LoggedCall {
  service: string
  method: string
  path: string
  query: Record<string, string>
  body: unknown
  status: number
  response?: unknown
}

export interface ReceivedMail {
  from: string
  to: string[]
  subject: string
  text: string
  messageId: string
}

export interface World {
  appUrl: string
  sandboxUrl: string
  container: Container
  /** a run as it is stored */
  run(tenantId: string, runId: string): Promise<Run>
  /** the environment of this world's processes, for tests that start more of them */
  environment: Record<string, string>
  /** every line that was logged, as text */
  logs: string[]
  control(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<unknown>
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
}

const FIRST_PAUSE_MS = 10
const PAUSE_GROWS = 1.25
/** What is looked for may last for an instant only. */
const SHORT_PAUSE_MS = 25
/** … but a plan and a report stay, and looking at them takes time from what they wait for. */
const LONG_PAUSE_MS = 100
/** A look takes less on a machine that is not overloaded. */
const LOOK_MS = 25
/** … and on one that is, looking must leave most of the time to what is waited for. */
const PAUSE_PER_LOOK = 2

/**
 * Waits for `look` to say yes. Not a sleep: it ends as soon as it does. It fails when nothing has moved for `ms`; what
 * `look` passes to `saw` is a move whenever it is something new. A slow machine is given the time it needs to look as
 * often as another would have.
 */
export async function eventually<T>(
  what: string,
  look: (saw: (answer: string) => void) => Promise<T | false | null | undefined>,
  ms = 20_000,
  longestPauseMs = SHORT_PAUSE_MS,
): Promise<T> {
  const patience = ms / (longestPauseMs + LOOK_MS)
  let since = Date.now()
  let looks = 0
  let last: string | undefined
  const saw = (answer: string) => {
    if (answer === last) return
    last = answer
    since = Date.now()
    looks = 0
  }
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * PAUSE_GROWS, longestPauseMs)) {
    const began = Date.now()
    const seen = await look(saw)
    const took = Date.now() - began
    if (seen) return seen
    looks += 1
    const stands = Date.now() - since
    if (stands > ms && looks > patience)
      throw new Error(`${what} did not happen: nothing has moved for ${stands} ms, ${last ?? 'nothing seen'}`)
    await sleep(Math.max(pause, PAUSE_PER_LOOK * took))
  }
}

interface Progress {
  state: string
  ended: boolean
}

/** Waits until a run stands where `there` says, by asking for its progress as its page's script does. */
const untilRun = (visitor: Visitor, runId: string, what: string, there: (run: Progress) => boolean, ms?: number) =>
  eventually(
    what,
    async saw => {
      const { html } = await visitor.get(`/runs/${runId}/progress`, { accept: 'application/json' })
      saw(html)
      return there(JSON.parse(html) as Progress)
    },
    ms,
    LONG_PAUSE_MS,
  )

/** Waits until both sides were read; the page where the run stands then. */
export async function whenRead(visitor: Visitor, runId: string): Promise<Page> {
  await untilRun(visitor, runId, 'the plan', run => run.state !== 'fetching')
  const page = await visitor.get(`/runs/${runId}/fetch`)
  if (page.text.includes('取得に失敗しました')) throw new Error(page.text)
  return page
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

/** Everything of a company hangs on its row. Unlike `truncate`, this needs no lock on a whole table, let alone on 18. */
const EMPTY = ['tenants', 'sessions', 'rate_limits', 'sign_in_limits'].map(table => `delete from ${table}`).join(';')

const fastWaits = { retryBaseMs: 5, timeoutMs: 2_000, listingRetryMs: 20, lookUpAfterMs: [20, 50] }

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
  const environment: Record<string, string> = {
    ...sandboxEnvironment({ SANDBOX_PORT: new URL(sandbox.url).port }),
    NODE_ENV: 'test',
    PORT: '0',
    APP_URL: appUrl,
    DATABASE_URL: database.url,
    SESSION_SECRETS: randomBytes(32).toString('hex'),
    TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    SMTP_URL: sandbox.smtpUrl,
    MAIL_FROM: 'Renkei <noreply@renkei.example>',
    LOG_LEVEL: 'debug',
    ...(options.at && { CLOCK: options.at }),
    ...options.environment,
  }
  const config = loadConfig(environment)
  const container = createContainer(config, {
    log: createLogger(config.logLevel, new winston.transports.Stream({ stream: sink })),
    pace: false,
    ...options.container,
    waits: { ...fastWaits, ...options.container?.waits },
  })
  server.on('request', createApp(container))

  let worker: Awaited<ReturnType<typeof startWorker>> | undefined
  const control: World['control'] = async (method, path, body) => {
    const answer = await fetch(`${sandbox.url}/_control${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const json: unknown = await answer.json()
    if (!answer.ok) throw new Error(`control ${path}: ${JSON.stringify(json)}`)
    return json
  }

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
      await control('POST', '/reset')
      await setClock()
      await untilUndisturbed(() => container.ownerPool.query(EMPTY))
      logs.length = 0
    },

    async startWorker() {
      worker = await startWorker({
        pool: container.ownerPool,
        handlers: container.handlers,
        concurrency: 4,
        log: container.log,
        everyMinute: container.housekeeping,
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
      await sandbox.close()
      await database.drop()
    },
  }
  if (options.worker !== false) await world.startWorker()
  return world
}

/** Connects a service, as an administrator does it who makes no mistake. */
async function connect(visitor: Visitor, connector: string): Promise<void> {
  switch (connector) {
    case 'freee':
      await connectFreee(visitor)
      await visitor.get('/freee/settings')
      await visitor.press('保存', {
        working_hours_system_name: '固定時間',
        company_reference_date_rule_name: '正社員',
        pay_calc_type: 'monthly',
        pay_amount: '220000',
      })
      break
    case 'pca':
    case 'pca-hyper':
      await connectPca(visitor, connector)
      break
    case 'money-forward':
      await connectMoneyForward(visitor)
      break
    case 'mikiwame':
      await linkMikiwame(visitor)
      break
    default:
      await connectAttendance(visitor, connector)
  }
}

/** From the connection page to the dashboard, as an administrator does it. */
export async function connectFreee(visitor: Visitor, code = '0123456789', email = 'owner@freee.example') {
  await visitor.get('/freee/connection')
  await visitor.press('連携開始', { accountCode: code })
  if (visitor.page().html.includes('type="password"')) {
    await visitor.press('ログイン', { email, password: PASSWORD })
  }
  if (!visitor.page().html.includes('許可する')) await visitor.press('次へ')
  await visitor.press('許可する')
  return visitor.press('連携する', { account: 'yes', notes: 'yes' })
}

/** Walks the wizard to the selection page and returns the run's id. `date`: the reference date, or the area's name. */
export async function toSelection(visitor: Visitor, flow: string, date?: string, connector = 'freee'): Promise<string> {
  await visitor.get(`/${connector}/runs/new?flow=${flow}`)
  const [, firstArea] = /name="area" value="([^"]+)"/.exec(visitor.page().html) ?? []
  // A flow that asks nothing first reads at once.
  if (!/\/(fetch|select)$/.test(visitor.page().url)) {
    await visitor.press('次へ', firstArea ? { area: date ?? firstArea } : date ? { referenceDate: date } : {})
  }
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1]
  if (!runId) throw new Error(`no run at ${visitor.page().url}: ${visitor.page().text.slice(0, 300)}`)
  const page = await whenRead(visitor, runId)
  if (page.url.includes('/select')) return runId
  if (!page.text.includes('同期待ち')) throw new Error(`no selection at ${page.url}: ${page.text.slice(0, 300)}`)
  await visitor.get(`/runs/${runId}/select`)
  return runId
}

/** Chooses everybody, confirms, starts. */
export async function syncEverybody(visitor: Visitor): Promise<void> {
  const all = /<button[^>]*value="(select-all|select-page)"/.exec(visitor.page().html)?.[1]
  if (!all) throw new Error('nobody can be chosen')
  await visitor.press(visitor.page().html.includes('value="select-all"') ? 'select-all' : all)
  await visitor.press(visitor.page().html.includes('value="confirm">同期を開始') ? '同期を開始' : '確認')
  if (visitor.page().url.endsWith('/options')) {
    // The first entry of every list that new people need a value of.
    const lists = [...visitor.page().html.matchAll(/<select id="(\w+)"[\s\S]*?<option value="([^"]+)"/g)]
    await visitor.press('確認', Object.fromEntries(lists.map(([, name = '', value = '']) => [name, value])))
  }
  await visitor.press('同期')
}

/** From the connection page to the dashboard by a pasted token. */
export async function connectAttendance(visitor: Visitor, connector: string, token = `renkei-demo-${connector}`) {
  await visitor.get(`/${connector}/connection`)
  return visitor.press('登録する', { accessToken: token })
}

/** From the connection page to the dashboard with the four things PCA asks for. */
export async function connectPca(visitor: Visitor, connector = 'pca', changes: Record<string, string> = {}) {
  await visitor.get(`/${connector}/connection`)
  return visitor.press('連携開始', {
    serviceId: '12345678',
    servicePassword: PASSWORD,
    userName: 'user01',
    password: PASSWORD,
    ...changes,
  })
}

/** 「連携する」 on the settings page and once more on the next, then SmartHR's consent. */
export async function linkMikiwame(visitor: Visitor, button = '連携する'): Promise<void> {
  await visitor.get('/mikiwame/connection')
  await visitor.press(button)
  await visitor.press(button)
  if (visitor.page().text.includes('許可する')) await visitor.press('許可する')
}

/** From the connection page through the vendor's own consent page. */
export async function consentAttendance(visitor: Visitor, connector: string) {
  await visitor.get(`/${connector}/connection`)
  await visitor.press('連携を開始')
  return visitor.press('承諾する', { login_id: 'admin', password: PASSWORD, agree: '1' })
}

export const MONEY_FORWARD_KEY = '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37'

/** From the connection page to the dashboard by Money Forward's API KEY. */
export async function connectMoneyForward(visitor: Visitor, key = MONEY_FORWARD_KEY) {
  await visitor.get('/money-forward/connection')
  return visitor.press('登録', { apiKey: key })
}

/** Issues an access token as an administrator does it; the token, which stands on the answering page alone. */
export async function issueToken(visitor: Visitor, changes: Fields = {}): Promise<string> {
  await visitor.get('/money-forward/access-tokens/new')
  await visitor.press('登録', { name: 'マネーフォワード クラウド給与', ...changes })
  const token = /id="issued"[^>]*value="([^"]+)"/.exec(visitor.page().html)?.[1]
  if (!token) throw new Error(`no token at ${visitor.page().url}: ${visitor.page().text.slice(0, 300)}`)
  return token
}

/** Waits for the end of a run and returns its report page. */
export async function reportOf(visitor: Visitor, runId: string, ms?: number) {
  await untilRun(visitor, runId, 'the end of the run', run => run.ended, ms)
  return visitor.get(`/runs/${runId}`)
}
