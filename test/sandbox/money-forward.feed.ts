import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json } from './money-forward.world.js'

export const TOKEN = 'renkei-feed-token'

interface Asked {
  method: string
  path: string
  query: Record<string, string>
  body: Json
}

type Handler = (asked: Asked, res: ServerResponse) => void

export const answer = (res: ServerResponse, status: number, body: Json, headers: Record<string, string> = {}) =>
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

/** A refusal as the feed writes it (RFC 9457). */
export const problem = (res: ServerResponse, status: number, code: string, headers?: Record<string, string>) =>
  answer(res, status, { type: 'about:blank', title: code, status, code, detail: code }, headers)

/**
 * A feed as docs/feed.md describes it. `strange` answers first, as long as it has something to say: each of its entries
 * is asked for one call.
 */
export async function startFeed() {
  let published = { id: 'sn_1', employees: [] as Json[], declarations: [] as Json[] }
  let asked: Asked[] = []
  let strange: (Handler | null)[] = []

  const server = createServer((req, res) => {
    let text = ''
    req.setEncoding('utf8').on('data', (part: string) => (text += part))
    req.on('end', () => {
      const url = new URL(req.url ?? '/', 'http://feed.invalid')
      const call: Asked = {
        method: req.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        body: text ? (JSON.parse(text) as Json) : {},
      }
      asked.push(call)
      const handler = strange.shift()
      if (handler) handler(call, res)
      else if (req.headers.authorization !== `Bearer ${TOKEN}`) problem(res, 401, 'invalid_token')
      else serve(call, res)
    })
  })

  const serve = ({ path, query, body }: Asked, res: ServerResponse) => {
    const named = path === '/feed/v1/acknowledgements' ? body.snapshot : (query.snapshot ?? published.id)
    if (named !== published.id) {
      problem(res, 404, 'snapshot_not_found')
      return
    }
    if (path === '/feed/v1/acknowledgements') {
      const { length } = body.results as Json[]
      answer(res, 200, {
        snapshot: { id: published.id, state: 'published' },
        recorded: length,
        remaining: 0,
        unknown: [],
      })
      return
    }
    const [page, perPage] = [Number(query.page ?? 1), Number(query.per_page ?? 100)]
    const list = path === '/feed/v1/employees' ? 'employees' : 'declarations'
    const rows = published[list]
    answer(res, 200, {
      snapshot: { id: published.id, resource: list },
      page,
      per_page: perPage,
      total_count: rows.length,
      [list]: rows.slice((page - 1) * perPage, page * perPage),
    })
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    publish(rows: { employees?: Json[]; declarations?: Json[] }, id = 'sn_1') {
      published = { id, employees: [], declarations: [], ...rows }
    },
    /** what the next calls get; null: the usual */
    strange(...handlers: (Handler | null)[]) {
      strange = handlers
    },
    /** the calls so far: `GET employees 2 sn_1` */
    pages: () =>
      asked
        .filter(({ method }) => method === 'GET')
        .map(({ path, query }) => `${path.replace('/feed/v1/', '')} ${query.page} ${query.snapshot ?? '-'}`),
    acknowledged: () =>
      asked.filter(({ path }) => path.endsWith('/acknowledgements')).map(({ body }) => body as { results: Json[] }),
    clear() {
      published = { id: 'sn_1', employees: [], declarations: [] }
      asked = []
      strange = []
    },
    close: () =>
      new Promise<void>(done => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}

export type Feed = Awaited<ReturnType<typeof startFeed>>

/** The employee of docs/feed.md. */
export const anEmployee = (changes: Json = {}): Json => ({
  employee_code: '0001',
  last_name: '山田',
  first_name: '太郎',
  last_name_kana: 'ヤマダ',
  first_name_kana: 'タロウ',
  birth_date: '1990-04-01',
  gender: '男性',
  tel_number: '090-0000-0000',
  zip_code: '106-0032',
  prefecture: '東京都',
  address1: '港区六本木3-2-1',
  address2: 'サンプルビル',
  hired_on: '2020-04-01',
  resigned_on: null,
  resignation_type: null,
  resignation_reason: null,
  contract_type: '正社員',
  department: '営業部',
  occupation: '営業',
  position: '主任',
  foreigner: false,
  social_insurance: { qualified_on: '2020-04-01', health_insurance_number: '12', health_standard_remuneration: 300000 },
  employment_insurance: { qualified_on: '2020-04-01', insured_person_number: '1234-567890-1', disqualified_on: null },
  bank_accounts: [anAccount()],
  income_tax: { handicap: '対象外', working_student: '対象外', widow: '対象外', single_parent: '対象外' },
  dependents: [aDependent()],
  ...changes,
})

export const anAccount = (changes: Json = {}): Json => ({
  bank_code: '0001',
  branch_code: '001',
  holder_kana: 'ヤマダ タロウ',
  account_number: '1234567',
  ...changes,
})

export const aDependent = (changes: Json = {}): Json => ({
  last_name: '山田',
  first_name: '花子',
  last_name_kana: 'ヤマダ',
  first_name_kana: 'ハナコ',
  birth_date: '1992-01-02',
  relationship: '妻（女）',
  living_together: '対象',
  ...changes,
})

export const aDeclaration = (changes: Json = {}): Json => ({
  employee_code: '0001',
  year: 2026,
  status: '対象',
  person: { last_name: '山田', first_name: '太郎', birth_date: '1990-04-01' },
  non_salary_incomes: [{ kind: '事業所得', revenue: 1000000, income: 300000 }],
  previous_employers: [{ name: '株式会社前職', payment: 2800000 }],
  spouse: null,
  dependents: [],
  insurance_deductions: [],
  housing_loans: [],
  ...changes,
})

/** So many employees, `0001` onwards. */
export const employees = (count: number): Json[] =>
  Array.from({ length: count }, (_, index) => anEmployee({ employee_code: String(index + 1).padStart(4, '0') }))
