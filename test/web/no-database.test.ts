import { expect } from 'chai'
import { lineTo, type Line } from '../helpers/line.js'
import { eventually } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'

/** What an administrator waits for at most until a page says what is the matter. */
const SOON_MS = 5_000

describe('without a database', () => {
  let line: Line
  const world = useWorld({
    worker: false,
    container: { lockTimeoutMs: 1_000 },
    between: async url => {
      line = await lineTo(url)
      return line.url
    },
  })
  afterEach(() => line.mend())
  after(() => line.cut())

  const expectWords = async (path: string) => {
    const visitor = await world.connected()
    await line.cut()
    const asked = performance.now()
    const page = await visitor.get(path)

    expect(page.status).to.equal(503)
    expect(performance.now() - asked).to.be.below(SOON_MS)
    expect(page.text)
      .to.include('ただいま接続できません')
      .and.include('データベースに接続できないため')
      .and.include('画面を再読み込みしてください')
    expect(page.html).to.include('<html lang="ja">').and.include('/assets/css/')
    await line.mend()
    expect((await visitor.get(path)).status).to.equal(200)
  }

  for (const path of ['/', '/freee', '/freee/runs'])
    it(`says so on ${path} in Japanese, and is back when the database is`, () => expectWords(path))

  const whileLocked = async (table: string) => {
    const visitor = await world.connected()
    const other = await world.container.ownerPool.connect()
    try {
      await other.query(`begin; lock table ${table} in access exclusive mode`)
      const page = await visitor.get('/freee')

      expect(page.status).to.equal(503)
      expect(page.text).to.include('データベースに接続できないため')
    } finally {
      await other.query('rollback')
      other.release()
    }
    expect((await visitor.get('/freee')).status).to.equal(200)
  }
  for (const table of ['sessions', 'tenants', 'connections'])
    it(`says so while the table ${table} is locked`, () => whileLocked(table))

  it('is not ready, and says so in the figures, while the database says nothing; then no old connection is asked', async () => {
    const ask = async (path: string) => {
      const asked = performance.now()
      const answer = await fetch(`${world.appUrl}${path}`)
      const text = await answer.text()
      expect(performance.now() - asked, path).to.be.below(SOON_MS)
      return `${answer.status} ${/^renkei_database_up .*/m.exec(text)?.[0] ?? text}`
    }
    const answers = [
      { path: '/health/ready', fine: '200 {"status":"ok"}', silent: '503 {"status":"no database"}' },
      { path: '/metrics', fine: '200 renkei_database_up 1', silent: '200 renkei_database_up 0' },
    ]
    for (const { path, fine, silent } of answers) {
      // One connection is left, which has answered a moment ago.
      await line.cut()
      await line.mend()
      await eventually(`${path} to be fine`, async () => (await ask(path)) === fine)
      line.hush()
      expect(await ask(path), 'over a connection that was open').to.equal(silent)
      expect(await ask(path), 'over a new one').to.equal(silent)
      await line.mend()
      expect(await ask(path)).to.equal(fine)
    }
    await line.cut()
  })

  it('is alive and not ready, and not ready either on a server that takes no writes', async () => {
    const ready = async () => {
      const answer = await fetch(`${world.appUrl}/health/ready`)
      return [answer.status, ((await answer.json()) as { status: string }).status]
    }
    expect(await ready()).to.deep.equal([200, 'ok'])
    await line.cut()
    expect(await ready()).to.deep.equal([503, 'no database'])
    expect((await fetch(`${world.appUrl}/health/live`)).status).to.equal(200)
    await line.mend()

    const { rows } = await world.container.ownerPool.query<{ name: string }>('select current_database() as name')
    await world.container.ownerPool.query(`alter database ${rows[0]?.name} set default_transaction_read_only = on`)
    // Connections that are open keep what they began with.
    await line.cut()
    await line.mend()
    expect(await ready()).to.deep.equal([503, 'read-only database'])
  })
})
