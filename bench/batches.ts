import { connectPca } from '../test/helpers/connecting.js'
import { syncEverybody, toSelection } from '../test/helpers/walking.js'
import type { World } from '../test/helpers/world.js'
import { endOf } from './measure.js'
import { startWorker, stop } from './processes.js'
import type { Row } from './results.js'

const round = (value: number, digits = 2) => Number(value.toFixed(digits))

/** Writes a minute and people per write that the batching service allows, in real time and with its limits on. */
const BATCH = { perMinute: 20, size: 10 }

/** Registering people by batches: the wall time against the least its limit allows (the first write waits for nobody). */
export async function batches(world: World, people: number): Promise<Row> {
  await world.reset()
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
  await world.control('PUT', '/limits', { service: 'pca', enabled: true })
  const crews = Array.from({ length: people }, (_, index) => ({
    emp_code: String(index + 1),
    last_name: '相沢',
    first_name: `みお${index + 1}`,
    last_name_yomi: 'アイザワ',
    first_name_yomi: 'ミオ',
    gender: 'female',
    birth_at: '1993-02-11',
    entered_at: '2018-04-01',
  }))
  await world.control('PUT', '/switches', { service: 'pca', employees: [] })
  await world.control('PUT', '/switches', { service: 'smarthr', crews })
  const visitor = await world.signedIn('hanako@midori.example', '/pca')
  await connectPca(visitor)
  const worker = await startWorker(world, true)
  const runId = await toSelection(visitor, 'employees-from-smarthr', undefined, 'pca')
  await syncEverybody(visitor)
  await endOf(world, runId)
  await stop(worker)
  const { rows } = await world.container.ownerPool.query<{ apply: number; failed: number }>(
    `select extract(epoch from ended_at - started_at)::float8 as apply, failed_count as failed from runs where id = $1`,
    [runId],
  )
  const [row] = rows
  if (!row || row.failed > 0) throw new Error(`the run did not end well: ${JSON.stringify(row)}`)
  const calls = await world.calls('pca')
  const writes = calls.filter(call => call.path.includes('/Create/'))
  const least = ((Math.ceil(people / BATCH.size) - 1) * 60) / BATCH.perMinute
  return {
    scenario: `${BATCH.perMinute} writes a minute, ${BATCH.size} people each, all new`,
    flow: 'employees-from-smarthr',
    people,
    values: {
      'apply s': round(row.apply),
      'apply wall ÷ lower bound': round(row.apply / least, 3),
      'writes ÷ unavoidable': round(writes.length / Math.ceil(people / BATCH.size), 3),
      'answers 429': calls.filter(call => call.status === 429).length,
    },
  }
}
