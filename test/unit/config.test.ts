import { expect } from 'chai'
import { ConfigError, isSandboxMode, loadConfig, releaseConfig } from '../../server/config.js'

const KEY = Buffer.alloc(32, 7).toString('base64')

/** A whole environment; tests spoil one thing. */
const complete = {
  DATABASE_URL: 'postgres://renkei:pw@localhost:5432/renkei',
  SESSION_SECRETS: 'a'.repeat(32),
  TOKEN_KEYS: `new:${KEY},old:${KEY}`,
  SMTP_URL: 'smtp://localhost:25',
  MAIL_FROM: 'Renkei <noreply@renkei.example>',
  SMARTHR_CLIENT_ID: 'id',
  SMARTHR_CLIENT_SECRET: 'secret',
  FREEE_CLIENT_ID: 'id',
  FREEE_CLIENT_SECRET: 'secret',
}

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('Configuration', () => {
  it('needs only the secrets; the rest has defaults', () => {
    const config = loadConfig(complete)

    expect(config.port).to.equal(3000)
    expect(config.appUrl).to.equal('http://localhost:3000')
    expect(config.smarthr.authUrl).to.equal('https://app.smarthr.jp')
    expect(config.smarthr.apiUrl).to.equal('https://{subdomain}.smarthr.jp')
    expect(config.services.freee?.apiUrl).to.equal('https://api.freee.co.jp/hr')
    expect(config.retentionDays).to.equal(30)
    expect(config.tokenKeys.map(key => key.id)).to.deep.equal(['new', 'old'])
  })

  it('reads which SmartHR company each token of ミキワメ belongs to', () => {
    const { services } = loadConfig({ ...complete, MIKIWAME_COMPANIES: 'midori:a:b, aozora:c' })

    expect([...(services.mikiwame?.companies ?? [])]).to.deep.equal([
      ['midori', 'a:b'],
      ['aozora', 'c'],
    ])
  })

  it('names everything that is missing at once', () => {
    expect(problemsOf({})).to.have.members([
      'DATABASE_URL is not set',
      'SESSION_SECRETS is not set',
      'TOKEN_KEYS is not set',
      'SMTP_URL is not set',
      'MAIL_FROM is not set',
      'SMARTHR_CLIENT_ID is not set',
      'SMARTHR_CLIENT_SECRET is not set',
      'FREEE_CLIENT_ID is not set',
      'FREEE_CLIENT_SECRET is not set',
    ])
  })

  it('takes an empty variable for one that is not set', () => {
    expect(problemsOf({ ...complete, SMARTHR_CLIENT_SECRET: '' })).to.deep.equal(['SMARTHR_CLIENT_SECRET is not set'])
  })

  const wrong: [string, string, string][] = [
    ['PORT', 'http', 'PORT: must be a whole number'],
    ['PORT', '70000', 'PORT: must be between 0 and 65535'],
    ['DATABASE_URL', 'mysql://x', 'DATABASE_URL: must be a URL starting with postgres:// or postgresql://'],
    [
      'DATABASE_DIRECT_URL',
      'mysql://x',
      'DATABASE_DIRECT_URL: must be a URL starting with postgres:// or postgresql://',
    ],
    ['DATABASE_POOL_MAX', '0', 'DATABASE_POOL_MAX: must be between 1 and 1000'],
    ['JOB_POOL_MAX', '2', 'JOB_POOL_MAX: must be between 3 and 1000'],
    ['SESSION_SECRETS', 'short', 'SESSION_SECRETS: must be a comma list of secrets with at least 32 characters each'],
    ['TOKEN_KEYS', 'k1:c2hvcnQ=', 'TOKEN_KEYS: must be a comma list of id:base64 with 32 bytes each'],
    ['TOKEN_KEYS', KEY, 'TOKEN_KEYS: must be a comma list of id:base64 with 32 bytes each'],
    ['TOKEN_KEYS', `k1:${KEY},k1:${KEY}`, 'TOKEN_KEYS: must not name the same id twice'],
    ['SMARTHR_API_URL', 'https://app.smarthr.jp', 'SMARTHR_API_URL: must contain {subdomain} once'],
    ['FREEE_API_URL', 'freee', 'FREEE_API_URL: must be a URL starting with http:// or https://'],
    ['MIKIWAME_COMPANIES', 'token-alone', 'MIKIWAME_COMPANIES: must be a comma list of subdomain:token'],
    ['MIKIWAME_COMPANIES', 'Midori:t', 'MIKIWAME_COMPANIES: must be a comma list of subdomain:token'],
    ['MIKIWAME_COMPANIES', 'midori:t1,midori:t2', 'MIKIWAME_COMPANIES: must not name the same subdomain twice'],
    ['MIKIWAME_COMPANIES', 'midori:t,aozora:t', 'MIKIWAME_COMPANIES: must not give two subdomains the same token'],
    [
      'MIKIWAME_API_TOKEN',
      't',
      'MIKIWAME_API_TOKEN is no longer read: set MIKIWAME_COMPANIES to a comma list of subdomain:token, which says which SmartHR company each token belongs to',
    ],
    ['WORKER_CONCURRENCY', '0', 'WORKER_CONCURRENCY: must be between 1 and 100'],
  ]
  for (const [name, value, problem] of wrong) {
    it(`says in words what is wrong with ${name}=${value.slice(0, 12)}`, () => {
      expect(problemsOf({ ...complete, [name]: value })).to.deep.equal([problem])
    })
  }

  it('refuses a made-up clock, plain http and a missing APP_URL in production', () => {
    const production = { ...complete, NODE_ENV: 'production' }

    expect(problemsOf(production)).to.deep.equal(['APP_URL is not set'])
    expect(
      problemsOf({ ...production, APP_URL: 'http://renkei.example', CLOCK: '2026-11-20T00:00:00Z' }),
    ).to.have.members(['CLOCK: refused in production', 'APP_URL: must start with https:// in production'])
    expect(problemsOf({ ...production, APP_URL: 'https://renkei.example' })).to.deep.equal([])
  })

  it('releases as the owner, past the pooler, and gives rights to the login of web and worker', () => {
    const app = 'postgres://web:pw@pooler:6432/renkei'
    const direct = 'postgres://web:pw@db/renkei'
    const owner = 'postgres://owner:pw@db/renkei'

    expect(releaseConfig({ DATABASE_URL: app, DATABASE_DIRECT_URL: direct, DATABASE_OWNER_URL: owner })).to.deep.equal({
      ownerUrl: owner,
      appLogin: 'web',
    })
    expect(releaseConfig({ DATABASE_URL: app, DATABASE_DIRECT_URL: direct })).to.deep.equal({
      ownerUrl: direct,
      appLogin: null,
    })
    expect(releaseConfig({ DATABASE_URL: owner })).to.deep.equal({ ownerUrl: owner, appLogin: null })
    expect(() => releaseConfig({})).to.throw(ConfigError, 'DATABASE_OWNER_URL is not set')
    expect(() => releaseConfig({ DATABASE_OWNER_URL: 'pw' })).to.throw(ConfigError, 'DATABASE_OWNER_URL: must be a URL')
  })

  it('starts the clock where CLOCK says, outside production', () => {
    const config = loadConfig({ ...complete, CLOCK: '2026-04-01T09:00:00+09:00' })

    expect(config.clockStartsAt?.toISOString()).to.equal('2026-04-01T00:00:00.000Z')
  })

  it('never repeats a secret in its complaints', () => {
    const problems = problemsOf({ ...complete, SESSION_SECRETS: 'hunter2', TOKEN_KEYS: 'k1:hunter2', PORT: 'x' })

    expect(problems).to.have.length(3)
    expect(problems.join()).not.to.contain('hunter2')
  })

  it('is in sandbox mode without a SmartHR registration, but never in production', () => {
    expect(isSandboxMode({})).to.equal(true)
    expect(isSandboxMode({ SMARTHR_CLIENT_ID: 'id' })).to.equal(false)
    expect(isSandboxMode({ NODE_ENV: 'production' })).to.equal(false)
  })
})
