import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { fault, mailOf, payrollsIn, postsOf } from '../helpers/payslips.js'
import type { Visitor } from '../helpers/visitor.js'
import { useWorkers } from '../helpers/worker.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

/** More than one bulk of a hundred takes. */
const EMPLOYEES = 150
/** Every tenth is paid on another day. */
const PAID = 135

describe('freee 給与明細: a worker that dies', () => {
  const world = useWorld({ worker: false, at: '2026-11-20T01:00:00Z', limitsOff: ['smarthr'] })
  const startWorker = useWorkers(world)
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'freee', employees: EMPLOYEES, overlap: 1 })
  })

  const die = async (worker: ChildProcess) => {
    const ended = once(worker, 'exit')
    worker.kill('SIGKILL')
    await ended
  }
  const start = async () => {
    const runId = await toSelection(visitor, 'salary-payslips', '2026-11')
    await visitor.press('search', { q: '2026/11/25' })
    await visitor.press('select-all')
    await visitor.press('確認')
    await visitor.press('取り込み')
    return runId
  }
  /** Everybody has one payslip, in one payroll, and one mail says so. */
  const expectAllOnce = async (runId: string) => {
    const report = await reportOf(visitor, runId, 60_000)
    expect(report.text).to.include(`成功 ${PAID}件`).and.include('失敗 0件')
    const [payroll, ...others] = await payrollsIn(world)
    expect(others).to.deep.equal([])
    expect(payroll?.people).to.have.length(PAID)
    expect(new Set(payroll?.people).size).to.equal(PAID)
    expect((await mailOf(world, runId)).text).to.include(`成功: ${PAID}件`)
  }

  it('between two bulks: the next one goes on in the same payroll', async () => {
    await fault(world, { method: 'POST', path: '/payslips/bulk$', after: 1, delayMs: 1_500 })
    const first = await startWorker()
    const runId = await start()
    await eventually('the first hundred', async () => (await postsOf(world, /payslips\/bulk$/)).length > 0)
    await die(first)
    expect((await payrollsIn(world))[0]?.people.length).to.be.lessThan(PAID)
    const second = await startWorker()

    await expectAllOnce(runId)
    await die(second)
  })

  it('while a bulk is on its way: nobody has two payslips', async () => {
    await fault(world, { method: 'POST', path: '/payslips/bulk$', times: 1, hang: true, applyFirst: true })
    const first = await startWorker()
    const runId = await start()
    await eventually('the first hundred', async () => (await payrollsIn(world))[0]?.people.length === 100)
    await die(first)
    const second = await startWorker()

    await expectAllOnce(runId)
    expect(await postsOf(world, /payslips$/)).to.deep.equal([])
    await die(second)
  })

  it('right after the order of the payroll: there is one payroll', async () => {
    await fault(world, { method: 'POST', path: '/v1/payrolls$', times: 1, hang: true, applyFirst: true })
    const first = await startWorker()
    const runId = await start()
    await eventually('the payroll', async () => (await payrollsIn(world)).length === 1)
    await die(first)
    const second = await startWorker()

    await expectAllOnce(runId)
    expect(await postsOf(world, /v1\/payrolls$/)).to.have.length(1)
    await die(second)
  })
})
