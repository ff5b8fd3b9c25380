import { expect } from 'chai'
import request from 'supertest'
import { createApp } from '../../server/app.js'
import type { Config } from '../../server/config.js'
import { wordsOf } from '../helpers/visitor.js'
import { useWorld } from '../helpers/world.js'

describe('for operators', () => {
  const world = useWorld({ worker: false, once: true })

  it('says that it is alive and ready', async () => {
    const app = createApp(world.container)

    await request(app).get('/health/live').expect(200, { status: 'ok' })
    await request(app).get('/health/ready').expect(200, { status: 'ok' })
  })

  it('is not ready while it drains', async () => {
    await request(createApp(world.container, { draining: () => true }))
      .get('/health/ready')
      .expect(503, { status: 'draining' })
  })

  it('gives figures only for the token, where there is one; in production without one there are none', async () => {
    const app = (changes: Partial<Config>) =>
      request(createApp({ ...world.container, config: { ...world.container.config, ...changes } }))
    const guarded = app({ metricsToken: 'a-token-of-the-operators' })

    await guarded.get('/metrics').expect(401)
    await guarded.get('/METRICS').set('authorization', 'Bearer a-token-of-the-operator').expect(401)
    const { text } = await guarded.get('/metrics').set('authorization', 'Bearer a-token-of-the-operators').expect(200)
    expect(text)
      .to.include('renkei_request_seconds')
      .and.not.match(/version/i)
      .and.not.include(process.version)
    await app({ production: true, metricsToken: null }).get('/metrics').expect(404)
  })

  it('names whom to ask below every page, an error’s too, and in security.txt; nobody where nobody is set', async () => {
    const about = {
      supportUrl: 'https://help.example/renkei',
      supportMail: 'help@renkei.example',
      privacyUrl: 'https://help.example/privacy',
      termsUrl: 'https://help.example/terms',
    }
    const app = createApp({ ...world.container, config: { ...world.container.config, about } })
    const home = await request(app).get('/').expect(200)
    const refused = await request(app).post('/logout').set('origin', 'https://evil.example').expect(403)
    for (const { text } of [home, refused]) for (const address of Object.values(about)) expect(text).to.include(address)
    const ASK = 'お問い合わせは、お問い合わせ窓口またはhelp@renkei.exampleで受け付けています。'
    const cookie = `renkei=${(await world.signedIn()).cookies.get('renkei') ?? ''}`
    const lost = await request(app).get('/no-such-page').set('cookie', cookie).expect(404)
    for (const { text } of [refused, lost]) expect(wordsOf(text).replaceAll(' ', '')).to.include(ASK)
    expect(lost.text).to.match(/お問い合わせは、<a\s+href="https:\/\/help.example\/renkei">/)
    const { text } = await request(app).get('/.well-known/security.txt').expect(200)
    expect(text).to.match(
      /^Contact: mailto:help@renkei\.example\nContact: https:\/\/help\.example\/renkei\nExpires: 20/,
    )

    const bare = createApp(world.container)
    await request(bare).get('/.well-known/security.txt').expect(404)
    expect((await request(bare).get('/')).text).not.to.include('<footer')
    expect((await request(bare).get('/no-such-page').set('cookie', cookie)).text).not.to.include('お問い合わせは')
  })

  it('counts requests and calls without naming companies or people', async () => {
    await world.connected()
    const { text } = await request(createApp(world.container)).get('/metrics').expect(200)

    expect(text).to.match(/renkei_service_calls_total\{[^}]*path="\/api\/v1\/users\/me"[^}]*status="200"[^}]*\} \d+/)
    expect(text).to.include('renkei_request_seconds')
    expect(text).to.include('renkei_database_up 1')
    expect(text).to.match(/renkei_smarthr_grants\{state="active"\} [1-9]/)
    expect(text).to.match(/renkei_connections\{state="active",connector="freee"\} [1-9]/)
    expect(text).not.to.include('midori').and.not.include('hanako').and.not.include('0123456789')
  })
})
