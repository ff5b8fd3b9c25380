import { expect } from 'chai'
import type { Visitor } from '../helpers/visitor.js'
import { aDeclaration, anEmployee, startFeed, TOKEN, type Feed } from './money-forward.feed.js'
import { MIDORI, startMoneyForwardWorld, type MoneyForwardWorld } from './money-forward.world.js'

const OWNER = { email: 'owner@money-forward.example', password: 'renkei-demo' }
const ADMIN = '/money-forward/admin'

describe("クラウド給与's admin site", () => {
  let world: MoneyForwardWorld
  let feed: Feed
  before(async () => {
    feed = await startFeed()
    world = await startMoneyForwardWorld(feed.url)
  })
  after(async () => {
    await world.close()
    await feed.close()
  })
  beforeEach(async () => {
    await world.reset()
    feed.clear()
  })

  const enter = async (): Promise<Visitor> => {
    const visitor = world.visitor()
    await visitor.get(ADMIN)
    await visitor.press('ログインする', OWNER)
    return visitor
  }
  const connected = async (token = TOKEN): Promise<Visitor> => {
    const visitor = await enter()
    await visitor.get(`${ADMIN}/connections`)
    await visitor.press('登録する', { subdomain: 'midori-shokai', access_token: token })
    return visitor
  }

  it('asks who one is, and forgets it again', async () => {
    const visitor = world.visitor()
    expect((await visitor.get(`${ADMIN}/employees`)).url).to.match(/\/login$/)
    expect((await visitor.press('ログインする', { ...OWNER, password: 'wrong' })).status).to.equal(401)
    expect((await visitor.press('ログインする', OWNER)).text).to.include('株式会社みどり商会')
    await visitor.press('ログアウト')
    expect((await visitor.get(`${ADMIN}/connections`)).url).to.match(/\/login$/)
  })

  it('shows each owner the API KEY of their own office', async () => {
    const visitor = await enter()
    const { text } = await visitor.get(`${ADMIN}/connections`)
    expect(text).to.include('外部システム連携用識別子').and.include(`API KEY ${MIDORI}`).and.include('未連携')

    const other = world.visitor()
    await other.get(`${ADMIN}/login`)
    await other.press('ログインする', { ...OWNER, email: 'owner-aozora@money-forward.example' })
    expect((await other.get(`${ADMIN}/connections`)).text)
      .to.include('青空工業')
      .and.not.include(MIDORI)
  })

  it('registers the connection to SmartHR and never shows the token again', async () => {
    const visitor = await connected()
    expect(visitor.page().text).to.include('SmartHRとの連携を更新しました').and.include('連携中')
    const again = await visitor.get(`${ADMIN}/connections`)
    expect(again.text).not.to.include('更新しました')
    expect(again.html).to.include(`value="${feed.url}"`).and.not.include(TOKEN)
    const log = JSON.stringify(await world.control('GET', '/requests?service=money-forward'))
    expect(log).to.include('midori-shokai').and.not.include(TOKEN)
  })

  it('says when the form is incomplete, and keeps what was typed', async () => {
    const visitor = await enter()
    await visitor.get(`${ADMIN}/connections`)
    const page = await visitor.press('登録する', { subdomain: 'midori-shokai', access_token: ' ' })
    expect(page.status).to.equal(422)
    expect(page.html).to.include('value="midori-shokai"')
    expect(page.text).to.include('正しく入力してください。').and.include('未連携')
  })

  it('imports employees and shows each with every field', async () => {
    feed.publish({ employees: [anEmployee({ occupation: '<b>営業</b>' })] })
    const visitor = await connected()
    await visitor.get(`${ADMIN}/employees/import`)
    const { text, html } = await visitor.press('取り込む')

    expect(text).to.include('完了').and.include('追加 1件、更新 0件、対象外 0件、エラー 0件')
    expect(text).to.include('0001 山田 太郎').and.include('入社年月日 2020-04-01').and.include('続柄 妻（女）')
    expect(text).to.include('口座名 みずほ銀行 本店').and.include('外国人 いいえ')
    expect(html).not.to.include('<b>営業')
    expect((await visitor.press('更新')).text).to.include('追加 0件、更新 1件')
  })

  it('imports year-end results of the year asked for', async () => {
    await world.switches({ employees: [{ employee_code: '0001' }] })
    feed.publish({ declarations: [aDeclaration()] })
    const visitor = await connected()
    await visitor.get(`${ADMIN}/year-end`)
    expect((await visitor.press('取り込む', { year: '令和8' })).status).to.equal(422)
    const { text } = await visitor.press('取り込む', { year: '2026' })

    expect(text).to.include('追加 1件').and.include('2026年 0001 山田 太郎').and.include('株式会社前職')
    expect(feed.pages()).to.deep.equal(['year_end_adjustments/2026 1 -'])
  })

  it('says when the access token does not reach', async () => {
    const visitor = await connected('revoked')
    await visitor.get(`${ADMIN}/employees`)
    expect((await visitor.press('更新')).text)
      .to.include('失敗')
      .and.include('リソースへのアクセスが禁止されています')
  })
})
