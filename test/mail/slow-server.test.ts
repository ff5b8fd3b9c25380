import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
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

type Says = (socket: Socket) => unknown
const silence: Says = () => undefined
const hangUp: Says = socket => socket.destroy()

describe('a mail server that does not say what it did', () => {
  /** what it says to RCPT, and to each mail that it has in full: the last is said again */
  let toRecipient: Says
  let toMails: Says[]
  /** the mails it has in full, by Message-ID */
  let got: string[]
  let calls: number
  let server: Server
  let world: World
  const accept: Says = socket => socket.write('250 ok\r\n')

  before(async () => {
    server = createServer(socket => {
      let inText = false
      const hears = (line: string) => {
        if (inText && line.startsWith('Message-ID: ')) got.push(line)
        if (inText && line !== '.') return
        if (inText) {
          inText = false
          ;(toMails.length > 1 ? toMails.shift() : toMails[0])?.(socket)
        } else if (line === 'DATA') {
          inText = true
          socket.write('354 go on\r\n')
        } else if (line.startsWith('RCPT')) toRecipient(socket)
        else accept(socket)
      }
      calls += 1
      createInterface(socket.on('error', () => undefined)).on('line', hears)
      socket.write('220 here\r\n')
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    world = await startWorld({ environment: { SMTP_URL: `smtp://127.0.0.1:${port}` } })
  })
  after(async () => {
    await world.close()
    server.close()
  })
  beforeEach(async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    got = []
    calls = 0
    toRecipient = accept
  })

  const query = <Row extends object>(sql: string) => world.container.ownerPool.query<Row>(sql).then(({ rows }) => rows)
  const jobs = () => query(`select from graphile_worker.jobs where task_identifier = 'mail.result'`)
  const attempts = async () => (await query<{ attempts: number }>('select attempts from mails'))[0]?.attempts ?? 0
  const ended = async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 1 })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
  }
  /** Until the attempt is over; the next one is not waited for. */
  const attempted = async (number: number) => {
    await eventually(`attempt ${number}`, async () => (await attempts()) >= number)
    await query(`update graphile_worker._private_jobs set run_at = now() where locked_at is null and run_at > now()`)
  }

  it('gets a mail a second time and never a third, and the log says so', async () => {
    toMails = [silence, hangUp]
    await ended()
    await attempted(1)
    await attempted(2)

    await eventually('the end of its job', async () => (await jobs()).length === 0)
    expect(got).to.have.length(2)
    expect(new Set(got).size, 'the same Message-ID').to.equal(1)
    expect(world.logs.join('')).to.include('mail given up, it may have arrived or not')
    expect(await query('select sent_at from mails')).to.deep.equal([{ sent_at: null }])
  })

  it('gets it no third time when other failures or a dead process come between', async () => {
    toMails = [hangUp]
    await ended()
    await attempted(1)
    toRecipient = hangUp
    await attempted(2)
    await attempted(3)
    expect(got).to.have.length(1)
    toRecipient = accept
    await query(`update mails set sending_until = now() - interval '1 second'`)
    await attempted(4)

    await eventually('the end of its job', async () => (await jobs()).length === 0)
    expect(got).to.have.length(1)
    expect(world.logs.join('')).to.include('mail given up, it may have arrived or not')
  })

  it('is tried again and again while it takes no mail, and when it says no to one', async () => {
    toRecipient = hangUp
    await ended()
    for (let number = 1; number <= 3; number += 1) await attempted(number)
    toRecipient = accept
    toMails = [...Array<Says>(3).fill(socket => socket.write('451 try again later\r\n')), accept]
    for (let number = 4; number <= 7; number += 1) await attempted(number)

    await eventually('the end of its job', async () => (await jobs()).length === 0)
    expect(await query('select sent_at is not null as sent from mails')).to.deep.equal([{ sent: true }])
    expect(got).to.have.length(4)
    expect(calls).to.equal(7)
  })

  it('gets the mail about a deletion once per administrator, and a second time where nobody knows; then the data goes', async () => {
    const visitor = await world.connected()
    await world.signedIn('jiro@midori.example')
    await visitor.get('/company/deletion')
    toMails = [accept, hangUp]
    await visitor.press('すべて削除する', { company: '株式会社みどり商会' })
    const companies = async () => (await query('select from tenants')).length
    const pass = async () => {
      await query(`update company_ends set mailing_until = now() - interval '1 second'`)
      await world.container.housekeeping()
    }
    await pass()
    await pass()
    expect(await companies()).to.equal(1)
    await pass()

    expect(got).to.have.length(3)
    expect(new Set(got).size, 'a Message-ID each').to.equal(2)
    expect(await companies()).to.equal(0)
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
