import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { expect } from 'chai'
import {
  AppError,
  ReconnectNeeded,
  Uncertain,
  VendorBlocked,
  VendorMissing,
  VendorRefused,
  VendorUnavailable,
} from '../../../server/errors.js'
import { createHttp, type HttpOptions } from '../../../server/calls/http.js'
import type { Call, CallKind, ServiceErrors } from '../../../server/calls/call.js'
import type { Limiter } from '../../../server/calls/limiter.js'
import type { Logger } from '../../../server/platform/logger.js'
import { createFence, noting, touched } from '../../../server/runs/lease.js'

const TOKEN = 'planted-access-token'
const RENEWED = 'planted-renewed-token'

const errors: ServiceErrors = {
  side: 'service',
  product: 'みどり給与',
  rules: [
    { code: 'ip', then: 'blocked', ofAddress: true, shown: 'IPアドレス制限により接続できません。' },
    { code: 'reauthorize', then: 'reconnect' },
    { status: [400, 499], code: 'busy', then: 'throttled' },
  ],
  read(body) {
    const answer = (typeof body === 'object' && body !== null ? body : {}) as { code?: string; messages?: string[] }
    return { codes: answer.code ? [answer.code] : [], messages: answer.messages ?? [] }
  },
  rates: (headers, now) =>
    headers['x-remaining'] === undefined
      ? []
      : [
          {
            remaining: Number(headers['x-remaining']),
            resetAt: new Date(now.getTime() + Number(headers['x-reset-ms'] ?? 0)),
          },
        ],
}

/** What the service does with one call. */
type Act = (req: IncomingMessage, res: ServerResponse) => void

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Act =>
  (_req, res) => {
    res.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
const html =
  (status: number): Act =>
  (_req, res) =>
    res.writeHead(status, { 'Content-Type': 'text/html' }).end('<html>ただいま混み合っています</html>')
const truncated: Act = (_req, res) => res.writeHead(200).end('{"people": [{"id": 1')
const cut: Act = (_req, res) => {
  res.writeHead(200, { 'Content-Length': '1000' }).write('{"people"')
  setImmediate(() => res.destroy())
}
const drop: Act = req => req.socket.destroy()
const hang: Act = () => undefined
const trickle: Act = (_req, res) => {
  res.writeHead(200)
  const timer = setInterval(() => res.write(' '), 20)
  res.on('close', () => clearInterval(timer))
}
const redirect: Act = (_req, res) => res.writeHead(302, { Location: '/elsewhere' }).end()
const ok = answer(200, { id: 7 })

describe('Calls to a service', () => {
  let server: Server
  let script: Act[] = []
  let received: { method: string; url: string; authorization: string; body: string }[] = []
  let lines: string[] = []
  let pauses: number[] = []
  let renewals: string[] = []

  before(done => {
    server = createServer((req, res) => {
      let body = ''
      req.on('data', (chunk: Buffer) => (body += chunk.toString()))
      req.on('end', () => {
        received.push({
          method: req.method ?? '',
          url: req.url ?? '',
          authorization: req.headers.authorization ?? '',
          body,
        })
        const act = script.length > 1 ? script.shift() : script[0]
        act?.(req, res)
      })
    }).listen(0, '127.0.0.1', done)
  })
  after(done => {
    server.close(done)
    server.closeAllConnections()
  })
  beforeEach(() => {
    script = []
    received = []
    lines = []
    pauses = []
    renewals = []
  })

  const log: Logger = Object.fromEntries(
    (['debug', 'info', 'warn', 'error'] as const).map(level => [
      level,
      (message: string, fields?: object) => lines.push(`${message} ${JSON.stringify(fields)}`),
    ]),
  ) as unknown as Logger
  const limiter: Limiter = {
    take: () => Promise.resolve(0),
    pause: (_key, ms) => {
      if (ms > 0) pauses.push(ms)
      return Promise.resolve()
    },
  }
  const client = (options: Partial<HttpOptions> = {}) =>
    createHttp({
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      errors,
      tokens: {
        token: () => Promise.resolve(TOKEN),
        renew: rejected => {
          renewals.push(rejected)
          return Promise.resolve(RENEWED)
        },
      },
      limiter,
      limitKey: 'key',
      log,
      timeoutMs: 150,
      retryBaseMs: 5,
      ...options,
    })

  const callOf = (kind: CallKind): Call => ({
    method: kind === 'read' ? 'GET' : kind === 'update' ? 'PUT' : 'POST',
    path: '/people/7',
    pathTemplate: '/people/{id}',
    query: { name: '山田' },
    ...(kind !== 'read' && { body: { name: '山田太郎' } }),
    kind,
  })

  /** What the product gets when the service acts so: a status, or an error of ours. Nothing secret ever shows. */
  async function outcome(kind: CallKind, acts: Act[], options: Partial<HttpOptions> = {}): Promise<number | AppError> {
    script = acts
    const result = await client(options)
      .request(callOf(kind))
      .then(
        ({ status }) => status,
        (error: unknown) => {
          if (error instanceof AppError) return error
          throw error
        },
      )
    const shown = inspect(result, { depth: 10, showHidden: true }) + JSON.stringify(result) + lines.join()
    expect(shown).not.to.contain(TOKEN).and.not.to.contain(RENEWED)
    expect(lines.join()).not.to.contain('山田')
    return result
  }

  it('sends the token and JSON, and gives back status, headers and body', async () => {
    script = [answer(201, { id: 7 }, { 'X-Total-Count': '3' })]

    const result = await client().request<{ id: number }>(callOf('create'))

    expect(result.status).to.equal(201)
    expect(result.body).to.deep.equal({ id: 7 })
    expect(result.headers['x-total-count']).to.equal('3')
    expect(received).to.deep.equal([
      {
        method: 'POST',
        url: '/people/7?name=%E5%B1%B1%E7%94%B0',
        authorization: `Bearer ${TOKEN}`,
        body: '{"name":"山田太郎"}',
      },
    ])
  })

  it('logs method, path template, status and time, and counts the call', async () => {
    const counted: unknown[] = []
    await outcome('read', [ok], { onCall: call => counted.push(call) })

    expect(lines).to.have.length(1)
    expect(lines[0])
      .to.contain('"path":"/people/{id}"')
      .and.to.contain('"status":200')
      .and.to.match(/"ms":\d+/)
    expect(counted).to.deep.equal([{ product: 'みどり給与', method: 'GET', path: '/people/{id}', status: 200 }])
  })

  it('takes an answer without content', async () => {
    expect(await outcome('update', [(_req, res) => res.writeHead(204).end()])).to.equal(204)
  })

  const passing: [string, Act][] = [
    ['500', answer(500, {})],
    ['502 in HTML', html(502)],
    ['503', answer(503, {})],
    ['504', answer(504, {})],
    ['HTML where JSON is due', html(200)],
    ['truncated JSON', truncated],
    ['a connection cut in the middle of the answer', cut],
    ['a dropped connection', drop],
    ['no answer at all', hang],
    ['an answer that trickles', trickle],
    ['a redirect', redirect],
  ]
  for (const [what, act] of passing) {
    for (const kind of ['read', 'update'] as const) {
      it(`repeats a ${kind} after ${what}`, async () => {
        expect(await outcome(kind, [act, act, act, ok])).to.equal(200)
        expect(received).to.have.length(4)
      })
    }

    it(`gives up a read after four times ${what}`, async () => {
      const error = await outcome('read', [act])

      expect(error).to.be.instanceOf(VendorUnavailable)
      expect((error as VendorUnavailable).message)
        .to.contain('みどり給与')
        .and.to.contain('やり直してください')
      expect(received).to.have.length(4)
    })

    it(`never repeats a create after ${what}, because it may have happened`, async () => {
      expect(await outcome('create', [act, ok])).to.be.instanceOf(Uncertain)
      expect(received).to.have.length(1)
    })
  }

  for (const kind of ['read', 'update', 'create'] as const) {
    describe(`of kind ${kind}`, () => {
      it('renew an expired token once and repeat', async () => {
        expect(await outcome(kind, [answer(401, {}), ok])).to.equal(200)

        expect(renewals).to.deep.equal([TOKEN])
        expect(received.map(call => call.authorization)).to.deep.equal([`Bearer ${TOKEN}`, `Bearer ${RENEWED}`])
      })

      it('ask for a new consent when the renewed token is refused too', async () => {
        const error = await outcome(kind, [answer(401, {})])

        expect(error).to.be.instanceOf(ReconnectNeeded)
        expect((error as ReconnectNeeded).side).to.equal('service')
        expect(received).to.have.length(2)
      })

      it('repeat after 429, at most five times', async () => {
        const tired = answer(429, {}, { 'X-Remaining': '0', 'X-Reset-Ms': '30' })

        expect(await outcome(kind, [tired, tired, ok])).to.equal(200)
        expect(await outcome(kind, [tired])).to.be.instanceOf(VendorUnavailable)
        expect(received).to.have.length(3 + 6)
      })

      it('do not wait for a limit that resets in an hour, but say when', async () => {
        const error = await outcome(kind, [answer(429, {}, { 'Retry-After': '3600' })])

        expect(error).to.be.instanceOf(VendorUnavailable)
        expect((error as VendorUnavailable).retryAt.getTime() - Date.now()).to.be.within(3_590_000, 3_601_000)
        expect(received).to.have.length(1)
      })

      it('wait a day at most, whatever a service asks for', async () => {
        for (const asked of ['1795809600', '1e17', 'Thu, 01 Jan 2083 00:00:00 GMT']) {
          const error = await outcome(kind, [answer(429, {}, { 'Retry-After': asked })])

          expect((error as VendorUnavailable).retryAt.getTime() - Date.now()).to.be.within(86_390_000, 86_401_000)
        }
      })

      it("join all of the service's reasons for a refusal, and say what to do", async () => {
        const error = await outcome(kind, [answer(400, { messages: ['姓が長すぎます', '生年月日が不正です'] })])

        expect(error).to.be.instanceOf(VendorRefused)
        expect((error as VendorRefused).message).to.equal(
          '姓が長すぎます / 生年月日が不正です。内容を確認し、修正してから、やり直してください。',
        )
        expect(received).to.have.length(1)
      })

      it('say why although the service says nothing, in words for what was asked of it', async () => {
        for (const messages of [[], ['', ' ']]) {
          const error = await outcome(kind, [answer(400, { messages })])

          expect((error as VendorRefused).message).to.include(
            kind === 'read'
              ? 'から情報を取得できませんでした（HTTP 400）。'
              : 'が登録を受け付けませんでした（HTTP 400）。',
          )
        }
      })

      it('tell a refusal without a reason, a missing record and a lock apart', async () => {
        expect(await outcome(kind, [html(422)])).to.be.instanceOf(VendorRefused)
        expect(await outcome(kind, [answer(404, {})])).to.be.instanceOf(VendorMissing)
        expect(await outcome(kind, [answer(403, {})])).to.be.instanceOf(VendorBlocked)
        expect(received).to.have.length(3)
      })

      it('follow the first rule that matches before the status', async () => {
        const blocked = await outcome(kind, [answer(401, { code: 'ip' })])

        expect(blocked).to.be.instanceOf(VendorBlocked)
        expect((blocked as VendorBlocked).message).to.equal('IPアドレス制限により接続できません。')
        expect(await outcome(kind, [answer(401, { code: 'reauthorize' })])).to.be.instanceOf(ReconnectNeeded)
        expect(renewals).to.deep.equal([])
      })
    })
  }

  it('tell whom an address restriction keeps out where they come from, as far as that is known', async () => {
    const outboundIps = ['203.0.113.10', '2001:db8::10']
    const blocked = await outcome('read', [answer(401, { code: 'ip' })], { outboundIps })
    expect((blocked as VendorBlocked).message).to.equal(
      'IPアドレス制限により接続できません。このアプリの接続元IPアドレスは、203.0.113.10、2001:db8::10です。',
    )
  })

  it('waits as long as 429 says, a second when it says nothing', async () => {
    await outcome('read', [answer(429, {}, { 'Retry-After': '7' }), ok])
    await outcome('read', [answer(429, { code: 'busy' }), ok])

    expect(pauses[0]).to.be.within(6_900, 7_000)
    expect(pauses[1]).to.be.within(900, 1_000)
  })

  it('pauses everybody on the credential when an answer says that nothing is left', async () => {
    await outcome('read', [answer(200, {}, { 'x-remaining': '0', 'x-reset-ms': '20000' })])
    await outcome('read', [answer(200, {}, { 'x-remaining': '1', 'x-reset-ms': '20000' })])

    expect(pauses).to.have.length(1)
    expect(pauses[0]).to.be.within(19_900, 20_000)
  })

  it('does not pause for a bucket of one second that its own pace keeps', async () => {
    await outcome('read', [answer(200, {}, { 'x-remaining': '0', 'x-reset-ms': '900' })], { perSecond: 10 })

    expect(pauses).to.deep.equal([])
  })

  it('sends nothing while the limit is used up for longer than a minute', async () => {
    const usedUp: Limiter = { ...limiter, take: () => Promise.resolve(1_800_000) }
    const error = await outcome('create', [ok], { limiter: usedUp })

    expect(error).to.be.instanceOf(VendorUnavailable)
    expect((error as VendorUnavailable).retryAt.getTime() - Date.now()).to.be.within(1_790_000, 1_800_000)
    expect(received).to.deep.equal([])
  })

  it('stops a read at once when the job is called off, also between two tries', async () => {
    for (const act of [hang, answer(503, {})]) {
      const calledOff = new AbortController()
      script = [
        (req, res) => {
          act(req, res)
          setTimeout(() => calledOff.abort(), 20)
        },
      ]
      const began = performance.now()
      const error = await client({ timeoutMs: 5_000, retryBaseMs: 5_000, signal: calledOff.signal })
        .request(callOf('read'))
        .catch((caught: Error) => caught)

      expect((error as Error).name).to.equal('AbortError')
      expect(performance.now() - began).to.be.below(1_000)
    }
  })

  it('waits for a write that is on its way when the job is called off', async () => {
    const calledOff = new AbortController()
    script = [
      (req, res) => {
        calledOff.abort()
        setTimeout(() => ok(req, res), 30)
      },
    ]

    const { status } = await client({ signal: calledOff.signal }).request(callOf('create'))

    expect(status).to.equal(200)
  })

  it('sends nothing once the job is called off', async () => {
    const calledOff = new AbortController()
    calledOff.abort()

    for (const kind of ['read', 'update', 'create'] as const) {
      const error = await client({ signal: calledOff.signal })
        .request(callOf(kind))
        .catch((caught: Error) => caught)

      expect((error as Error).name).to.equal('AbortError')
    }
    expect(received).to.deep.equal([])
  })

  /** What SIGSTOP is to the process: for a while nothing of it goes on. */
  const stand = (ms: number) => {
    for (const until = performance.now() + ms; performance.now() < until;);
  }
  const behind: [string, Record<string, string>, (work: () => void) => unknown][] = [
    ['before it took up a connection', { Connection: 'keep-alive' }, queueMicrotask],
    ['while its connection was made', { Connection: 'close' }, setImmediate],
  ]
  for (const [when, headers, soon] of behind)
    for (const ours of [true, false])
      it(`asks again whether it may write when it stood still ${when}, and ${ours ? 'sends once' : 'does not send'}`, async () => {
        script = [answer(200, {}, headers)]
        await client().request(callOf('read'))
        received = []
        let asked = 0
        const fence = () => {
          asked += 1
          if (asked === 1) soon(() => stand(80))
          else if (!ours) return Promise.reject(new Error('another has it'))
          return Promise.resolve(performance.now() + (asked === 1 ? 40 : 10_000))
        }

        const result = await client({ fence, timeoutMs: 5_000 })
          .request(callOf('create'))
          .catch((error: Error) => error.message)

        expect(asked).to.equal(2)
        expect(received.map(({ method }) => method)).to.deep.equal(ours ? ['POST'] : [])
        if (!ours) expect(result).to.equal('another has it')
      })

  it('stores the intent of a create behind every wait, directly before it leaves', async () => {
    const seen: string[] = []
    const see = (what: string) => Promise.resolve(void seen.push(what))
    const slots: Limiter = { ...limiter, take: () => see('slot').then(() => 0) }
    const runs = {
      hold: () => Promise.resolve(true),
      check: () => see('question').then(() => ({ held: true, cancel: false })),
    }
    const fence = createFence({
      inTenant: (_company, work) => work({ runs }),
      run: { id: 'run', tenantId: 'company' },
      lease: 'lease',
    })
    const order = { noted: false, touched: false, note: () => see('intent') }
    script = [answer(429, {}, { 'Retry-After': '0' }), ok]

    await noting(order, () => client({ fence, limiter: slots, retryBaseMs: 1 }).request(callOf('create')))

    expect(seen).to.deep.equal(['slot', 'intent', 'slot', 'question'])
    expect(received).to.have.length(2)
  })

  const writes: readonly [what: string, script: Act[], touched: boolean][] = [
    ['is taken', [ok], true],
    ['gets no answer and is taken then', [drop, ok], true],
    ['gets no answer, and the authorisation is gone then', [drop, answer(401, { code: 'reauthorize' })], true],
    ['gets an error of the service, and is refused then', [answer(500, {}), answer(400, { messages: ['x'] })], true],
    ['is refused', [answer(400, { messages: ['x'] })], false],
    ['waits for a limit, and is refused then', [answer(429, {}, { 'Retry-After': '0' }), answer(403, {})], false],
    ['finds the authorisation gone', [answer(401, { code: 'reauthorize' })], false],
  ]
  for (const [what, acts, expected] of writes)
    it(`says of an update that ${what}: ${expected ? 'something may be changed' : 'nothing is changed'}`, async () => {
      const order = { noted: true, touched: false, note: () => Promise.resolve() }
      script = acts

      await noting(order, () =>
        client({ touched, retryBaseMs: 1 })
          .request(callOf('update'))
          .catch(() => null),
      )

      expect(order.touched).to.equal(expected)
    })

  it('treats an unreachable service like one that does not answer', async () => {
    const nowhere = { baseUrl: 'http://127.0.0.1:1' }

    expect(await outcome('read', [], nowhere)).to.be.instanceOf(VendorUnavailable)
    expect(await outcome('create', [], nowhere)).to.be.instanceOf(Uncertain)
  })
})
