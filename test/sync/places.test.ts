import { expect } from 'chai'
import { startWorker, type WorkerOptions } from '../../server/jobs/worker.js'
import { connectFreee } from '../helpers/connecting.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { NOON } from '../helpers/attendance.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

/** More than a short run has. */
const PEOPLE = 105

const BIG = ['freee', 'king-of-time', 'touch-on-time'] as const

interface RunRow {
  connector: string
  state: string
  done: number
}

describe('the places of a worker', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr', ...BIG], worker: false })
  let worker: Awaited<ReturnType<typeof startWorker>> | undefined
  afterEach(async () => {
    await worker?.stop()
    worker = undefined
  })

  const start = async (options: Pick<WorkerOptions, 'concurrency' | 'turnMs'>) => {
    const { ownerPool: pool, handlers, log, housekeeping: everyMinute } = world.container
    worker = await startWorker({ pool, handlers, log, everyMinute, ...options })
  }
  const stored = async <Row extends object>(sql: string, values: unknown[] = []) =>
    (await world.container.ownerPool.query<Row>(sql, values)).rows
  const big = () =>
    stored<RunRow>(
      `select connector, state, succeeded_count + failed_count as done from runs where selected_count >= $1`,
      [PEOPLE],
    )

  /** Runs of one company that register more than a hundred people each, at services that take their time. */
  const startBig = async () => {
    const visitor = await world.signedIn()
    for (const connector of BIG) await world.connected(connector)
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
    const runs: { connector: string; runId: string }[] = []
    for (const connector of BIG) {
      await world.control('POST', '/faults', { service: connector, method: 'POST', path: '/employees$', delayMs: 150 })
      const runId = await toSelection(visitor, 'employees-from-smarthr', undefined, connector)
      await syncEverybody(visitor)
      runs.push({ connector, runId })
    }
    return { visitor, runs }
  }

  const everybodyOnce = async (visitor: Visitor, runs: readonly { connector: string; runId: string }[]) => {
    for (const { connector, runId } of runs) {
      const report = await reportOf(visitor, runId, 120_000)
      expect(report.text, connector).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件')
      const calls = await world.calls(connector)
      const created = calls.filter(
        ({ method, path, status }) => method === 'POST' && path.endsWith('/employees') && status < 300,
      )
      expect(created, `registrations at ${connector}`).to.have.length(PEOPLE)
    }
  }

  it('leave room for what somebody waits for: a small run ends while big ones fill all others', async () => {
    await start({ concurrency: 2 })
    await startBig()
    const taro = await world.signedIn('taro@aozora.example', '/freee')
    // the second account of the same service
    await connectFreee(taro, '01234567af', undefined, '124')
    const runId = await toSelection(taro, 'employees-to-smarthr')
    await syncEverybody(taro)
    const small = await reportOf(taro, runId)

    expect(small.text).to.include('失敗 0件')
    expect(await stored('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'succeeded' }])
    const underWay = await big()
    expect(underWay).to.have.length(BIG.length)
    expect(underWay.filter(({ state }) => ['queued', 'running'].includes(state))).to.have.length(BIG.length)
  })

  it('are taken in turns by big runs, so that none waits for the end of another; nobody is lost or doubled', async () => {
    await start({ concurrency: 1, turnMs: { short: 500, any: 1_000 } })
    const { visitor, runs } = await startBig()

    await eventually('some people of each', async () => {
      const rows = await big()
      expect(rows.filter(({ state }) => !['queued', 'running'].includes(state))).to.deep.equal([])
      return rows.length === BIG.length && rows.every(({ done }) => done > 0)
    })
    await everybodyOnce(visitor, runs)
    expect(await stored('select from runs where attempts > 0'), 'a turn is no attempt').to.deep.equal([])
  })
})
