import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { createApp } from '../../server/app.js'
import { paths } from '../../server/paths.js'
import { connectFreee, connectMoneyForward, issueToken } from '../helpers/connecting.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { countAsked, syncEverybody, toSelection } from '../helpers/walking.js'
import { fieldsOf } from '../helpers/visitor.js'

describe('web security', () => {
  const world = useWorld({ limitsOff: ['smarthr'], once: true })

  it('sends a Content-Security-Policy without unsafe words, and keeps pages out of caches', async () => {
    const visitor = await world.signedIn()
    const { headers } = visitor.page()
    const policy = headers.get('content-security-policy') ?? ''

    expect(policy)
      .to.include("default-src 'none'")
      .and.include("script-src 'self'")
      .and.include("frame-ancestors 'none'")
    expect(policy).to.match(/form-action 'self' http:\/\/localhost:\d+/)
    expect(policy).not.to.include('unsafe')
    expect(headers.get('cache-control')).to.equal('no-store')
    expect(headers.get('x-content-type-options')).to.equal('nosniff')
    expect(headers.get('x-powered-by')).to.equal(null)
  })

  it('marks the cookie HttpOnly and SameSite=Lax', async () => {
    const answer = await fetch(`${world.appUrl}/auth/smarthr`, { redirect: 'manual' })
    const [cookie] = answer.headers.getSetCookie()

    expect(cookie)
      .to.match(/^renkei=/)
      .and.match(/HttpOnly/)
      .and.match(/SameSite=Lax/)
  })

  /** What production answers behind a terminator. */
  const inProduction = async (path: string): Promise<Headers> => {
    const production = createServer(
      createApp({ ...world.container, config: { ...world.container.config, production: true, trustProxy: 1 } }),
    )
    await new Promise<void>(done => production.listen(0, '127.0.0.1', done))
    const { port } = production.address() as AddressInfo
    const { headers } = await fetch(`http://localhost:${port}${path}`, {
      redirect: 'manual',
      headers: { 'x-forwarded-proto': 'https' },
    })
    production.close()
    return headers
  }
  /** Of every kind: a page, a redirect, a file of ours, an answer for machines, something that is not there. */
  const KINDS = ['/', '/freee', '/assets/css/base.css', '/health/live', '/feed/v1/employees', '/.well-known/nothing']

  it('lets no browser ask it in clear for two years, nor its subdomains, in production', async () => {
    for (const path of KINDS) {
      const headers = await inProduction(path)
      expect(headers.get('strict-transport-security'), path).to.equal('max-age=63072000; includeSubDomains')
      expect(headers.get('content-security-policy'), path).to.include('upgrade-insecure-requests')
    }
  })

  it('tells no other site from which address somebody comes', async () => {
    for (const path of KINDS) {
      const { headers } = await fetch(world.appUrl + path, { redirect: 'manual' })
      expect(headers.get('referrer-policy'), path).to.equal('same-origin')
    }
  })

  it('lets no other site read an answer, also where its browser asks first', async () => {
    const headers = {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    }
    const ours = await world.signedIn()
    const cookie = [...ours.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    for (const path of [...KINDS, '/feed/v1/acknowledgements', '/logout'])
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const answer = await fetch(world.appUrl + path, { method, redirect: 'manual', headers: { ...headers, cookie } })
        const open = [...answer.headers.keys()].filter(name => name.startsWith('access-control-'))
        expect(open, `${method} ${path}`).to.deep.equal([])
      }
    expect((await ours.get('/freee')).status, 'nobody was signed out by it').to.equal(200)
  })

  it('repeats no request to who sends TRACE', async () => {
    const ours = await world.signedIn()
    const cookie = [...ours.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    for (const path of KINDS)
      for (const headers of [{ 'x-secret': 'of-a-proxy' }, { 'x-secret': 'of-a-proxy', cookie }]) {
        const { status, said } = await new Promise<{ status: number; said: string }>((done, failed) => {
          const asked = request(world.appUrl + path, { method: 'TRACE', headers }, answer => {
            text(answer).then(
              body => done({ status: answer.statusCode ?? 0, said: body + answer.rawHeaders.join() }),
              failed,
            )
          })
          asked.on('error', failed).end()
        })
        expect(status, path).to.be.within(400, 499)
        expect(said, path).not.to.include('of-a-proxy').and.not.include('message/http')
      }
  })

  it('gives a cookie that only this host can set, over https, in production', async () => {
    const [cookie] = (await inProduction('/auth/smarthr')).getSetCookie()

    expect(cookie)
      .to.match(/^__Host-renkei=/)
      .and.match(/; Path=\/;/)
      .and.match(/; Secure/)
      .and.not.match(/Domain/i)
  })

  it('wants the token of a form in whatever case its address is written', async () => {
    await world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': false })
    const visitor = await world.signedIn('hanako@midori.example', '/freee/runs')
    await world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': true })
    expect(visitor.page().text).to.include('サブドメインを入力してください')
    for (const address of ['/auth/smarthr/tenant', '/AUTH/smarthr/tenant', '/Auth/SmartHR/Tenant']) {
      const page = await visitor.post(address, { subdomain: 'midori-shokai' })
      expect(page.status, address).to.equal(403)
      expect(page.text, address).to.include('この操作は受け付けられませんでした')
    }
  })

  it('refuses every form without its token, with a wrong one, and from another site', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    const token = fieldsOf(visitor.page().html).find(([name]) => name === '_csrf')?.[1] ?? ''
    const forms = [
      paths.signOut.to(),
      paths.connection.to({ connector: 'freee' }),
      paths.connectionConfirm.to({ connector: 'freee' }),
      paths.connectionEnd.to({ connector: 'freee' }),
      paths.settings.to({ connector: 'freee' }),
      paths.newAccessToken.to({ connector: 'money-forward' }),
      paths.accessTokenEnd.to({ connector: 'money-forward', token: runId }),
      paths.step.to({ id: runId, step: 'date' }),
      paths.step.to({ id: runId, step: 'select' }),
      paths.step.to({ id: runId, step: 'confirm' }),
      paths.cancelRun.to({ id: runId }),
      paths.retryRun.to({ id: runId }),
    ]
    for (const form of forms) {
      expect((await visitor.post(form, {})).status, form).to.equal(403)
      expect((await visitor.post(form, { _csrf: 'wrong' })).status, form).to.equal(403)
      expect((await visitor.post(form, { _csrf: token }, { origin: 'https://evil.example' })).status, form).to.equal(
        403,
      )
      expect((await visitor.post(form, { _csrf: token }, { 'sec-fetch-site': 'cross-site' })).status, form).to.equal(
        403,
      )
    }
    expect((await visitor.get('/freee')).text).to.include('連携中')
  })

  it('answers 404 for anything of another company, on every route', async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    const ours = await world.connected()
    const runId = await toSelection(ours, 'employees-from-smarthr')
    await syncEverybody(ours)
    await reportOf(ours, runId)

    await connectMoneyForward(ours)
    const feedToken = await issueToken(ours)
    const { rows } = await world.container.ownerPool.query<{ id: string }>('select id from access_tokens')
    const accessToken = paths.accessTokenEnd.to({ connector: 'money-forward', token: rows[0]?.id ?? '' })

    const theirs = await world.signedIn('taro@aozora.example')
    const token = fieldsOf(theirs.page().html).find(([name]) => name === '_csrf')?.[1] ?? ''
    const gets = [
      paths.report.to({ id: runId }),
      paths.progress.to({ id: runId }),
      paths.errorsCsv.to({ id: runId }),
      accessToken,
      ...['date', 'fetch', 'select', 'confirm', 'anything'].map(step => paths.step.to({ id: runId, step })),
    ]
    const posts = [
      ...['date', 'select', 'confirm'].map(step => paths.step.to({ id: runId, step })),
      paths.cancelRun.to({ id: runId }),
      paths.retryRun.to({ id: runId }),
      accessToken,
    ]
    for (const url of gets) {
      const page = await theirs.get(url)
      expect(page.status, url).to.equal(404)
      expect(page.text).not.to.include('みどり商会')
    }
    for (const url of posts) expect((await theirs.post(url, { _csrf: token })).status, url).to.equal(404)
    expect((await theirs.get('/freee')).text)
      .to.include('連携していません')
      .and.not.include('0123456789')
    expect((await theirs.get(paths.accessTokens.to({ connector: 'money-forward' }))).text).to.include(
      'アクセストークンはありません',
    )
    const stillGood = await fetch(`${world.appUrl}${paths.feed.to()}/employees`, {
      headers: { authorization: `Bearer ${feedToken}` },
    })
    expect(stillGood.status, 'the token is known, and nothing is published').to.equal(404)
    expect((await theirs.get('/freee/runs')).text).to.include('連携レポートはありません')
  })

  it('shows no row to a query that names no company, or the wrong one', async () => {
    const { container } = world
    const { rows } = await container.ownerPool.query<{ id: string; subdomain: string }>(
      'select id, subdomain from tenants',
    )
    const aozora = rows.find(row => row.subdomain === 'aozora-kogyo')
    const tables = [
      'admins',
      'smarthr_grants',
      'connections',
      'links',
      'runs',
      'run_items',
      'run_staging',
      'run_outcomes',
      'run_results',
      'mails',
      'access_tokens',
    ]
    for (const table of tables) {
      const seen = (await container.db(table).count('* as n').first()) as { n: number }
      expect(seen.n, `${table} without a company`).to.equal(0)
    }
    const foreign = await container.db.transaction(async trx => {
      await trx.raw(`select set_config('app.tenant_id', ?, true)`, [aozora?.id ?? ''])
      return (await trx('runs').count('* as n').first()) as { n: number }
    })
    expect(foreign.n).to.equal(0)
  })

  it('answers 404 to ids that are none, with a page in Japanese', async () => {
    const visitor = await world.signedIn()
    for (const url of [
      '/runs/1',
      '/runs/00000000-0000-4000-8000-000000000000',
      '/nobody',
      '/freee/nothing',
      '/runs/x/date',
    ]) {
      const page = await visitor.get(url)
      expect(page.status, url).to.equal(404)
      expect(page.text).to.include('お探しのページは見つかりませんでした')
    }
  })

  it('seals people and tokens in the database', async () => {
    const { rows } = await world.container.ownerPool.query<{ all: string }>(
      `select coalesce(string_agg(i::text, ''), '') || (select coalesce(string_agg(c::text, ''), '') from connections c) ||
         (select coalesce(string_agg(g::text, ''), '') from smarthr_grants g) as all
       from run_items i`,
    )
    const all = rows[0]?.all ?? ''
    const state = (await world.control('GET', '/state?service=smarthr')) as {
      tenants: { crews: { tel_number: string | null; basic_pension_number: string | null }[] }[]
    }
    const secrets = state.tenants.flatMap(tenant =>
      tenant.crews.flatMap(crew => [crew.tel_number ?? [], crew.basic_pension_number ?? []].flat()),
    )

    expect(all).to.include('v2.k1.').and.not.include('shr_oauth_').and.not.include('bank_accounts')
    expect(secrets.length).to.be.greaterThan(50)
    expect(secrets.filter(secret => all.includes(secret))).to.deep.equal([])
  })

  it('takes no form larger than it needs to be', async () => {
    const visitor = await world.signedIn()
    const page = await visitor.post('/freee/connection', { accountCode: 'x'.repeat(200_000) })

    expect(page.status).to.equal(413)
  })

  it('makes no run of a look at the address where one begins, from wherever it comes', async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    const visitor = await world.connected()
    const runs = async () => (await world.container.ownerPool.query('select from runs')).rowCount
    const from = { 'sec-fetch-site': 'cross-site', referer: 'https://evil.example/' }
    for (const flow of ['employees-from-smarthr', 'employees-to-smarthr', 'salary-payslips', 'bonus-payslips']) {
      const page = await visitor.get(`/freee/runs/new?flow=${flow}`, from)
      expect(page.status, flow).to.equal(200)
    }
    expect((await visitor.get('/freee/runs/new?flow=nothing')).status).to.equal(404)
    const address = '/freee/runs/new'
    const order = { flow: 'employees-from-smarthr', how: 'steps' }
    expect((await visitor.post(address, order)).status).to.equal(403)
    expect(await runs()).to.equal(0)
    await visitor.get('/freee/runs/new?flow=employees-from-smarthr')
    expect(visitor.page().text).to.include('情報取得基準日')
    const again = await visitor.press('次へ', { referenceDate: '2026/02/30' })
    expect(again.status).to.equal(422)
    expect(again.html).to.include('value="2026/02/30"')
    expect(await runs(), 'bad input makes none either').to.equal(0)
    const twin = visitor.twin()
    await Promise.all([visitor, twin].map(one => one.press('次へ', { referenceDate: '2026-11-01' })))

    expect(visitor.page().url).to.match(/\/runs\/[0-9a-f-]{36}\/(fetch|select)$/)
    expect(await runs(), 'pressed twice at once').to.equal(1)
  })

  it('slows down whoever tries credentials at a service, and whoever sends confirmations, without end', async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    const visitor = await world.signedIn()
    await visitor.get('/king-of-time/connection')
    const tries = async (url: string, times: number, fields: Record<string, string>) => {
      const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html) ?? []
      const statuses: number[] = []
      for (let n = 0; n < times; n += 1) {
        const page = await visitor.post(url, { _csrf: token, ...fields })
        statuses.push(page.status)
        if (page.status === 429) break
      }
      return statuses
    }
    const guesses = await tries('/King-of-Time/CONNECTION', 32, { accessToken: 'guess' })
    expect(guesses).to.have.length(31)
    expect(guesses.at(-1)).to.equal(429)
    expect(visitor.page().text).to.include('連携設定の操作が短時間に多く行なわれた')
    const asked = (await world.calls('king-of-time')).length
    await visitor.get('/freee/connection')
    expect(await tries('/freee/connection/disconnect', 1, {}), 'for every service together').to.deep.equal([429])
    expect(await world.calls('king-of-time')).to.have.length(asked)
    await visitor.get('/')
    expect(await tries('/runs/00000000-0000-4000-8000-000000000000/confirm', 62, {})).to.have.length(61)
    const other = await world.signedIn('taro@aozora.example', '/king-of-time/connection')
    expect((await other.press('登録する', { accessToken: 'guess' })).status).not.to.equal(429)
  })

  it('slows down whoever begins signing in too often', async () => {
    const statuses = new Set<number>()
    for (let tries = 0; tries < 70; tries += 1) {
      statuses.add((await fetch(`${world.appUrl}/auth/smarthr`, { redirect: 'manual' })).status)
    }
    await world.container.ownerPool.query('truncate sign_in_limits')

    expect(statuses).to.include(429)
  })

  it('sends somebody whose session ended in the wizard to sign in and back to the step, with the selection intact', async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await visitor.press('select-all')
    const chosen = /(\d+)名の従業員が選択されています/.exec(visitor.page().text)?.[1]
    await world.container.ownerPool.query('truncate sessions')

    const page = await visitor.press('確認')
    expect(page.text).to.include('自動でログアウトしました')
    const href = /href="([^"]*returnTo[^"]*)"/.exec(page.html)?.[1] ?? ''
    await visitor.get(href.replaceAll('&amp;', '&'))
    if (visitor.page().text.includes('ログイン')) {
      await visitor
        .press('ログイン', { email: 'hanako@midori.example', password: 'renkei-demo' })
        .catch(() => undefined)
    }
    await visitor.press('許可する')
    expect(visitor.page().url).to.include(`/runs/${runId}/select`)
    expect(visitor.page().text).to.include(`${chosen}名の従業員が選択されています`)
  })

  it('starts one run, whoever presses 同期 how often and in how many tabs', async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    const hanako = await world.connected()
    const jiro = await world.signedIn('jiro@midori.example')
    const first = await toSelection(hanako, 'employees-to-smarthr')
    await hanako.press('select-all')
    await hanako.press('確認')
    const other = await toSelection(jiro, 'employees-to-smarthr')
    await jiro.press('select-all')
    await jiro.press('確認')
    await world.stopWorker()

    const form = { ...Object.fromEntries(fieldsOf(hanako.page().html)), ...countAsked(hanako) }
    const theirs = { ...Object.fromEntries(fieldsOf(jiro.page().html)), ...countAsked(jiro) }
    const pages = await Promise.all([
      hanako.post(`/runs/${first}/confirm`, form),
      hanako.post(`/runs/${first}/confirm`, form),
      jiro.post(`/runs/${other}/confirm`, theirs),
    ])
    const { rows } = await world.container.ownerPool.query<{ n: number }>(
      `select count(*) as n from runs where state in ('queued', 'running')`,
    )
    await world.startWorker()

    expect(rows[0]?.n).to.equal(1)
    expect(pages.map(page => page.text).join(' ')).to.match(/すでに受付済みです|同期処理を実行中です/)
  })

  it('tells a stale page that the plan has changed', async () => {
    await world.reset()
    const visitor = await world.signedIn()
    await connectFreee(visitor)
    const runId = await toSelection(visitor, 'employees-to-smarthr', '2026-11-01')
    const stale = Object.fromEntries(fieldsOf(visitor.page().html)) as Record<string, string>
    await visitor.get(`/runs/${runId}/date`)
    await visitor.press('次へ', { referenceDate: '2026-11-20' })
    for (let tries = 0; tries < 200 && !visitor.page().url.includes('/select'); tries += 1) {
      await visitor.get(`/runs/${runId}/fetch`)
    }
    const page = await visitor.post(`/runs/${runId}/select`, { ...stale, op: 'select-all' })

    expect(page.text)
      .to.include('対象が変わりました。内容を確認してください。')
      .and.include('従業員が選択されていません')
  })
})
