import { byNumber, byOffset, type Stretch } from '../server/contract/paging.js'
import type { World } from '../test/helpers/world.js'
import { measure, type Flow, type Measured } from './measure.js'
import { costOf, startWorker, stop } from './processes.js'
import type { Row } from './results.js'

const PAGE = 100
const pagesOf = (people: number) => Math.max(1, Math.ceil(people / PAGE))

/** Calls that read a whole list so that nobody can be missed while it moves: pages overlap by one (platform/paging.ts). */
export function readsOf(people: number, stretch: (read: number, most: number) => Stretch): number {
  let calls = 0
  for (let read = 0; calls === 0 || read < people; calls += 1) {
    const { offset, limit } = stretch(read, PAGE)
    read = offset + limit
  }
  return calls
}

const round = (value: number, digits = 2) => Number(value.toFixed(digits))

/**
 * The least calls a run can do with. Reading: both sides page by page, overlapping by one record, and freee's people of all periods when somebody
 * is to be registered there (it has no search by number). Writing: each page of people to update once more, freee's
 * people of all periods before somebody is registered, the titles once for SmartHR, and per person one call to SmartHR
 * or one per part that changes in freee.
 */
function unavoidable(flow: Flow, people: { source: number; target: number }, result: Measured) {
  const writes = result.applied.filter(call => call.method !== 'GET')
  const distinct = new Set(
    writes.map(call => `${call.method} ${call.path} ${call.method === 'POST' ? JSON.stringify(call.body) : ''}`),
  )
  const toFreee = flow === 'employees-from-smarthr'
  const [smarthr, freee] = toFreee ? [people.source, people.target] : [people.target, people.source]
  const everybody = toFreee && result.planned.new > 0 ? readsOf(freee, byOffset) : 0
  const fetch = readsOf(smarthr, byNumber) + readsOf(freee, byOffset) + everybody
  const reread = result.planned.changed > 0 ? pagesOf(people.target) : 0
  return { fetch, apply: reread + (toFreee ? everybody : 1) + distinct.size }
}

/** One run of a flow, and what its worker spends. */
export async function scenario(
  world: World,
  order: { name: string; flow: Flow; people: number; overlap: number; differing: number; paced: boolean },
): Promise<Row> {
  const { flow, people, overlap, differing, paced } = order
  await world.reset()
  const visitor = await world.connected()
  const service = flow === 'employees-from-smarthr' ? 'smarthr' : 'freee'
  await world.control('POST', '/populate', { service, employees: people, overlap, differing, seed: 11 })
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: paced })
  await world.control('PUT', '/limits', { service: 'freee', enabled: false })
  const worker = await startWorker(world, paced)
  const idle = costOf(worker.pid ?? 0)
  const result = await measure(world, visitor, flow)
  const cost = costOf(worker.pid ?? 0)
  await stop(worker)

  const least = unavoidable(flow, { source: people, target: Math.round(people * overlap) }, result)
  const refused = [...result.fetched, ...result.applied].filter(call => call.status === 429).length
  const values: Record<string, number> = {
    'fetch s': round(result.fetchSeconds),
    'apply s': round(result.applySeconds),
    'fetch calls ÷ unavoidable': round(result.fetched.length / least.fetch, 3),
    'apply calls ÷ unavoidable': round(result.applied.length / least.apply, 3),
    'CPU ms per employee': round(((cost.cpu - idle.cpu) * 1000) / people, 3),
    'peak RSS MB': round(cost.rss, 0),
    'answers 429': refused,
  }
  if (paced) {
    const limited = result.applied.filter(call => call.path.includes('/t/') || call.path.startsWith('/api')).length
    values['apply wall ÷ lower bound'] = round(result.applySeconds / (limited / 10), 3)
  }
  return { scenario: order.name, flow, people, values }
}
