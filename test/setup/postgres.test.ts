import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import pg from 'pg'
import { localFolder } from '../../server/local/folder.js'
import { startPostgres, stopPostgres } from '../../server/local/postgres.js'
import { projectRoot } from '../../server/platform/root.js'

const name = `test-launcher-${randomBytes(4).toString('hex')}`

/** Starts the server from a process of its own, as `npm start` and `npm test` at the same time would. */
function startElsewhere(): Promise<string> {
  const starter = join(projectRoot, 'test/setup/postgres.process.ts')
  const child = spawn(process.execPath, ['--import=tsx', starter, name], {
    cwd: projectRoot,
    env: { ...process.env, PLANTED_SECRET: 'planted-secret-value' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return new Promise(done => child.on('close', () => done(said.trim())))
}

async function query<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

const folder = () => join(localFolder(), name)
const postmaster = () => Number(readFileSync(join(folder(), 'data', 'postmaster.pid'), 'utf8').split('\n')[0])

describe('Embedded PostgreSQL', () => {
  let url = ''

  before(async () => {
    const urls = await Promise.all([startElsewhere(), startElsewhere(), startElsewhere()])
    url = urls[0] ?? ''
    expect(new Set(urls).size, 'three first starts at once make one server').to.equal(1)
  })
  after(async () => {
    await stopPostgres(name)
    rmSync(folder(), { recursive: true, force: true })
  })

  it('outlives its starter and is attached to by the next', async () => {
    const pid = postmaster()

    expect((await startPostgres({ name })).url).to.equal(url)
    expect(postmaster()).to.equal(pid)
  })

  it('listens on loopback only and asks for the password', async () => {
    const wrong = new URL(url)
    wrong.password = 'guess'

    expect(await query(url, 'show listen_addresses')).to.deep.equal([{ listen_addresses: '127.0.0.1' }])
    expect(await query(wrong.href, 'select 1').catch((error: Error) => error.message)).to.contain(
      'authentication failed',
    )
  })

  it('keeps the password from other users of the machine, and our environment from the server', () => {
    expect(statSync(join(folder(), 'password')).mode & 0o077).to.equal(0)
    expect(existsSync(join(folder(), 'new-password'))).to.equal(false)
    const environment = `/proc/${postmaster()}/environ`
    if (existsSync(environment)) expect(readFileSync(environment, 'utf8')).not.to.contain('planted-secret-value')
  })

  it('keeps what was committed when the server is killed', async () => {
    await query(url, 'create table kept as select 42 as answer')
    process.kill(postmaster(), 'SIGKILL')

    const again = await startPostgres({ name })

    expect(await query(again.url, 'select answer from kept')).to.deep.equal([{ answer: 42 }])
  })

  it('starts although the killed server is remembered under the id of another process', async () => {
    const file = join(folder(), 'data', 'postmaster.pid')
    const remembered = readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid))
    await stopPostgres(name)
    writeFileSync(file, remembered)

    const again = await startPostgres({ name })

    expect(await query(again.url, 'select answer from kept')).to.deep.equal([{ answer: 42 }])
  })

  it('does not stop under somebody who still uses it', async () => {
    const server = await startPostgres({ name })
    const other = new pg.Client(server.url)
    await other.connect()

    await server.stop()
    expect((await other.query<{ n: number }>('select 1 as n')).rows).to.deep.equal([{ n: 1 }])
    await other.end()

    await server.stop()
    expect(existsSync(join(folder(), 'data', 'postmaster.pid'))).to.equal(false)
    expect(await stopPostgres(name)).to.equal(false)
  })
})
