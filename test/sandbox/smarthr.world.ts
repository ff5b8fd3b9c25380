import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startSandbox } from '../../sandbox/server.js'
import { createVisitor } from '../helpers/visitor.js'

export type Json = Record<string, unknown>

export type SmarthrWorld = Awaited<ReturnType<typeof startSmarthrWorld>>

/** A running sandbox without SmartHR's limits, its control API, and SmartHR's API as みどり商会's administrator. */
export async function startSmarthrWorld() {
  const sandbox = await startSandbox({ port: 0, smtpPort: 0 })
  // Where the browser is sent back to; it only notes the address.
  let callback = ''
  const app = createServer((req, res) => {
    callback = req.url ?? ''
    res.end('<html>back</html>')
  })
  await new Promise<void>(done => app.listen(0, '127.0.0.1', done))
  const redirectUri = `http://localhost:${(app.address() as AddressInfo).port}/auth/smarthr/callback`
  let token = ''

  const control = (method: string, path: string, body?: object) =>
    fetch(`${sandbox.url}/_control${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })

  const signIn = async () => {
    const visitor = createVisitor(sandbox.url)
    const client = { client_id: 'renkei-sandbox', redirect_uri: redirectUri }
    const query = new URLSearchParams({ response_type: 'code', state: 's1', ...client })
    await visitor.get(`${sandbox.url}/smarthr/oauth/authorization?${query.toString()}`)
    await visitor.press('ログイン', { email: 'hanako@midori.example', password: 'renkei-demo' })
    await visitor.press('許可する')
    const code = new URL(callback, sandbox.url).searchParams.get('code') ?? ''
    const fields = { grant_type: 'authorization_code', code, client_secret: 'renkei-sandbox-secret', ...client }
    const answer = await fetch(`${sandbox.url}/smarthr/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    })
    token = String(((await answer.json()) as Json).access_token)
  }

  const call = async (method: string, path: string, json?: unknown) => {
    const answer = await fetch(`${sandbox.url}/smarthr/t/midori-shokai/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: (text ? JSON.parse(text) : null) as Json & Json[] }
  }

  return {
    url: sandbox.url,
    control,
    switches: (patch: Json) => control('PUT', '/switches', { service: 'smarthr', ...patch }),
    get: (path: string) => call('GET', path),
    post: (path: string, json: unknown) => call('POST', path, json),
    patch: (path: string, json: unknown) => call('PATCH', path, json),
    put: (path: string, json: unknown) => call('PUT', path, json),
    delete: (path: string) => call('DELETE', path),
    /** the seed, with somebody signed in */
    async reset() {
      await control('POST', '/reset')
      await control('PUT', '/limits', { service: 'smarthr', enabled: false })
      await signIn()
    },
    async close() {
      app.closeAllConnections()
      app.close()
      await sandbox.close()
    },
  }
}
