import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readlinkSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { projectRoot } from '../../server/platform/root.js'
import { createTestDatabase, type TestDatabase } from '../helpers/database.js'
import { productionEnvironment } from '../helpers/production.js'

const listen = () =>
  new Promise<{ server: Server; port: number }>(done => {
    const server = createServer()
    server.listen(0, () => done({ server, port: (server.address() as AddressInfo).port }))
  })

async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, listen))
  await Promise.all(held.map(({ server }) => new Promise(done => server.close(done))))
  return held.map(({ port }) => port)
}

const isFree = (port: number) =>
  new Promise<boolean>(done => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, () => probe.close(() => done(true)))
  })

/** What `npm start` needs of the environment and nothing else of ours. */
const { PATH, HOME } = process.env

function npm(script: string, env: Record<string, string>) {
  const child = spawn('npm', ['run', '--silent', script], { cwd: projectRoot, env: { PATH, HOME, ...env } })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, said, ended }
}

/** Waits until it has printed the words; returns all it printed. */
async function untilSaid({ child, said, ended }: ReturnType<typeof npm>, words: string): Promise<string> {
  let over = false
  void ended.then(() => (over = true))
  while (!said.out.includes(words)) {
    if (over) throw new Error(`ended before it said "${words}": ${said.err}`)
    await Promise.race([once(child.stdout, 'data'), ended])
  }
  return said.out
}

/** The processes started below this one, by the script they run (Linux). */
function descendants(root: ChildProcess): { pid: number; command: string }[] {
  const all = readdirSync('/proc').flatMap(entry => {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) return []
    try {
      const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
      readlinkSync(`/proc/${pid}/exe`)
      return [{ pid, parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
    } catch {
      return []
    }
  })
  const below = (pid: number): typeof all =>
    all.filter(process => process.parent === pid).flatMap(process => [process, ...below(process.pid)])
  return root.pid === undefined ? [] : below(root.pid)
}

describe('npm start', () => {
  let database: TestDatabase
  let env: Record<string, string>
  let ports: number[]

  beforeEach(async () => {
    database = await createTestDatabase()
    ports = await freePorts(3)
    const [web, sandbox, smtp] = ports
    env = {
      // One login for all, as somebody who tries it has it.
      DATABASE_URL: database.superUrl,
      PORT: String(web),
      SANDBOX_PORT: String(sandbox),
      SANDBOX_SMTP_PORT: String(smtp),
    }
  })
  afterEach(() => database.drop())

  it('prints one line with the address and the demo sign-in, and answers there', async () => {
    const started = npm('start', env)
    const line = await untilSaid(started, 'renkei-demo')

    expect(line.trim()).to.equal(
      `Renkei: http://localhost:${env.PORT}  sign in as hanako@midori.example, password renkei-demo`,
    )
    // On a slow machine it says in between that it still waits.
    expect(started.said.err.split('\n').filter(said => said.startsWith('Starting'))).to.deep.equal([
      'Starting the schema …',
      'Starting the sandbox, web and worker …',
    ])
    const home = await fetch(`http://localhost:${env.PORT}/`)
    expect(home.status).to.equal(200)
    expect(await home.text()).to.contain('freee人事労務')
    const inbox = await fetch(`http://localhost:${env.SANDBOX_PORT}/inbox`)
    expect(inbox.status).to.equal(200)

    started.child.kill('SIGTERM')
    expect(await started.ended).to.equal(0)
    expect(await Promise.all(ports.map(isFree)), 'every port is free again').to.deep.equal([true, true, true])
  })

  it('takes the login of web and worker beside the owner', async () => {
    const started = npm('start', { ...env, DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl })
    await untilSaid(started, 'renkei-demo')
    expect((await fetch(`http://localhost:${env.PORT}/health/ready`)).status).to.equal(200)

    started.child.kill('SIGTERM')
    expect(await started.ended, started.said.err).to.equal(0)
  })

  it('ends as a whole, and not with success, when one part dies', async () => {
    const started = npm('start', env)
    await untilSaid(started, 'renkei-demo')
    const worker = descendants(started.child).find(({ command }) => command.includes('server/worker'))
    process.kill(worker?.pid ?? 0, 'SIGKILL')

    expect(await started.ended).to.equal(1)
    expect(started.said.err).to.contain('worker ended unexpectedly (SIGKILL).')
    expect(await Promise.all(ports.map(isFree))).to.deep.equal([true, true, true])
  })

  it('says in one sentence which port is in use', async () => {
    const blocker = createServer().listen(Number(env.PORT))
    await once(blocker, 'listening')

    const started = npm('start', env)

    expect(await started.ended).to.equal(1)
    expect(started.said.err.trim()).to.equal(
      `Port ${env.PORT} is in use. Stop what uses it, or set PORT to another port.`,
    )
    blocker.close()
  })

  it('says in words what is wrong with the environment, all of it at once, and starts nothing', async () => {
    const started = npm('start', { ...env, PORT: 'abc', SANDBOX_PORT: '70000', RETENTION_DAYS: 'x' })

    expect(await started.ended).to.equal(78)
    expect(started.said.err.trim().split('\n')).to.deep.equal([
      'The configuration is not complete:',
      '  - PORT: must be a whole number',
      '  - SANDBOX_PORT: must be between 1 and 65535',
      '  - RETENTION_DAYS: must be a whole number',
    ])
  })

  it('refuses two parts at one port', async () => {
    const started = npm('start', { ...env, SANDBOX_PORT: env.PORT ?? '' })

    expect(await started.ended).to.equal(78)
    expect(started.said.err).to.contain(`PORT and SANDBOX_PORT are both ${env.PORT}`)
  })

  it('says to an old Node.js which one it needs, before anything that one could not read', async () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '18.20.4' })`
    const child = spawn(process.execPath, ['-e', `${old}; require('./server/local/check-node.cjs')`], {
      cwd: projectRoot,
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number]

    expect(code).to.equal(1)
    expect(said.trim()).to.equal('Renkei needs Node.js 20.19 or newer; this is 18.20.4.')
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(scripts.start).to.match(/^node server\/local\/check-node\.cjs && /)
  })

  it('refuses production without its secrets, naming each, with exit code 78', async () => {
    const child = spawn(process.execPath, ['--import=tsx', 'server/worker.ts'], {
      cwd: projectRoot,
      env: { PATH, NODE_ENV: 'production', PORT: 'x' },
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number]

    expect(code).to.equal(78)
    for (const name of ['DATABASE_URL', 'SESSION_SECRETS', 'TOKEN_KEYS', 'SMARTHR_CLIENT_SECRET', 'APP_URL']) {
      expect(said).to.contain(`${name} is not set`)
    }
    expect(said).to.contain('PORT: must be a whole number')
  })
})

describe('Production', () => {
  it('builds, migrates what development migrated before, serves and drains from dist/', async () => {
    const database = await createTestDatabase()
    const [port = 0] = await freePorts(1)
    const env = {
      ...productionEnvironment(),
      PORT: String(port),
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
    }
    try {
      expect(await npm('build', {}).ended).to.equal(0)
      const release = npm('release', env)
      expect(await release.ended, release.said.err).to.equal(0)
      expect(release.said.out).to.contain('"migrations":[]')

      const web = npm('start:web', env)
      const worker = npm('start:worker', env)
      await untilSaid(web, 'web is listening')
      await untilSaid(worker, 'worker is polling')
      const ready = await fetch(`http://localhost:${port}/health/ready`)
      expect(ready.status).to.equal(200)

      for (const { child, said, ended } of [web, worker]) {
        child.kill('SIGTERM')
        expect(await ended, said.err).to.equal(0)
        expect(said.out).to.contain('is draining')
      }
    } finally {
      await database.drop()
    }
  })
})
