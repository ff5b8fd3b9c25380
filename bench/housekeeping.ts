import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { connectors } from '../server/connectors/registry.js'
import { createHousekeeping } from '../server/housekeeping/housekeeping.job.js'
import { createRunDays } from '../server/housekeeping/run-days.store.js'
import { createClock } from '../server/platform/clock.js'
import { createDatabase } from '../server/platform/db.js'
import { createLogger } from '../server/platform/logger.js'
import { createSealer } from '../server/platform/seal.js'
import { createData } from '../server/stores.js'
import { createTestDatabase } from '../test/helpers/database.js'

/** No company of the bench is about to go. */
const refuse = () => Promise.reject(new Error('a company goes'))
const nobodyGoes = { uninstalled: refuse, notice: refuse, end: refuse, askIdle: refuse }

/** Companies with a connection and ten runs each, none of which is due. */
const idle = (companies: number) => `
  insert into tenants (smarthr_id, name) select 'company ' || n, n from generate_series(1, ${companies}) n;
  insert into admins (tenant_id, smarthr_user_id, email, name) select id, 'u', 'u@midori.example', '花子' from tenants;
  insert into connections (tenant_id, connector, state, account_id, account_code, account_name, credentials, created_by)
    select tenant_id, 'freee', 'active', '1', '1', '1', 'sealed', id from admins;
  insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, created_at, fetched_at, ended_at)
    select c.tenant_id, c.id, 'freee', 'employees-to-smarthr', c.created_by, 'succeeded', at, at, at
    from connections c, generate_series(1, 10) n, lateral (select now() - n * interval '2 days' as at) t`

/** None of these companies is checked. */
const noChecks = {
  dueBy: () => ({ now: new Date(), plans: new Date(), checks: new Date(0) }),
  tend: () => Promise.reject(new Error('a company is checked')),
}

/** The CPU time in seconds that one pass of housekeeping takes of this process and of PostgreSQL. */
export async function housekeepingCost(
  companies: number,
  cpuOf: (pid: number) => number,
): Promise<{ node: number; postgres: number }> {
  const database = await createTestDatabase()
  const client = new pg.Client(database.superUrl)
  await client.connect()
  const db = createDatabase(database.url)
  try {
    await client.query(idle(companies))
    await client.query('vacuum analyze')
    const data = createData(db, createSealer([{ id: 'k', key: randomBytes(32) }]))
    const pass = createHousekeeping({
      inTenant: data.inTenant,
      due: data.due,
      companyEnd: nobodyGoes,
      checking: noChecks,
      runDays: createRunDays(db),
      clock: createClock(),
      log: createLogger('error'),
      retentionDays: 30,
      connectors,
    })
    await pass()
    const backends = async () => {
      const { rows } = await client.query<{ pid: number }>(
        'select pid from pg_stat_activity where datname = current_database()',
      )
      return rows.reduce((sum, { pid }) => sum + cpuOf(pid), 0)
    }
    const [node, postgres] = [process.cpuUsage(), await backends()]
    await pass()
    const { user, system } = process.cpuUsage(node)
    return { node: (user + system) / 1_000_000, postgres: (await backends()) - postgres }
  } finally {
    await client.end()
    await db.destroy()
    await database.drop()
  }
}
