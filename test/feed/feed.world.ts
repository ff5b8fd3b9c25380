import { expect } from 'chai'
import { OpenAPIBackend, type Document } from 'openapi-backend'
import type { Visitor } from '../helpers/visitor.js'
import { issueToken } from '../helpers/connecting.js'
import { startWorld, type World, type WorldOptions } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'

export type Json = Record<string, unknown>

export const FEED = '/feed/v1'
/** the day the seed's people are looked at, at noon */
export const NOON = '2026-11-20T12:00:00+09:00'

export interface Answer {
  status: number
  headers: Headers
  body: Json
}

export interface Imported {
  status: string
  created: number
  updated: number
  skipped: number
  failed: number
  error: string | null
  results: { employee_code: string; status: string; message: string | null }[]
}

export interface Office {
  employees: Json[]
  declarations: Json[]
}

/** What the feed's own description has against an answer; every answer of these tests is held against it. */
async function checker(description: Json) {
  const api = new OpenAPIBackend({
    definition: description as Document,
    // its own check of documents knows OpenAPI 3.0 only
    quick: true,
    ajvOpts: { strict: false, logger: false },
  })
  await api.init()
  return (operation: string, status: number, body: unknown): string[] => {
    const { errors } = api.validateResponse(body, operation, status)
    return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

/** The product with Money Forward at the other end of the feed. */
export async function startFeedWorld(options: WorldOptions = {}) {
  const world: World = await startWorld({ at: NOON, ...options })
  const description = (await (await fetch(`${world.appUrl}${FEED}/openapi.json`)).json()) as Json
  const misfits = await checker(description)

  const operationOf = (path: string) => path.split(/[/?]/)[0] ?? ''
  const answerOf = async (answer: Response, path: string): Promise<Answer> => {
    const body = (await answer.json()) as Json
    const operation = operationOf(path)
    const known = ['employees', 'year_end_adjustments', 'acknowledgements'].includes(operation)
    if (known) expect(misfits(operation, answer.status, body), JSON.stringify(body).slice(0, 500)).to.deep.equal([])
    if (answer.status >= 400) expect(answer.headers.get('content-type')).to.match(/^application\/problem\+json/)
    expect(answer.headers.get('set-cookie')).to.equal(null)
    expect(answer.headers.get('cache-control')).to.equal('no-store')
    return { status: answer.status, headers: answer.headers, body }
  }
  const bearer = (token: string | null): Record<string, string> =>
    token === null ? {} : { authorization: `Bearer ${token}` }

  const control = (patch: Json) => world.control('PUT', '/switches', { service: 'smarthr', ...patch })
  const sim = async (method: string, path: string, body: Json) => {
    const answer = await fetch(`${world.sandboxUrl}/money-forward/sim${path}`, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
    return answer.json()
  }

  return {
    world,
    description,
    sim,
    control,

    get: async (path: string, token: string | null, headers: Record<string, string> = {}) =>
      answerOf(await fetch(`${world.appUrl}${FEED}/${path}`, { headers: { ...bearer(token), ...headers } }), path),

    post: async (path: string, token: string | null, body: unknown) =>
      answerOf(
        await fetch(`${world.appUrl}${FEED}/${path}`, {
          method: 'POST',
          headers: { ...bearer(token), 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
        path,
      ),

    async reset() {
      await world.reset()
      await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await world.control('PUT', '/limits', { service: 'money-forward', enabled: false })
    },

    /** Signed in and connected, with a token that Money Forward knows. */
    async ready(
      changes: Record<string, string | readonly string[]> = {},
    ): Promise<{ visitor: Visitor; token: string }> {
      const visitor = await world.connected('money-forward')
      const token = await issueToken(visitor, changes)
      await sim('PUT', '/connections/smarthr', { subdomain: 'midori-shokai', access_token: token })
      return { visitor, token }
    },

    /** Through the wizard to 公開, for everybody who can be chosen or the named ones. Returns the run's id. */
    async publish(visitor: Visitor, flow = 'employees', codes?: readonly string[], date?: string): Promise<string> {
      const runId = await toSelection(visitor, flow, date, 'money-forward')
      if (codes) {
        const rows = [...visitor.page().html.matchAll(/name="id" value="(\d+)"[\s\S]*?<span class="key">([^<]+)</g)]
        const ids = rows.filter(([, , key]) => codes.includes(key ?? '')).map(([, id = '']) => id)
        expect(ids, codes.join()).to.have.length(codes.length)
        await visitor.press('確認', { id: ids })
      } else {
        const html = visitor.page().html
        await visitor.press(html.includes('value="select-all"') ? 'select-all' : 'select-page')
        await visitor.press('確認')
      }
      await visitor.press('公開')
      return runId
    },

    import: async (kind: string, more: Json = {}) => (await sim('POST', '/imports', { kind, ...more })) as Imported,

    office: async (): Promise<Office> => {
      const { offices } = (await world.control('GET', '/state?service=money-forward')) as { offices: Office[] }
      if (!offices[0]) throw new Error('no office')
      return offices[0]
    },

    /** Codes of everybody in a snapshot. */
    async codes(token: string): Promise<string[]> {
      const { body } = await this.get('employees', token)
      return (body.employees as { employee_code: string }[]).map(employee => employee.employee_code)
    },

    /** As if so many days had gone by since it was published. */
    older: (runId: string, interval: string) =>
      world.container.ownerPool.query(
        `update runs set published_at = published_at - $2::interval, queued_at = queued_at - $2::interval,
           ended_at = ended_at - $2::interval where id = $1`,
        [runId, interval],
      ),

    one: async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row> => {
      const { rows } = await world.container.ownerPool.query<Row>(sql, values)
      if (!rows[0]) throw new Error(`no row: ${sql}`)
      return rows[0]
    },
  }
}

export type FeedWorld = Awaited<ReturnType<typeof startFeedWorld>>
