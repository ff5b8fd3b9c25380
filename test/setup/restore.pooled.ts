import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { startPostgres } from '../../server/local/postgres.js'
import { projectRoot } from '../../server/platform/root.js'
import { lineTo, type Line } from '../helpers/line.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { startWorkerProcess } from '../helpers/worker.js'
import { startWorld, type World } from '../helpers/world.js'

const PEOPLE = 12
const PROGRAMS = '/usr/lib/postgresql/15/bin'

interface Freee {
  companies: { id: number; employees: { num: string }[] }[]
}

function expectDone(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const { status, stderr, stdout } = spawnSync(program, args, { cwd: projectRoot, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program}: ${stdout}${stderr}`)
}

/** Run by test/pooled.ts alone: the dump needs the programs of the server's own version. */
describe('a database that is dumped and restored on a new server (docs/operations.md)', () => {
  let world: World
  let line: Line
  const folder = mkdtempSync(join(tmpdir(), 'renkei-dump-'))
  before(async () => {
    world = await startWorld({
      worker: false,
      walks: true,
      between: async url => {
        line = await lineTo(url)
        return line.url
      },
    })
  })
  after(async () => {
    await line.cut()
    await world.close()
    rmSync(folder, { recursive: true })
  })

  /** Steps 1 and 2 of the document; returns the environment of the processes there. */
  async function restore(dump: string): Promise<Record<string, string>> {
    const server = await startPostgres({ name: 'restored', fsync: false })
    const old = new URL(world.environment.DATABASE_DIRECT_URL ?? '')
    const there = (login?: string) => {
      const url = new URL(server.url)
      url.pathname = old.pathname
      if (login) Object.assign(url, { username: login, password: old.password })
      return url.href
    }
    const database = old.pathname.slice(1)
    const client = new pg.Client(server.url)
    await client.connect()
    // The owner has given the others their roles: it goes last.
    const roles = ['renkei_app', 'renkei_worker', 'renkei_test_web', 'renkei_test_worker', 'renkei_test_owner']
    // What a run before left there.
    const { rows } = await client.query<{ name: string }>(
      `select datname as name from pg_database where datname like 'test_%'`,
    )
    for (const { name } of rows) await client.query(`drop database ${name} with (force)`)
    for (const role of roles) await client.query(`drop role if exists ${role}`)
    const password = client.escapeLiteral(old.password)
    await client.query(`create role renkei_test_owner login createrole password ${password}`)
    for (const login of ['web', 'worker'])
      await client.query(`create role renkei_test_${login} login password ${password}`)
    await client.query(`create database ${database} owner renkei_test_owner`)
    await client.query('set session authorization renkei_test_owner')
    for (const role of ['renkei_app', 'renkei_worker']) await client.query(`create role ${role} nologin`)
    await client.end()
    const how = ['--no-owner', '--no-privileges', '--role=renkei_test_owner', '--exit-on-error']
    expectDone(join(PROGRAMS, 'pg_restore'), [...how, `--dbname=${there()}`, dump])
    for (const login of ['renkei_test_worker', 'renkei_test_web'])
      expectDone(process.execPath, ['--import=tsx', 'server/release.ts'], {
        PATH: process.env.PATH,
        DATABASE_OWNER_URL: there('renkei_test_owner'),
        DATABASE_URL: there(login),
      })
    line.lead(there())
    return { DATABASE_URL: there('renkei_test_worker'), DATABASE_DIRECT_URL: there('renkei_test_worker') }
  }

  it('goes on with the run that was at work, and creates nobody a second time', async () => {
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    await world.control('PUT', '/limits', { service: 'freee', enabled: false })
    const visitor = await world.connected()
    await world.control('POST', '/populate', {
      service: 'smarthr',
      with: 'freee',
      employees: PEOPLE,
      overlap: 0,
      differing: 0,
      seed: 5,
    })
    const people = async () => {
      const { companies } = (await world.control('GET', '/state?service=freee')) as Freee
      return companies.find(({ id }) => id === 123)?.employees.map(({ num }) => num) ?? []
    }
    // The last creates of the old server: registered, and nobody was told.
    await world.control('POST', '/faults', {
      service: 'freee',
      method: 'POST',
      path: '/employees$',
      after: 4,
      applyFirst: true,
      hang: true,
    })
    const worker = await startWorkerProcess(world)
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await eventually('creates without an answer', async () => (await people()).length > 4)
    const ended = once(worker, 'exit')
    worker.kill('SIGKILL')
    await ended
    await world.control('DELETE', '/faults')

    const dump = join(folder, 'renkei.dump')
    const old = new URL(world.environment.DATABASE_DIRECT_URL ?? '')
    old.username = 'postgres'
    expectDone(join(PROGRAMS, 'pg_dump'), ['--format=custom', `--file=${dump}`, old.href])
    await line.cut()
    const environment = await restore(dump)
    await line.mend()
    const next = await startWorkerProcess(world, environment)
    try {
      // The administrator's session came along.
      const report = await reportOf(visitor, runId, 120_000)

      expect(report.text).to.include(`成功 ${PEOPLE}件`)
      const registered = await people()
      expect(new Set(registered).size).to.equal(registered.length)
      expect(registered).to.have.length(PEOPLE)
    } finally {
      next.kill('SIGTERM')
      await once(next, 'exit')
    }
  })
})
