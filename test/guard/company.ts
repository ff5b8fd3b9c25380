import { randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import type pg from 'pg'
import { connectorOf } from '../../server/connectors/registry.js'
import { neverWritten } from '../../server/contract/listing.js'
import type { Directory, Entry, SyncFlow, Values } from '../../server/contract/contract.js'
import { planRun } from '../../server/plan/plan-run.js'
import { createClock } from '../../server/platform/clock.js'
import { createDatabase, createPool } from '../../server/platform/db.js'
import { createLogger } from '../../server/platform/logger.js'
import { createSealer } from '../../server/platform/seal.js'
import { difference } from '../../server/runs/difference.js'
import { firedFor } from '../../server/runs/guard.check.js'
import type { Fired } from '../../server/runs/guard.js'
import { wholeView } from '../../server/runs/run.js'
import { daysOf, type Sides } from '../../server/runs/sides.js'
import { createData, type Data } from '../../server/stores.js'
import { createTestDatabase } from '../helpers/database.js'

export const TODAY = '2026-11-20'

export interface Company {
  owner: pg.Pool
  inTenant: Data['inTenant']
  tenantId: string
  /** a connection of its own, without any run */
  connected(connector: string): Promise<string>
  close(): Promise<void>
}

/** A company in a database of its own, without screens or services: plans are made of what a test says is listed. */
export async function createCompany(): Promise<Company> {
  const database = await createTestDatabase()
  const db: Knex = createDatabase(database.url)
  const owner = createPool(database.superUrl, { max: 2, log: createLogger('error') })
  const data = createData(db, createSealer([{ id: 'k1', key: randomBytes(32) }]))
  const one = async (sql: string, values: unknown[]) =>
    (await owner.query<{ id: string }>(`${sql} returning id`, values)).rows[0]?.id ?? ''
  const tenantId = await one(`insert into tenants (smarthr_id, name) values ('t1', $1)`, ['株式会社みどり商会'])
  const adminId = await one(
    `insert into admins (tenant_id, smarthr_user_id, email, name) values ($1, 'u1', 'hanako@midori.example', '花子')`,
    [tenantId],
  )
  return {
    owner,
    inTenant: data.inTenant,
    tenantId,
    async connected(connector) {
      await owner.query(`update connections set state = 'ended', credentials = null where state = 'active'`)
      return one(
        `insert into connections (tenant_id, connector, state, account_id, account_code, account_name, credentials, created_by)
         values ($1, $2, 'active', $3, 'c', 'みどり商会', 'sealed', $4)`,
        [tenantId, connector, randomBytes(6).toString('hex'), adminId],
      )
    },
    async close() {
      await db.destroy()
      await owner.end()
      await database.drop()
    },
  }
}

/** A person of made-up data, the same for the same number, in SmartHR's paths. */
export function crewOf(index: number): Values {
  const pick = (list: readonly string[], at: number) => list[at % list.length] ?? ''
  const digits = (length: number, factor: number) =>
    String(10 ** (length - 1) + ((index * factor) % 10 ** (length - 1)))
  return {
    emp_code: String(1000 + index).padStart(6, '0'),
    last_name: pick(['佐藤', '鈴木', '高橋', '田中', '伊藤', '渡辺', '山本', '中村', '小林', '加藤', '吉田'], index),
    last_name_yomi: pick(
      [
        'サトウ',
        'スズキ',
        'タカハシ',
        'タナカ',
        'イトウ',
        'ワタナベ',
        'ヤマモト',
        'ナカムラ',
        'コバヤシ',
        'カトウ',
        'ヨシダ',
      ],
      index,
    ),
    first_name: pick(['葵', '一郎', '明日香', '和也', '智也', '真由美', '大輔'], index),
    first_name_yomi: pick(['アオイ', 'イチロウ', 'アスカ', 'カズヤ', 'トモヤ', 'マユミ', 'ダイスケ'], index),
    birth_at: `19${60 + (index % 40)}-0${1 + (index % 9)}-1${index % 10}`,
    gender: index % 2 === 0 ? 'female' : 'male',
    email: `p${index}@midori.example`,
    emp_status: 'employed',
    entered_at: `20${10 + (index % 10)}-04-01`,
    resigned_at: null,
    'positions.0.name': pick(['部長', '課長', '主任', '一般'], index),
    'departments.0.code': `D${String(index % 12).padStart(2, '0')}`,
    'departments.0.name': `第${(index % 12) + 1}部`,
    'employment_type.name': '正社員',
    having_spouse: index % 3 === 0,
    tel_number: '03-1234-5678',
    'bank_accounts.0.bank_code': String(1 + (index % 40)).padStart(4, '0'),
    'bank_accounts.0.bank_branch_code': String(1 + (index % 90)).padStart(3, '0'),
    'bank_accounts.0.account_type': 'saving',
    'bank_accounts.0.account_number': digits(7, 7919),
    'bank_accounts.0.account_holder_name': 'サトウ　アオイ',
    basic_pension_number: `${digits(4, 31)}-${digits(6, 7907)}`,
    monthly_standard_income_hel: 200_000 + (index % 12) * 20_000,
    monthly_standard_income_pns: 200_000 + (index % 12) * 20_000,
  }
}

const CONTEXT = { today: TODAY, settings: {} }

/** What the service says of somebody whom SmartHR knows as this: both sides agree. */
export const inService = ({ mapping }: SyncFlow, crew: Values): Values => {
  const none = Object.fromEntries(mapping.flatMap(({ service }) => service.map(path => [path, null])))
  const created = { ...none, ...difference(mapping, 'to-service', crew, null, CONTEXT).set }
  // The service's own word for a blank is sent once the person is there.
  return { ...created, ...difference(mapping, 'to-service', crew, created, CONTEXT).set }
}

export interface Listed {
  id: string
  key: string | null
  values: Values
}

const entry = ({ id, key, values }: Listed): Entry & { employedFrom: null; employedUntil: null } => ({
  id,
  key,
  name: '従業員',
  kana: '',
  detail: '',
  values,
  employedFrom: null,
  employedUntil: null,
})

export const flowNamed = (connector: string, flow: string): SyncFlow => {
  const found = connectorOf(connector).flows.find(({ id }) => id === flow)
  if (found?.kind !== 'sync') throw new Error(`no flow ${flow}`)
  return found
}

/** An ended run that listed so many people at its source. */
export async function succeeded(
  { owner, tenantId }: Company,
  run: { connectionId: string; connector: string; flow: string; listed: number },
): Promise<void> {
  await owner.query(
    `insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, created_at, queued_at, ended_at,
       read_from, source_listed, target_listed, succeeded_count)
     select $1, $2, $3, $4, a.id, 'succeeded', now(), now(), now(), now() - interval '1 day', $5, $5, 1 from admins a`,
    [tenantId, run.connectionId, run.connector, run.flow, run.listed],
  )
}

/** The plan that the real planner makes of two listings, everybody selected by the button for all, and what fires. */
export async function planned(
  company: Company,
  order: {
    connectionId: string
    connector: string
    flow: string
    source: readonly Listed[]
    target: readonly Listed[]
    /** remembered pairs by their ids in SmartHR and the service */
    links?: readonly (readonly [smarthrId: string, serviceId: string])[]
    atOnce?: boolean
  },
): Promise<{ runId: string; fired: Fired[]; selected: number }> {
  const { owner, inTenant, tenantId } = company
  const { connectionId, connector, flow: flowId, atOnce = false } = order
  const flow = flowNamed(connector, flowId)
  const { rows } = await owner.query<{ id: string }>(
    `insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, created_at, fetch_begun_at, read_from,
       at_once, queued_at, reference_date)
     select $1, $2, $3, $4, a.id, 'fetching', now(), $5::timestamptz, now(), $6, case when $6 then now() end, $7
     from admins a returning id`,
    [tenantId, connectionId, connector, flowId, `${TODAY}T03:00:00Z`, atOnce, TODAY],
  )
  const runId = rows[0]?.id ?? ''
  const account = await owner.query<{ account: string }>(
    'select account_id as account from connections where id = $1',
    [connectionId],
  )
  const directory: Directory = {
    ...neverWritten,
    pageSize: 100,
    keysUnique: true,
    async *list() {
      yield await Promise.resolve({ people: [], next: null, total: 0 })
    },
    choices: () =>
      Promise.resolve(
        Array.from({ length: 12 }, (_, n) => `D${String(n).padStart(2, '0')}`).map(value => ({
          value,
          label: value,
          code: value,
          name: value,
        })),
      ),
    exists: () => Promise.resolve(true),
    reread: () => Promise.resolve(new Map()),
  }
  const sides: Sides = {
    connector: connectorOf(connector),
    flow,
    source: directory,
    target: directory,
    sourceIs: flow.direction === 'to-service' ? 'smarthr' : 'service',
    targetIs: flow.direction === 'to-service' ? 'service' : 'smarthr',
    names: { source: flow.from, target: flow.to },
    account: { connector, accountId: account.rows[0]?.account ?? '' },
    scopeLists: () => Promise.resolve({ departments: [], employmentTypes: [], establishments: [] }),
    onCreate: {},
    close: () => Promise.resolve(),
  }
  for (const [smarthrId, serviceId] of order.links ?? [])
    await inTenant(tenantId, ({ links }) =>
      links.connect(
        sides.account,
        [{ smarthrId, serviceId, sourceId: flow.direction === 'to-service' ? smarthrId : serviceId }],
        { runId: null, at: new Date() },
      ),
    )
  for (const side of ['source', 'target'] as const)
    await inTenant(tenantId, ({ staging }) =>
      staging.addPage(runId, side, { people: order[side].map(entry), from: 0, next: null, total: null }),
    )
  const clock = createClock(new Date(`${TODAY}T03:00:00Z`))
  const before = await inTenant(tenantId, ({ runs }) => runs.find(runId))
  if (!before) throw new Error('no run')
  await planRun({ inTenant, look: inTenant, clock, run: before, days: daysOf(flow, before, clock), sides, scope: null })
  return inTenant(tenantId, async ({ runs, selection, guard }) => {
    const run = await runs.find(runId)
    if (!run) throw new Error('no run')
    if (!atOnce) await selection.keepChosen(run, [], await selection.selectAll(runId, wholeView))
    const { total } = await selection.choice(runId)
    return { runId, fired: await firedFor(guard, { run, flow }), selected: total }
  })
}
