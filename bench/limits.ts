import { byNumber } from '../server/contract/paging.js'
import { anEmployee } from '../test/helpers/attendance.js'
import { connectAttendance } from '../test/helpers/connecting.js'
import { reportOf } from '../test/helpers/waiting.js'
import { syncEverybody, toSelection } from '../test/helpers/walking.js'
import type { World } from '../test/helpers/world.js'
import { startWorker, stop } from './processes.js'
import { endOf } from './measure.js'

type Values = Record<string, number>

const WORKERS = 4
const PER_SECOND = 10
const ATTENDANCE = 'king-of-time'
const FLOW = 'employees-to-smarthr'

/**
 * Two services write into one company at SmartHR at the same time, on four workers, its limit on: from the first call to
 * the last, over the least its limit allows for as many calls.
 */
export async function twoServices(world: World, people: number): Promise<Values> {
  await world.reset()
  const visitor = await world.connected()
  await connectAttendance(visitor, ATTENDANCE)
  await world.control('POST', '/populate', { service: 'freee', employees: people, overlap: 0, differing: 0, seed: 11 })
  await world.control('PUT', '/switches', {
    service: ATTENDANCE,
    employees: Array.from({ length: people }, (_, index) => anEmployee(`T${index}`, { firstName: `みお${index}` })),
  })
  for (const service of ['freee', ATTENDANCE]) await world.control('PUT', '/limits', { service, enabled: false })
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: true })
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => startWorker(world, true)))
  const colleague = visitor.twin()
  const runs = [await toSelection(visitor, FLOW), await toSelection(colleague, FLOW, undefined, ATTENDANCE)]
  const before = (await world.calls('smarthr')).length
  await syncEverybody(visitor)
  await syncEverybody(colleague)
  for (const run of runs) await endOf(world, run)
  for (const run of runs) await reportOf(visitor, run)
  const calls = (await world.calls('smarthr')).slice(before)
  await Promise.all(workers.map(stop))
  const times = calls.map(({ time }) => Date.parse(time))
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000
  return {
    'calls to SmartHR': calls.length,
    'apply s': seconds,
    'apply wall ÷ lower bound': Number((seconds / ((calls.length - 1) / PER_SECOND)).toFixed(3)),
    'answers 429': calls.filter(({ status }) => status === 429).length,
  }
}

/** Reading a big company at SmartHR's limit: from the first call to the last page, over the least it allows. */
export async function reading(world: World, people: number): Promise<Values> {
  await world.reset()
  const visitor = await world.connected()
  await world.control('POST', '/populate', {
    service: 'smarthr',
    employees: people,
    overlap: 0,
    differing: 0,
    seed: 11,
  })
  await world.control('PUT', '/limits', { service: 'smarthr', enabled: true })
  await world.control('PUT', '/limits', { service: 'freee', enabled: false })
  const worker = await startWorker(world, true)
  const before = (await world.calls('smarthr')).length
  await toSelection(visitor, 'employees-from-smarthr')
  await stop(worker)
  const calls = (await world.calls('smarthr')).slice(before)
  const pages = calls.filter(({ path }) => path.endsWith('/crews'))
  const times = pages.map(({ time }) => Date.parse(time))
  const seconds = (Math.max(...times) - Math.min(...times)) / 1000
  let least = 0
  for (let read = 0; least === 0 || read < people; least += 1) {
    const { offset, limit } = byNumber(read, 100)
    read = offset + limit
  }
  return {
    'pages ÷ unavoidable': Number((pages.length / least).toFixed(3)),
    'reading s': seconds,
    'reading ÷ lower bound': Number((seconds / ((pages.length - 1) / PER_SECOND)).toFixed(3)),
    'answers 429': calls.filter(({ status }) => status === 429).length,
  }
}
