import { once } from 'node:events'
import { expect } from 'chai'
import { eventually } from '../helpers/waiting.js'
import { useWorkers } from '../helpers/worker.js'
import { useWorld } from '../helpers/world.js'
import { TO_FREEE, watching } from './watching.js'

const PEOPLE = 12

describe('自動で同期 when a worker dies', () => {
  const world = useWorld({ worker: false, limitsOff: ['smarthr', 'freee'] })
  const startWorker = useWorkers(world)

  const numbers = async () => {
    const state = (await world.control('GET', '/state?service=freee')) as {
      companies: { id: number; employees: { num: string }[] }[]
    }
    return (state.companies.find(({ id }) => id === 123)?.employees ?? []).map(({ num }) => num)
  }

  for (const [when, fault, reached] of [
    ['while it reads once more', 'GET', `select from checks where first_read is not null`],
    ['while it writes', 'POST', `select from run_items where outcome = 'succeeded' offset 3`],
  ] as const)
    it(`starts one run and registers nobody twice (SIGKILL ${when})`, async () => {
      const { begin, ranWell, query, checks } = watching(world)
      const visitor = await world.connected()
      await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
      const there = (await numbers()).length
      await ranWell(3)
      await begin(visitor, { [`${TO_FREEE}-mode`]: 'auto' })
      await world.control('POST', '/faults', { service: 'freee', method: fault, path: '/employees', delayMs: 150 })
      await query('update schedules set slot_at = $1, next_at = $1', [world.container.clock.now()])
      const first = await startWorker()
      /** Nobody waits for the minute between the two readings, nor for that of housekeeping. */
      const hurry = async () => {
        await world.container.housekeeping()
        await query(
          `update graphile_worker._private_jobs set run_at = now() where key like 'check.fetch:%' and run_at > now()`,
        )
      }
      await eventually('the moment', async () => {
        await hurry()
        return (await query(reached)).length > 0
      })
      const ended = once(first, 'exit')
      first.kill('SIGKILL')
      await ended
      const second = await startWorker()
      await eventually(
        'the end',
        async saw => {
          await hurry()
          saw(String((await numbers()).length))
          return (await query(`select from runs where automatic and ended_at is not null`)).length > 0
        },
        60_000,
        200,
      )

      expect(await query('select from runs where automatic')).to.have.length(1)
      expect((await checks()).filter(({ automatic }) => automatic === 'started')).to.have.length(1)
      const all = await numbers()
      expect(new Set(all).size).to.equal(all.length)
      const [run] = await query<{ selected: number; succeeded: number; state: string }>(
        'select selected_count selected, succeeded_count succeeded, state from runs where automatic',
      )
      expect(run?.state).to.equal('succeeded')
      expect(run?.succeeded).to.equal(run?.selected)
      expect(all.length - there).to.equal(
        Number(
          (
            await query<{ n: string }>(`select count(*) n from run_items where class = 'new' and outcome = 'succeeded'`)
          )[0]?.n,
        ),
      )
      second.kill('SIGTERM')
      await once(second, 'exit')
    })
})
