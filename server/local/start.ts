import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, EX_CONFIG, isSandboxMode, problemsOf, releaseConfig } from '../config.js'
import { migrateToLatest } from '../platform/db.js'
import { APP_ROLE, WORKER_ROLE } from '../platform/rights.js'
import { projectRoot } from '../platform/root.js'
import { localFolder } from './folder.js'
import { startPostgres, type LocalPostgres } from './postgres.js'
import { localSecrets, portProblems, sandboxEnvironment, sandboxPorts } from './sandbox-env.js'

/**
 * `npm start`: web and worker in one process group; in sandbox mode also PostgreSQL, the schema and the sandbox. One
 * child that ends takes everything down: half a product must not look alive.
 */
const STOP_WITHIN_MS = 30_000
const POLL_MS = 100
const SAY_EVERY_MS = 10_000

const fromDist = process.env.NODE_ENV === 'production'
const children = new Map<string, ChildProcess>()
let postgres: LocalPostgres | undefined
let stopping: Promise<void> | undefined

function launch(name: string, entry: string, env: Record<string, string | undefined>) {
  const args = fromDist
    ? [join(projectRoot, 'dist', `${entry}.js`)]
    : ['--import=tsx', join(projectRoot, `${entry}.ts`)]
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env,
    stdio: ['ignore', name === 'sandbox' ? 'ignore' : 'inherit', 'inherit'],
  })
  children.set(name, child)
  child.once('exit', (code, signal) => {
    children.delete(name)
    if (stopping) return
    console.error(`${name} ended unexpectedly (${signal ?? `exit code ${code}`}).`)
    process.exitCode = code ? code : 1
    void stop()
  })
}

/** Ends the children and what else was started; waits for them. */
function stop(): Promise<void> {
  return (stopping ??= (async () => {
    const running = [...children.values()]
    const ended = running.map(child => once(child, 'exit'))
    for (const child of running) child.kill('SIGTERM')
    const patience = setTimeout(() => {
      for (const child of children.values()) child.kill('SIGKILL')
    }, STOP_WITHIN_MS)
    await Promise.all(ended)
    clearTimeout(patience)
    await postgres?.stop()
  })())
}

/** One login for all: its connections begin as the role, and fall back to it. */
function actingAs(role: string, databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} -c role=${role}`.trim())
  return url.href
}

const portIsFree = (port: number) =>
  new Promise<boolean>(done => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, () => probe.close(() => done(true)))
  })

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) })
    await response.body?.cancel()
    return response.status < 500
  } catch {
    return false
  }
}

/** As long as it takes: a part that ends, ends the waiting. */
async function untilReady(urls: readonly string[]): Promise<void> {
  for (const url of urls) while (!stopping && !(await answers(url))) await sleep(POLL_MS)
}

/** One step of the start, told on stderr: stdout has the line with the address and nothing else. */
async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  console.error(`Starting ${what} …`)
  const since = Date.now()
  const saying = setInterval(() => {
    console.error(`Still waiting for ${what} (${Math.round((Date.now() - since) / 1000)} s). A slow machine?`)
  }, SAY_EVERY_MS)
  try {
    return await work()
  } finally {
    clearInterval(saying)
  }
}

/** Brings the schema up to date, with the embedded server's own logins or with what is given; returns what web and worker take. */
async function databaseUrls(): Promise<{ web: string; worker: string }> {
  const { DATABASE_URL: given } = process.env
  if (given) {
    const { ownerUrl, appLogin } = releaseConfig(process.env)
    await step('the schema', () => migrateToLatest(ownerUrl, appLogin === null ? {} : { [appLogin]: WORKER_ROLE }))
    return appLogin === null
      ? { web: actingAs(APP_ROLE, given), worker: actingAs(WORKER_ROLE, given) }
      : { web: given, worker: given }
  }
  const own = (postgres = await step('PostgreSQL', () => startPostgres({ name: 'main' })))
  const urls = { web: await own.loginUrl('renkei_web'), worker: await own.loginUrl('renkei_jobs') }
  if (!stopping)
    await step('the schema', () => migrateToLatest(own.url, { renkei_web: APP_ROLE, renkei_jobs: WORKER_ROLE }))
  return urls
}

/** The environment of sandbox mode. Throws ConfigError with everything that is wrong with what is set. */
function environmentOf(databaseUrl: string): Record<string, string> {
  const given = { ...localSecrets(join(localFolder(), 'secrets.json')), ...process.env, DATABASE_URL: databaseUrl }
  // Ports are in most addresses: one that is wrong is named once.
  const others = { ...given, PORT: '', SANDBOX_PORT: '', SANDBOX_SMTP_PORT: '' }
  const problems = [...portProblems(given), ...problemsOf(sandboxEnvironment(others))]
  if (problems.length > 0) throw new ConfigError(problems)
  return sandboxEnvironment(given)
}

/** Web and worker alone, with the environment as it is. */
function startProduct(): void {
  const problems = problemsOf(process.env)
  if (problems.length > 0) throw new ConfigError(problems)
  launch('web', 'server/index', process.env)
  launch('worker', 'server/worker', process.env)
}

async function start(): Promise<void> {
  if (!isSandboxMode(process.env)) return startProduct()
  const { DATABASE_URL: ownUrl } = process.env
  environmentOf(ownUrl || 'postgres://localhost')
  const ports = sandboxPorts(process.env)
  for (const [name, port] of Object.entries(ports)) {
    if (await portIsFree(port)) continue
    throw new Error(`Port ${port} is in use. Stop what uses it, or set ${name} to another port.`)
  }
  const urls = await databaseUrls()
  if (stopping) return
  const env = environmentOf(urls.web)
  await step('the sandbox, web and worker', () => {
    launch('sandbox', 'sandbox/index', env)
    launch('web', 'server/index', env)
    launch('worker', 'server/worker', { ...env, DATABASE_URL: urls.worker })
    return untilReady([`http://localhost:${ports.SANDBOX_PORT}/inbox`, `http://localhost:${ports.PORT}/health/ready`])
  })
  if (!stopping) {
    console.log(`Renkei: ${env.APP_URL}  sign in as hanako@midori.example, password renkei-demo`)
  }
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop())
try {
  await start()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof ConfigError ? EX_CONFIG : 1
  await stop()
}
