import { expect } from 'chai'
import { NOON } from '../helpers/attendance.js'
import { connectFreee } from '../helpers/connecting.js'
import type { Visitor } from '../helpers/visitor.js'
import { PASSWORD, useWorld } from '../helpers/world.js'

/** What is asked at the same moment by different people must not meet. */
describe('people who consent side by side', () => {
  const world = useWorld({ walks: true, at: NOON })

  /** At SmartHR's consent page. */
  const about = async (email: string): Promise<Visitor> => {
    const visitor = world.visitor()
    await visitor.get('/auth/smarthr?returnTo=/freee')
    await visitor.press('ログイン', { email, password: PASSWORD })
    return visitor
  }
  /** The token endpoint takes its time, so that all callbacks are there at once. */
  const slowTokens = (service: string) =>
    world.control('POST', '/faults', { service, method: 'POST', path: '/token$', delayMs: 300 })
  const who = (visitor: Visitor) => /(株式会社みどり商会|青空工業株式会社)/.exec(visitor.page().text)?.[1]

  it('are each sent to a consent of their own when they begin in the same moment', async () => {
    const begin = async () => (await world.visitor().get('/auth/smarthr')).url
    const urls = await Promise.all(Array.from({ length: 10 }, begin))

    expect(new Set(urls).size).to.equal(10)
    for (const url of urls) expect(url).to.include('/oauth/')
  })

  it('are each signed in to their own company', async () => {
    const [hanako, taro] = [await about('hanako@midori.example'), await about('taro@aozora.example')]
    await slowTokens('smarthr')
    await Promise.all([hanako.press('許可する'), taro.press('許可する')])

    expect([who(hanako), who(taro)]).to.deep.equal(['株式会社みどり商会', '青空工業株式会社'])
  })

  it('are not signed in by the answer to somebody else', async () => {
    const hanako = await about('hanako@midori.example')
    const stranger = world.visitor()
    const state = new URL((await stranger.get('/auth/smarthr')).url).searchParams
    await slowTokens('smarthr')
    const signingIn = hanako.press('許可する')
    const tries = Array.from({ length: 5 }, () =>
      stranger.get(`/auth/smarthr/callback?code=made-up&state=${state.get('state') ?? ''}`),
    )
    await Promise.all([signingIn, ...tries])

    expect(who(hanako)).to.equal('株式会社みどり商会')
    await stranger.get('/audit')
    expect(stranger.page().text).not.to.include('株式会社みどり商会')
    expect(stranger.page().url).to.include('/oauth/')
  })

  it('connect each their own account', async () => {
    const hanako = await world.signedIn('hanako@midori.example')
    const taro = await world.signedIn('taro@aozora.example')
    await slowTokens('freee')
    await Promise.all([connectFreee(hanako), connectFreee(taro, '01234567af', 'owner@freee.example', '124')])
    const { rows } = await world.container.ownerPool.query<{ name: string; account: string }>(
      'select t.name, c.account_id as account from connections c join tenants t on t.id = c.tenant_id order by account_id',
    )

    expect(rows).to.deep.equal([
      { name: '株式会社みどり商会', account: '123' },
      { name: '青空工業株式会社', account: '124' },
    ])
  })

  describe('where the way back is asked for several times in one moment', () => {
    const asks = 6
    const exchanges = async (service: string) =>
      (await world.calls(service)).filter(({ method, path }) => method === 'POST' && /token$/.test(path)).length
    /** The same answer by all of the browser's requests at once; what each has shown. */
    const allAtOnce = async (visitor: Visitor, back: string): Promise<Visitor[]> => {
      const twins = Array.from({ length: asks }, () => visitor.twin())
      await Promise.all(twins.map(twin => twin.get(back)))
      return twins
    }
    const saying = (visitors: readonly Visitor[], sentence: string | RegExp) =>
      visitors.filter(visitor => visitor.page().text.match(sentence)).length

    it('signs in by one of them, and tells the others what a used answer is told', async () => {
      const hanako = await about('hanako@midori.example')
      await slowTokens('smarthr')
      const twins = await allAtOnce(hanako, await hanako.leadsTo('許可する'))

      expect(await exchanges('smarthr')).to.equal(1)
      expect(saying(twins, '株式会社みどり商会')).to.equal(1)
      expect(saying(twins, 'ログインの手続きの有効期限が切れたか、別の画面で完了しています')).to.equal(asks - 1)
    })

    const consents = {
      freee: async (visitor: Visitor) => {
        await visitor.get('/freee/connection')
        await visitor.press('連携開始', { accountCode: '0123456789' })
        await visitor.press('ログイン', { email: 'owner@freee.example', password: PASSWORD })
        if (!visitor.page().html.includes('許可する')) await visitor.press('次へ')
        return visitor.leadsTo('許可する')
      },
      'king-of-time': async (visitor: Visitor) => {
        await visitor.get('/king-of-time/connection')
        await visitor.press('連携を開始')
        return visitor.leadsTo('承諾する', { login_id: 'admin', password: PASSWORD, agree: '1' })
      },
    }
    for (const [service, consent] of Object.entries(consents))
      it(`connects ${service} by one of them, and tells the others what a used answer is told`, async () => {
        const hanako = await world.signedIn()
        const back = await consent(hanako)
        await slowTokens(service)
        const twins = await allAtOnce(hanako, back)

        expect(await exchanges(service)).to.equal(1)
        expect(saying(twins, '連携の手続きの有効期限が切れたか、別の画面で完了しています')).to.equal(asks - 1)
      })

    it('makes the connection of an administrator once of one consent at SmartHR', async () => {
      const hanako = await world.signedIn('hanako@midori.example', '/mikiwame')
      await hanako.get('/mikiwame/connection')
      await hanako.press('連携する')
      await hanako.press('連携する')
      await slowTokens('smarthr')
      const before = await exchanges('smarthr')
      await allAtOnce(hanako, await hanako.ledOn(await hanako.leadsTo('許可する')))
      const { rowCount } = await world.container.ownerPool.query(`select from audit_events where act = 'link'`)

      expect(await exchanges('smarthr')).to.equal(before + 1)
      expect(rowCount).to.equal(1)
    })
  })
})
