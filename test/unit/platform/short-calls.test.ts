import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import express from 'express'
import request from 'supertest'
import { createShortCall } from '../../../server/calls/short-calls.js'
import { createTokenEndpoint } from '../../../server/calls/token-endpoint.js'
import { VendorUnavailable } from '../../../server/errors.js'
import { createConsent } from '../../../server/install/consent.js'
import { createSmarthrAccounts } from '../../../server/install/smarthr-account.js'
import { createClock } from '../../../server/platform/clock.js'
import { projectRoot } from '../../../server/platform/root.js'

const WAIT_MS = 300
const CHUNK = ' '.repeat(64 * 1024)
/** what an answer without an end has sent before it was hung up on */
let sent = 0

/** What a service does that has gone wrong, or has been taken over. */
const acts: Readonly<Record<string, (res: ServerResponse) => void>> = {
  'never ends'(res) {
    const more = () => {
      do sent += CHUNK.length
      while (res.write(CHUNK))
    }
    res.writeHead(200, { 'Content-Type': 'application/json' }).on('drain', more)
    more()
  },
  trickles(res) {
    res.writeHead(200, { 'Content-Type': 'application/json' })
    const timer = setInterval(() => res.write(' '), 20)
    res.on('close', () => clearInterval(timer))
  },
  'says nothing'() {},
  'leads elsewhere'(res) {
    res.writeHead(307, { Location: '/elsewhere' }).end()
  },
}

describe('The calls around an authorisation', () => {
  let server: Server
  let url = ''
  let act: (res: ServerResponse) => void = () => undefined
  let asked: string[] = []

  before(done => {
    server = createServer((req, res) => {
      asked.push(req.url ?? '')
      act(res)
    }).listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      done()
    })
  })
  beforeEach(() => {
    asked = []
    sent = 0
  })
  after(done => {
    server.closeAllConnections()
    server.close(() => done())
  })

  /** Where an answer has no end, its length alone ends it. */
  let patience = WAIT_MS
  /** What makes such calls. */
  const unanswered: Readonly<Record<string, () => Promise<unknown>>> = {
    async 'who signs in'() {
      const accounts = createSmarthrAccounts({ authUrl: url, apiUrl: `${url}/{subdomain}`, timeoutMs: patience })
      for (const { kind } of [await accounts.me('t'), await accounts.companies('t', 'midori')])
        expect(kind).to.equal('unavailable')
    },
    async 'a token'() {
      const endpoint = createTokenEndpoint({
        tokenUrl: url,
        revokeUrl: url,
        clientId: 'c',
        clientSecret: 's',
        product: 'みどり給与',
        timeoutMs: patience,
      })
      const refused = await endpoint.refresh('t').catch((error: unknown) => error)
      expect(refused).to.be.instanceOf(VendorUnavailable)
      await endpoint.revoke('t')
    },
  }
  for (const [what, ask] of Object.entries(unanswered))
    for (const [way, answer] of Object.entries(acts))
      it(`end where a service that is asked about ${what} ${way}`, async () => {
        act = answer
        patience = way === 'never ends' ? 20_000 : WAIT_MS
        await ask()

        expect(asked).not.to.be.empty.and.not.to.include('/elsewhere')
        // Buffers on the way take some of it.
        expect(sent).to.be.lessThan(32 * 1024 * 1024)
      })

  it('end where the exchange of a code for a token is answered without end', async () => {
    act = acts['never ends'] ?? act
    const consent = createConsent({
      ...{ site: url, purpose: 'test', authorizeUrl: `${url}/authorize`, tokenUrl: url, callbackUrl: `${url}/back` },
      ...{ clientId: 'c', clientSecret: 's', pkce: true, clock: createClock() },
      once: () => Promise.resolve(true),
    })
    const session = { save: (done: () => void) => done() }
    const app = express()
    app.use((req, _res, next) => next(void Object.assign(req, { session })))
    app.get('/begin', (req, res, next) => consent.begin(req, res, next, {}))
    app.get('/back', async (req, res) => void res.json((await consent.outcome(req, res)).kind))
    const begun = await request(app).get('/begin').expect(302)
    const state = new URL(begun.headers.location ?? '').searchParams.get('state') ?? ''
    const back = await request(app).get('/back').query({ code: 'x', state })

    expect(back.body).to.equal('failed')
    expect(sent)
      .to.be.greaterThan(0)
      .and.lessThan(32 * 1024 * 1024)
  })

  it('take an answer of the ordinary size', async () => {
    act = res =>
      res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ a: 'x'.repeat(500_000) }))
    const { data } = await createShortCall(5_000)<{ a: string }>({ url })

    expect(data.a).to.have.length(500_000)
  })

  it('and those to services are the only ones that leave', () => {
    const calling = readdirSync(join(projectRoot, 'server'), { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.ts') && !file.startsWith('local/'))
      .filter(file =>
        /from '(axios|node:https|undici)'|\bfetch\(/.test(readFileSync(join(projectRoot, 'server', file), 'utf8')),
      )

    expect(calling).to.have.members(['calls/send.ts', 'calls/short-calls.ts'])
  })
})
