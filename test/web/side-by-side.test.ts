import { expect } from 'chai'
import { connectFreee } from '../helpers/connecting.js'
import type { Visitor } from '../helpers/visitor.js'
import { PASSWORD, useWorld } from '../helpers/world.js'

/** What is asked at the same moment by different people must not meet. */
describe('people who consent side by side', () => {
  const world = useWorld({ walks: true })

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
})
