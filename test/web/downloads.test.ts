import { get, request } from 'node:http'
import { expect } from 'chai'
import { EXPECTED } from '../security/routes.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import type { Visitor } from '../helpers/visitor.js'
import { connectAttendance } from '../helpers/connecting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { PASSWORD, useWorld } from '../helpers/world.js'

/** Every file of the route table, as everybody of a run and as those who failed. */
const FILES = Object.keys(EXPECTED)
  .filter(
    route => /^GET .*\.\w+$/.test(route) && EXPECTED[route]?.kind !== 'open' && EXPECTED[route]?.kind !== 'bearer',
  )
  .flatMap(route => [route.slice(4), `${route.slice(4)}?all=1&encoding=sjis`])

/** freee has no 対応表. */
const TABLED = 'king-of-time'

describe('files to take away', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'], once: true })
  let visitor: Visitor
  let runId = ''
  let crew = ''
  before(async () => {
    visitor = await world.connected()
    await connectAttendance(visitor, TABLED)
    runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const { rows } = await world.container.ownerPool.query<{ crew: string }>(
      'select smarthr_id as crew from links where not dead limit 1',
    )
    crew = rows[0]?.crew ?? ''
  })
  beforeEach(() => {
    world.logs.length = 0
  })

  const at = (file: string) =>
    world.appUrl +
    file
      .replace(':id', runId)
      .replace(':crew', crew)
      .replace(':connector', file.includes('/values') ? TABLED : 'freee')
  const cookie = () => [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const taken = async () =>
    (await world.container.ownerPool.query(`select from audit_events where act ~ '^export'`)).rowCount ?? 0
  const loud = () => world.logs.filter(line => /"level":"(error|warn)"/.test(line))
  const failures = async () =>
    (await world.container.metrics.text())
      .split('\n')
      .filter(line => /renkei_request_seconds_count.*status="5/.test(line))

  it('are those that are known', () => {
    expect(FILES.filter(file => !file.includes('?'))).to.deep.equal([
      '/audit/events.csv',
      '/people/:crew/story.xlsx',
      '/people/:crew/story.csv',
      '/:connector/settings/values.csv',
      '/:connector/changes.xlsx',
      '/:connector/changes.csv',
      '/runs/:id/plan.xlsx',
      '/runs/:id/plan.csv',
      '/runs/:id/errors.csv',
    ])
  })

  for (const file of FILES) {
    it(`say what they are to who asks for the head of ${file}, who has taken nothing`, async () => {
      const before = await taken()
      const head = await fetch(at(file), { method: 'HEAD', headers: { cookie: cookie() } })
      expect(await taken(), 'rows that were told of').to.equal(before)
      const whole = await fetch(at(file), { headers: { cookie: cookie() } })

      expect((await whole.text()).length).to.be.greaterThan(50)
      expect(await taken()).to.equal(before + 1)
      expect(head.status).to.equal(200)
      for (const name of ['content-type', 'content-disposition', 'cache-control'])
        expect(head.headers.get(name)?.replace(/\d{12}/, ''), name).to.equal(
          whole.headers.get(name)?.replace(/\d{12}/, ''),
        )
    })

    it(`are no failure of ours where who asks for ${file} leaves before the first byte`, async () => {
      const before = (await failures()).length
      const client = await world.container.ownerPool.connect()
      await client.query('begin; lock table audit_events in access exclusive mode')
      const asked = get(at(file), { headers: { cookie: cookie() } }).on('error', () => undefined)
      await eventually('the request at the lock', async () => {
        const { rowCount } = await world.container.ownerPool.query(
          `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        )
        return rowCount !== 0
      })
      asked.destroy()
      await client.query('rollback')
      client.release()
      await eventually('the end', () => Promise.resolve(world.logs.some(line => line.includes('broken off'))))

      expect(loud()).to.deep.equal([])
      expect((await failures()).length).to.equal(before)
    })
  }

  it('are no failure of ours where who takes one leaves in the middle of it', async () => {
    await world.container.ownerPool.query(
      `insert into audit_events (tenant_id, actor, act, details)
         select id, 'system', 'link', jsonb_build_object('name', repeat('x', 1000))
           from tenants, generate_series(1, 20000)`,
    )
    const before = (await failures()).length
    await new Promise<void>(done => {
      const asked = get(at('/audit/events.csv'), { headers: { cookie: cookie() } }, answer => {
        answer.once('data', () => {
          asked.destroy()
          done()
        })
        answer.on('error', () => undefined)
      })
      asked.on('error', () => undefined)
    })
    await eventually('the end', () => Promise.resolve(world.logs.some(line => line.includes('broken off'))))

    expect(loud()).to.deep.equal([])
    expect(world.logs.filter(line => /"stack"|at .*\.ts:/.test(line))).to.deep.equal([])
    expect((await failures()).length).to.equal(before)
  })

  it('are seen to be cut short where it is our failure, which is told of', async () => {
    const answer = await fetch(at('/audit/events.csv'), { headers: { cookie: cookie() } })
    const reader = answer.body?.getReader()
    await reader?.read()
    await world.container.ownerPool.query('alter table audit_events rename to audit_events_away')
    const rest = async () => {
      while (!(await reader?.read())?.done);
    }
    const end = await rest().then(
      () => 'whole',
      () => 'cut short',
    )
    await world.container.ownerPool.query('alter table audit_events_away rename to audit_events')

    expect(end).to.equal('cut short')
    expect(loud().join()).to.include('request failed')
  })

  it('leave a consent’s answer good where somebody looks at its head first', async () => {
    const hanako = world.visitor()
    await hanako.get('/auth/smarthr?returnTo=/freee')
    await hanako.press('ログイン', { email: 'hanako@midori.example', password: PASSWORD })
    const back = await hanako.leadsTo('許可する')
    const status = await new Promise<number | undefined>(done => {
      const headers = { cookie: [...hanako.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
      request(back, { method: 'HEAD', headers }, answer => done(answer.resume().statusCode)).end()
    })

    expect(status).to.equal(405)
    expect((await hanako.get(back)).text).to.include('株式会社みどり商会')
  })
})
