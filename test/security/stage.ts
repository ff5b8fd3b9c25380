import { makeScope } from '../helpers/scopes.js'
import { expect } from 'chai'
import { connectMoneyForward, issueToken } from '../helpers/connecting.js'
import { fieldsOf, type Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import type { World } from '../helpers/world.js'

/** A company with something of everything, and who may and may not come near it. */
export interface Stage {
  /** its administrator, at a page with a form */
  ours: Visitor
  /** the parameters of routes that name its records; without `id`, every kind of run in turn */
  parameters: { connector: string; token: string; scope: string; year: string; crew: string }
  runs: { finished: string; open: string }
  feedToken: string
  /** what no page for anybody else may show */
  canaries: readonly string[]
  /** what the company's rows are, in short: two that are the same are the same rows */
  fingerprint(): Promise<string>
}

export const csrfOf = (visitor: Visitor): string =>
  fieldsOf(visitor.page().html).find(([name]) => name === '_csrf')?.[1] ?? ''

/** What signing in leaves, and the record of what was tried. */
const RECORDS = new Set(['audit_events', 'sessions', 'admins', 'smarthr_grants'])

async function fingerprint(world: World, tenantId: string): Promise<string> {
  const { ownerPool } = world.container
  const { rows: tables } = await ownerPool.query<{ name: string }>(
    `select c.table_name as name from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE'`,
  )
  const sums = tables
    .filter(({ name }) => !RECORDS.has(name))
    .map(
      ({ name }) =>
        `select '${name}' as name, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum
         from public.${name} t where tenant_id = $1`,
    )
  const { rows } = await ownerPool.query<{ name: string; sum: string }>(`${sums.join(' union all ')} order by 1`, [
    tenantId,
  ])
  return rows.map(({ name, sum }) => `${name} ${sum}`).join('\n')
}

/** Builds it, by its administrator's own hands. */
export async function build(world: World): Promise<Stage> {
  const ours = await world.connected()
  const finished = await toSelection(ours, 'employees-from-smarthr')
  await syncEverybody(ours)
  await reportOf(ours, finished)
  await connectMoneyForward(ours)
  const feedToken = await issueToken(ours)
  await toSelection(ours, 'employees', undefined, 'money-forward')
  await ours.press(ours.page().html.includes('value="select-all"') ? 'select-all' : 'select-page')
  await ours.press('確認')
  await ours.press('公開')
  const open = await toSelection(ours, 'employees-to-smarthr')
  const scope = await makeScope(world, ours, { name: '在籍', status: ['employed'] })
  const { rows } = await world.container.ownerPool.query<{ tenant: string; token: string; crew: string }>(
    `select tenant_id as tenant, id as token,
       (select min(source_id) from run_items where run_id = $1 and outcome = 'succeeded') as crew from access_tokens`,
    [finished],
  )
  const [{ tenant, token, crew } = { tenant: '', token: '', crew: '' }] = rows
  const { tenants } = (await world.control('GET', '/state?service=smarthr')) as {
    tenants: { crews: { last_name: string; first_name: string }[] }[]
  }
  const names = (tenants[0]?.crews ?? []).flatMap(({ last_name: last, first_name: first }) => [
    `${last} ${first}`,
    `${last}${first}`,
  ])
  expect(token).not.to.equal('')
  return {
    ours,
    parameters: { connector: 'freee', token, scope, year: '2026', crew },
    runs: { finished, open },
    feedToken,
    canaries: ['みどり商会', 'hanako@midori.example', '0123456789', ...names],
    fingerprint: () => fingerprint(world, tenant),
  }
}

/** A route's address: `GET /runs/:id` of the given run. Routes about access tokens are Money Forward's. */
export function addressOf(route: string, { parameters, runs }: Stage, run: keyof Stage['runs'] = 'open'): string {
  const [, pattern = ''] = route.split(' ')
  const named: Record<string, string> = {
    ...parameters,
    ...(pattern.includes('access-tokens') && { connector: 'money-forward' }),
    id: runs[run],
  }
  return pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(named[name] ?? ''))
}

export const methodOf = (route: string) => route.slice(0, route.indexOf(' '))

/** One request without a redirect being followed, so that what is seen is what the route itself says. */
export async function ask(
  world: World,
  method: string,
  address: string,
  { cookies, headers = {}, form }: { cookies?: Visitor; headers?: Record<string, string>; form?: URLSearchParams },
): Promise<{ status: number; location: string; type: string; body: string }> {
  const cookie = [...(cookies?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  const answer = await fetch(world.appUrl + address, {
    method,
    redirect: 'manual',
    headers: { ...(cookie && { cookie }), accept: 'text/html', ...headers },
    ...(form && method !== 'GET' && method !== 'HEAD' && { body: form }),
  })
  const header = (name: string) => answer.headers.get(name) ?? ''
  return {
    status: answer.status,
    location: header('location'),
    type: header('content-type'),
    body: await answer.text(),
  }
}
