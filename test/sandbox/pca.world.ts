import { startSandbox } from '../../sandbox/server.js'

export type Json = Record<string, unknown>
export type Product = 'Pay20' | 'PayHyper20'

export const AREA = 'P20V01C001PAY0001'
export const LAST_YEAR = 'P20V01C001PAY0002'
export const OSAKA = 'P20V01C002PAY0001'
export const FARM = 'P20V01C003PAY0001'

const CLIENT = { client_id: 'renkei-sandbox-pca', client_secret: 'renkei-sandbox-pca-secret' }
export const CREDENTIALS = {
  service_id: '12345678',
  service_password: 'renkei-demo',
  username: 'user01',
  password: 'renkei-demo',
}

export interface Answer {
  status: number
  headers: Headers
  body: Json
  text: string
}

export interface Tokens {
  access_token: string
  refresh_token: string
}

/** The pair that an answer brings; throws when it is none. */
export function tokensIn({ body, text }: Answer): Tokens {
  const { access_token, refresh_token } = body
  if (typeof access_token !== 'string' || typeof refresh_token !== 'string') throw new Error(`no tokens: ${text}`)
  return { access_token, refresh_token }
}

export interface State {
  switches: Json
  products: Record<Product, (Json & { Name: string; employees: (Json & { Code: string })[] })[]>
  sessions: (Json & { product: string })[]
  journal: (Json & { method: string })[]
}

/** The whole sandbox on free ports, and PCA's Web-API as a client speaks it. */
export async function startWorld() {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0 })

  const control = async (method: string, path: string, body?: Json): Promise<unknown> => {
    const answer = await fetch(`${sandbox.url}/_control${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const json = (await answer.json()) as Json
    if (!answer.ok) throw new Error(String(json.error))
    return json
  }

  const call = async (
    method: string,
    path: string,
    { token, json, form, product = 'Pay20' }: { token?: string; json?: unknown; form?: Json; product?: Product } = {},
  ): Promise<Answer> => {
    const answer = await fetch(`${sandbox.url}/pca/v1/${product}/${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(form && { body: new URLSearchParams(form as Record<string, string>) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, body: text ? (JSON.parse(text) as Json) : {} }
  }

  const tokenCall = (form: Json, product?: Product) =>
    call('POST', 'Auth/Token', { form: { ...CLIENT, ...form }, ...(product && { product }) })

  const logOn = async (product?: Product) =>
    tokensIn(await tokenCall({ grant_type: 'password', ...CREDENTIALS }, product))

  /** A token bound to an area. */
  const enter = async (area = AREA, product?: Product): Promise<string> => {
    const { access_token: token } = await logOn(product)
    await call('POST', 'SelectDataArea', { token, form: { DataArea: area }, ...(product && { product }) })
    return token
  }

  const employees = (answer: Answer) =>
    (answer.body.ArrayOfBEEmployee as { BEEmployee?: (Json & { Id: number; Code: string })[] }).BEEmployee ?? []

  const employee = async (token: string, code: string): Promise<Json> =>
    employees(await call('GET', `Find/Employee?Code=${code}`, { token }))[0] ?? {}

  const write = (kind: 'Create' | 'Modify', token: string, elements: readonly Json[], more = '') =>
    call('POST', `${kind}/Employee?Element=Array&InputModuleName=SmartHR&FlagFormat=Number${more}`, {
      token,
      json: { ArrayOfBEEmployee: { BEEmployee: elements } },
    })

  return {
    sandbox,
    control,
    call,
    tokenCall,
    logOn,
    enter,
    employees,
    employee,
    create: (token: string, ...elements: Json[]) => write('Create', token, elements),
    modify: (token: string, ...elements: Json[]) => write('Modify', token, elements),
    switches: (patch: Json) => control('PUT', '/switches', { service: 'pca', ...patch }),
    limits: (patch: Json) => control('PUT', '/limits', { service: 'pca', ...patch }),
    state: async () => (await control('GET', '/state?service=pca')) as State,
    /** So many minutes from now on. */
    pass: (minutes: number) => control('PUT', '/clock', { now: new Date(Date.now() + minutes * 60_000).toISOString() }),
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>

/** The results of a write, whichever envelope they came in. */
export function results(answer: Answer): Json[] {
  const outer = (answer.body.BusinessValue ?? answer.body) as Json
  const list = outer.ArrayOfBEPayIntegrationResultOfBEEmployee as Json
  return list.BEPayIntegrationResultOfBEEmployee as Json[]
}
