import { expect } from 'chai'
import { startSandbox, type Sandbox } from '../../sandbox/server.js'
import { createVisitor } from '../helpers/visitor.js'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

type Json = Record<string, unknown>

describe('SmartHR stand-in', () => {
  let sandbox: Sandbox
  let app: Server
  let redirectUri = ''
  let callback = ''
  before(async () => {
    sandbox = await startSandbox({ port: 0, smtpPort: 0 })
    // Where the browser is sent back to; it only notes the address.
    app = createServer((req, res) => {
      callback = req.url ?? ''
      res.end('<html>back</html>')
    })
    await new Promise<void>(done => app.listen(0, '127.0.0.1', done))
    redirectUri = `http://localhost:${(app.address() as AddressInfo).port}/auth/smarthr/callback`
  })
  after(async () => {
    app.closeAllConnections()
    app.close()
    await sandbox.close()
  })
  beforeEach(async () => {
    await control('POST', '/reset')
    await control('PUT', '/limits', { service: 'smarthr', enabled: false })
  })

  const control = (method: string, path: string, body?: object) =>
    fetch(`${sandbox.url}/_control${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })

  const authorize = (more: Record<string, string> = {}) =>
    `${sandbox.url}/smarthr/oauth/authorization?${new URLSearchParams({
      response_type: 'code',
      client_id: 'renkei-sandbox',
      redirect_uri: redirectUri,
      state: 's1',
      ...more,
    }).toString()}`

  const codeOf = async (email = 'hanako@midori.example') => {
    const visitor = createVisitor(sandbox.url)
    await visitor.get(authorize())
    await visitor.press('ログイン', { email, password: 'renkei-demo' })
    await visitor.press('許可する')
    return new URL(callback, sandbox.url).searchParams.get('code') ?? ''
  }
  const tokenCall = async (fields: Record<string, string>) => {
    const answer = await fetch(`${sandbox.url}/smarthr/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'renkei-sandbox',
        client_secret: 'renkei-sandbox-secret',
        redirect_uri: redirectUri,
        ...fields,
      }),
    })
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json }
  }
  const signIn = async (email?: string) => {
    const { body } = await tokenCall({ grant_type: 'authorization_code', code: await codeOf(email) })
    return { access: String(body.access_token), refresh: String(body.refresh_token) }
  }
  const api = async (token: string, path: string, init: RequestInit & { json?: unknown } = {}) => {
    const { json, ...rest } = init
    const answer = await fetch(`${sandbox.url}/smarthr/t/midori-shokai/api/v1${path}`, {
      ...rest,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: (text ? JSON.parse(text) : null) as Json & Json[] }
  }
  const errorsOf = (body: Json) => (body.errors as { field: string; message: string }[]).map(error => error.field)

  it('has a page of every person, where the app leads to from a reason', async () => {
    const { access } = await signIn()
    const [crew] = (await api(access, '/crews?per_page=1')).body
    const at = (id: string) => fetch(`${sandbox.url}/smarthr/t/midori-shokai/crews/${id}`)
    const answer = await at(String(crew?.id))
    expect([answer.status, await answer.text()]).to.satisfy(
      ([status, html]: [number, string]) => status === 200 && html.includes(String(crew?.emp_code)),
    )
    expect((await at('nobody')).status).to.equal(404)
  })

  it('exchanges a code once, and ends its tokens when it is used again', async () => {
    const code = await codeOf()
    const first = await tokenCall({ grant_type: 'authorization_code', code })
    expect(first.status).to.equal(200)
    expect(first.headers.get('cache-control')).to.equal('no-store')
    expect(first.body).to.include.keys(
      'access_token',
      'refresh_token',
      'expires_in',
      'token_type',
      'created_at',
      'scope',
    )

    const second = await tokenCall({ grant_type: 'authorization_code', code })
    expect([second.status, second.body.error]).to.deep.equal([400, 'invalid_grant'])
    expect((await api(String(first.body.access_token), '/crews')).body.code).to.equal(2)
  })

  it('rotates refresh tokens, with a minute of grace, and honours neither strangers nor wrong secrets', async () => {
    const { refresh } = await signIn()
    const renewed = await tokenCall({ grant_type: 'refresh_token', refresh_token: refresh })
    expect(renewed.body.refresh_token).not.to.equal(refresh)
    expect((await tokenCall({ grant_type: 'refresh_token', refresh_token: refresh })).status).to.equal(200)
    await control('PUT', '/clock', { now: new Date(Date.now() + 120_000).toISOString() })

    expect((await tokenCall({ grant_type: 'refresh_token', refresh_token: refresh })).body.error).to.equal(
      'invalid_grant',
    )
    const wrong = await tokenCall({ grant_type: 'refresh_token', refresh_token: refresh, client_secret: 'no' })
    expect([wrong.status, wrong.body.error]).to.deep.equal([401, 'invalid_client'])
  })

  it('never redirects for an unknown client or address, and lets in administrators only', async () => {
    const strangers: Record<string, string>[] = [
      { client_id: 'nobody' },
      { redirect_uri: 'https://evil.example/auth/smarthr/callback' },
    ]
    for (const wrong of strangers) {
      const answer = await fetch(authorize(wrong), { redirect: 'manual' })
      expect([answer.status, answer.headers.get('location')]).to.deep.equal([400, null])
    }
    const visitor = createVisitor(sandbox.url)
    await visitor.get(authorize())
    const page = await visitor.press('ログイン', { email: 'member@midori.example', password: 'renkei-demo' })
    expect(page.status).to.equal(403)
    expect(page.text).to.include('アクセス権限がありません')
  })

  it('gives a token for one company only', async () => {
    const { access } = await signIn()
    const elsewhere = await fetch(`${sandbox.url}/smarthr/t/aozora-kogyo/api/v1/crews`, {
      headers: { authorization: `Bearer ${access}` },
    })

    expect(elsewhere.status).to.equal(401)
    expect(await elsewhere.json()).to.deep.equal({
      code: 2,
      type: 'unauthorized_token',
      message: '無効なアクセストークンです',
      errors: null,
    })
  })

  it('pages with Link and counts, and refuses more than 100 a page', async () => {
    const { access } = await signIn()
    const { body, headers } = await api(access, '/crews?per_page=15&page=2&sort=emp_code')
    expect(body).to.have.length(15)
    expect(headers.get('x-total-count')).to.equal('40')
    for (const rel of ['first', 'prev', 'next', 'last']) expect(headers.get('link')).to.include(`rel="${rel}"`)
    expect((await api(access, '/crews?page=99')).body).to.deep.equal([])

    expect((await api(access, '/crews?per_page=101')).body.code).to.equal(1)
  })

  it('shows every key of a crew, blank ones as null, and with `fields` only those named', async () => {
    const { access } = await signIn()
    const [crew] = (await api(access, '/crews?emp_code=001001')).body
    expect(Object.keys(crew ?? {})).to.have.length.greaterThan(140)
    expect(crew?.business_last_name).to.equal('')
    const [some] = (await api(access, '/crews?emp_code=001001&fields=id,emp_code')).body

    expect(Object.keys(some ?? {})).to.deep.equal(['id', 'emp_code'])
  })

  it('names all failing attributes at once and stores nothing then', async () => {
    const { access } = await signIn()
    const { status, body } = await api(access, '/crews', {
      method: 'POST',
      json: {
        last_name: '南',
        last_name_yomi: 'ﾐﾅﾐ',
        occupation: 'あ'.repeat(31),
        entered_at: '2026/01/01',
        gender: 'other',
        emp_code: '001001',
        address: { city: '', literal_yomi: 'minato' },
        positions: ['いない役職'],
      },
    })

    expect([status, body.code, body.type]).to.deep.equal([400, 1, 'bad_request'])
    expect(errorsOf(body)).to.include.members(
      'last_name_yomi occupation entered_at gender emp_code city literal_yomi positions'.split(' '),
    )
    expect(JSON.stringify(body.errors)).to.include('業務内容は30文字以内で入力してください。')
    expect((await api(access, '/crews?per_page=1')).headers.get('x-total-count')).to.equal('40')
  })

  it('creates with defaults and a Location, patches what is named, and guards the basic data', async () => {
    const { access } = await signIn()
    const created = await api(access, '/crews', {
      method: 'POST',
      json: { last_name: '南', first_name: '一郎', gender: 'male' },
    })
    expect(created.status).to.equal(201)
    expect(created.headers.get('location')).to.include(String(created.body.id))
    expect(created.body.emp_status).to.equal('employed')
    expect(created.body.biz_establishment_id).to.be.a('string')

    const [full] = (await api(access, '/crews?emp_code=001001')).body
    const guarded = await api(access, `/crews/${String(full?.id)}`, { method: 'PATCH', json: { last_name: null } })
    expect([guarded.status, errorsOf(guarded.body)]).to.deep.equal([400, ['last_name']])
    const patched = await api(access, `/crews/${String(full?.id)}`, {
      method: 'PATCH',
      json: { tel_number: '03-1111-2222' },
    })
    expect(patched.body).to.include({ tel_number: '03-1111-2222', last_name: full?.last_name })
  })

  it('limits heads, rights and calls with the bodies of the reference', async () => {
    const { access } = await signIn()
    await control('PUT', '/switches', { service: 'smarthr', headCountLimit: 10 })
    const full = await api(access, '/crews', { method: 'POST', json: { last_name: '南' } })
    expect([full.status, full.body.code, full.body.type]).to.deep.equal([403, 7, 'plan_limit_exceeded'])
    await control('PUT', '/switches', {
      service: 'smarthr',
      forbiddenAttributes: { read: ['birth_at'], write: ['tel_number'], onWrite: 'refuse' },
    })
    const [crew] = (await api(access, '/crews?emp_code=001001')).body
    expect(crew?.birth_at).to.equal(null)
    expect(
      (await api(access, `/crews/${String(crew?.id)}`, { method: 'PATCH', json: { tel_number: '1' } })).body.code,
    ).to.equal(3)
    expect((await api(access, '/crews/nobody')).body).to.include({ code: 4, type: 'not_found' })

    await control('PUT', '/limits', { service: 'smarthr', enabled: true, perSecond: 2 })
    const answers = await Promise.all([1, 2, 3, 4].map(() => api(access, '/crews?per_page=1')))
    const refused = answers.find(answer => answer.status === 429)
    expect(refused?.body).to.include({ code: 6, type: 'too_many_requests' })
    for (const family of ['x-rate-limit', 'x-intensive-rate-limit']) {
      for (const part of ['limit', 'remaining', 'reset'])
        expect(refused?.headers.get(`${family}-${part}`)).to.match(/^\d+$/)
    }
  })

  it('turns a booked retirement into 退職済 at one in the morning of the day after', async () => {
    const { access } = await signIn()
    await control('PUT', '/clock', { now: '2026-11-20T03:00:00Z' })
    const { access: today } = await signIn()
    const [crew] = (await api(today, '/crews?emp_code=001001')).body
    await api(today, `/crews/${String(crew?.id)}`, { method: 'PATCH', json: { resigned_at: '2026-11-20' } })
    const statusAt = async (now: string) => {
      await control('PUT', '/clock', { now })
      const signed = await signIn()
      return (await api(signed.access, `/crews/${String(crew?.id)}`)).body.emp_status
    }

    expect(access).to.be.a('string')
    expect(await statusAt('2026-11-20T15:59:00Z')).to.equal('employed')
    expect(await statusAt('2026-11-20T16:01:00Z')).to.equal('retired')
  })

  it('keeps the presets of the employment types, and takes custom items', async () => {
    const { access } = await signIn()
    const [preset] = (await api(access, '/employment_types?per_page=100')).body
    const refused = await api(access, `/employment_types/${String(preset?.id)}`, { method: 'DELETE' })
    expect([refused.status, refused.body.code]).to.deep.equal([400, 8])

    const group = await api(access, '/crew_custom_field_template_groups', {
      method: 'POST',
      json: { name: '連携アプリ', position: 90, access_type: 'read_and_update_values' },
    })
    const template = await api(access, '/crew_custom_field_templates', {
      method: 'POST',
      json: {
        name: '連携対象',
        type: 'enum',
        group_id: group.body.id,
        position: 1,
        elements: [{ name: '連携する', physical_name: 'link', position: 1 }],
      },
    })
    const [crew] = (await api(access, '/crews?emp_code=001001')).body
    const patched = await api(access, `/crews/${String(crew?.id)}`, {
      method: 'PATCH',
      json: { custom_fields: [{ template_id: template.body.id, value: 'link' }] },
    })
    expect((patched.body.custom_fields as { value: unknown }[]).map(field => field.value)).to.deep.equal(['link'])
  })

  it('has a control API for this machine that explains what it does not understand', async () => {
    const wrong = await control('POST', '/faults', { service: 'smarthr', nonsense: 1 })
    expect(wrong.status).to.equal(400)
    expect(await wrong.json()).to.deep.equal({ error: 'a fault has no "nonsense"' })
    expect((await control('PUT', '/switches', { service: 'nobody' })).status).to.equal(400)
  })
})
