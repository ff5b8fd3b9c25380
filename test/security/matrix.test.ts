import { expect } from 'chai'
import { createApp } from '../../server/app.js'
import { PASSWORD, useWorld } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'
import { changeSessions } from '../helpers/sessions.js'
import { routesOf } from '../helpers/routes.js'
import { EXPECTED, type Kind } from './routes.js'
import { addressOf, ask, build, csrfOf, methodOf, type Stage } from './stage.js'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
const RUNS = ['finished', 'open'] as const

/** Every route of the product × everybody who might ask for it. */
describe('who may do what, route by route', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee', 'money-forward'], once: true })
  const routes = Object.keys(EXPECTED)
  const of = (...kinds: Kind[]) => routes.filter(route => kinds.includes(EXPECTED[route]?.kind ?? 'open'))
  const writing = (...kinds: Kind[]) => of(...kinds).filter(route => methodOf(route) === 'POST')
  let stage: Stage
  let untouched: string
  before(async () => {
    stage = await build(world)
    untouched = await stage.fingerprint()
  })

  /** Whoever tried what: nothing of the company is another than before, and no service was written to. */
  const expectUntouched = async () => {
    expect(await stage.fingerprint()).to.equal(untouched)
  }
  const expectNothingOfOurs = (route: string, body: string) => {
    const shown = stage.canaries.filter(canary => body.includes(canary))
    expect(shown, route).to.deep.equal([])
  }
  /** A route's addresses: of runs, both. */
  const addresses = (route: string) =>
    route.includes(':id') ? RUNS.map(run => addressOf(route, stage, run)) : [addressOf(route, stage)]

  const formOf = (visitor: Visitor) => new URLSearchParams({ _csrf: csrfOf(visitor) })

  it('knows every route that there is', () => {
    expect(routesOf(createApp(world.container))).to.deep.equal([...routes].sort())
  })

  /** Somebody without a session of an administrator. */
  const expectShutOut = async (visitor: Visitor | undefined, form = new URLSearchParams()) => {
    for (const route of of('company', 'record'))
      for (const address of addresses(route)) {
        const method = methodOf(route)
        const { status, location, body } = await ask(world, method, address, {
          ...(visitor && { cookies: visitor }),
          form,
        })
        if (method === 'GET') {
          expect(status, route).to.equal(302)
          expect(location, route).to.match(/^\/auth\/smarthr\?returnTo=/)
        } else expect(status, route).to.be.oneOf([401, 403])
        expectNothingOfOurs(route, body)
      }
    await expectUntouched()
  }

  it('sends whoever is signed out to sign in, and does nothing', () => expectShutOut(undefined))

  it('sends a member who is no administrator away, and does nothing', async () => {
    const member = world.visitor()
    await member.get('/auth/smarthr?returnTo=/freee')
    await member.press('ログイン', { email: 'member@midori.example', password: PASSWORD })
    expect(member.page().text).to.include('アクセス権限がありません')
    await expectShutOut(member)
  })

  it('takes a session that has ended for none', async () => {
    const late = await world.signedIn('jiro@midori.example')
    const form = formOf(late)
    await late.press('ログアウト')
    late.cookies.set('renkei', 's%3Amade-up.signature')
    await expectShutOut(late, form)
  })

  it('tells another company of no record that there is one, and shows it nothing of ours', async () => {
    const theirs = await world.signedIn('taro@aozora.example')
    const form = formOf(theirs)
    for (const route of of('record'))
      for (const address of addresses(route)) {
        const { status, body } = await ask(world, methodOf(route), address, { cookies: theirs, form })
        expect(status, route).to.equal(404)
        expectNothingOfOurs(route, body)
      }
    for (const route of of('company', 'open')) {
      if (route.startsWith('POST /logout')) continue
      const { status, body } = await ask(world, methodOf(route), addressOf(route, stage), { cookies: theirs, form })
      expect(status, route).to.be.below(500)
      expectNothingOfOurs(route, body)
    }
    await expectUntouched()
  })

  it('takes no form without its token, with a wrong one, or from another site, not even by a route in capitals', async () => {
    const { ours } = stage
    const right = formOf(ours)
    for (const route of writing('company', 'record'))
      for (const address of [...addresses(route), addressOf(route, stage).toUpperCase()]) {
        const attempts: [string, URLSearchParams, Record<string, string>][] = [
          ['no token', new URLSearchParams(), {}],
          ['a wrong one', new URLSearchParams({ _csrf: 'wrong' }), {}],
          ['two', new URLSearchParams([...right, ...right]), {}],
          ['another site', right, { origin: 'https://evil.example' }],
          ['a site of no origin', right, { origin: 'null' }],
          ['a frame elsewhere', right, { 'sec-fetch-site': 'cross-site' }],
          ['a neighbour', right, { 'sec-fetch-site': 'same-site' }],
        ]
        for (const [what, form, headers] of attempts) {
          const { status } = await ask(world, 'POST', address, { cookies: ours, form, headers })
          expect(status, `${address}: ${what}`).to.equal(403)
        }
      }
    await expectUntouched()
  })

  it('knows no other methods', async () => {
    const { ours } = stage
    for (const route of routes)
      for (const method of METHODS) {
        const [, pattern = ''] = route.split(' ')
        if (EXPECTED[`${method} ${pattern}`]) continue
        const { status } = await ask(world, method, addressOf(route, stage), { cookies: ours, form: formOf(ours) })
        expect(status, `${method} ${pattern}`).to.be.oneOf([401, 404, 405])
      }
    await expectUntouched()
  })

  it('does nothing for who asks for a head alone, not even of a file or of a page that is fetched', async () => {
    const events = async () => (await world.container.ownerPool.query('select from audit_events')).rowCount
    const before = await events()
    for (const route of routes.filter(each => methodOf(each) === 'GET')) {
      const bearer = EXPECTED[route]?.kind === 'bearer' && { authorization: `Bearer ${stage.feedToken}` }
      for (const address of addresses(route)) {
        const { status, body } = await ask(world, 'HEAD', address, { cookies: stage.ours, headers: { ...bearer } })
        expect(status, route).to.be.below(500)
        expect(body, route).to.equal('')
        expect(await events(), `${route} is told of`).to.equal(before)
      }
    }
    await expectUntouched()
  })

  it('gives the feed to its access token alone', async () => {
    for (const route of of('bearer')) {
      const address = addressOf(route, stage)
      const bad = [undefined, 'Bearer', 'Bearer x', `Basic ${stage.feedToken}`, `Bearer ${stage.feedToken}x`]
      for (const authorization of bad) {
        const { status, body } = await ask(world, methodOf(route), address, {
          cookies: stage.ours,
          headers: { ...(authorization && { authorization }) },
          form: new URLSearchParams(),
        })
        // Whoever goes on without a token is told to wait.
        expect(status, `${route}: ${authorization}`).to.be.oneOf([401, 429])
        expectNothingOfOurs(route, body)
      }
    }
    for (const route of of('company', 'record').filter(each => methodOf(each) === 'GET')) {
      const headers = { authorization: `Bearer ${stage.feedToken}` }
      expect((await ask(world, 'GET', addressOf(route, stage), { headers })).status, route).to.equal(302)
    }
    await expectUntouched()
  })

  it('lets a second administrator see what the company has', async () => {
    const jiro = await world.signedIn('jiro@midori.example')
    for (const route of of('record').filter(each => methodOf(each) === 'GET')) {
      const statuses = []
      for (const address of addresses(route))
        statuses.push((await ask(world, 'GET', address, { cookies: jiro })).status)
      // A step that a run does not have, or is past, leads elsewhere or is not there.
      for (const status of statuses) expect(status, route).to.be.oneOf([200, 302, 303, 404, 409])
    }
    const report = await ask(world, 'GET', addressOf('GET /runs/:id', stage, 'finished'), { cookies: jiro })
    expect(report.status).to.equal(200)
    expect(report.body).to.include('みどり商会')
    await expectUntouched()
  })

  it('ends the session of an administrator who lost the right, wherever they go next', async () => {
    const jiro = await world.signedIn('jiro@midori.example')
    const form = formOf(jiro)
    await world.control('PUT', '/switches', { service: 'smarthr', demote: 'jiro@midori.example' })
    await changeSessions(world, { adminCheckedAt: 0 })
    const { status } = await ask(world, 'POST', addressOf('POST /runs/:id/cancel', stage), {
      cookies: jiro,
      form,
    })

    expect(status).to.equal(403)
    await expectShutOut(jiro, form)
  })
})
