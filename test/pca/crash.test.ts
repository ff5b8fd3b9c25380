import { once } from 'node:events'
import { expect } from 'chai'
import { useWorkers } from '../helpers/worker.js'
import { connectPca } from '../helpers/connecting.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const PEOPLE = 35

interface State {
  products: { Pay20: { employees: { Code: string }[] }[] }
  sessions: unknown[]
  journal: { method: string }[]
}

describe('PCA: a worker that dies with the only CAL', () => {
  const world = useWorld({ worker: false })
  const startWorker = useWorkers(world)

  const stateOf = async () => (await world.control('GET', '/state?service=pca')) as State
  const codes = async () => ((await stateOf()).products.Pay20[0]?.employees ?? []).map(employee => employee.Code)

  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`leaves its log-in to the next one, which goes on with it and logs out (${signal})`, async () => {
      await world.reset()
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await world.control('PUT', '/limits', { service: 'pca', enabled: false })
      await world.control('PUT', '/switches', { service: 'pca', employees: [], cals: 1 })
      const crews = Array.from({ length: PEOPLE }, (_, index) => ({
        emp_code: String(index + 1),
        last_name: '相沢',
        first_name: 'みお',
        gender: 'female',
      }))
      await world.control('PUT', '/switches', { service: 'smarthr', crews })
      const visitor = await world.signedIn('hanako@midori.example', '/pca')
      await connectPca(visitor)
      const first = await startWorker()
      const runId = await toSelection(visitor, 'employees-from-smarthr', undefined, 'pca')
      await syncEverybody(visitor)
      await eventually('the first batch', async () => (await codes()).length >= 10)
      const ended = once(first, 'exit')
      first.kill(signal)
      await ended
      expect((await codes()).length).to.be.lessThan(PEOPLE)
      expect((await stateOf()).sessions).to.have.length(1)

      await startWorker()
      const report = await reportOf(visitor, runId, 60_000)

      expect(report.text).to.include(`成功 ${PEOPLE}件`)
      expect((await codes()).sort()).to.deep.equal(crews.map(crew => crew.emp_code).sort())
      const state = await eventually('the log-out', async () => {
        const now = await stateOf()
        return now.sessions.length === 0 ? now : null
      })
      expect(state.journal.at(-1)?.method).to.equal('Logout')
    })
  }
})
