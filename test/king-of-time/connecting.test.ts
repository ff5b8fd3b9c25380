import { expect } from 'chai'
import { NOON } from '../helpers/attendance.js'
import { connectAttendance, consentAttendance } from '../helpers/connecting.js'
import { PASSWORD, startWorld, type World, useWorld } from '../helpers/world.js'

const brands = [
  ['kinkakuji', '勤革時'],
  ['king-of-time', 'KING OF TIME'],
  ['touch-on-time', 'Touch On Time'],
] as const

const rowOf = async (world: World) =>
  (
    await world.container.ownerPool.query<{
      connector: string
      state: string
      account_id: string
      credentials: string
    }>('select connector, state, account_id, credentials from connections')
  ).rows

describe('connecting an attendance service', () => {
  const world = useWorld({ at: NOON, worker: false, walks: true, once: true })
  beforeEach(() => world.reset())

  for (const [brand, name] of brands) {
    it(`goes to the consent page of ${name} and comes back connected`, async () => {
      const visitor = await world.signedIn('hanako@midori.example', `/${brand}`)
      expect(visitor.page().text).to.include(`${name}と連携していません。`)
      await visitor.get(`/${brand}/connection`)
      await visitor.press('連携を開始')
      expect(visitor.page().url).to.include(`/${brand}/link?`)
      await visitor.press('承諾する', { login_id: 'admin', password: PASSWORD, agree: '1' })

      expect(new URL(visitor.page().url).pathname).to.equal(`/${brand}`)
      expect(visitor.page().text)
        .to.include(`${name}との連携を開始しました`)
        .and.include('連携中')
        .and.include('株式会社みどり商会')
      const [row] = await rowOf(world)
      expect(row?.state).to.equal('active')
      expect(row?.credentials).not.to.include('renkei')
    })
  }

  it('takes a pasted token that the service knows, and never shows it again', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/king-of-time')
    await connectAttendance(visitor, 'king-of-time')

    expect(visitor.page().text).to.include('KING OF TIMEとの連携を開始しました')
    await visitor.get('/king-of-time/connection')
    expect(visitor.page().html).not.to.include('renkei-demo-king-of-time')
    expect(world.logs.join('')).not.to.include('renkei-demo-king-of-time')
    const calls = await world.calls('king-of-time')
    expect(calls.map(call => call.path)).to.include('/v1.0/tokens/***/available')
  })

  for (const [token, sentence] of [
    ['', 'アクセストークンが入力されていません。'],
    ['ＡＢＣ　トークン', 'アクセストークンが正しくありません。半角の英数字と記号だけの文字列を'],
    ['no-such-token', 'アクセストークンが無効です。入力した文字列が違うか'],
    ['renkei-demo-king-of-time-stopped', '停止・再発行されています'],
    ['renkei-demo-king-of-time-norights', 'アクセストークンに従業員情報の権限がないか'],
    ['renkei-demo-king-of-time-ip', '接続元のIPアドレスが、KING OF TIMEで許可されていません。'],
    ['x'.repeat(501), 'アクセストークンは500文字以内で入力してください。'],
  ] as const) {
    it(`stores nothing for ${token.slice(0, 40) || 'an empty field'}, and says why`, async () => {
      const visitor = await world.signedIn('hanako@midori.example', '/king-of-time')
      await connectAttendance(visitor, 'king-of-time', token)

      expect(visitor.page().status).to.be.within(400, 499)
      expect(visitor.page().text).to.include(sentence)
      if (sentence.includes('IPアドレス')) expect(visitor.page().text).to.include('接続元IPアドレスは、127.0.0.1です。')
      expect(visitor.page().html).not.to.include(token === '' ? 'no such thing' : `value="${token}"`)
      expect(await rowOf(world)).to.deep.equal([])
    })
  }

  it('shows where its calls come from, to be copied into the permitted addresses', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/king-of-time')
    const page = await visitor.get('/king-of-time/connection')

    expect(page.text).to.include('許可IPアドレスに登録するIPアドレス')
    expect(page.html).to.match(/data-copy><input id="permits"[^>]* value="127\.0\.0\.1" readonly/)
    expect((await visitor.get('/freee/connection')).html).not.to.include('id="permits"')
  })

  it('says what happened when the administrator cancels on the consent page', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/touch-on-time')
    await visitor.get('/touch-on-time/connection')
    await visitor.press('連携を開始')
    await visitor.press('キャンセル')

    expect(visitor.page().status).to.equal(403)
    expect(visitor.page().text).to.include('Touch On Timeとの連携が許可されませんでした。')
    expect(await rowOf(world)).to.deep.equal([])
  })

  it('refuses an answer that belongs to another start', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/touch-on-time')
    await visitor.get('/touch-on-time/connection/callback?code=abc&state=made-up')

    expect(visitor.page().status).to.equal(403)
    expect(await rowOf(world)).to.deep.equal([])
  })

  it('keeps the three brands apart: each is connected on its own', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/kinkakuji')
    await consentAttendance(visitor, 'kinkakuji')
    await connectAttendance(visitor, 'touch-on-time')
    await visitor.get('/king-of-time')

    expect(visitor.page().text).to.include('KING OF TIMEと連携していません。')
    expect((await rowOf(world)).map(row => row.connector).sort()).to.deep.equal(['kinkakuji', 'touch-on-time'])
  })

  it('offers the consent page only where the app is registered; a token works all the same', async () => {
    const alone = await startWorld({
      at: NOON,
      worker: false,
      environment: { KING_OF_TIME_CLIENT_ID: '', KING_OF_TIME_CLIENT_SECRET: '' },
    })
    try {
      const visitor = await alone.signedIn('hanako@midori.example', '/king-of-time')
      await visitor.get('/king-of-time/connection')
      expect(visitor.page().html).not.to.include('>連携を開始<')
      await visitor.press('登録する', { accessToken: 'renkei-demo-king-of-time' })
      expect(visitor.page().text).to.include('KING OF TIMEとの連携を開始しました')
    } finally {
      await alone.close()
    }
  })

  it('disconnects: the token is gone at once, and the dashboard offers a new start', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/kinkakuji')
    await connectAttendance(visitor, 'kinkakuji')
    await visitor.get('/kinkakuji/connection/disconnect')
    await visitor.press('解除', { sure: 'yes' })

    expect(visitor.page().text).to.include('勤革時との連携を解除しました')
    expect(await rowOf(world)).to.deep.include({
      connector: 'kinkakuji',
      state: 'ended',
      account_id: (await rowOf(world))[0]?.account_id,
      credentials: null,
    })
  })
})

describe('connecting in the maintenance hours', () => {
  const world = useWorld({ at: '2026-11-20T09:00:00+09:00', worker: false, walks: true, once: true })
  beforeEach(() => world.reset())

  it('works by consent, since the company comes with it', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/kinkakuji')
    await consentAttendance(visitor, 'kinkakuji')

    expect(visitor.page().text).to.include('勤革時との連携を開始しました')
  })

  it('waits with a pasted token, whose rights nobody could check', async () => {
    const visitor = await world.signedIn('hanako@midori.example', '/kinkakuji')
    await connectAttendance(visitor, 'kinkakuji')

    expect(visitor.page().text).to.include('メンテナンス中のため、アクセストークンの権限を確認できません。')
    expect(await rowOf(world)).to.deep.equal([])
  })
})
