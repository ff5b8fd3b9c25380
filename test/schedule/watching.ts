import type { World } from '../helpers/world.js'
import { eventually } from '../helpers/waiting.js'
import type { Visitor } from '../helpers/visitor.js'

export const TO_FREEE = 'employees-from-smarthr'
export const FROM_FREEE = 'employees-to-smarthr'

interface Row {
  id: string
  state: string
  run_id: string | null
  new_count: number
  changed_count: number
  cause: string | null
  begun_at: Date
  slot_at: Date | null
  automatic: string | null
}

interface ScheduleRow {
  id: string
  mode: string
  auto_off: string | null
  next_at: Date
  slot_at: Date
  paused: string | null
  tries: number
  failures: number
}

/** A world whose clocks go on when a test says so, with 定期チェック in it. */
export function watching(world: World) {
  const query = async <T>(sql: string, values: unknown[] = []) =>
    (await world.container.ownerPool.query(sql, values)).rows as T[]

  const moveTo = async (at: Date) => {
    const { clock } = world.container
    const offset = at.getTime() - Date.now()
    const now = () => new Date(Date.now() + offset)
    const today = () => new Date(now().getTime() + 9 * 3_600_000).toISOString().slice(0, 10)
    Object.assign(clock, { now, today })
    await world.control('PUT', '/clock', { now: at.toISOString() })
  }
  const schedule = async (flow = TO_FREEE): Promise<ScheduleRow> => {
    const [row] = await query<ScheduleRow>('select * from schedules where flow = $1', [flow])
    if (!row) throw new Error('no schedule')
    return row
  }
  const checks = (): Promise<Row[]> => query<Row>('select * from checks order by begun_at, id')
  /** Until nothing of a check is under way, and its mails have gone out. */
  const settled = () =>
    eventually('the end of all checks', async () => {
      const rows = await query(
        `select from checks where state = 'reading' union all select from mails where sent_at is null`,
      )
      return rows.length === 0
    })

  return {
    query,
    moveTo,
    schedule,
    checks,
    settled,

    /** So many runs of the flow that somebody started have ended without a failure, since a while ago. */
    async ranWell(times: number, flow = TO_FREEE): Promise<void> {
      await query(
        `insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, created_at, queued_at, ended_at)
         select tenant_id, id, connector, $1, created_by, 'succeeded', at, at, at
         from connections, generate_series(1, $2) n, lateral (select $3::timestamptz - n * interval '1 millisecond' as at) t
         where state = 'active'`,
        [flow, times, world.container.clock.now()],
      )
    },

    /** Saves the form of the first flow, as the page has it. */
    async begin(visitor: Visitor, filled: Record<string, string> = {}, connector = 'freee'): Promise<void> {
      await visitor.get(`/${connector}/schedule`)
      const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
      const of = (name: string) => `${TO_FREEE}-${name}`
      await visitor.post(`/${connector}/schedule`, {
        _csrf: csrf,
        flow: TO_FREEE,
        op: 'save',
        [of('rule')]: 'daily',
        [of('weekday')]: '1',
        [of('day')]: '1',
        [of('hour')]: '2',
        [of('reference')]: 'today',
        [of('mode')]: 'notify',
        ...filled,
      })
    },

    /** The clock goes on to the next time by the rule, and housekeeping passes. */
    async nextCheck(): Promise<void> {
      await moveTo(new Date((await schedule()).next_at.getTime() + 1_000))
      await world.container.housekeeping()
      await settled()
    },

    /** Whatever was begun has ended, and the figure was worked out again. */
    async runEnded(): Promise<void> {
      await eventually('the end of all runs', async () => {
        const on = await query(`select from runs where state in ('queued', 'running')`)
        return on.length === 0
      })
      await world.container.housekeeping()
      await settled()
    },

    /** Whatever was sent to a service that is no reading; log-ins and tokens are no writes. */
    async writes(): Promise<string[]> {
      const calls = [...(await world.calls('smarthr')), ...(await world.calls('freee'))]
      return calls
        .filter(({ method, path }) => method !== 'GET' && !/oauth|authorize|login|token/.test(path))
        .map(({ method, path }) => `${method} ${path}`)
    },
  }
}
