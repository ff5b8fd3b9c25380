import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { expect } from 'chai'
import { projectRoot } from '../../server/platform/root.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const PEOPLE = 3
const SLOW_START_MS = 60_000

/** A disk that is always full, where the system has one. */
const FULL = '/dev/full'

describe('a log that nobody can write', () => {
  const world = useWorld({ limitsOff: ['smarthr'], worker: false })
  const processes: ChildProcess[] = []
  afterEach(() => {
    for (const process of processes.splice(0)) process.kill('SIGKILL')
  })

  const start = (entry: string, to: 'full disk' | 'closed pipe', port = 0) => {
    const process_ = spawn(process.execPath, ['--import=tsx', entry], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, ...world.environment, PORT: String(port), LOG_LEVEL: 'debug' },
      stdio: ['ignore', to === 'full disk' ? openSync(FULL, 'w') : 'pipe', 'inherit'],
    })
    process_.stdout?.destroy()
    processes.push(process_)
    return process_
  }

  for (const to of ['full disk', 'closed pipe'] as const) {
    if (to === 'full disk' && !existsSync(FULL)) continue
    it(`ends neither web nor worker (${to}): pages are drawn and runs go to their ends`, async () => {
      const probe = createServer()
      await new Promise<void>(done => probe.listen(0, () => done()))
      const { port } = probe.address() as AddressInfo
      await new Promise(done => probe.close(done))
      const [web, worker] = [start('server/index.ts', to, port), start('server/worker.ts', to)]
      const beats = () => world.container.ownerPool.query('select from worker_heartbeats')
      await eventually('the worker', async () => (await beats()).rowCount !== 0, SLOW_START_MS)
      const visitor = await world.connected()
      await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
      const runId = await toSelection(visitor, 'employees-from-smarthr')
      await syncEverybody(visitor)
      const report = await reportOf(visitor, runId, SLOW_START_MS)
      const page = () => fetch(`http://127.0.0.1:${port}/`).then(({ status }) => status)
      await eventually(
        'a page',
        () =>
          page().then(
            status => status === 200,
            () => false,
          ),
        SLOW_START_MS,
      )

      expect(report.text).to.include(`成功 ${PEOPLE}件`)
      expect(await page()).to.equal(200)
      expect([web.exitCode, worker.exitCode]).to.deep.equal([null, null])
    })
  }
})
