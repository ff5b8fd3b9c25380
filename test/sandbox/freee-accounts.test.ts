import { expect } from 'chai'
import request from 'supertest'
import { CALLBACK, COMPANY, createWorld, hiddenFields, type World } from './freee.world.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const INVALID_GRANT = {
  error: 'invalid_grant',
  error_description:
    '指定された認可グラントは不正か、有効期限切れか、無効か、リダイレクトURIが異なるか、もしくは別のクライアントに適用されています。',
}
const EXPIRED = { message: 'アクセスする権限がありません', code: 'expired_access_token' }

describe('freee stand-in: accounts site', () => {
  let world: World
  beforeEach(() => {
    world = createWorld()
  })

  describe('consent', () => {
    it('asks for log-in, then the company, then shows アプリ連携の開始 and comes back with code and state', async () => {
      const browser = request.agent(world.app)
      const login = await browser.get(world.authorizeUrl()).expect(200)
      expect(login.text).to.include('<h1>ログイン</h1>').and.include('type="password"')

      const entered = await browser
        .post('/freee/login')
        .type('form')
        .send({ email: 'owner@freee.example', password: 'renkei-demo', return_to: world.authorizeUrl() })
        .expect(302)
      const chooser = await browser.get(String(entered.headers.location)).expect(200)
      expect(chooser.text).to.include('事業所の選択').and.include('株式会社みどり商会 大阪')

      const consent = await browser.get(world.authorizeUrl({ company_id: '124' })).expect(200)
      expect(consent.text).to.include('アプリ連携の開始').and.include('許可する').and.include('キャンセル')
      const answer = await browser
        .post('/freee/public_api/authorize')
        .type('form')
        .send({ ...hiddenFields(consent.text), decision: 'allow' })
        .expect(302)

      const back = new URL(String(answer.headers.location))
      expect(back.origin + back.pathname).to.equal(CALLBACK)
      expect(back.searchParams.get('state')).to.equal('xyz')
      expect(back.searchParams.get('code')).to.match(/^[0-9a-f]{64}$/)
    })

    it('skips the chooser for a user with one company and without prompt=select_company', async () => {
      expect((await world.consent({ email: 'staff@freee.example' })).searchParams.get('code')).to.be.a('string')
      expect((await world.consent({ prompt: 'none' })).searchParams.get('code')).to.be.a('string')
    })

    it('tells the app about キャンセル', async () => {
      const back = await world.consent({ company: COMPANY, decision: 'cancel' })
      expect(back.searchParams.get('error')).to.equal('access_denied')
      expect(back.searchParams.get('error_description')).to.not.equal(null)
      expect(back.searchParams.get('state')).to.equal('xyz')
    })

    it('refuses a wrong password with the same page and keeps the address typed', async () => {
      const answer = await request(world.app)
        .post('/freee/login')
        .type('form')
        .send({ email: '"><script>', password: 'no', return_to: world.authorizeUrl() })
        .expect(401)
      expect(answer.text).to.include('メールアドレスまたはパスワードが正しくありません。').and.not.include('<script>')
    })

    it('never redirects to an address that is not registered, nor for an unknown client', async () => {
      const wrong: Record<string, string>[] = [
        { redirect_uri: 'https://evil.example/freee/connection/callback' },
        { redirect_uri: 'http://localhost:3000/elsewhere' },
        { redirect_uri: 'not an address' },
        { client_id: 'unknown' },
        { response_type: 'token' },
      ]
      for (const changes of wrong) {
        await request(world.app).get(world.authorizeUrl(changes)).expect(400)
      }
    })

    it('lets somebody else log in after ログアウト', async () => {
      const browser = request.agent(world.app)
      await browser
        .post('/freee/login')
        .type('form')
        .send({ email: 'staff@freee.example', password: 'renkei-demo', return_to: world.authorizeUrl() })
      const left = await browser
        .post('/freee/logout')
        .type('form')
        .send({ return_to: world.authorizeUrl() })
        .expect(302)
      expect((await browser.get(String(left.headers.location))).text).to.include('<h1>ログイン</h1>')
    })
  })

  describe('token', () => {
    it('carries the company chosen, its id as text, and lasts six hours', async () => {
      const tokens = await world.signIn()
      expect(tokens).to.include({
        token_type: 'bearer',
        expires_in: 21600,
        scope: 'read write',
        company_id: '123',
        external_cid: '0123456789',
      })
      expect((await world.signIn({ company: 124 })).external_cid).to.equal('01234567af')
    })

    it('is for every company of the user without prompt=select_company', async () => {
      const tokens = await world.signIn({ prompt: '' })
      expect(tokens).to.not.have.any.keys('company_id', 'external_cid')
      for (const id of [123, 124]) await world.get(tokens.access_token, `/companies/${id}/employees`).expect(200)
    })

    it('works for six hours and not longer', async () => {
      const { access_token } = await world.signIn()
      world.pass(6 * HOUR - 1)
      await world.get(access_token, '/users/me').expect(200)
      world.pass(1)
      const answer = await world.get(access_token, '/users/me').expect(401)
      expect(answer.body).to.deep.equal(EXPIRED)
    })

    it('takes a code once, for ten minutes, with the same redirect URI and the right secret', async () => {
      const redeem = (code: string, changes: Record<string, string> = {}) =>
        world.tokenCall({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...changes })
      const newCode = async () => (await world.consent({ company: COMPANY })).searchParams.get('code') ?? ''

      const used = await newCode()
      await redeem(used).expect(200)
      expect((await redeem(used).expect(401)).body).to.deep.equal(INVALID_GRANT)

      const elsewhere = await redeem(await newCode(), { redirect_uri: CALLBACK.replace('3123', '3124') }).expect(401)
      expect(elsewhere.body).to.deep.equal(INVALID_GRANT)

      const stranger = await redeem(await newCode(), { client_secret: 'wrong' }).expect(401)
      expect(stranger.body).to.deep.equal({
        error: 'invalid_client',
        error_description:
          'クライアントが不明か、クライアント認証が含まれていないか、もしくは認証メソッドがサポートされていないため、クライアント認証は失敗しました。',
      })

      const late = await newCode()
      world.pass(600_000)
      await redeem(late).expect(401)
    })

    it('is replaced by a refresh: new pair, old access token dead, old refresh token refused', async () => {
      const first = await world.signIn()
      const second = (await world.refresh(first.refresh_token).expect(200)).body as typeof first

      expect(second.access_token).to.not.equal(first.access_token)
      expect(second.refresh_token).to.not.equal(first.refresh_token)
      expect(second.company_id).to.equal('123')
      expect((await world.get(first.access_token, '/users/me').expect(401)).body).to.deep.equal(EXPIRED)
      await world.get(second.access_token, '/users/me').expect(200)
      expect((await world.refresh(first.refresh_token).expect(401)).body).to.deep.equal(INVALID_GRANT)
      await world.get(second.access_token, '/users/me').expect(200)
    })

    it('can be refreshed long after the access token ended, but only for 90 days', async () => {
      const first = await world.signIn()
      world.pass(90 * DAY - 1)
      const second = (await world.refresh(first.refresh_token).expect(200)).body as typeof first
      world.pass(90 * DAY)
      expect((await world.refresh(second.refresh_token).expect(401)).body).to.deep.equal(INVALID_GRANT)
    })

    it('ends completely when either half is revoked; unknown tokens are no error', async () => {
      for (const half of ['access_token', 'refresh_token'] as const) {
        const tokens = await world.signIn()
        await request(world.app).post('/freee/public_api/revoke').type('form').send({ token: tokens[half] }).expect(200)
        await world.get(tokens.access_token, '/users/me').expect(401)
        await world.refresh(tokens.refresh_token).expect(401)
      }
      await request(world.app).post('/freee/public_api/revoke').type('form').send({ token: 'unknown' }).expect(200)
    })

    it('refuses unknown tokens and other grants', async () => {
      expect((await world.refresh('unknown').expect(401)).body).to.deep.equal(INVALID_GRANT)
      expect((await world.tokenCall({ grant_type: 'password' }).expect(400)).body).to.have.property(
        'error',
        'unsupported_grant_type',
      )
    })
  })

  it('shows who signed in, with every company and role', async () => {
    const owner = await world.get((await world.signIn()).access_token, '/users/me').expect(200)
    expect(owner.body).to.deep.equal({
      id: 1,
      companies: [
        {
          id: 123,
          name: '株式会社みどり商会',
          role: 'company_admin',
          external_cid: '0123456789',
          employee_id: null,
          display_name: null,
        },
        {
          id: 124,
          name: '株式会社みどり商会 大阪',
          role: 'company_admin',
          external_cid: '01234567af',
          employee_id: null,
          display_name: null,
        },
      ],
    })
    const staff = await world.get((await world.signIn({ email: 'staff@freee.example' })).access_token, '/users/me')
    const companies = (staff.body as { companies: Record<string, unknown>[] }).companies
    expect(companies).to.have.lengthOf(1)
    expect(companies[0]).to.include({ role: 'self_only', external_cid: '0123456789' })
    expect(companies[0]?.employee_id).to.be.a('number')
  })
})
