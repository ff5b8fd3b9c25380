import { expect } from 'chai'
import { createApp } from '../../server/app.js'
import { fieldsOf, type Visitor } from '../helpers/visitor.js'
import { connectFreee } from '../helpers/connecting.js'
import { ADMIN_NAME, PASSWORD, useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const GREEN = '123'
const OTHER = '124'

describe('連携確認画面', () => {
  const world = useWorld({ worker: false, walks: true, once: true })
  beforeEach(() => world.reset())

  /** From the form to 連携確認画面, for one of the two companies of freee's demo owner. */
  const toConfirm = async (visitor: Visitor, company: string) => {
    await visitor.get('/freee/connection')
    await visitor.press('連携開始', { accountCode: company === GREEN ? '0123456789' : '01234567af' })
    if (visitor.page().html.includes('type="password"'))
      await visitor.press('ログイン', { email: 'owner@freee.example', password: PASSWORD })
    await visitor.press('次へ', { company_id: company })
    await visitor.press('許可する')
    expect(visitor.page().url).to.include('/freee/connection/confirm')
    return visitor
  }
  const agree = { account: 'yes', notes: 'yes' }
  const connections = async () => {
    const { rows } = await world.container.ownerPool.query<{ state: string; account_code: string }>(
      'select state, account_code from connections order by created_at',
    )
    return rows.map(row => `${row.state} ${row.account_code}`)
  }

  it('connects nothing before ［連携する］', async () => {
    const visitor = await toConfirm(await world.signedIn(), GREEN)

    expect(await connections()).to.deep.equal(['pending 0123456789'])
    expect((await visitor.get('/freee')).text).to.include('未連携')
    expect((await visitor.get('/')).text).to.include('連携をはじめる')
  })

  it('drops the tokens of whoever does not press ［連携する］ within half an hour', async () => {
    const visitor = await toConfirm(await world.signedIn(), GREEN)
    await world.container.ownerPool.query(`update connections set created_at = created_at - interval '29 minutes'`)
    await world.container.housekeeping()
    expect(await connections()).to.deep.equal(['pending 0123456789'])
    await world.container.ownerPool.query(`update connections set created_at = created_at - interval '2 minutes'`)
    await world.container.housekeeping()

    const page = await visitor.press('連携する', agree)
    expect(page.status).to.equal(409)
    expect(page.text).to.include('もう一度、連携を開始してください')
    expect(await connections()).to.deep.equal([])
  })

  it('connects only the company that the page showed, whatever another tab did since', async () => {
    const visitor = await toConfirm(await world.signedIn(), GREEN)
    const first = Object.fromEntries(fieldsOf(visitor.page().html)) as Record<string, string>
    await toConfirm(visitor, OTHER)

    const page = await visitor.post('/freee/connection/confirm', { ...first, ...agree })
    expect(page.status).to.equal(409)
    expect(await connections()).to.deep.equal(['pending 01234567af'])
  })

  it('lets one of two administrators win who connect different companies at the same time', async () => {
    const hanako = await toConfirm(await world.signedIn(), GREEN)
    const jiro = await toConfirm(await world.signedIn('jiro@midori.example'), OTHER)
    const pages = await Promise.all([hanako.press('連携する', agree), jiro.press('連携する', agree)])

    expect(pages.map(page => page.status).sort()).to.deep.equal([200, 409])
    expect(pages.find(page => page.status === 409)?.text).to.include('すでに別の事業所と連携しています')
    expect((await connections()).filter(entry => entry.startsWith('active'))).to.have.length(1)
  })

  it('takes two administrators who connect the same company at the same time for one connection', async () => {
    const hanako = await toConfirm(await world.signedIn(), GREEN)
    const jiro = await toConfirm(await world.signedIn('jiro@midori.example'), GREEN)
    const pages = await Promise.all([hanako.press('連携する', agree), jiro.press('連携する', agree)])

    expect(pages.map(page => page.status)).to.deep.equal([200, 200])
    expect(await connections()).to.deep.equal(['active 0123456789'])
  })

  it('takes a double click on ［連携する］ for one', async () => {
    const visitor = await toConfirm(await world.signedIn(), GREEN)
    const form = Object.fromEntries(fieldsOf(visitor.page().html)) as Record<string, string>
    const url = '/freee/connection/confirm'
    const send = () => visitor.post(url, { ...form, ...agree })
    const pages = [...(await Promise.all([send(), send()])), await send()]

    expect(pages.map(page => page.status)).to.deep.equal([200, 200, 200])
    expect(pages[2]?.text).to.include('連携中')
    expect(await connections()).to.deep.equal(['active 0123456789'])
  })

  it('belongs to the administrator who gave consent, and to no other company', async () => {
    const owner = await toConfirm(await world.signedIn(), GREEN)
    const connection = fieldsOf(owner.page().html).find(([name]) => name === 'connection')?.[1] ?? ''
    expect(connection).to.have.length(36)
    for (const email of ['jiro@midori.example', 'taro@aozora.example']) {
      const other = await world.signedIn(email)
      const page = await other.get('/freee/connection/confirm')
      expect(page.url, email).to.match(/\/freee\/connection$/)
      expect(page.text).not.to.include('0123456789')
      const token = fieldsOf(page.html).find(([name]) => name === '_csrf')?.[1] ?? ''
      await other.post('/freee/connection/confirm', { _csrf: token, ...agree, connection })
    }

    expect(await connections()).to.deep.equal(['pending 0123456789'])
  })

  for (const [what, query] of [
    ['without state', '?code=x'],
    ['with a made-up state', '?code=x&state=madeup'],
    ['with nothing', ''],
    ['with an array as code', '?code=x&code=y&state=z'],
  ] as const) {
    it(`asks for a new start when freee's redirect comes ${what}`, async () => {
      const visitor = await world.signedIn()
      const page = await visitor.get(`/freee/connection/callback${query}`)

      expect(page.status).to.equal(403)
      expect(page.text).to.include('もう一度、連携を開始してください')
      expect(await connections()).to.deep.equal([])
    })
  }

  it('says what to do when freee can not be reached after consent, or answers nonsense', async () => {
    const faults = [
      { path: '/public_api/token', status: 503, body: '<html>maintenance</html>' },
      { path: '/public_api/token', status: 200, body: { token_type: 'bearer' } },
      { path: '/public_api/token', truncate: true },
      { path: '/api/v1/users/me', status: 502, body: '<html>bad gateway</html>' },
      { path: '/api/v1/users/me', status: 200, body: { id: 1 } },
    ]
    for (const fault of faults) {
      await world.reset()
      await world.control('DELETE', '/faults')
      await world.control('POST', '/faults', { service: 'freee', ...fault })
      const visitor = await world.signedIn()
      await visitor.get('/freee/connection')
      await visitor.press('連携開始', { accountCode: '0123456789' })
      await visitor.press('ログイン', { email: 'owner@freee.example', password: PASSWORD })
      await visitor.press('次へ', { company_id: GREEN })
      const page = await visitor.press('許可する')

      expect(page.status, JSON.stringify(fault)).to.be.oneOf([502, 503])
      expect(page.text, JSON.stringify(fault)).to.match(/時間をおいて/)
      expect(page.text).to.include('連携開始')
      expect(await connections()).to.deep.equal([])
    }
    await world.control('DELETE', '/faults')
  })
})

describe('連携状況の編集', () => {
  const world = useWorld({ worker: false, walks: true, limitsOff: ['smarthr'] })
  const told = async (act: string) => {
    const { rows } = await world.container.ownerPool.query<{ n: number }>(
      'select count(*)::int as n from audit_events where act = $1',
      [act],
    )
    return rows.map(({ n }) => n)
  }

  it('says which company is connected, by whom and since when', async () => {
    const visitor = await world.connected()
    const page = await visitor.get('/freee/connection')

    expect(page.text).to.include('0123456789').and.include(ADMIN_NAME)
    expect(page.text).to.match(/連携日時 \d{4}\/\d{2}\/\d{2} \d{2}:\d{2}/)
  })

  it('renews the same connection with ［再連携する］, so that links and settings go on', async () => {
    const visitor = await world.connected()
    const before = await world.container.ownerPool.query<{ id: string; credentials: string }>(
      `update connections set state = 'reconnect_needed' returning id, credentials`,
    )
    expect((await visitor.get('/')).text).to.include('再連携が必要')
    expect((await visitor.get('/freee')).text).to.include('再連携が必要')
    await visitor.get('/freee/connection')
    await visitor.press('再連携する')
    await visitor.press('次へ', { company_id: GREEN })
    await visitor.press('許可する')
    await visitor.press('連携する', { account: 'yes', notes: 'yes' })

    expect(visitor.page().text).to.include('freee人事労務連携に成功しました').and.include('連携中')
    expect(visitor.page().text).not.to.include('先にエクスポート設定を保存してください')
    const after = await world.container.ownerPool.query<{ id: string; credentials: string; state: string }>(
      'select id, credentials, state from connections',
    )
    expect(after.rows).to.have.length(1)
    expect(after.rows[0]).to.include({ id: before.rows[0]?.id, state: 'active' })
    expect(after.rows[0]?.credentials).not.to.equal(before.rows[0]?.credentials)
  })

  it('disconnects what its page has shown, and nothing that has come into force meanwhile', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/connection/disconnect')
    const late = visitor.twin()
    await visitor.press('解除', { sure: 'yes' })
    await connectFreee(visitor)
    const page = await late.press('解除', { sure: 'yes' })

    expect(page.status).to.equal(409)
    expect(page.text).to.include('表示していた連携は、すでに解除されています。')
    expect((await visitor.get('/freee/connection')).text).to.include('連携中')
  })

  it('is told once in 操作履歴, however often a button is pressed, and not at all where nothing was there', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/connection/disconnect')
    const [before] = await told('unlink')
    const twins = Array.from({ length: 5 }, () => visitor.twin())
    await Promise.all(twins.map(twin => twin.press('解除', { sure: 'yes' })))
    expect((await told('unlink'))[0]).to.equal((before ?? 0) + 1)

    const token = /name="_csrf" value="([^"]+)"/.exec((await visitor.get('/freee')).html)?.[1] ?? ''
    await visitor.post('/freee/connection/confirm/cancel', { _csrf: token })
    expect(await told('link.dropped')).to.deep.equal([0])
  })

  it('does not disconnect while people are being synced', async () => {
    const visitor = await world.connected()
    await world.startWorker()
    await toSelection(visitor, 'employees-to-smarthr')
    await world.stopWorker()
    await syncEverybody(visitor)
    await visitor.get('/freee/connection/disconnect')
    const page = await visitor.press('解除', { sure: 'yes' })

    expect(page.status).to.equal(409)
    expect(page.text).to.include('同期処理を実行中のため、連携を解除できません')
    expect((await visitor.get('/freee')).text).to.include('連携中')
  })

  for (const fault of [{ status: 500 }, { drop: true }]) {
    it(`disconnects though freee does not take the revocation (${JSON.stringify(fault)})`, async () => {
      const visitor = await world.connected()
      await world.control('POST', '/faults', { service: 'freee', path: '/public_api/revoke', ...fault })
      await visitor.get('/freee/connection/disconnect')
      const page = await visitor.press('解除', { sure: 'yes' })
      await world.control('DELETE', '/faults')

      expect(page.text).to.include('freee人事労務連携を解除しました').and.include('連携していません')
    })
  }

  it('answers 404 to what is not connected, and to services that are not there', async () => {
    const visitor = await world.signedIn()
    expect((await visitor.get('/freee/connection/disconnect')).status).to.equal(404)
    const token = fieldsOf((await visitor.get('/freee/connection')).html).find(([name]) => name === '_csrf')?.[1] ?? ''
    expect((await visitor.post('/freee/connection/disconnect', { _csrf: token, sure: 'yes' })).status).to.equal(404)
    for (const path of ['connection', 'connection/confirm', 'connection/callback', 'connection/disconnect', 'settings'])
      for (const connector of ['nosuch', '__proto__', 'constructor', '%3Cscript%3E'])
        expect((await visitor.get(`/${connector}/${path}`)).status, `${connector}/${path}`).to.equal(404)
  })

  it("shows one company nothing of another's connection and settings", async () => {
    await world.connected()
    const theirs = await world.signedIn('taro@aozora.example')
    for (const path of ['/freee', '/freee/connection', '/freee/settings', '/'])
      expect((await theirs.get(path)).text, path).not.to.match(/0123456789|固定時間|連携中/)
    expect((await theirs.get('/freee/connection/disconnect')).status).to.equal(404)
  })

  it('keeps the same connection for every process of the app', async () => {
    const visitor = await world.connected()
    const app = createApp(world.container)
    const server = app.listen(0)
    const { port } = server.address() as { port: number }
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(`http://localhost:${port}/freee`, { headers: { cookie, accept: 'text/html' } })
    const page = await answer.text()
    server.closeAllConnections()
    server.close()

    expect(page).to.include('連携中')
  })

  it('asks again for the settings of another company only', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/connection/disconnect')
    await visitor.press('解除', { sure: 'yes' })
    const page = await connectFreee(visitor)

    expect(page.text).not.to.include('先にエクスポート設定を保存してください')
  })
})
