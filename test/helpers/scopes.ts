import { expect } from 'chai'
import type { ScopeConditions } from '../../server/contract/scope.js'
import type { Fields, Visitor } from './visitor.js'
import type { World } from './world.js'

/** An entry of one of SmartHR's lists. */
export interface Entry {
  id: string
  name: string
  parent?: { id: string } | null
}

export interface CrewNow {
  id: string
  emp_code: string | null
  departments: (Entry | null)[]
  employment_type: Entry | null
  biz_establishment_id: string | null
}

/** SmartHR as somebody there would change it, with the token of the first administrator. */
export async function smarthrOf(world: World) {
  const { rows } = await world.container.ownerPool.query<{ tenant: string; admin: string }>(
    'select tenant_id as tenant, admin_id as admin from smarthr_grants order by updated_at limit 1',
  )
  const [grant = { tenant: '', admin: '' }] = rows
  const token = await world.container.grants.of(grant.tenant, grant.admin).token()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${world.sandboxUrl}/smarthr/api/v1/${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return (text === '' ? null : JSON.parse(text)) as T
  }
  return {
    call,
    crews: async (): Promise<CrewNow[]> => {
      const all: CrewNow[] = []
      for (let page = 1; ; page += 1) {
        const some = await call<CrewNow[]>('GET', `crews?per_page=100&page=${page}`)
        all.push(...some)
        if (some.length < 100) return all
      }
    },
    list: (name: string) => call<Entry[]>('GET', `${name}?per_page=100`),
    change: (id: string, body: object) => call<CrewNow>('PATCH', `crews/${id}`, body),
  }
}

export type Smarthr = Awaited<ReturnType<typeof smarthrOf>>

/** A scope as it was saved on an earlier day; gives its id. */
export async function keptScope(
  world: World,
  { name, conditions, connector = 'freee' }: { name: string; conditions: ScopeConditions; connector?: string },
): Promise<string> {
  const { rows } = await world.container.ownerPool.query<{ tenant: string; admin: string }>(
    'select tenant_id as tenant, admin_id as admin from smarthr_grants order by updated_at limit 1',
  )
  const [{ tenant, admin } = { tenant: '', admin: '' }] = rows
  const order = { connector, name, conditions, presets: [], adminId: admin, now: world.container.clock.now() }
  return world.container.data.inTenant(tenant, async ({ scopes }) => {
    await scopes.save(null, order)
    return (await scopes.list(connector)).find(scope => scope.name === name)?.id ?? ''
  })
}

/** Makes a scope by its page; gives its id. */
export async function makeScope(
  world: World,
  visitor: Visitor,
  fields: Fields & { name: string },
  connector = 'freee',
): Promise<string> {
  await visitor.get(`/${connector}/settings/scopes/new`)
  const page = await visitor.press('save', fields)
  expect(page.text).to.include('対象範囲を保存しました')
  const { rows } = await world.container.ownerPool.query<{ id: string }>(
    'select id from scopes where connector = $1 and name = $2',
    [connector, fields.name],
  )
  return rows[0]?.id ?? ''
}
