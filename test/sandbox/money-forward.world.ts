import { startSandbox } from '../../sandbox/server.js'
import { createVisitor } from '../helpers/visitor.js'

export type Json = Record<string, unknown>

export const IDENTIFIER = 'b1a0c7de-52f4-4f0e-9d83-6c7f2e4a9b10'
export const MIDORI = '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37'
export const AOZORA = '9d1f4e6a-2b35-4c8d-8a17-5e0c3b7f6d42'

export interface Answer {
  status: number
  headers: Headers
  body: Json
}

interface Item {
  id: string
  kind: string
  name: string
}

interface Payslip {
  employee_code: string
  employee_name: string
  memo: string
  values: Record<string, string>
}

export interface OfficeState {
  name: string
  runs: Json[]
  employees: Json[]
  declarations: Json[]
  connection: Json | null
  imports: Json[]
}

/** A running sandbox, its control API, and クラウド給与's API, imports and admin site. */
export async function startMoneyForwardWorld(appUrl?: string) {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, ...(appUrl !== undefined && { appUrl }) })

  const send = async (method: string, path: string, body?: Json): Promise<Answer> => {
    const answer = await fetch(sandbox.url + path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json }
  }
  const control = async (method: string, path: string, body?: Json) =>
    (await send(method, `/_control${path}`, body)).body

  const get = (path: string, query: Record<string, string> = {}) =>
    send('GET', `/money-forward/api/v2${path}?${new URLSearchParams({ identifier: IDENTIFIER, ...query }).toString()}`)

  /** A run's items by name, and its payslips with their values by item name. */
  const payslips = async (run: string, key = MIDORI) => {
    const { body } = await get(`/offices/${key}/payrolls/${run}/payslips`)
    const items = body.items as Item[]
    const rows = (body.payslips as Payslip[]).map(({ values, ...payslip }) => ({
      ...payslip,
      named: Object.fromEntries(items.map(item => [item.name, values[item.id] ?? ''])) as Record<string, string>,
    }))
    return { items, rows, of: (code: string) => rows.find(row => row.employee_code === code) }
  }

  return {
    url: sandbox.url,
    control,
    get,
    payslips,
    reset: () => control('POST', '/reset'),
    switches: (patch: Json) => control('PUT', '/switches', { service: 'money-forward', ...patch }),
    limits: (patch: Json) => control('PUT', '/limits', { service: 'money-forward', ...patch }),
    connect: (connection: Json) => send('PUT', '/money-forward/sim/connections/smarthr', connection),
    import: (request: Json) => send('POST', '/money-forward/sim/imports', request),
    offices: async () => (await control('GET', '/state?service=money-forward')).offices as OfficeState[],
    visitor: () => createVisitor(sandbox.url),
    close: () => sandbox.close(),
  }
}

export type MoneyForwardWorld = Awaited<ReturnType<typeof startMoneyForwardWorld>>

export const idsOf = ({ body }: Answer) => (body.payrolls as { id: string }[]).map(({ id }) => id)
