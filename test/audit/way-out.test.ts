import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { issueToken } from '../helpers/connecting.js'
import { dumpOf } from '../helpers/dump.js'
import { NOON } from '../helpers/attendance.js'
import { fieldsOf, type Page, type Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { projectRoot } from '../../server/platform/root.js'
import { ADMIN, ADMIN_NAME, PASSWORD, useWorld } from '../helpers/world.js'

const COMPANY = '株式会社みどり商会'

describe('the way out', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr', 'freee', 'money-forward'] })

  const everything = async (): Promise<string> => (await dumpOf(world)).join('\n')
  const first = async (sql: string) =>
    (await world.container.ownerPool.query<{ text: string }>(sql)).rows[0]?.text ?? ''

  /** A company with a finished run, a snapshot on offer, links, tokens and a job that waits. */
  const busy = async (): Promise<Visitor> => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await connectToo(visitor)
    return visitor
  }
  const connectToo = async (visitor: Visitor) => {
    await visitor.get('/money-forward/connection')
    await visitor.press('登録', { apiKey: '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37' })
    await issueToken(visitor, { name: 'わたしのトークン', memo: '覚え書き' })
    await toSelection(visitor, 'employees', undefined, 'money-forward')
    await visitor.press(visitor.page().html.includes('value="select-all"') ? 'select-all' : 'select-page')
    await visitor.press('確認')
    await visitor.press('公開')
  }
  const ask = async (visitor: Visitor, company = COMPANY) => {
    await visitor.get('/company/deletion')
    return visitor.press('すべて削除する', { company })
  }
  const mails = async () => (await world.mails()).filter(({ subject }) => /データ/.test(subject))
  const days = (n: number, sql: string) => world.container.ownerPool.query(sql, [n])

  it('says what goes and what stays, and takes nothing but the company’s own name', async () => {
    const visitor = await world.connected()
    const page = await visitor.get('/company/deletion')
    expect(page.text).to.include('削除されるもの').and.include('管理者の情報 1名').and.include('残るもの')

    expect((await ask(visitor, '')).text).to.include('企業名が入力されていません。')
    expect((await ask(visitor, 'みどり商会')).status).to.equal(422)
    expect((await visitor.post('/company/deletion', { company: COMPANY })).status).to.equal(403)
    await world.container.housekeeping()
    expect((await visitor.get('/freee')).text).to.include(COMPANY)
  })

  it('leaves nothing of a company in any table once it is deleted', async () => {
    const visitor = await busy()
    await world.signedIn('taro@aozora.example')
    const canaries = [
      COMPANY,
      ADMIN,
      ADMIN_NAME,
      'わたしのトークン',
      '覚え書き',
      '山田 誠',
      await first(`select key as text from run_items where length(key) > 5 limit 1`),
      await first(`select source_id as text from run_items where length(source_id) > 5 limit 1`),
      await first('select smarthr_id as text from links limit 1'),
      await first('select credentials as text from smarthr_grants limit 1'),
      await first(`select credentials as text from connections where credentials is not null limit 1`),
      await first(`select id::text as text from tenants where name = '${COMPANY}'`),
      await first(`select encode(hash, 'hex') as text from access_token_hashes limit 1`),
    ]
    const before = await everything()
    expect(canaries.filter(canary => canary === '' || !before.includes(canary))).to.deep.equal([])

    await ask(visitor)
    expect(visitor.page().text).to.include('企業データの削除を受け付けました')
    await world.container.housekeeping()
    const after = await everything()

    expect(canaries.filter(canary => after.includes(canary))).to.deep.equal([])
    expect(after).to.include('青空').and.include('taro@aozora.example')
    const { rows } = await world.container.ownerPool.query<{ details: Record<string, unknown> }>(
      `select details from audit_events where act = 'company.deleted' and tenant_id is null`,
    )
    expect(rows.map(({ details }) => details.subdomain)).to.deep.equal(['midori-shokai'])
    expect((await visitor.get('/freee')).url).to.include('/smarthr/oauth/authorization')
  })

  it('tells every administrator by mail how much went, and the services that their tokens are not used any more', async () => {
    const visitor = await busy()
    await world.signedIn('jiro@midori.example')
    await ask(visitor)
    await world.container.housekeeping()
    const sent = await mails()

    expect(sent.flatMap(({ to }) => to)).to.have.members([ADMIN, 'jiro@midori.example'])
    expect(sent[0]?.text)
      .to.include('管理者の情報: 2名')
      .and.include('連携（認証情報を含む）: 2件')
      .and.match(/履歴: 2件/)
    const revoked = async (service: string) =>
      (await world.calls(service)).filter(({ path }) => path.endsWith('/revoke')).map(({ status }) => status)
    expect(await revoked('freee')).to.deep.equal([200])
    expect(await revoked('smarthr')).to.deep.equal([200, 200])
  })

  describe('between the confirmation and the deletion', () => {
    beforeEach(() => world.stopWorker())
    afterEach(() => world.startWorker())

    const events = async (acts: string) =>
      (await world.container.ownerPool.query(`select from audit_events where act ~ $1`, [acts])).rowCount
    const fetched = (token: string) =>
      fetch(`${world.appUrl}/feed/v1/employees`, { headers: { authorization: `Bearer ${token}` } })
    const expectGoing = (page: Page, where: string) => {
      expect(page.status, where).to.equal(403)
      expect(page.text, where)
        .to.include('企業データを削除しています')
        .and.include('数分以内に完了し')
        .and.include('SmartHR PlusのアプリページでRenkeiの［連携をはじめる］を押し')
        .and.not.match(/同期を開始|アプリを開く|連携中/)
    }

    it('shows whoever signs in, or is signed in, that the data go, and nothing else', async () => {
      await world.startWorker()
      const visitor = await busy()
      await world.stopWorker()
      const jiro = await world.signedIn('jiro@midori.example')
      await jiro.get('/freee/connection')
      const form = Object.fromEntries(fieldsOf(jiro.page().html)) as Record<string, string>
      const runId = await first(`select id::text as text from runs where connector = 'freee'`)
      await ask(visitor)
      const before = await events('.')

      const hanako = await world.signedIn(ADMIN, '/freee')
      expectGoing(hanako.page(), 'after the sign-in')
      const pages = ['/', '/freee', '/freee/runs', '/freee/connection', '/company/deletion', '/audit', `/runs/${runId}`]
      for (const who of [hanako, jiro]) for (const at of pages) expectGoing(await who.get(at), at)
      const files = ['/audit/events.csv', `/runs/${runId}/errors.csv`, `/runs/${runId}/errors.csv?all=1`]
      for (const file of files) expectGoing(await jiro.get(file), file)
      const progress = await jiro.get(`/runs/${runId}/progress`, { accept: 'application/json' })
      expect(progress.status).to.equal(403)
      expect(await events('.'), 'the one sign-in is all that was done').to.equal((before ?? 0) + 1)
      const forms = ['/freee/connection', '/freee/connection/disconnect', '/freee/settings', `/runs/${runId}/retry`]
      for (const to of [...forms, '/freee/runs/new?flow=employees-to-smarthr', '/company/deletion'])
        expectGoing(await jiro.post(to, { ...form, accountCode: '0123456789', company: COMPANY }), to)
      expect(await events('.')).to.equal((before ?? 0) + 1)

      const taro = await world.signedIn('taro@aozora.example')
      expect(taro.page().text).to.include('青空').and.not.include('削除しています')
      await world.container.housekeeping()
      const anew = await world.signedIn()
      expect(anew.page().status).to.equal(200)
      expect(anew.page().text).to.include('連携していません')
    })

    it('gives a service nothing any more, by whatever token', async () => {
      await world.startWorker()
      const visitor = await busy()
      await world.stopWorker()
      const token = await issueToken(visitor, { name: 'もう一つ' })
      expect((await fetched(token)).status).to.equal(200)
      await ask(visitor)
      const answer = await fetched(token)

      expect(answer.status).to.equal(401)
      expect(await answer.text())
        .to.include('invalid_token')
        .and.not.include('employee_code')
      expect(await events('^feed.fetched$')).to.equal(1)
    })

    it('lets whoever is signed in go', async () => {
      const visitor = await world.signedIn()
      const twin = visitor.twin()
      await ask(visitor)
      const jiro = await world.signedIn('jiro@midori.example')
      await jiro.press('ログアウト')

      expect(jiro.page().text).to.include('連携をはじめる')
      expect((await twin.get('/freee')).url, 'whoever has asked for it is signed out').to.include('/oauth/')
    })
  })

  it('ends what is at work first, and writes no person afterwards', async () => {
    await world.control('POST', '/faults', {
      service: 'freee',
      method: 'POST',
      path: 'employees',
      delayMs: 300,
      times: 99,
    })
    const visitor = await world.connected()
    await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await ask(visitor)
    const written = async () => (await world.calls('freee')).filter(({ method }) => method === 'POST').length
    const then = await written()
    const { rows } = await world.container.ownerPool.query<{ state: string }>('select state from runs')
    expect(rows, 'at once, not when the data go').to.deep.equal([{ state: 'aborted' }])
    await world.container.housekeeping()
    expect((await world.container.ownerPool.query(`select from tenants`)).rowCount).to.equal(0)
    await new Promise(done => setTimeout(done, 1_500))

    // The call in hand comes to its end; no other begins.
    expect(await written()).to.be.at.most(then + 4)
    expect(world.logs.filter(line => line.includes('"level":"error"'))).to.deep.equal([])
  })

  describe('of a company that has uninstalled the app', () => {
    const refused = async () => {
      await world.container.ownerPool.query(`update smarthr_grants set state = 'reconnect_needed'`)
      await days(8, 'update smarthr_grants set updated_at = updated_at - make_interval(days => $1)')
      await days(8, 'update admins set signed_in_at = signed_in_at - make_interval(days => $1)')
    }
    const later = (n: number) => days(n, 'update company_ends set due_at = due_at - make_interval(days => $1)')
    const tenants = async () => (await world.container.ownerPool.query('select from tenants')).rowCount

    it('begins after seven days of refusals, with a mail and the end of every connection', async () => {
      await world.connected()
      await world.container.ownerPool.query(`update smarthr_grants set state = 'reconnect_needed'`)
      await world.container.housekeeping()
      expect(await first(`select state as text from connections`)).to.equal('active')
      await refused()
      await world.container.housekeeping()
      await world.container.housekeeping()
      await world.container.housekeeping()

      expect(await first(`select state as text from connections`)).to.equal('ended')
      expect((await world.calls('freee')).filter(({ path }) => path.endsWith('/revoke'))).to.have.length(1)
      const sent = await mails()
      expect(sent.map(({ to }) => to)).to.deep.equal([[ADMIN]])
      expect(sent[0]?.text).to.include('以降に削除します')
      expect(await tenants()).to.equal(1)
      await later(31)
      await world.container.housekeeping()
      expect(await tenants()).to.equal(0)
    })

    it('is taken back by a sign-in', async () => {
      await world.connected()
      await refused()
      await world.container.housekeeping()
      await later(31)
      const visitor = world.visitor()
      await visitor.get('/auth/smarthr?returnTo=/freee')
      await visitor.press('ログイン', { email: ADMIN, password: PASSWORD })
      await visitor.press('許可する')
      await world.container.housekeeping()

      expect(await tenants()).to.equal(1)
      expect((await visitor.get('/audit')).text).to.include('再ログインにより、データの削除を取りやめ')
    })

    it('is noticed of one that nobody uses, since SmartHR is asked once a week', async () => {
      await world.connected()
      await days(8, 'update smarthr_grants set updated_at = updated_at - make_interval(days => $1)')
      await world.container.housekeeping()
      expect(await first(`select (updated_at > now() - interval '1 day')::text as text from smarthr_grants`)).to.equal(
        'true',
      )

      await days(8, 'update smarthr_grants set updated_at = updated_at - make_interval(days => $1)')
      await world.control('POST', '/faults', {
        service: 'smarthr',
        path: 'oauth/token',
        status: 400,
        body: { error: 'invalid_grant' },
      })
      await world.container.housekeeping()
      expect(await first('select state as text from smarthr_grants')).to.equal('reconnect_needed')
    })
  })

  it('is open to nobody but the company itself, by the name it has', async () => {
    const visitor = await world.connected()
    await world.signedIn('taro@aozora.example')
    const { db } = world.container
    const id = async (name: string) => first(`select id::text as text from tenants where name ~ '${name}'`)
    const [midori, aozora] = [await id('みどり'), await id('青空')]
    const refused = async (as: string, company: string, name: string) => {
      const attempt = db.transaction(async trx => {
        await trx.raw(`select set_config('app.tenant_id', ?, true)`, [as])
        await trx.raw('select delete_company(?, ?)', [company, name])
      })
      expect(
        await attempt.then(
          () => 'done',
          (error: Error) => error.message,
        ),
      ).to.match(/another company|nobody has asked/)
    }
    await refused(midori, midori, COMPANY)
    await ask(visitor)
    await refused(aozora, midori, COMPANY)
    await refused('', midori, COMPANY)
    await refused(midori, midori, 'another')
  })

  it('is the operator’s by a command, too', async () => {
    await world.connected()
    const command = async (...args: string[]) => {
      const child = spawn(process.execPath, ['--import=tsx', 'server/delete-company.ts', ...args], {
        cwd: projectRoot,
        env: { ...process.env, ...world.environment },
      })
      child.stdin.end('nonsense\n')
      const ended = once(child, 'close')
      const said = await text(child.stdout)
      await ended
      return { said }
    }
    const doubted = await command('midori-shokai')
    expect(doubted.said).to.include('管理者の情報: 1名').and.include('Nothing was deleted.')
    expect((await world.container.ownerPool.query('select from tenants')).rowCount).to.equal(1)
    const done = await command('midori-shokai', '--yes')

    expect(done.said).to.include('midori-shokai was deleted.')
    expect((await world.container.ownerPool.query('select from tenants')).rowCount).to.equal(0)
  })
})

describe('the way out while no mail can leave', () => {
  const world = useWorld({ environment: { SMTP_URL: 'smtp://127.0.0.1:9' } })

  it('waits for it, and is gone without it after a day', async () => {
    const visitor = await world.connected()
    await visitor.get('/company/deletion')
    await visitor.press('すべて削除する', { company: COMPANY })
    const { ownerPool } = world.container
    const left = async () => (await ownerPool.query('select from tenants')).rowCount
    await world.container.housekeeping()
    expect(await left()).to.equal(1)
    await ownerPool.query(`update company_ends set due_at = due_at - interval '2 days'`)
    await world.container.housekeeping()

    expect(await left()).to.equal(0)
  })
})
