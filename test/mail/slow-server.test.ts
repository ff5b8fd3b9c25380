import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { eventually, reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { startWorld, type World } from '../helpers/world.js'

/** More than all places of a worker. */
const RUNS = 6

describe('a mail server that takes the call and says nothing', () => {
  let silent: Server
  let world: World
  before(async () => {
    silent = createServer(socket => socket.on('error', () => undefined))
    await new Promise<void>(done => silent.listen(0, '127.0.0.1', done))
    const { port } = silent.address() as AddressInfo
    world = await startWorld({ environment: { SMTP_URL: `smtp://127.0.0.1:${port}` } })
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
  })
  after(async () => {
    await world.close()
    silent.close()
  })

  it('holds up no run: as many as there are end, one after the other', async () => {
    const visitor = await world.connected()
    for (let run = 0; run < RUNS; run += 1) {
      await world.control('POST', '/populate', { service: 'smarthr', employees: 1 + run })
      const runId = await toSelection(visitor, 'employees-from-smarthr')
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
    }
    const { rows } = await world.container.ownerPool.query<{ waiting: number }>(
      'select count(*)::int as waiting from mails where sent_at is null',
    )
    expect(rows[0]?.waiting).to.equal(RUNS)
    const busy = await world.container.ownerPool.query(
      `select from graphile_worker.jobs where task_identifier = 'mail.result' and locked_at is not null`,
    )
    expect(busy.rowCount, 'mails have places of their own').to.be.at.most(2)
  })
})

describe('a process that dies while it sends a mail', () => {
  let world: World
  before(async () => {
    world = await startWorld()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
  })
  after(() => world.close())

  it('has it sent by another one, though not before it is certainly dead', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 1 })
    await world.container.ownerPool.query(
      `create function in_another_hand() returns trigger language plpgsql as
         $$ begin new.sending_until := clock_timestamp() + interval '1 hour'; return new; end $$`,
    )
    await world.container.ownerPool.query(
      'create trigger in_another_hand before insert on mails for each row execute function in_another_hand()',
    )
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const waiting = async () =>
      (
        await world.container.ownerPool.query<{ later: boolean }>(
          `select run_at > now() + interval '30 seconds' as later from graphile_worker.jobs
           where task_identifier = 'mail.result'`,
        )
      ).rows
    await eventually('the job to be put off', async () => (await waiting())[0]?.later)
    expect(await world.mails()).to.have.length(0)

    await world.container.ownerPool.query(`update mails set sending_until = now() - interval '1 second'`)
    await world.container.ownerPool.query('update graphile_worker._private_jobs set run_at = now()')
    await eventually('the mail', async () => (await world.mails()).length > 0)
    expect(await world.mails()).to.have.length(1)
    await eventually('the end of its job', async () => (await waiting()).length === 0)
  })
})
