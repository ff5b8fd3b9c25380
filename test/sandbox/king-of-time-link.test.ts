import { expect } from 'chai'
import { APP_URL, CALLBACK, createWorld, NOON, type BrandName, type Json, type World } from './king-of-time.world.js'

describe('King of Time stand-in, consent page', () => {
  let world: World
  before(async () => {
    world = await createWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const later = (minutes: number) => world.clock(new Date(Date.parse(NOON) + minutes * 60_000).toISOString())
  const locationOf = (answer: Response) => new URL(answer.headers.get('location') ?? '')
  const codeOf = async (brand?: BrandName) => locationOf(await world.accept({}, brand)).searchParams.get('code') ?? ''
  const exchange = async (code: string, more: Json = {}, brand: BrandName = 'king-of-time') => {
    const answer = await fetch(`${world.sandbox.url}/${brand}/link/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_id: `renkei-sandbox-${brand}`,
        client_secret: `renkei-sandbox-${brand}-secret`,
        code,
        ...more,
      }),
    })
    return { status: answer.status, body: (await answer.json()) as Json }
  }

  for (const [brand, title, idLabel, agreement] of [
    ['kinkakuji', '勤革時連携設定画面', '勤革時 全権管理者ID', '利用規約と同意書'],
    ['king-of-time', 'KING OF TIME連携設定画面', 'KING OF TIME 全権管理者ID', '利用規約と同意書'],
    ['touch-on-time', 'Touch On Time連携設定画面', 'タッチオンタイム 全権管理者ID', ' 規約と同意書'],
  ] as const) {
    it(`speaks the words of ${brand}`, async () => {
      const { text } = await world.visitor().get(world.linkUrl({}, brand))
      for (const words of [
        title,
        idLabel,
        'パスワード',
        `${agreement}を確認のうえ、同意します。`,
        '承諾する',
        'キャンセル',
      ])
        expect(text).to.include(words)
    })
  }

  it('gives a token for its code, and the token may do everything', async () => {
    const answer = await world.accept({})
    expect(answer.status).to.equal(302)
    const back = locationOf(answer)
    expect(back.href.startsWith(CALLBACK)).to.equal(true)
    expect(back.searchParams.get('state')).to.equal('s1')

    const { status, body } = await exchange(back.searchParams.get('code') ?? '')
    expect(status).to.equal(200)
    expect(body).to.have.all.keys('access_token', 'company')
    expect(body.company).to.deep.equal({ key: 'cmp-midori', code: 'midori', name: '株式会社みどり商会' })
    const token = String(body.access_token)
    expect((await world.api('GET', '/employees', { token })).status).to.equal(200)
    expect((await world.api('GET', '/employees', { token, brand: 'kinkakuji' })).status).to.equal(403)
  })

  it('takes a code once, within five minutes, and for its own brand', async () => {
    const invalid = { status: 400, body: { error: 'invalid_grant' } }
    const code = await codeOf()
    expect(await exchange(code, {}, 'kinkakuji')).to.deep.equal(invalid)
    expect((await exchange(code)).status).to.equal(200)
    expect(await exchange(code)).to.deep.equal(invalid)
    const old = await codeOf()
    await later(5.1)
    expect(await exchange(old)).to.deep.equal(invalid)
    expect(await exchange('unknown')).to.deep.equal(invalid)
  })

  it('exchanges for its client only', async () => {
    const refused = { status: 401, body: { error: 'invalid_client' } }
    const code = await codeOf()
    expect(await exchange(code, { client_secret: 'wrong' })).to.deep.equal(refused)
    expect(await exchange(code, { client_id: 'renkei-sandbox-kinkakuji' })).to.deep.equal(refused)
    expect((await exchange(code)).status, 'the code is still good').to.equal(200)
  })

  it('asks for the tick before anything else, without counting a miss', async () => {
    const visitor = world.visitor()
    await visitor.get(world.linkUrl())
    for (let press = 0; press < 6; press += 1) {
      const page = await visitor.press('承諾する', { login_id: 'admin', password: 'wrong' })
      expect(page.status).to.equal(422)
      expect(page.text).to.include('利用規約と同意書を確認のうえ、同意してください。')
    }
    expect(visitor.page().html).to.include('value="admin"').and.not.include('value="wrong"')
    expect((await world.accept({})).status).to.equal(302)
  })

  it('stays on the page with a wrong ID or password', async () => {
    const wrong: Record<string, string>[] = [
      { password: 'wrong' },
      { login_id: 'nobody' },
      { login_id: '', password: '' },
    ]
    for (const fields of wrong) {
      const answer = await world.accept(fields)
      expect(answer.status).to.equal(401)
      expect(await answer.text()).to.include('ログインIDまたはパスワードが正しくありません。')
    }
  })

  it('locks an ID for 15 minutes after five misses', async () => {
    for (let miss = 0; miss < 4; miss += 1) expect((await world.accept({ password: 'wrong' })).status).to.equal(401)
    expect((await world.accept({ password: 'wrong' })).status).to.equal(423)
    await later(14)
    const locked = await world.accept({})
    expect(locked.status).to.equal(423)
    expect(await locked.text()).to.include('ロックされています')
    await later(15.1)
    expect((await world.accept({})).status).to.equal(302)
  })

  it('starts counting anew after a log-in', async () => {
    for (let miss = 0; miss < 4; miss += 1) await world.accept({ password: 'wrong' })
    await world.accept({})
    for (let miss = 0; miss < 4; miss += 1) await world.accept({ password: 'wrong' })
    expect((await world.accept({})).status).to.equal(302)
  })

  it('refuses an administrator who is not 全権管理者', async () => {
    const answer = await world.accept({ login_id: 'general' })
    expect(answer.status).to.equal(403)
    expect(await answer.text()).to.include('全権管理者のIDでログインしてください。')
  })

  it('goes back with an error when it is cancelled', async () => {
    const answer = await world.accept({ decision: 'cancel', login_id: '', password: '', agree: '' })
    const back = locationOf(answer)
    expect(Object.fromEntries(back.searchParams)).to.deep.equal({ error: 'access_denied', state: 's1' })
  })

  it('sends nobody to another place than the app', async () => {
    const elsewhere: Record<string, string>[] = [
      { redirect_uri: 'http://localhost:9999/callback' },
      { redirect_uri: `${APP_URL}.example/callback` },
      { redirect_uri: 'javascript:alert(1)' },
      { redirect_uri: '' },
      { client_id: 'somebody' },
      { product: 'kinkakuji' },
    ]
    for (const more of elsewhere) {
      const answer = await fetch(world.linkUrl(more), { redirect: 'manual' })
      expect(answer.status, JSON.stringify(more)).to.equal(400)
    }
    expect((await world.accept({ redirect_uri: 'http://localhost:9999/' })).status).to.equal(400)
  })

  it('keeps what was typed out of the request log', async () => {
    const code = await codeOf()
    await exchange(code)
    const { body } = await world.control('GET', '/requests?service=king-of-time')
    expect(JSON.stringify(body)).not.to.include('renkei-demo').and.not.include(code)
  })

  it('is offered in the app store', async () => {
    const { text } = await world.visitor().get(`${world.sandbox.url}/smarthr/plus`)
    for (const app of ['勤革時 連携', 'KING OF TIME 連携', 'Touch On Time 連携']) expect(text).to.include(app)
  })
})
