import { startSandbox } from '../../sandbox/server.js'

export type Json = Record<string, unknown>

export type MikiwameWorld = Awaited<ReturnType<typeof startMikiwameWorld>>

export interface Answer {
  status: number
  headers: Headers
  body: Json
}

/** A running sandbox, its control API, and ミキワメ's API with みどり商会's token unless another is named. */
export async function startMikiwameWorld() {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0 })
  const control = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${sandbox.url}/_control${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return answer.json()
  }
  const call = async (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${sandbox.url}/mikiwame${path}`, {
      method,
      headers: { authorization: 'Bearer renkei-demo-mikiwame', 'content-type': 'application/json', ...headers },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json }
  }
  return {
    url: sandbox.url,
    control,
    switches: async (patch: Json) =>
      (await control('PUT', '/switches', { service: 'mikiwame', ...patch })) as { error?: string },
    get: (path: string, headers?: Record<string, string>): Promise<Answer> => call('GET', path, undefined, headers),
    post: (path: string, json: unknown): Promise<Answer> => call('POST', path, json),
    patch: (path: string, json: unknown): Promise<Answer> => call('PATCH', path, json),
    page: async (path: string) => (await fetch(`${sandbox.url}/mikiwame${path}`)).text(),
    divisions: async () => (await call('GET', '/divisions')).body.divisions as Json[],
    employees: async (query = '') => (await call('GET', `/employees${query}`)).body.employees as Json[],
    close: () => sandbox.close(),
  }
}

/** code and field of every problem */
export const problemsOf = ({ body }: Answer) =>
  (body.errors as Json[]).map(({ code, field }) => `${String(code)} ${String(field)}`)

/** The employee of the contract (§7). */
export const anEmployee = (changes: Json = {}): Json => ({
  email: '001@aaa.com',
  last_name: 'ミキワメ',
  first_name: '太郎',
  last_name_kana: 'ミキワメ',
  first_name_kana: 'タロウ',
  employee_number: '0001',
  gender: 'male',
  birth_on: '1990-04-01',
  division_code: 'A001',
  job_title: '課長',
  joined_on: '2015-04-01',
  retired_on: null,
  employment_type: '正社員',
  retired: false,
  ...changes,
})
