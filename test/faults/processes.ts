import { randomInt } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { openSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit from 'p-limit'
import { sandboxEnvironment } from '../../server/local/sandbox-env.js'
import { projectRoot } from '../../server/platform/root.js'
import { openLine, type Far, type FaultLine, type Watcher } from './lines.js'

/** A process loads everything anew, and an overloaded machine lets it wait. */
const SLOW_START_MS = 180_000

/** While the database is away a process may fail to start. */
const STARTS = 20

/** More of them would only take the time from one another. */
const starting = pLimit(3)

export type ProcessName = 'web' | 'worker1' | 'worker2'

/** One process of the product, started from dist/, and its own lines to everything outside. */
export interface Hand {
  name: ProcessName
  lines: Record<Far, FaultLine>
  /** everything it has written */
  log(): string
  /** processes that ended although nobody had told them to */
  endedByItself: string[]
  alive(): boolean
  start(changes?: Record<string, string>): Promise<void>
  /** Ends it at once. */
  kill(): Promise<void>
  /** Asks it to end; how long that took, in ms. */
  ask(): Promise<number>
  /** Stops it where it stands; what comes back lets it go on. */
  freeze(): () => void
  forget(): void
  close(): Promise<void>
}

/** Below those that systems give to connections: none of these takes it before a process listens there. */
const PORTS = { from: 20_000, to: 32_000 }

const isFree = (port: number) =>
  new Promise<boolean>(done => {
    const probe = createServer().once('error', () => done(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
  })

export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to)
    if (await isFree(port)) return port
  }
}

export interface Outside {
  sandboxUrl: string
  smtpUrl: string
  databaseUrl: string
}

const through = (url: string, line: FaultLine) => {
  const changed = new URL(url)
  changed.host = `127.0.0.1:${line.port}`
  return changed.href
}

const PROGRAMS: Readonly<Record<ProcessName, { file: string; ready: string }>> = {
  web: { file: 'dist/server/index.js', ready: 'web is listening' },
  worker1: { file: 'dist/server/worker.js', ready: 'worker is polling' },
  worker2: { file: 'dist/server/worker.js', ready: 'worker is polling' },
}

/** As whoever runs the product does it: what could not start is started again. */
async function supervised(start: () => Promise<void>) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start()
    } catch (error) {
      if (tries === STARTS) throw error
      await sleep(1_000)
    }
  }
}

/** A process of the product that is not started yet. `watch` sees everything it says and hears. */
export async function makeHand(
  name: ProcessName,
  { outside, environment, watch }: { outside: Outside; environment: Record<string, string>; watch: Watcher },
): Promise<Hand> {
  const lines = {
    services: await openLine('services', outside.sandboxUrl, watch),
    database: await openLine('database', outside.databaseUrl, watch),
    mail: await openLine('mail', outside.smtpUrl, watch),
  }
  const own = {
    ...sandboxEnvironment({ SANDBOX_PORT: String(lines.services.port), SANDBOX_SMTP_PORT: String(lines.mail.port) }),
    ...environment,
    DATABASE_URL: through(outside.databaseUrl, lines.database),
  }
  const { file, ready } = PROGRAMS[name]
  let child: ChildProcess | undefined
  let log = ''
  let told = false

  const gone = async () => {
    while (hand.alive()) await sleep(20)
  }
  const launch = async (changes: Record<string, string>) => {
    if (hand.alive()) return
    told = false
    const { STDOUT, ...env } = changes
    const started = spawn(process.execPath, [file], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, ...own, ...env },
      stdio: ['ignore', STDOUT === undefined ? 'pipe' : openSync(STDOUT, 'w'), 'pipe'],
    })
    child = started
    let output = ''
    for (const stream of [started.stdout, started.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        log += text
        output += text
      })
    }
    started.on('exit', (code, signal) => {
      if (!told && output.includes(ready))
        hand.endedByItself.push(`${name} ended by itself (${signal ?? code}): ${output.slice(-600)}`)
    })
    // Nobody can read there that it is ready.
    if (STDOUT !== undefined) return void (await sleep(3_000))
    for (const since = Date.now(); !output.includes(ready); await sleep(25)) {
      if (!hand.alive() || Date.now() - since > SLOW_START_MS)
        throw new Error(`${name} did not start: ${output.slice(-2_000)}`)
    }
  }
  const hand: Hand = {
    name,
    lines,
    log: () => log,
    endedByItself: [],
    alive: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    start: (changes = {}) => starting(() => supervised(() => launch(changes))),
    async kill() {
      told = true
      child?.kill('SIGKILL')
      await gone()
    },
    async ask() {
      told = true
      const since = performance.now()
      child?.kill('SIGTERM')
      await gone()
      return performance.now() - since
    },
    freeze() {
      const frozen = child
      frozen?.kill('SIGSTOP')
      return () => void frozen?.kill('SIGCONT')
    },
    forget() {
      log = ''
      hand.endedByItself.length = 0
    },
    async close() {
      child?.kill('SIGCONT')
      await hand.kill()
      for (const line of Object.values(lines)) await line.close()
    },
  }
  return hand
}
