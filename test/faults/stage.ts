import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startSandbox } from '../../sandbox/server.js'
import { createSealer, type Sealer } from '../../server/platform/seal.js'
import { controlOf, type Control } from '../helpers/control.js'
import { connect } from '../helpers/connecting.js'
import { createVisitor, type Page, type Visitor } from '../helpers/visitor.js'
import { ask, ownCluster, sharedCluster, type Cluster } from './clusters.js'
import type { Moment, Verdict } from './lines.js'
import type { Mail } from './observed.js'
import { freePort, makeHand, type Hand, type ProcessName } from './processes.js'

const ADMIN = 'hanako@midori.example'
const PASSWORD = 'renkei-demo'

type Json = Readonly<Record<string, unknown>>

/** Somebody who sees everything that a process says and hears. */
export type Audience = (by: Hand, moment: Moment) => Verdict | Promise<Verdict>

/** One web, two workers, their database, the services and their mail server: where one scenario after the other is played. */
export interface Stage {
  cluster: Cluster
  hands: Readonly<Record<ProcessName, Hand>>
  workers: readonly Hand[]
  /** texts that no log may hold: what was configured, and every token seen on the lines */
  secrets(): string[]
  /** what took longer than it may */
  lateness: string[]
  control: Control
  state(service: string): Promise<Json>
  mails(): Promise<Mail[]>
  rows<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>
  /** opens what the processes have sealed */
  sealer: Sealer
  /** Whoever was watching before watches no longer. */
  watch(audience: Audience | null): void
  /** Everything runs, nothing is wrong, nobody was here before. `changes`: of a process's environment. */
  begin(changes?: Partial<Record<ProcessName, Record<string, string>>>): Promise<void>
  /** An administrator who has connected the service. */
  connected(connector: string): Promise<Visitor>
  close(): Promise<void>
}

const EMPTY = ['tenants', 'sessions', 'rate_limits', 'sign_in_limits'].map(table => `delete from ${table}`).join(';')

/** What a line gives away: tokens in headers, and those in a token endpoint's answer. */
const TOKENS = [/\bbearer ([\w.~+/=-]{12,})/gi, /"(?:access|refresh)_token":"([^"]{12,})"/g]

const passwordOf = (url: string) => decodeURIComponent(new URL(url).password)

/** How often somebody tries again who is told that the page can't be shown just now, a second apart. */
const TRIES = 60

/** Goes back to the page before, and tries again, as the page asks for it. */
function patient(visitor: Visitor): Visitor {
  let here = visitor
  const again = async (act: (visitor: Visitor) => Promise<Page>) => {
    for (let tries = 1; ; tries += 1) {
      const before = here.twin()
      const page = await act(here)
      if (page.status !== 503 || tries === TRIES) return page
      here = before
      await sleep(1_000)
    }
  }
  return {
    get: (...asked) => again(one => one.get(...asked)),
    begin: (...asked) => again(one => one.begin(...asked)),
    post: (...asked) => again(one => one.post(...asked)),
    press: (...asked) => again(one => one.press(...asked)),
    send: (...asked) => again(one => one.send(...asked)),
    leadsTo: (...asked) => here.leadsTo(...asked),
    ledOn: (...asked) => here.ledOn(...asked),
    page: () => here.page(),
    get cookies() {
      return here.cookies
    },
    twin: () => here.twin(),
  }
}

export async function openStage(name: string, { own }: { own: boolean }): Promise<Stage> {
  const cluster = own ? await ownCluster(name) : await sharedCluster()
  const port = await freePort()
  const appUrl = `http://localhost:${port}`
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, appUrl })
  const configured = {
    NODE_ENV: 'test',
    PORT: String(port),
    APP_URL: appUrl,
    SESSION_SECRETS: randomBytes(32).toString('hex'),
    TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'debug',
  }
  const seen = new Set<string>()
  let audience: Audience | null = null
  let changed = new Map<ProcessName, string>()

  const watching = (of: () => Hand) => (moment: Moment) => {
    if (moment.far === 'services')
      for (const pattern of TOKENS) for (const [, token = ''] of moment.text.matchAll(pattern)) seen.add(token)
    return audience?.(of(), moment) ?? 'pass'
  }
  const outside = () => ({ sandboxUrl: sandbox.url, smtpUrl: sandbox.smtpUrl, databaseUrl: cluster.appUrl() })
  const make = async (of: ProcessName): Promise<Hand> => {
    const hand: Hand = await makeHand(of, {
      outside: outside(),
      environment: configured,
      watch: watching(() => hand),
    })
    return hand
  }
  const [web, worker1, worker2] = await Promise.all([make('web'), make('worker1'), make('worker2')])
  const hands = { web, worker1, worker2 }
  const all = Object.values(hands)

  const control = controlOf(sandbox.url)

  const stage: Stage = {
    cluster,
    hands,
    workers: [worker1, worker2],
    secrets: () => [
      ...seen,
      PASSWORD,
      configured.SESSION_SECRETS,
      configured.TOKEN_KEYS.slice('k1:'.length),
      passwordOf(cluster.url()),
      'renkei-sandbox-secret',
      'renkei-sandbox-freee-secret',
      'renkei-sandbox-pca-secret',
    ],
    lateness: [],
    control,
    state: async service => (await control('GET', `/state?service=${service}`)) as Json,
    mails: async () => (await control('GET', '/mails')) as Mail[],
    rows: (sql, values) => ask(cluster.url(), sql, values),
    sealer: createSealer([{ id: 'k1', key: Buffer.from(configured.TOKEN_KEYS.slice('k1:'.length), 'base64') }]),
    watch(next) {
      audience = next
    },
    async begin(changes = {}) {
      audience = null
      for (const hand of all) {
        hand.lines.database.lead(cluster.appUrl())
        // Connections of the scenario before would keep this one from opening any.
        await hand.lines.services.cut()
        for (const line of Object.values(hand.lines)) await line.mend()
      }
      await control('POST', '/reset')
      await control('PUT', '/limits', { service: 'smarthr', enabled: false })
      const wanted = new Map(Object.entries(changes).map(([of, env]) => [of as ProcessName, JSON.stringify(env)]))
      for (const hand of all) if (changed.get(hand.name) !== wanted.get(hand.name)) await hand.kill()
      changed = wanted
      await ask(
        cluster.url(),
        `${EMPTY}; delete from graphile_worker._private_jobs; delete from graphile_worker._private_job_queues`,
      )
      for (const hand of all) hand.forget()
      await Promise.all(all.map(hand => hand.start(changes[hand.name])))
    },
    async connected(connector) {
      const visitor = createVisitor(appUrl)
      await visitor.get(`/auth/smarthr?returnTo=${encodeURIComponent(`/${connector}`)}`)
      await visitor.press('ログイン', { email: ADMIN, password: PASSWORD })
      await visitor.press('許可する')
      const administrator = patient(visitor)
      await connect(administrator, connector)
      return administrator
    },
    async close() {
      audience = null
      await Promise.all(all.map(hand => hand.close()))
      await sandbox.close()
      await cluster.close()
    },
  }
  return stage
}
