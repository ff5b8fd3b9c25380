import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { expect } from 'chai'
import { projectRoot } from '../../server/platform/root.js'
import { lineTo } from '../helpers/line.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { startWorkerProcess } from '../helpers/worker.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const PEOPLE = 8

/** Within this time a process is gone, whatever it waits for. */
const GONE_MS = 25_000

describe('a process that is asked to go', () => {
  const world = useWorld({ limitsOff: ['smarthr'], worker: false })
  const processes: ChildProcess[] = []
  afterEach(() => {
    for (const process of processes.splice(0)) process.kill('SIGKILL')
  })

  const worker = async (environment?: Record<string, string>) => {
    const started = await startWorkerProcess(world, environment)
    processes.push(started)
    return started
  }
  /** Ends a process as operators do. */
  const leave = async (process: ChildProcess) => {
    const told = Date.now()
    process.kill('SIGTERM')
    const [code] = (await once(process, 'exit')) as [number | null]
    expect(code).to.equal(0)
    expect(Date.now() - told).to.be.lessThan(GONE_MS)
  }
  const registrations = async () =>
    (await world.calls('freee')).filter(({ method, path }) => method === 'POST' && path.endsWith('/employees'))
  const started = async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    return { visitor, runId }
  }

  it('leaves a registration that gets no answer to another worker, which finds it instead of repeating it', async () => {
    await world.control('POST', '/faults', {
      service: 'freee',
      method: 'POST',
      path: '/employees$',
      times: 1,
      applyFirst: true,
      hang: true,
    })
    const first = await worker()
    const { visitor, runId } = await started()
    await eventually('the registration', async () => (await registrations()).length > 0)
    await leave(first)
    await worker()
    const report = await reportOf(visitor, runId, 60_000)

    expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件')
    const state = (await world.control('GET', '/state?service=freee')) as {
      companies: { id: number; employees: { num: string }[] }[]
    }
    const numbers = (state.companies.find(({ id }) => id === 123)?.employees ?? []).map(({ num }) => num)
    expect(numbers).to.have.length(PEOPLE)
    expect(new Set(numbers).size).to.equal(PEOPLE)
  })

  it('goes while the database is away', async () => {
    const line = await lineTo(world.environment.DATABASE_URL ?? '')
    const leaving = await worker({ DATABASE_URL: line.url })
    await line.cut()

    await leave(leaving)
  })

  it('goes while the mail server says nothing', async () => {
    let called = false
    const silent = createServer(socket => {
      called = true
      socket.on('error', () => undefined)
    })
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done))
    const leaving = await worker({ SMTP_URL: `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}` })
    const { visitor, runId } = await started()
    await reportOf(visitor, runId, 60_000)
    await eventually('the mail', () => Promise.resolve(called))

    await leave(leaving)
    const { rows } = await world.container.ownerPool.query(
      'select from graphile_worker.jobs where locked_at is not null',
    )
    expect(rows, 'jobs that nobody does').to.have.length(0)
    silent.close()
  })

  it('goes although a browser keeps its connection and another never finishes its request', async () => {
    const probe = createServer()
    await new Promise<void>(done => probe.listen(0, () => done()))
    const { port } = probe.address() as AddressInfo
    await new Promise(done => probe.close(done))
    const web = spawn(process.execPath, ['--import=tsx', 'server/index.ts'], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, ...world.environment, PORT: String(port), LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    processes.push(web)
    let said = ''
    web.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await eventually('the web process', () => Promise.resolve(said.includes('web is listening')), 60_000)
    const sockets = ['GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n', 'POST /logout HTTP/1.1\r\nHost: x\r\n'].map(
      text => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text))
        return socket.on('error', () => undefined)
      },
    )
    await once(sockets[0] ?? web, 'data')

    await leave(web)
  })
})
