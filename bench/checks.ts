import { minuteOf } from '../server/schedule/slots.js'
import { connectFreee, saveFreeeSettings } from '../test/helpers/connecting.js'
import { eventually } from '../test/helpers/waiting.js'
import type { World } from '../test/helpers/world.js'
import { costOf, postgresCpu, startWorker, stop } from './processes.js'

const FLOW = 'employees-from-smarthr'
const MINUTE_MS = 60_000
/** Checks begin in the first fifty minutes of an hour (server/schedule/slots.ts); the last one has so long, however short the hour. */
const SPREAD = 50 / 60
const LAST_MS = 10 * MINUTE_MS
/** Administrators who connect their companies at once. */
const AT_ONCE = 4
/** Nothing moves for so long: it never will. */
const PATIENCE_MS = 15 * MINUTE_MS

interface Ended {
  id: string
  late: number
  at: Date
  state: string
  differing: number
}

/** All companies are connected, each by its administrator. */
async function connectAll(world: World, companies: number): Promise<void> {
  let next = 1
  const connectSome = async () => {
    for (let nth = next++; nth <= companies; nth = next++) {
      // Nobody signs in so often from one address.
      await world.container.ownerPool.query('delete from sign_in_limits')
      const visitor = await world.signedIn(`admin-${String(nth)}@companies.example`, '/freee')
      await connectFreee(visitor, `02${String(nth).padStart(8, '0')}`, undefined, String(200 + nth))
      await saveFreeeSettings(visitor)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, connectSome))
}

/** Each company wants the same hour, which begins now; its minute is its connection's. `minutes`: that an hour is drawn together to. */
async function scheduleAll({ container }: World, begin: Date, minutes: number): Promise<void> {
  const { rows } = await container.ownerPool.query<{ id: string }>(`select id from connections where state = 'active'`)
  for (const { id } of rows) {
    const slot = new Date(begin.getTime() + (minuteOf(id) / 60) * minutes * MINUTE_MS)
    await container.ownerPool.query(
      `insert into schedules (tenant_id, connector, flow, rule, hour, reference, admin_id, slot_at, next_at)
       select tenant_id, connector, $2, 'daily', 2, 'today', created_by, $3, $3 from connections where id = $1`,
      [id, FLOW, slot],
    )
  }
}

/**
 * Checks of so many companies that all want one hour: when each has ended, after its own time and after the hour's beginning.
 * The clock is the real one, with the minute between the two readings and housekeeping once a minute. `minutes`: the hour drawn
 * together, for a machine that has no hour, but for the ten minutes that follow the last time; the claim is that of sixty.
 */
export async function checksInOneHour(
  world: World,
  { companies, people, workers, minutes }: { companies: number; people: number; workers: number; minutes: number },
): Promise<Record<string, number>> {
  await world.reset()
  const sizes = Array<number>(companies).fill(people)
  for (const service of ['smarthr', 'freee']) {
    await world.control('PUT', '/limits', { service, enabled: false })
    await world.control('PUT', '/switches', { service, companies: sizes })
  }
  await connectAll(world, companies)
  const started = await Promise.all(
    Array.from({ length: workers }, () => startWorker(world, true, { everyMinute: true })),
  )
  try {
    const databaseBefore = await postgresCpu(world)
    const begin = new Date()
    await scheduleAll(world, begin, minutes)
    const ended = async () => {
      const { rows } = await world.container.ownerPool.query<Ended>(
        `select schedule_id as id, extract(epoch from ended_at - slot_at)::float8 as late, ended_at as at, state,
           new_count + changed_count as differing
         from checks where ended_at is not null and state <> 'put_off'`,
      )
      return rows
    }
    const all = await eventually(
      'the end of all checks',
      async saw => {
        const rows = await ended()
        saw(String(rows.length))
        return rows.length >= companies && rows
      },
      PATIENCE_MS,
      5_000,
    )
    const late = all.map(check => check.late).sort((a, b) => a - b)
    const inside = all.filter(({ at }) => at.getTime() - begin.getTime() <= minutes * SPREAD * MINUTE_MS + LAST_MS)
    const cpu = started.reduce((sum, { pid }) => sum + (pid === undefined ? 0 : costOf(pid).cpu), 0)
    return {
      'minutes of the hour': minutes,
      checks: all.length,
      'of them done': all.filter(({ state }) => state === 'done').length,
      'with somebody who differs': all.filter(({ differing }) => differing > 0).length,
      'ended inside the hour': inside.length,
      'after its time s, median': late[Math.floor(late.length / 2)] ?? 0,
      'after its time s, latest': late.at(-1) ?? 0,
      'last one, minute of the hour': Math.max(...all.map(({ at }) => at.getTime() - begin.getTime())) / MINUTE_MS,
      'CPU s of the workers': cpu,
      'CPU s of PostgreSQL': (await postgresCpu(world)) - databaseBefore,
    }
  } finally {
    await Promise.all(started.map(stop))
  }
}
