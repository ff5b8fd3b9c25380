import { createVisitor } from '../helpers/visitor.js'
import { startSandbox, type Sandbox } from '../../sandbox/server.js'

export type Json = Record<string, unknown>
export type BrandName = 'king-of-time' | 'touch-on-time' | 'kinkakuji'

export const APP_URL = 'http://localhost:3123'
export const CALLBACK = `${APP_URL}/king-of-time/connection/callback`

/** 12:00 in Japan: outside the windows. */
export const NOON = '2026-11-20T12:00:00+09:00'

export const EVERY_FIELD =
  'lastNamePhonetics,firstNamePhonetics,hiredDate,birthDate,resignationDate,emailAddresses,allDayRegardingWorkInMinute'

interface Call {
  token?: string | null
  body?: unknown
  brand?: BrandName
  headers?: Record<string, string>
}

/** A sandbox with what a test says to it; `reset` before each test. */
export async function createWorld() {
  const sandbox: Sandbox = await startSandbox({ port: 0, smtpPort: 0, appUrl: APP_URL })

  const control = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${sandbox.url}/_control${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return { status: answer.status, body: (await answer.json()) as Json & Json[] }
  }
  const clock = (now: string) => control('PUT', '/clock', { now })
  const switches = (patch: object, brand: BrandName = 'king-of-time') =>
    control('PUT', '/switches', { service: brand, ...patch })

  const api = async (method: string, path: string, call: Call = {}) => {
    const { brand = 'king-of-time', token = `renkei-demo-${brand}`, body, headers } = call
    const answer = await fetch(`${sandbox.url}/${brand}/v1.0${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: (text ? JSON.parse(text) : null) as Json & Json[] }
  }

  const linkUrl = (more: Record<string, string> = {}, brand: BrandName = 'king-of-time') =>
    `${sandbox.url}/${brand}/link?${new URLSearchParams({
      client_id: `renkei-sandbox-${brand}`,
      redirect_uri: CALLBACK,
      state: 's1',
      product: brand,
      ...more,
    }).toString()}`

  /** Presses ［承諾する］ with what is given; nothing is followed. */
  const accept = (fields: Record<string, string>, brand: BrandName = 'king-of-time') =>
    fetch(`${sandbox.url}/${brand}/link`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        ...Object.fromEntries(new URL(linkUrl({}, brand)).searchParams),
        login_id: 'admin',
        password: 'renkei-demo',
        agree: '1',
        decision: 'accept',
        ...fields,
      }),
    })

  return {
    sandbox,
    control,
    clock,
    switches,
    api,
    linkUrl,
    accept,
    visitor: () => createVisitor(sandbox.url),
    /** Back to the seed as it is on 2026-11-20, at noon. */
    async reset() {
      await control('POST', '/reset')
      await clock(NOON)
      for (const brand of ['king-of-time', 'touch-on-time', 'kinkakuji'] as const)
        await switches({ reseed: true }, brand)
    },
    employees: (rows: Json[]) => switches({ employees: rows }),
    async state(brand: BrandName = 'king-of-time') {
      const { body }: { body: unknown } = await control('GET', `/state?service=${brand}`)
      return body as {
        employees: Json[]
        tokens: Json[]
        violations: Json[]
        punches: Json[]
        switches: Json
      }
    },
    codes: async (query: string) => (await api('GET', `/employees${query}`)).body.map(employee => employee.code),
    close: () => sandbox.close(),
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>

/** The first error of an answer, and its status. */
export const errorOf = ({ status, body }: { status: number; body: Json }) => {
  const [first] = (body.errors ?? []) as { message: string; code: number }[]
  return { status, code: first?.code, message: first?.message }
}

/** A create the service accepts. */
export const aCreate = (changes: Json = {}): Json => ({
  divisionCode: '1000',
  typeCode: '1',
  code: '00310',
  lastName: '早川',
  firstName: '透',
  gender: 'male',
  ...changes,
})
