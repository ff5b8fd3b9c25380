import { Writable } from 'node:stream'
import { expect } from 'chai'
import winston from 'winston'
import { said, Uncertain, VendorBlocked, VendorMissing, VendorRefused, VendorStumbled } from '../../../server/errors.js'
import { createLogger, withLogContext } from '../../../server/platform/logger.js'

/** A logger whose lines can be read. */
function capture(level = 'debug') {
  const lines: string[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  return { log: createLogger(level, new winston.transports.Stream({ stream })), lines }
}

const PLANTED = 'planted-secret-value'

const leaks: [string, Record<string, unknown>][] = [
  ['a token', { accessToken: PLANTED }],
  ['a refresh token inside', { answer: { body: { refresh_token: PLANTED } } }],
  ['an authorization code', { query: { code: PLANTED, state: 'x' } }],
  ['a password', { form: { password: PLANTED } }],
  ['a cookie', { headers: { 'set-cookie': [PLANTED], Cookie: PLANTED } }],
  ['an Authorization header', { headers: { Authorization: `Bearer ${PLANTED}` } }],
  ['a bearer string in a list', { notes: [`sent Bearer ${PLANTED}`] }],
  ['a URL with credentials', { url: `postgres://renkei:${PLANTED}@db/renkei` }],
  ['a callback URL', { url: `/auth/smarthr/callback?code=${PLANTED}&state=1` }],
  ['an API key', { apiKey: PLANTED, 'X-Api-Key': PLANTED }],
  ['an error that tells', { err: new Error(`refused: Bearer ${PLANTED}`) }],
  [
    'an error that carries',
    { err: Object.assign(new Error('x'), { config: { headers: { Authorization: PLANTED } } }) },
  ],
  ['the cause of an error', { err: new Error('x', { cause: new Error(`?access_token=${PLANTED}`) }) }],
  ["PostgreSQL's quote of a value", { err: Object.assign(new Error(`invalid date: "${PLANTED}"`), { code: '22007' }) }],
]

describe('Log', () => {
  for (const [what, fields] of leaks) {
    it(`never shows ${what}`, () => {
      const { log, lines } = capture()

      log.error('something happened', fields)

      expect(lines).to.have.length(1)
      expect(lines.join()).to.contain('something happened').and.not.to.contain(PLANTED)
    })
  }

  it('never shows a token in the sentence itself', () => {
    const { log, lines } = capture()

    log.info(`sent Bearer ${PLANTED}`)

    expect(lines.join()).to.contain('Bearer [masked]').and.not.to.contain(PLANTED)
  })

  it('cuts what somebody made long, and masks what is left', () => {
    const { log, lines } = capture()

    log.info('request failed', { path: `/a?token=${PLANTED}&more=${'x'.repeat(20_000)}` })

    expect(lines.join()).to.include('token=[masked]&more=xxx').and.include('xxx [cut]').and.not.include(PLANTED)
    expect(lines.join().length).to.be.lessThan(11_000)
  })

  it('keeps name, message, code, status and stack of an error', () => {
    const { log, lines } = capture()

    log.warn('call failed', { err: Object.assign(new TypeError('no route'), { code: 'EHOSTUNREACH', status: 503 }) })

    const { err, level } = JSON.parse(lines[0] ?? '') as { err: Record<string, unknown>; level: string }
    expect(level).to.equal('warn')
    expect(err).to.include({ name: 'TypeError', message: 'no route', code: 'EHOSTUNREACH', status: 503 })
    expect(err.stack).to.be.a('string').that.contains('logger.test')
  })

  it('adds the ids of the request or job, also after an await', async () => {
    const { log, lines } = capture()

    await withLogContext({ requestId: 'r1', tenantId: 't1' }, async () => {
      await Promise.resolve()
      withLogContext({ runId: 'run1' }, () => log.info('inside'))
    })
    log.info('outside')

    const [inside, outside] = lines.map(line => JSON.parse(line) as Record<string, unknown>)
    expect(inside).to.include({ message: 'inside', requestId: 'r1', tenantId: 't1', runId: 'run1' })
    expect(outside).not.to.have.any.keys('requestId', 'tenantId', 'runId')
  })

  it('survives circles and says nothing below its level', () => {
    const { log, lines } = capture('warn')
    const circle: Record<string, unknown> = {}
    circle.self = circle

    log.info('quiet')
    log.warn('loud', { circle })

    expect(lines).to.have.length(1)
  })

  it('tells of what a service said by its code and a hash, since it may name people', () => {
    const words = '社員番号 001234 山田 花子 は登録できません。'
    for (const err of [
      new VendorRefused(words, ['E01']),
      new VendorBlocked(words, ['E01']),
      new VendorMissing(words),
      new VendorStumbled(words, new Date()),
      new Uncertain(said(words)),
      new Error('outside', { cause: new VendorRefused(words, ['E01']) }),
    ]) {
      const { log, lines } = capture()
      log.info('run failed', { err })

      expect(lines.join('')).not.to.include('山田').and.not.include('001234')
      expect(lines.join('')).to.match(/the service's words, [0-9a-f]{12}/)
      if ('codes' in err) expect(lines.join('')).to.include('E01')
    }
  })
})
