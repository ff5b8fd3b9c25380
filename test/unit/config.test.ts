import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { ConfigError, isSandboxMode, loadConfig, OURS, releaseConfig } from '../../server/config.js'
import { projectRoot } from '../../server/platform/root.js'
import { sandboxEnvironment } from '../../server/local/sandbox-env.js'
import { productionEnvironment } from '../helpers/production.js'

const KEY = Buffer.alloc(32, 7).toString('base64')

/** A whole environment, for development; tests spoil one thing. */
const complete = {
  NODE_ENV: 'development',
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

const secrets = {
  DATABASE_URL: complete.DATABASE_URL,
  SESSION_SECRETS: complete.SESSION_SECRETS,
  TOKEN_KEYS: complete.TOKEN_KEYS,
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
  it('is told whole by the example, and by nothing that is not read', () => {
    const example = readFileSync(join(projectRoot, '.env.example'), 'utf8')
    const told = [...example.matchAll(/^#?([A-Z][A-Z_]*)=/gm)].map(([, name]) => name)

    expect(told).to.have.members([...OURS])
  })

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

  it('reads where the calls of the app come from, in both kinds of addresses', () => {
    expect(loadConfig(complete).outboundIps).to.deep.equal([])
    expect(loadConfig({ ...complete, OUTBOUND_IPS: '203.0.113.10, 2001:db8::10' }).outboundIps).to.deep.equal([
      '203.0.113.10',
      '2001:db8::10',
    ])
  })

  it('names everything that is missing at once', () => {
    expect(problemsOf({ NODE_ENV: 'development' })).to.have.members([
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
    [
      'SMARTHR_API_URL',
      'https://app.smarthr.jp',
      'SMARTHR_API_URL: must contain {subdomain} once, as the first part of the host or as a folder',
    ],
    ['FREEE_API_URL', 'freee', 'FREEE_API_URL: must be a URL starting with http:// or https://'],
    ...['https://localhost@evil.example', 'https://a.example?to=b', 'https://a.example#b', 'https://a\\@b.example'].map(
      (value): [string, string, string] => [
        'FREEE_API_URL',
        value,
        'FREEE_API_URL: must be a plain address, without a user (@), a query (?), a fragment (#) or a backslash',
      ],
    ),
    [
      'SMARTHR_API_URL',
      'https://{subdomain}evil.example',
      'SMARTHR_API_URL: must contain {subdomain} once, as the first part of the host or as a folder',
    ],
    [
      'SMARTHR_API_URL',
      'https://{subdomain}@evil.example',
      'SMARTHR_API_URL: must be a plain address, without a user (@), a query (?), a fragment (#) or a backslash',
    ],
    ['MIKIWAME_COMPANIES', 'token-alone', 'MIKIWAME_COMPANIES: must be a comma list of subdomain:token'],
    ['MIKIWAME_COMPANIES', 'Midori:t', 'MIKIWAME_COMPANIES: must be a comma list of subdomain:token'],
    ['MIKIWAME_COMPANIES', 'midori:t1,midori:t2', 'MIKIWAME_COMPANIES: must not name the same subdomain twice'],
    ['MIKIWAME_COMPANIES', 'midori:t,aozora:t', 'MIKIWAME_COMPANIES: must not give two subdomains the same token'],
    [
      'MIKIWAME_API_TOKEN',
      't',
      'MIKIWAME_API_TOKEN is no longer read: set MIKIWAME_COMPANIES to a comma list of subdomain:token, which says which SmartHR company each token belongs to',
    ],
    ['OUTBOUND_IPS', '203.0.113.10,somewhere', 'OUTBOUND_IPS: must be a comma list of IP addresses'],
    ['WORKER_CONCURRENCY', '0', 'WORKER_CONCURRENCY: must be between 1 and 100'],
  ]
  for (const [name, value, problem] of wrong) {
    it(`says in words what is wrong with ${name}=${value.slice(0, 12)}`, () => {
      expect(problemsOf({ ...complete, [name]: value })).to.deep.equal([problem])
    })
  }

  it('takes what says nothing of NODE_ENV for production: development is asked for', () => {
    const { NODE_ENV, ...unsaid } = productionEnvironment()

    expect(loadConfig(unsaid)).to.include({ production: true, development: false })
    expect(problemsOf({ ...unsaid, APP_URL: '' })).to.deep.equal(['APP_URL is not set'])
    expect(loadConfig({ ...unsaid, NODE_ENV: 'development' })).to.include({ production: false, development: true })
    expect(loadConfig({ ...sandboxEnvironment({}), ...secrets })).to.include({ production: false, development: true })
    expect(NODE_ENV).to.equal('production')
  })

  it('names everything that production refuses at once', () => {
    expect(
      problemsOf({
        ...sandboxEnvironment({}),
        ...secrets,
        NODE_ENV: 'production',
        APP_URL: '',
        CLOCK: '2026-11-20T00:00:00Z',
      }),
    ).to.include.members([
      'CLOCK: refused in production',
      'APP_URL is not set',
      ...['SMARTHR_CLIENT_ID', 'FREEE_CLIENT_SECRET', 'MONEY_FORWARD_API_IDENTIFIER', 'MIKIWAME_COMPANIES'].map(
        name => `${name}: belongs to the sandbox, and everybody can read it; put the real one there`,
      ),
    ])
  })

  const https = 'must start with https:// in production'
  const plainMail =
    'SMTP_URL: would send mail in clear; begin it with smtps://, or end it with ?requireTLS=true where the server offers STARTTLS'
  const example = 'still says change-me, as the example does'
  const random = () => randomBytes(32).toString('base64')
  const again = random()
  const refused: [name: string, value: string, problem: string | null][] = [
    ['APP_URL', 'http://renkei.example', `APP_URL: ${https}`],
    ['APP_URL', 'HTTP://renkei.example', `APP_URL: ${https}`],
    ['APP_URL', 'HttP://renkei.example', `APP_URL: ${https}`],
    ['SMARTHR_AUTH_URL', 'http://localhost.evil.example', `SMARTHR_AUTH_URL: ${https}`],
    ['SMARTHR_API_URL', 'http://{subdomain}.smarthr.jp', `SMARTHR_API_URL: ${https}`],
    ['FREEE_API_URL', 'http://127.0.0.1.evil.example/hr', `FREEE_API_URL: ${https}`],
    ['FREEE_API_URL', 'http://localhost:8080/hr', null],
    ['APP_URL', 'https://renkei-demo.example', null],
    ['SMTP_URL', 'smtp://mail.example:25', plainMail],
    ['SMTP_URL', 'SMTP://localhost@mail.example:25', plainMail],
    ['SMTP_URL', 'smtp://mail.example:587?requireTLS=false', plainMail],
    ['SMTP_URL', 'smtp://mail.example:587?requireTLS=true', null],
    ['SMTP_URL', 'smtp://LOCALHOST:25', null],
    ['SMTP_URL', 'smtps://user:change-me@mail.example', `SMTP_URL: ${example}`],
    ['DATABASE_URL', 'postgres://web:change-me@db.example/renkei', `DATABASE_URL: ${example}`],
    ['DATABASE_OWNER_URL', 'postgres://owner:CHANGEME@db.example/renkei', `DATABASE_OWNER_URL: ${example}`],
    [
      'TOKEN_KEYS',
      `k1:${Buffer.alloc(32).toString('base64')}`,
      'TOKEN_KEYS: one is all zeros or easily guessed; make it with openssl rand -base64 32',
    ],
    [
      'TOKEN_KEYS',
      `k1:${random()},k2:${Buffer.from('0123'.repeat(8)).toString('base64')}`,
      'TOKEN_KEYS: one is all zeros or easily guessed; make it with openssl rand -base64 32',
    ],
    ['TOKEN_KEYS', `k1:${again},k2:${again}`, 'TOKEN_KEYS: the same key stands there twice'],
    ['TOKEN_KEYS', `k1:${random()},k2:${random()}`, null],
    [
      'SESSION_SECRETS',
      'secret'.repeat(8),
      'SESSION_SECRETS: one is easily guessed; make it with openssl rand -base64 48',
    ],
    ['SESSION_SECRETS', `${again},${again}`, 'SESSION_SECRETS: the same secret stands there twice'],
    [
      'MIKIWAME_COMPANIES',
      'midori:real, aozora:renkei-demo-mikiwame-aozora',
      'MIKIWAME_COMPANIES: belongs to the sandbox, and everybody can read it; put the real one there',
    ],
  ]
  for (const [name, value, problem] of refused) {
    it(`${problem === null ? 'takes' : 'refuses'} in production ${name}=${value.slice(0, 45)}`, () => {
      expect(problemsOf({ ...productionEnvironment(), [name]: value })).to.deep.equal(problem === null ? [] : [problem])
    })
  }

  it('does not mind what other programs of the machine are told', () => {
    expect(problemsOf({ ...productionEnvironment(), OTHER_PASSWORD: 'change-me' })).to.deep.equal([])
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
