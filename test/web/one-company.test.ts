import { expect } from 'chai'
import type { Visitor } from '../helpers/visitor.js'
import { PASSWORD, useWorld } from '../helpers/world.js'

const COMPANIES = '/api/v1/companies'

describe('A company, however SmartHR names it', () => {
  const world = useWorld({ worker: false, walks: true })

  const listed = (tenants: boolean, more: Record<string, boolean> = {}) =>
    world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': tenants, ...more })
  const companies = async () =>
    (
      await world.container.ownerPool.query<{ id: string; smarthr_id: string; subdomain: string | null }>(
        'select id, smarthr_id, subdomain from tenants order by created_at',
      )
    ).rows
  /** Every way to sign in that does not need users/me to list the company. */
  const silently: Readonly<Record<string, (email?: string) => Promise<Visitor>>> = {
    async 'a typed subdomain'(email) {
      const visitor = await world.signedIn(email)
      await visitor.press('次へ', { subdomain: email?.includes('aozora') ? 'aozora-kogyo' : 'midori-shokai' })
      return visitor
    },
    async 'the common host'(email) {
      const visitor = await world.signedIn(email)
      await visitor.press('サブドメインを入力せずに続ける')
      return visitor
    },
    async 'the token’s answer'(email) {
      await listed(false, { 'tokenResponse.includeTenant': true })
      const visitor = await world.signedIn(email)
      await listed(false, { 'tokenResponse.includeTenant': false })
      return visitor
    },
  }
  const beginRun = async (visitor: Visitor) => {
    await visitor.begin('/freee/runs/new?flow=employees-from-smarthr')
    await visitor.press('次へ')
    const { pathname } = new URL(visitor.page().url)
    expect(pathname).to.match(/^\/runs\/[0-9a-f-]{36}\//)
    return pathname
  }

  it('keeps its connections and runs when users/me ceases to list it, in every way of signing in', async () => {
    const run = await beginRun(await world.connected())
    const before = await companies()
    await listed(false)

    for (const [way, signIn] of Object.entries(silently)) {
      const visitor = await signIn()
      expect((await visitor.get(run)).status, way).to.equal(200)
      expect((await visitor.get('/freee/connection')).text, way).to.include('0123456789')
      expect(await companies(), way).to.deep.equal(before)
    }
  })

  it('keeps them when users/me begins to list it, and has the id that SmartHR gives it from then on', async () => {
    await listed(false)
    const first = await silently['a typed subdomain']?.()
    const [before] = await companies()
    await listed(true)
    const visitor = await world.connected()
    const run = await beginRun(visitor)

    expect((await first?.get(run))?.status, 'the session of before').to.equal(200)
    const [after, ...others] = await companies()
    expect(others).to.deep.equal([])
    expect(after?.id).to.equal(before?.id)
    expect(before?.smarthr_id).to.match(/^company:/)
    expect(after?.smarthr_id).to.match(/^[0-9a-f-]{36}$/)
    await listed(false)
    for (const [way, signIn] of Object.entries(silently)) {
      expect((await (await signIn()).get(run)).status, way).to.equal(200)
      expect(await companies(), way).to.deep.equal([after])
    }
  })

  it('is one after two first sign-ins at once, of which users/me lists it to one alone', async () => {
    const consenting = async (email: string) => {
      const visitor = world.visitor()
      await visitor.get('/auth/smarthr?returnTo=/freee')
      await visitor.press('ログイン', { email, password: PASSWORD })
      return visitor
    }
    await listed(false)
    const silent = await consenting('hanako@midori.example')
    await silent.press('許可する')
    await listed(true)
    const named = await consenting('jiro@midori.example')
    await Promise.all([silent.press('次へ', { subdomain: 'midori-shokai' }), named.press('許可する')])

    expect((await companies()).map(({ subdomain }) => subdomain)).to.deep.equal(['midori-shokai'])
    for (const visitor of [silent, named]) expect(visitor.page().text).to.include('株式会社みどり商会')
  })

  it('never meets another one', async () => {
    await listed(false)
    const [midori, aozora] = ['hanako@midori.example', 'taro@aozora.example']
    for (const email of [midori, aozora]) await silently['the common host']?.(email)
    await listed(true)
    const run = await beginRun(await world.connected())
    const stranger = await world.signedIn(aozora)

    expect((await stranger.get(run)).status).to.equal(404)
    expect(new Set((await companies()).map(({ smarthr_id }) => smarthr_id)).size).to.equal(2)
    await listed(false)
    for (const [way, signIn] of Object.entries(silently))
      expect((await (await signIn(aozora)).get(run)).status, way).to.equal(404)
    expect(await companies()).to.have.length(2)
  })

  it('is signed in to as ever when its companies can’t be asked and users/me names it', async () => {
    const run = await beginRun(await world.connected())
    const before = await companies()
    for (const fault of [{ status: 500 }, { status: 403, body: {} }, { truncate: true }]) {
      await world.control('POST', '/faults', { service: 'smarthr', path: COMPANIES, ...fault })
      const visitor = await world.signedIn()
      expect((await visitor.get(run)).status, JSON.stringify(fault)).to.equal(200)
      await world.control('DELETE', '/faults')
    }
    expect(await companies()).to.deep.equal(before)
    await listed(false)
    for (const [way, signIn] of Object.entries(silently))
      expect((await (await signIn()).get(run)).status, `${way}: what was seen before is still known`).to.equal(200)
  })

  it('is not called at a subdomain that has become another company’s', async () => {
    await world.signedIn()
    await listed(false)
    await world.container.ownerPool.query(`update tenants set subdomain = 'aozora-kogyo'`)
    await silently['the common host']?.()

    expect((await companies()).map(({ subdomain }) => subdomain)).to.deep.equal([null])
  })
})
