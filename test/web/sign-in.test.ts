import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { createApp } from '../../server/app.js'
import { loadConfig } from '../../server/config.js'
import { createContainer } from '../../server/container.js'
import { changeSessions, sessionsOf } from '../helpers/sessions.js'
import { createVisitor } from '../helpers/visitor.js'
import { PASSWORD, startWorld, type World, useWorld } from '../helpers/world.js'

describe('sign-in with SmartHR', () => {
  const world = useWorld({ worker: false, walks: true, once: true })
  beforeEach(() => world.reset())

  it('sends state and PKCE, the exact redirect URI, and the credentials in the body', async () => {
    await world.signedIn()
    const calls = await world.calls('smarthr')
    const asked = calls.find(call => call.path === '/oauth/authorization')
    const token = calls.find(call => call.path === '/oauth/token')

    expect(asked?.query).to.include({
      code_challenge_method: 'S256',
      redirect_uri: `${world.appUrl}/auth/smarthr/callback`,
    })
    expect(asked?.query.state).to.have.length.greaterThan(20)
    expect(asked?.query.code_challenge).to.have.length(43)
    expect(token?.body).to.include.keys('client_id', 'client_secret', 'code_verifier', 'redirect_uri')
  })

  it('returns to the page that was asked for, with its query', async () => {
    const visitor = world.visitor()
    await visitor.get('/freee/runs?state=failed')
    await visitor.press('ログイン', { email: 'hanako@midori.example', password: PASSWORD })
    await visitor.press('許可する')

    expect(visitor.page().url).to.equal(`${world.appUrl}/freee/runs?state=failed`)
  })

  for (const evil of [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/%0d%0a',
    '/AUTH/smarthr',
  ]) {
    it(`never leads to another site (${JSON.stringify(evil)})`, async () => {
      const visitor = await world.signedIn('hanako@midori.example', evil)

      expect(new URL(visitor.page().url).origin).to.equal(world.appUrl)
    })
  }

  it('renews the session id, so that an id planted before is worth nothing', async () => {
    const visitor = world.visitor()
    await visitor.get('/auth/smarthr')
    const planted = visitor.cookies.get('renkei')
    await visitor.press('ログイン', { email: 'hanako@midori.example', password: PASSWORD })
    await visitor.press('許可する')

    expect(planted).to.be.a('string')
    expect(visitor.cookies.get('renkei')).not.to.equal(planted)
    const thief = world.visitor()
    thief.cookies.set('renkei', planted ?? '')
    expect((await thief.get('/freee')).url).to.include('/smarthr/oauth/authorization')
  })

  it('refuses a callback whose state is missing, made up, used before, or of another browser', async () => {
    const visitor = await world.signedIn()
    const code = 'any'
    for (const query of [`?code=${code}`, `?code=${code}&state=madeup`]) {
      const page = await visitor.get(`/auth/smarthr/callback${query}`)
      expect(page.status).to.equal(403)
      expect(page.text).to.include('もう一度、ログインしてください')
    }
    expect(world.logs.join('')).not.to.include('"error"')
  })

  it('takes no answer that names another issuer, whatever it carries, and asks SmartHR for no token', async () => {
    const exchanges = async () => (await world.calls('smarthr')).filter(({ path }) => path === '/oauth/token').length
    const answered = async (iss: string) => {
      const visitor = world.visitor()
      await visitor.get('/auth/smarthr')
      const begun = (await sessionsOf(world)).flatMap(({ consents = [] }) => consents)
      const state = begun.at(-1)?.state ?? ''
      return visitor.get(`/auth/smarthr/callback?code=any&state=${state}&iss=${encodeURIComponent(iss)}`)
    }
    for (const iss of ['https://evil.example', 'nonsense', `${world.sandboxUrl}.evil.example`]) {
      expect((await answered(iss)).status, iss).to.equal(403)
      await world.container.ownerPool.query('delete from sessions')
    }
    expect(await exchanges()).to.equal(0)
    await answered(world.sandboxUrl)
    expect(await exchanges(), 'SmartHR itself').to.equal(1)
  })

  it('says of a refusal that answers no consent of this browser that it answers none', async () => {
    const visitor = world.visitor()
    await visitor.get('/auth/smarthr')
    for (const query of ['error=access_denied', 'error=access_denied&state=made-up']) {
      const page = await visitor.get(`/auth/smarthr/callback?${query}`)
      expect(page.status).to.equal(403)
      expect(page.text).to.include('もう一度、ログインしてください。').and.not.include('許可されませんでした')
    }
  })

  it('says why when the administrator refuses consent', async () => {
    const visitor = world.visitor()
    await visitor.get('/auth/smarthr')
    await visitor.press('ログイン', { email: 'hanako@midori.example', password: PASSWORD })
    const page = await visitor.press('キャンセル')

    expect(page.text).to.include('SmartHRとの連携が許可されませんでした')
  })

  it('keeps where the administrator was going, when consent is refused and tried again', async () => {
    const visitor = world.visitor()
    await visitor.get('/freee/runs?state=failed')
    await visitor.press('ログイン', { email: 'hanako@midori.example', password: PASSWORD })
    const refused = await visitor.press('キャンセル')
    await visitor.get(/href="(\/auth\/smarthr[^"]*)">再度連携する/.exec(refused.html)?.[1] ?? '')
    if (visitor.page().html.includes('ログイン'))
      await visitor.press('ログイン', { email: 'hanako@midori.example', password: PASSWORD })
    const page = await visitor.press('許可する')

    expect(new URL(page.url).pathname + new URL(page.url).search).to.equal('/freee/runs?state=failed')
  })

  it('lets in administrators only, and checks again within the hour', async () => {
    const visitor = await world.signedIn()
    expect(visitor.page().status).to.equal(200)
    await world.control('PUT', '/switches', { service: 'smarthr', demote: 'hanako@midori.example' })
    // an hour later, as the session sees it
    await changeSessions(world, { adminCheckedAt: 0 })
    const page = await visitor.get('/freee')

    expect(page.status).to.equal(403)
    expect(page.text).to.include('SmartHRの管理者権限が必要です')
    expect((await visitor.get('/freee')).url).to.include('/smarthr/oauth')
  })

  it('asks a person with several companies only when SmartHR leaves it open', async () => {
    const visitor = world.visitor()
    await visitor.get('/auth/smarthr?returnTo=/freee')
    await visitor.press('ログイン', { email: 'sora@midori.example', password: PASSWORD })
    await visitor.press('次へ')
    await visitor.press('許可する')

    // SmartHR's token is good for one company, which settles it.
    expect(visitor.page().text).to.include('株式会社みどり商会').and.include('freee人事労務連携ダッシュボード')
  })

  it('finds the company by the token answer alone', async () => {
    await world.control('PUT', '/switches', {
      service: 'smarthr',
      'tokenResponse.includeTenant': true,
      'usersMe.tenants': false,
    })
    const visitor = await world.signedIn()

    expect(visitor.page().text).to.include('株式会社みどり商会')
  })

  it('asks for the subdomain when nothing names the company, and believes only one that the token opens', async () => {
    await world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': false })
    const visitor = await world.signedIn()
    expect(visitor.page().text).to.include('サブドメインを入力してください')

    expect((await visitor.press('次へ', { subdomain: '' })).text).to.include('サブドメインが入力されていません。')
    expect((await visitor.press('次へ', { subdomain: 'aozora-kogyo' })).text).to.include('確認できませんでした')
    await visitor.press('次へ', { subdomain: 'https://midori-shokai.smarthr.jp/' })

    expect(visitor.page().text).to.include('株式会社みどり商会').and.include('freee人事労務連携ダッシュボード')
  })

  it('goes on with the common host when nobody knows the subdomain', async () => {
    await world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': false })
    const visitor = await world.signedIn()
    await visitor.press('サブドメインを入力せずに続ける')

    expect(visitor.page().text).to.include('株式会社みどり商会').and.include('freee人事労務連携ダッシュボード')
  })

  it('ends idle sessions and old ones, and leads back to the step', async () => {
    const visitor = await world.signedIn()
    await changeSessions(world, { signedInAt: 0 })

    const page = await visitor.get('/freee/settings')
    expect(page.url).to.include('/smarthr/oauth/authorization')
  })

  it('ends one person’s sessions elsewhere, and nobody else’s', async () => {
    const signedIn = () => world.signedIn()
    const [here, there, forgotten] = [await signedIn(), await signedIn(), await signedIn()]
    const colleague = await world.signedIn('jiro@midori.example')
    const stranger = await world.signedIn('taro@aozora.example')
    await here.press('ほかの端末からログアウト')

    expect(here.page().text).to.include('ほかの端末（2件）からログアウトしました。')
    for (const ended of [there, forgotten])
      expect((await ended.get('/freee')).url).to.include('/smarthr/oauth/authorization')
    for (const kept of [here, colleague, stranger])
      expect(new URL((await kept.get('/freee')).url).pathname).to.equal('/freee')
  })

  it('refreshes a token once however many processes need it at the same time', async () => {
    await world.signedIn()
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string; admin_id: string }>(
      'update smarthr_grants set expires_at = now() returning tenant_id, admin_id',
    )
    const [row] = rows
    const second = createContainer(loadConfig(world.environment), { log: world.container.log })
    const ask = (container: typeof second) => container.grants.of(row?.tenant_id ?? '', row?.admin_id ?? '').token()
    const tokens = await Promise.all(
      [world.container, second, world.container, second, second].map(container => ask(container)),
    )
    await second.close()

    expect(new Set(tokens).size).to.equal(1)
    const refreshes = (await world.calls('smarthr')).filter(
      call => call.path === '/oauth/token' && (call.body as { grant_type?: string }).grant_type === 'refresh_token',
    )
    expect(refreshes).to.have.length(1)
  })

  it('keeps the refresh token when the answer brings no new one', async () => {
    await world.control('PUT', '/switches', { service: 'smarthr', omitNewRefreshToken: true })
    await world.signedIn()
    const expire = () =>
      world.container.ownerPool.query<{ tenant_id: string; admin_id: string }>(
        'update smarthr_grants set expires_at = now() returning tenant_id, admin_id',
      )
    for (let round = 0; round < 3; round += 1) {
      const [row] = (await expire()).rows
      expect(await world.container.grants.of(row?.tenant_id ?? '', row?.admin_id ?? '').token()).to.be.a('string')
    }
  })

  it('shows 再連携が必要 when SmartHR no longer honours the authorisation', async () => {
    const visitor = await world.connected()
    await world.control('PUT', '/switches', { service: 'smarthr', revoke: 'midori-shokai' })
    await visitor.begin('/freee/runs/new?flow=employees-from-smarthr')
    await visitor.press('次へ')
    const { url } = visitor.page()
    await world.startWorker()
    for (let tries = 0; tries < 200 && !visitor.page().text.includes('取得に失敗しました'); tries += 1)
      await visitor.get(url)
    await world.stopWorker()

    expect(visitor.page().text).to.include('再度連携設定を行なってください')
    const [, again = ''] = /href="(\/auth\/smarthr[^"]*)">再連携する/.exec(visitor.page().html) ?? []
    expect(again, 'the way out, and back').to.equal(
      `/auth/smarthr?returnTo=${encodeURIComponent(new URL(url).pathname)}`,
    )
    const dashboard = await visitor.get('/freee')
    expect(dashboard.text).to.include('SmartHRとの再連携が必要です')
    expect(
      dashboard.html.match(/href="\/auth\/smarthr\?returnTo=%2Ffreee">再連携する/g),
      'in the panels',
    ).to.have.length.greaterThan(1)
  })

  describe('calls the administrator', () => {
    const shown = async () =>
      (await world.container.ownerPool.query<{ name: string }>('select name from admins')).rows.map(({ name }) => name)
    const crews = (status: number) =>
      world.control('POST', '/faults', { service: 'smarthr', method: 'GET', path: '/api/v1/crews/', status, body: {} })
    const inSmarthr = async () => {
      const { tenants } = (await world.control('GET', '/state?service=smarthr')) as {
        tenants: {
          users: { email: string; crewId: string }[]
          crews: { id: string; last_name: string; first_name: string }[]
        }[]
      }
      const { users = [], crews: all = [] } = tenants[0] ?? {}
      const crew = all.find(({ id }) => id === users.find(({ email }) => email === 'hanako@midori.example')?.crewId)
      return `${crew?.last_name} ${crew?.first_name}`
    }

    it('by the name of the employee, wherever it is told who acted', async () => {
      const visitor = await world.signedIn()
      const name = await inSmarthr()

      expect(await shown()).to.deep.equal([name])
      for (const page of ['/', '/audit']) expect((await visitor.get(page)).text, page).to.include(name)
      expect((await visitor.get('/audit')).text).not.to.include('hanako@midori.example')
    })

    it('by the address where SmartHR tells no employee, and keeps a name while it can not be asked', async () => {
      await crews(503)
      await world.signedIn()
      expect(await shown(), 'nobody could say').to.deep.equal(['hanako@midori.example'])

      await world.control('DELETE', '/faults')
      await world.signedIn()
      const name = await inSmarthr()
      expect(await shown()).to.deep.equal([name])

      await crews(503)
      await world.signedIn()
      expect(await shown(), 'known from before').to.deep.equal([name])

      await world.control('DELETE', '/faults')
      await crews(404)
      await world.signedIn()
      expect(await shown(), 'no employee any more').to.deep.equal(['hanako@midori.example'])
    })
  })

  it('leaves no token, secret or name in the log', async () => {
    await world.connected()
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string; admin_id: string }>(
      'select tenant_id, admin_id from smarthr_grants',
    )
    const token = await world.container.grants.of(rows[0]?.tenant_id ?? '', rows[0]?.admin_id ?? '').token()
    const all = world.logs.join('')

    expect(all).to.include('signed in')
    for (const secret of [
      token,
      'renkei-sandbox-secret',
      'renkei-sandbox-freee-secret',
      PASSWORD,
      'hanako@',
      'みどり商会',
    ]) {
      expect(all, secret).not.to.include(secret)
    }
  })
})

describe('sign-in with an OAuth server nobody here wrote', () => {
  let world: World
  let provider: Server
  let app: Server
  let container: ReturnType<typeof createContainer>
  let appUrl = ''

  before(async () => {
    world = await startWorld({ worker: false })
    const { default: Provider } = await import('oidc-provider')
    app = createServer()
    provider = createServer()
    await new Promise<void>(done => app.listen(0, '127.0.0.1', done))
    await new Promise<void>(done => provider.listen(0, '127.0.0.1', done))
    appUrl = `http://localhost:${(app.address() as AddressInfo).port}`
    const issuer = `http://localhost:${(provider.address() as AddressInfo).port}`
    const oidc = new Provider(issuer, {
      clients: [
        {
          client_id: 'renkei',
          client_secret: 'a-secret-of-the-provider',
          redirect_uris: [`${appUrl}/auth/smarthr/callback`],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          token_endpoint_auth_method: 'client_secret_post',
          // plain http on loopback
          application_type: 'native',
        },
      ],
      routes: { authorization: '/oauth/authorization', token: '/oauth/token' },
      scopes: ['crews'],
      rotateRefreshToken: true,
      issueRefreshToken: () => Promise.resolve(true),
      pkce: { required: () => true },
      features: { devInteractions: { enabled: true } },
      cookies: { keys: ['a', 'b'] },
      findAccount: (_ctx, id) => ({ accountId: id, claims: () => Promise.resolve({ sub: id }) }),
    })
    const answer = oidc.callback()
    // What is not OAuth is SmartHR's API: who the token belongs to.
    provider.on('request', (req, res) => {
      if (req.url?.startsWith('/api/v1/users/me')) {
        const token = (req.headers.authorization ?? '').replace('Bearer ', '')
        void oidc.AccessToken.find(token).then(found => {
          res.writeHead(found ? 200 : 401, { 'content-type': 'application/json' })
          res.end(
            JSON.stringify({
              id: 'u1',
              email: 'admin@example.test',
              admin: true,
              tenants: [{ id: 't1', name: '外部の会社', subdomains: [{ name: 'gaibu', active: true }] }],
            }),
          )
        })
        return
      }
      void answer(req, res)
    })
    container = createContainer(
      loadConfig({
        ...world.environment,
        APP_URL: appUrl,
        SMARTHR_AUTH_URL: issuer,
        SMARTHR_API_URL: `${issuer}/t/{subdomain}`,
        SMARTHR_CLIENT_ID: 'renkei',
        SMARTHR_CLIENT_SECRET: 'a-secret-of-the-provider',
        SMARTHR_SCOPE: 'crews',
      }),
      { log: world.container.log },
    )
    app.on('request', createApp(container))
  })
  after(async () => {
    app.closeAllConnections()
    provider.closeAllConnections()
    app.close()
    provider.close()
    await container.close()
    await world.close()
  })

  it('works unmodified, and its refresh tokens rotate', async () => {
    const visitor = createVisitor(appUrl)
    await visitor.get('/auth/smarthr?returnTo=/freee')
    await visitor.press('Sign-in', { login: 'somebody', password: 'anything' })
    await visitor.press('Continue')
    expect(visitor.page().text).to.include('freee人事労務連携ダッシュボード').and.include('外部の会社')

    const { rows } = await world.container.ownerPool.query<{ tenant_id: string; admin_id: string }>(
      'update smarthr_grants set expires_at = now() returning tenant_id, admin_id',
    )
    const source = container.grants.of(rows[0]?.tenant_id ?? '', rows[0]?.admin_id ?? '')
    const first = await source.token()
    expect(await source.renew(first)).not.to.equal(first)
  })
})
