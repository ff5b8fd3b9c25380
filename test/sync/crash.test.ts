import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { useWorkers } from '../helpers/worker.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const PEOPLE = 30
/** Short enough to be waited for inside a call. */
const PAUSE_S = 50

interface FreeeState {
  companies: { id: number; employees: { num: string }[] }[]
}

describe('a worker that dies', () => {
  const world = useWorld({ worker: false, limitsOff: ['smarthr'] })
  const startWorker = useWorkers(world)

  const numbers = async () => {
    const state = (await world.control('GET', '/state?service=freee')) as FreeeState
    return (state.companies.find(company => company.id === 123)?.employees ?? []).map(employee => employee.num)
  }

  const registrations = async () =>
    (await world.calls('freee')).filter(({ method, path }) => method === 'POST' && path.endsWith('/employees'))

  /** A run whose worker was told after five registrations to wait. */
  const throttled = async (seconds: number) => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
    await world.control('POST', '/faults', {
      service: 'freee',
      method: 'POST',
      path: '/employees$',
      after: 5,
      times: 1,
      status: 429,
      headers: { 'Retry-After': String(seconds) },
    })
    const first = await startWorker()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await eventually('the refusal', async () => (await registrations()).some(({ status }) => status === 429))
    return { visitor, runId, first }
  }

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`leaves its run to another one, with nobody registered twice (${signal} in the middle)`, async () => {
      const visitor = await world.connected()
      await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
      await world.control('POST', '/faults', { service: 'freee', method: 'POST', delayMs: 60 })
      const first = await startWorker()
      const runId = await toSelection(visitor, 'employees-from-smarthr')
      await syncEverybody(visitor)
      await eventually('some people', async () => (await numbers()).length >= 5)

      const ended = once(first, 'exit')
      first.kill(signal)
      await ended
      const before = (await numbers()).length
      expect(before).to.be.lessThan(PEOPLE)
      const second = await startWorker()
      const killedAt = Date.now()
      const report = await reportOf(visitor, runId, 60_000)

      // 7 s of silence, then the rest of the work; far below the 30 s that are promised
      expect(Date.now() - killedAt).to.be.lessThan(30_000)
      expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件')
      const all = await numbers()
      expect(new Set(all).size).to.equal(PEOPLE)
      expect(all).to.have.length(PEOPLE)
      second.kill('SIGTERM')
      await once(second, 'exit')
    })
  }

  it('leaves a limit pause at once when it is asked to stop, and another worker goes on', async () => {
    const { visitor, runId, first } = await throttled(PAUSE_S)
    const registered = await eventually('the pause', async () => {
      const before = (await numbers()).length
      await sleep(500)
      return (await numbers()).length === before && before
    })
    const told = Date.now()
    first.kill('SIGTERM')
    await once(first, 'exit')

    expect(Date.now() - told).to.be.lessThan((PAUSE_S * 1000) / 2)
    expect(registered).to.be.lessThan(PEOPLE)
    expect(await numbers()).to.have.length(registered)
    await world.container.ownerPool.query('delete from rate_limits')
    const second = await startWorker()
    const report = await reportOf(visitor, runId, 60_000)

    expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件')
    expect(new Set(await numbers()).size).to.equal(PEOPLE)
    expect(await numbers()).to.have.length(PEOPLE)
    second.kill('SIGTERM')
    await once(second, 'exit')
  })

  it('sends nothing more when it was stopped in a limit pause and another one has gone on in its place', async () => {
    const { visitor, runId, first } = await throttled(5)
    // It has read the refusal and waits.
    await sleep(500)
    first.kill('SIGSTOP')
    const second = await startWorker()
    const report = await reportOf(visitor, runId, 60_000)
    expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件')
    const sent = (await registrations()).length
    first.kill('SIGCONT')
    // What it was about to send leaves at once or never.
    await sleep(6_000)

    expect(await registrations()).to.have.length(sent)
    expect(await numbers()).to.have.length(PEOPLE)
    expect((await visitor.get(`/runs/${runId}`)).text).to.include(`成功 ${PEOPLE}件`)
    for (const worker of [first, second]) {
      worker.kill('SIGTERM')
      await once(worker, 'exit')
    }
  })

  it('stays up while the database ends its connections again and again, and loses no job by it', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
    const worker = await startWorker()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await eventually('some people', async () => (await numbers()).length >= 3)
    for (let times = 0; times < 8; times += 1) {
      await world.container.ownerPool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid() and usename = current_user`,
      )
      await sleep(250)
    }
    const report = await reportOf(visitor, runId, 60_000)

    expect(worker.exitCode).to.equal(null)
    expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件')
    expect(new Set(await numbers()).size).to.equal(PEOPLE)
    expect(await numbers()).to.have.length(PEOPLE)
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  })

  it('ends a run that two workers were given', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
    const [a, b] = await Promise.all([startWorker(), startWorker()])
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string }>('select tenant_id from runs')
    await syncEverybody(visitor)
    await world.container.ownerPool.query(
      `select graphile_worker.add_job('run.apply', json_build_object('tenantId', $1::text, 'runId', $2::text))`,
      [rows[0]?.tenant_id, runId],
    )
    const report = await reportOf(visitor, runId, 60_000)

    expect(report.text).to.include(`成功 ${PEOPLE}件`)
    expect(await numbers()).to.have.length(PEOPLE)
    for (const worker of [a, b]) {
      worker.kill('SIGTERM')
      await once(worker, 'exit')
    }
  })
})
