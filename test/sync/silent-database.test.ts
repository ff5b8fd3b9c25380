import { expect } from 'chai'
import { numbersInFreee } from '../helpers/in-freee.js'
import { lineTo, type Line } from '../helpers/line.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

const PEOPLE = 12

describe('a line to the database that falls silent and does not end', () => {
  let line: Line
  const world = useWorld({
    limitsOff: ['smarthr'],
    // Longer than the job library is idle.
    container: { silentMs: 3_000 },
    between: async url => {
      line = await lineTo(url)
      return line.url
    },
    betweenJobs: url => Object.assign(new URL(url), { host: new URL(line.url).host }).href,
  })
  after(() => line.cut())

  const numbers = () => numbersInFreee(world)

  it('holds up a worker for a while: its run goes on over new connections, and everybody is registered once', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
    await world.control('POST', '/faults', { service: 'freee', method: 'POST', path: '/employees$', delayMs: 100 })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await eventually('some people', async () => (await numbers()).length >= 3)
    line.hush()
    await line.mend()
    const registered = (await numbers()).length

    // One silence may come after another: each connection has to be given up by itself.
    await eventually(
      'the end of the run',
      async () => {
        const { rows } = await world.container.ownerPool.query<{ state: string }>('select state from runs')
        return rows[0]?.state === 'succeeded'
      },
      90_000,
    )
    expect(registered).to.be.below(PEOPLE)
    expect((await reportOf(visitor, runId)).text)
      .to.include(`成功 ${PEOPLE}件`)
      .and.include('失敗 0件')
    expect(await numbers()).to.have.length(PEOPLE)
    expect(new Set(await numbers()).size).to.equal(PEOPLE)
  })
})
