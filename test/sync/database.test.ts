import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { numbersInFreee } from '../helpers/in-freee.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

const PEOPLE = 12

describe('a database in trouble', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  const numbers = () => numbersInFreee(world)
  const started = async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
    await world.control('POST', '/faults', { service: 'freee', method: 'POST', path: '/employees$', delayMs: 100 })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await eventually('some people', async () => (await numbers()).length >= 3)
    return { visitor, runId }
  }
  const query = <Row extends object>(sql: string, values: unknown[] = []) =>
    world.container.ownerPool.query<Row>(sql, values).then(({ rows }) => rows)

  it('changes nothing about a run whose connections it ends: everybody is registered once', async () => {
    const { visitor, runId } = await started()
    for (let times = 0; times < 3; times += 1) {
      const before = (await numbers()).length
      await query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename <> current_user`,
      )
      await eventually('more people', async () => (await numbers()).length > before)
    }
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件')
    expect(await numbers()).to.have.length(PEOPLE)
    expect(new Set(await numbers()).size).to.equal(PEOPLE)
  })

  it('lets a worker that has lost the run store nothing: no wait, no end, no outcome, no mail', async () => {
    const { runId } = await started()
    await world.control('DELETE', '/faults')
    await world.control('POST', '/faults', { service: 'freee', method: 'POST', status: 403, delayMs: 1_500 })
    // The next registrations are on their way by now, and will be answered with a wait for the whole run.
    await sleep(500)
    await query(`update runs set lease = gen_random_uuid() where id = $1`, [runId])
    await query(`insert into worker_heartbeats (worker_id) values ('elsewhere')`)
    await query(`update graphile_worker._private_jobs set locked_by = 'elsewhere'`)
    await eventually('the worker to let go', () =>
      Promise.resolve(world.logs.join('').includes('another worker has the run')),
    )
    // What it does about its job it does at once.
    await sleep(500)

    expect(await query('select locked_by, attempts from graphile_worker.jobs')).to.deep.equal([
      { locked_by: 'elsewhere', attempts: 1 },
    ])
    await query('delete from graphile_worker._private_jobs')
    expect(await query('select state, failure, waiting_until from runs')).to.deep.equal([
      { state: 'running', failure: null, waiting_until: null },
    ])
    expect(await query(`select from run_items where outcome = 'failed'`)).to.have.length(0)
    expect(await query('select from mails')).to.have.length(0)
  })

  it('leaves a run alone whose job is at work', async () => {
    const { visitor, runId } = await started()
    await world.container.housekeeping()
    expect(await query('select from graphile_worker.jobs')).to.have.length(1)
    await reportOf(visitor, runId)

    expect(world.logs.join('')).not.to.include('a run without a job goes on')
  })

  it('goes on with a run that lost its job', async () => {
    const { visitor, runId } = await started()
    await world.stopWorker()
    await query('delete from graphile_worker._private_jobs')
    await world.startWorker()
    expect((await visitor.get(`/runs/${runId}/progress`, { accept: 'application/json' })).html).to.include(
      '"ended":false',
    )
    await world.container.housekeeping()
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include(`成功 ${PEOPLE}件`).and.include('失敗 0件')
    expect(await numbers()).to.have.length(PEOPLE)
  })
})
