import { expect } from 'chai'
import { aCreate, createWorld, errorOf, type Json, type World } from './king-of-time.world.js'

const FAILED = { status: 403, code: 100, message: '認証に失敗しました' }
const BANNED = {
  status: 403,
  code: 104,
  message: '次の時間帯（JST）はAPIへのアクセスが禁止されています [08:30 ～ 10:00, 17:30 ～ 18:30]',
}
const DEMO = 'renkei-demo-king-of-time'

describe('King of Time stand-in, who may call and when', () => {
  let world: World
  before(async () => {
    world = await createWorld()
  })
  after(() => world.close())
  beforeEach(() => world.reset())

  const at = (time: string) => world.clock(`2026-11-20T${time}+09:00`)
  const list = (token?: string | null, headers?: Record<string, string>) =>
    world.api('GET', '/employees', { ...(token !== undefined && { token }), ...(headers && { headers }) })

  describe('tokens', () => {
    it('refuses a call without one, with an unknown one and with a stopped one in the same way', async () => {
      for (const token of [null, 'unknown', `${DEMO}-stopped`]) {
        expect(errorOf(await list(token))).to.deep.equal(FAILED)
      }
    })

    it('says whether one is good, even of one it does not know', async () => {
      for (const [token, available] of [
        [DEMO, true],
        [`${DEMO}-norights`, true],
        [`${DEMO}-stopped`, false],
        ['unknown', false],
      ] as const) {
        const answer = await world.api('GET', `/tokens/${token}/available`, { token: null })
        expect({ status: answer.status, ...answer.body }).to.deep.equal({ status: 200, available })
      }
    })

    it('replaces one: the new one works with the same rights, the old one is dead', async () => {
      const { status, body } = await world.api('POST', `/tokens/${DEMO}-readonly`)
      expect(status).to.equal(201)
      expect((await list(String(body.token))).status).to.equal(200)
      expect(
        errorOf(await world.api('POST', '/employees', { token: String(body.token), body: aCreate() })),
      ).to.deep.equal(FAILED)
      expect(errorOf(await list(`${DEMO}-readonly`))).to.deep.equal(FAILED)
    })

    it('stops one', async () => {
      expect((await world.api('DELETE', `/tokens/${DEMO}`)).status).to.equal(204)
      expect(errorOf(await list())).to.deep.equal(FAILED)
      expect(errorOf(await world.api('DELETE', `/tokens/${DEMO}`))).to.deep.equal(FAILED)
    })

    it('lets a test stop one or all', async () => {
      await world.switches({ stopToken: `${DEMO}-readonly` })
      expect((await list(`${DEMO}-readonly`)).status).to.equal(403)
      expect((await list()).status).to.equal(200)
      await world.switches({ stopToken: '*' })
      expect((await list()).status).to.equal(403)
    })

    it('belong to one brand', async () => {
      expect((await world.api('GET', '/employees', { brand: 'kinkakuji', token: DEMO })).status).to.equal(403)
      for (const brand of ['king-of-time', 'touch-on-time', 'kinkakuji'] as const) {
        expect((await world.api('GET', '/company', { brand })).body.name, brand).to.equal('株式会社みどり商会')
      }
    })

    it('are in neither the request log nor the state', async () => {
      await world.api('GET', `/tokens/${DEMO}/available`)
      await world.api('POST', `/tokens/${DEMO}`)
      const log = await world.control('GET', '/requests?service=king-of-time')
      expect(log.body.map(({ path }) => path)).to.deep.equal(['/v1.0/tokens/***/available', '/v1.0/tokens/***'])
      expect(JSON.stringify([log.body, await world.state()])).not.to.include('renkei-demo')
    })
  })

  describe('rights', () => {
    it('let the read-only token read and nothing else', async () => {
      const token = `${DEMO}-readonly`
      const { key } = (await list(token)).body[0] as Json
      expect((await world.api('GET', '/divisions', { token })).status).to.equal(200)
      for (const [method, path, body] of [
        ['POST', '/employees', aCreate()],
        ['PUT', `/employees/${String(key)}`, { lastName: '新川' }],
        ['DELETE', `/employees/${String(key)}`, undefined],
      ] as const) {
        expect(errorOf(await world.api(method, path, { token, body })), method).to.deep.equal(FAILED)
      }
    })

    it('let a token without any read nothing', async () => {
      for (const path of ['/employees', '/employees/001001', '/divisions', '/working-types', '/company']) {
        expect(errorOf(await world.api('GET', path, { token: `${DEMO}-norights` })), path).to.deep.equal(FAILED)
      }
    })
  })

  describe('addresses', () => {
    it('are held against the list of the token', async () => {
      expect(errorOf(await list(`${DEMO}-ip`))).to.include({ status: 403, code: 105 })
      expect((await list(`${DEMO}-ip`, { 'X-Sim-Client-Ip': '203.0.113.10' })).status).to.equal(200)
      expect((await list(undefined, { 'X-Sim-Client-Ip': '198.51.100.1' })).status).to.equal(200)
    })

    it('are refused with code 100 when it is told to', async () => {
      await world.switches({ ipError: 100 })
      expect(errorOf(await list(`${DEMO}-ip`))).to.deep.equal(FAILED)
    })
  })

  describe('windows', () => {
    for (const [time, open] of [
      ['08:29:50', true],
      ['08:30:00', false],
      ['09:59:50', false],
      ['10:00:00', true],
      ['17:29:50', true],
      ['17:30:00', false],
      ['18:29:50', false],
      ['18:30:00', true],
    ] as const) {
      it(`are ${open ? 'open' : 'closed'} at ${time} in Japan`, async () => {
        await at(time)
        const answer = await list()
        if (open) expect(answer.status).to.equal(200)
        else expect(errorOf(answer)).to.deep.equal(BANNED)
      })
    }

    it('leave the tokens, the consent page and punches alone', async () => {
      await at('09:00:00')
      expect((await world.api('GET', `/tokens/${DEMO}/available`)).status).to.equal(200)
      expect((await fetch(world.linkUrl())).status).to.equal(200)
      const [employee] = (await world.state()).employees
      const punch = `/daily-workings/timerecord/${String(employee?.key)}`
      expect((await world.api('POST', punch, { body: { date: '2026-11-20' } })).status).to.equal(201)
      expect((await world.api('POST', punch, { token: 'unknown', body: {} })).status).to.equal(403)
      expect((await world.state()).punches).to.have.lengthOf(1)
    })

    it('can be switched off, and set to other times which the message then names', async () => {
      await at('09:00:00')
      await world.switches({ windows: false })
      expect((await list()).status).to.equal(200)
      await world.switches({ windows: [['08:59', '09:01']] })
      expect(errorOf(await list()).message).to.include('[08:59 ～ 09:01]')
      await world.switches({ windows: true })
      expect(errorOf(await list())).to.deep.equal(BANNED)
    })
  })

  it('looks at token, address, window, right and values in this order', async () => {
    const post = (token: string) => world.api('POST', '/employees', { token, body: {} })
    await at('09:00:00')
    expect(errorOf(await post(`${DEMO}-stopped`)).code).to.equal(100)
    expect(errorOf(await post(`${DEMO}-ip`)).code).to.equal(105)
    expect(errorOf(await post(`${DEMO}-readonly`)).code).to.equal(104)
    await at('12:00:00')
    expect(errorOf(await post(`${DEMO}-readonly`)).code).to.equal(100)
    expect(errorOf(await post(DEMO)).code).to.equal(202)
  })

  it('limits the calls of a second only when it is told to, and answers in the flat form', async () => {
    for (let call = 0; call < 10; call += 1) expect((await list()).status).to.equal(200)
    await world.control('PUT', '/limits', { service: 'king-of-time', perSecond: 1 })
    await list()
    const { status, body } = await list()
    expect(status).to.equal(429)
    expect(body).to.deep.equal({ code: '303', message: 'Too Many Requests' })
    await world.control('PUT', '/limits', { service: 'king-of-time', enabled: false })
    expect((await list()).status).to.equal(200)
  })

  it('answers everything with 500 during maintenance', async () => {
    await world.switches({ maintenance: true })
    expect(errorOf(await list())).to.deep.equal({ status: 500, code: 300, message: 'Resource Server Error.' })
  })

  it('breaks on demand: another answer, half an answer, no answer', async () => {
    const fault = (more: object) =>
      world.control('POST', '/faults', { service: 'king-of-time', path: '/employees', times: 1, ...more })
    await fault({ status: 502, body: '<html>Bad Gateway</html>' })
    await list().then(
      () => expect.fail('HTML is no JSON'),
      (error: unknown) => expect(error).to.be.instanceOf(SyntaxError),
    )
    await fault({ truncate: true })
    await list().then(
      () => expect.fail('half of it is no JSON'),
      (error: unknown) => expect(error).to.be.instanceOf(SyntaxError),
    )
    expect((await list()).status).to.equal(200)
  })
})
