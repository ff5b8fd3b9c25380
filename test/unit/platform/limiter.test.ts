import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Knex } from 'knex'
import { createDatabase } from '../../../server/platform/db.js'
import { createLimiter } from '../../../server/calls/limiter.js'
import { projectRoot } from '../../../server/platform/root.js'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.js'

const PATIENCE_MS = 60_000

/** The most calls that any sliding second held. */
function mostInASecond(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b)
  return Math.max(...sorted.map((from, at) => sorted.slice(at).filter(time => time < from + 1_000).length))
}

describe('Rate limits shared by processes', () => {
  let database: TestDatabase
  let db: Knex

  before(async () => {
    database = await createTestDatabase()
    db = createDatabase(database.url)
  })
  after(async () => {
    await db.destroy()
    await database.drop()
  })

  it('lets no second hold more than the limit, yet uses nearly all of it', async () => {
    const limiter = createLimiter(db)
    const times: number[] = []

    await Promise.all(
      Array.from({ length: 61 }, async () => {
        expect(await limiter.take('paced', 20, PATIENCE_MS)).to.equal(0)
        times.push(performance.now())
      }),
    )

    expect(mostInASecond(times)).to.be.at.most(20)
    const rate = 60 / ((Math.max(...times) - Math.min(...times)) / 1000)
    expect(rate).to.be.within(19, 20)
  })

  it('counts the calls of several processes together', async () => {
    const workers = Array.from({ length: 3 }, () =>
      fork(join(projectRoot, 'test/unit/platform/limiter.process.ts'), [database.url, 'shared', '20', '20'], {
        execArgv: ['--import=tsx'],
      }),
    )
    const answers = await Promise.all(
      workers.map(async worker => {
        const [message] = (await once(worker, 'message')) as [number[]]
        return message
      }),
    )

    expect(answers.flat()).to.have.length(60)
    expect(mostInASecond(answers.flat())).to.be.at.most(20)
  })

  it('keeps credentials apart', async () => {
    const limiter = createLimiter(db)
    await limiter.take('slow', 0.1, PATIENCE_MS)
    const began = performance.now()

    await limiter.take('other', 10, PATIENCE_MS)

    expect(performance.now() - began).to.be.below(1_000)
  })

  it('says how long a far-away slot is off instead of waiting, and books nothing', async () => {
    const limiter = createLimiter(db)
    await limiter.pause('hourly', 3_600_000)

    const first = await limiter.take('hourly', 10, 60_000)
    const second = await limiter.take('hourly', 10, 60_000)

    expect(first).to.be.within(3_590_000, 3_600_000)
    expect(second).to.be.at.most(first)
  })

  for (const perSecond of [10, undefined]) {
    it(`holds everybody back while paused, ${perSecond ? 'with' : 'without'} a rate`, async () => {
      const key = `paused-${perSecond}`
      const began = performance.now()
      await createLimiter(db).pause(key, 300)

      await createLimiter(db).take(key, perSecond, PATIENCE_MS)

      expect(performance.now() - began).to.be.within(295, 1_500)
    })
  }

  it('holds back those who were waiting for their slot when the pause came', async () => {
    const limiter = createLimiter(db)
    await limiter.take('late pause', 10, PATIENCE_MS)
    const waiting = limiter.take('late pause', 10, PATIENCE_MS)
    const began = performance.now()

    await limiter.pause('late pause', 400)
    await waiting

    expect(performance.now() - began).to.be.at.least(395)
  })

  it('never shortens a pause', async () => {
    const limiter = createLimiter(db)
    await limiter.pause('twice', 120_000)
    await limiter.pause('twice', 100)

    expect(await limiter.take('twice', undefined, 60_000)).to.be.above(100_000)
    expect(await createLimiter(db).take('twice', 10, 60_000)).to.be.above(100_000)
  })

  it('stops waiting when the job is called off', async () => {
    const limiter = createLimiter(db)
    const calledOff = new AbortController()
    await limiter.pause('called off', 50_000)
    const waiting = limiter.take('called off', 10, PATIENCE_MS, calledOff.signal)

    calledOff.abort()

    expect(await waiting.catch((error: Error) => error.name)).to.equal('AbortError')
  })

  it('asks the database about once a second where no rate is counted', async () => {
    const limiter = createLimiter(db)
    let asked = 0
    const count = () => (asked += 1)
    db.on('query', count)

    for (let call = 0; call < 500; call += 1) await limiter.take('unpaced', undefined, PATIENCE_MS)
    db.removeListener('query', count)

    expect(asked).to.be.at.most(3)
  })
})
