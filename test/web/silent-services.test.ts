import { expect } from 'chai'
import { NOON } from '../helpers/attendance.js'
import { makeScope, smarthrOf, type Entry } from '../helpers/scopes.js'
import type { Page, Visitor } from '../helpers/visitor.js'
import { useWorld } from '../helpers/world.js'

const BRAND = 'kinkakuji'
const TABLES = `/${BRAND}/settings/values`
const SCOPES = '/freee/settings/scopes'

describe('a form of settings whose service does not answer', () => {
  const world = useWorld({ worker: false, at: NOON, limitsOff: ['smarthr'] })
  let visitor: Visitor
  let type: Entry
  let department: Entry
  beforeEach(async () => {
    visitor = await world.connected()
    const smarthr = await smarthrOf(world)
    type = (await smarthr.list('employment_types'))[0] ?? { id: '', name: '' }
    department = (await smarthr.list('departments'))[0] ?? { id: '', name: '' }
  })

  const silent = (status: number) =>
    world.control('POST', '/faults', { service: 'smarthr', method: 'GET', path: '/departments', status, body: {} })
  const names = async () =>
    (await world.container.ownerPool.query<{ name: string }>('select name from scopes')).rows.map(({ name }) => name)
  const filledIn = () => ({
    name: '本社の正社員',
    department: [department.id],
    'employment-type': [type.id],
    'employment-type-how': 'except',
    status: ['employed'],
    from: '1',
    to: '999999',
    'number-0': '1001',
    'reason-0': '長期出張のため',
    preset: ['employees-to-smarthr'],
  })

  const saysThatNothingIsSaved = ({ status, text }: Page) => {
    expect(status).to.be.greaterThan(399)
    expect(text).to.include('対象範囲は保存していません。入力した内容は、この画面に残しています。')
  }

  for (const button of ['save', 'count'])
    for (const status of [500, 403])
      it(`keeps all of a 対象範囲 that was filled in when SmartHR answers ${status} to ［${button}］`, async () => {
        await visitor.get(`${SCOPES}/new`)
        await silent(status)
        saysThatNothingIsSaved(await visitor.press(button, filledIn()))
        expect(visitor.page().html).to.include('value="長期出張のため"')
        expect(visitor.page().text).to.include('選択していた1件は、そのまま残しています。')
        saysThatNothingIsSaved(await visitor.press(button))
        expect(await names()).to.deep.equal([])

        await world.control('DELETE', '/faults')
        const again = await visitor.press('count', { 'number-0': '', 'reason-0': '' })
        expect(again.text).to.include('条件に当てはまる従業員は')
        const { html } = await visitor.press('save')
        expect(await names()).to.deep.equal(['本社の正社員'])
        expect(html).to.include('を除く')
        expect(visitor.page().text).to.include(`部署：${department.name}`).and.include('社員番号：1から999999まで')
      })

  it('keeps the changes to a 対象範囲 that is there, and leaves what is saved alone', async () => {
    const id = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
    await visitor.get(`${SCOPES}/${id}`)
    await silent(500)
    saysThatNothingIsSaved(await visitor.press('save', { name: '在籍と休職', status: ['employed', 'absent'] }))
    expect(await names()).to.deep.equal(['在籍'])
    await world.control('DELETE', '/faults')
    await visitor.press('save')
    expect(await names()).to.deep.equal(['在籍と休職'])
    expect(visitor.page().text).to.include('在籍状況：在籍中、休職中')
  })
})

describe('対応表 while a service does not answer', () => {
  const world = useWorld({ worker: false, at: NOON, limitsOff: ['smarthr', BRAND] })
  let visitor: Visitor
  const departments = [
    { id: 'd-head', name: '本社', code: '100' },
    { id: 'd-osaka', name: '大阪支店', code: '0200' },
  ]
  beforeEach(async () => {
    visitor = await world.connected(BRAND)
    await world.control('PUT', '/switches', { service: 'smarthr', departments })
    await visitor.get(TABLES)
  })

  const chosen = { use: 'new', 'to-d-head': '1000', 'to-d-osaka': '2000' }
  const entries = async () =>
    (await world.container.ownerPool.query<{ entries: object }>('select entries from value_tables')).rows.map(row =>
      Object.fromEntries(
        Object.entries(row.entries as Record<string, { value: string }>).map(([id, { value }]) => [id, value]),
      ),
    )
  const fail = (status: number, service = BRAND) =>
    world.control('POST', '/faults', { service, method: 'GET', status, body: {} })
  const closes = (now: string) => {
    world.container.clock.now = () => new Date(now)
    return world.control('PUT', '/clock', { now })
  }
  let appClock: () => Date
  beforeEach(() => void (appClock = world.container.clock.now))
  afterEach(() => void (world.container.clock.now = appClock))

  const silent: Record<string, [begins: () => Promise<unknown>, ends: () => Promise<unknown>, says: string]> = {
    'the service fails': [() => fail(500), () => world.control('DELETE', '/faults'), '接続できませんでした'],
    'SmartHR refuses': [() => fail(403, 'smarthr'), () => world.control('DELETE', '/faults'), 'SmartHR'],
    'the service is closed': [
      () => closes('2026-11-20T09:00:00+09:00'),
      () => closes('2026-11-20T12:00:00+09:00'),
      'メンテナンス時間',
    ],
  }
  for (const [what, [begins, ends, says]] of Object.entries(silent)) {
    it(`keeps every choice of a form that was saved while ${what}, and saves them later`, async () => {
      await begins()
      const page = await visitor.press('save', chosen)
      expect(page.status).to.be.greaterThan(399)
      expect(page.text)
        .to.include(says)
        .and.include('対応表は保存していません。この画面で選択した内容は、すべて残しています。')
      await visitor.press('もう一度保存する')
      expect(await entries()).to.deep.equal([])
      await ends()
      await visitor.press('もう一度保存する')
      expect(visitor.page().text).to.include('対応表を保存しました')
      expect(await entries()).to.deep.equal([{ 'd-head': '1000', 'd-osaka': '2000' }])
    })

    it(`offers to open the page again, and takes no file, while ${what}`, async () => {
      await begins()
      const bytes = '部署コード,部署,所属事業所コード,所属事業所\n100,,2000,\n'
      const sent = await visitor.send('取り込む', { bytes })
      expect(sent.text).to.include('CSVファイルは取り込んでいません。画面を開き直して').and.include('画面を再読み込み')
      for (const path of [TABLES, `${TABLES}.csv?table=division`]) {
        const page = await visitor.get(path)
        expect(page.status).to.be.greaterThan(399)
        expect(page.text).to.include(says).and.include('画面を再読み込み')
      }
      await ends()
      const again = /href="([^"]+)"[^>]*>画面を再読み込み/.exec(visitor.page().html)?.[1] ?? ''
      expect((await visitor.get(again)).html).to.include('name="use"')
      expect(await entries()).to.deep.equal([])
    })
  }

  it('fills in by name what was chosen before, once the lists can be read again', async () => {
    await fail(500)
    await visitor.press('fill', { 'to-d-head': '3000' })
    await world.control('DELETE', '/faults')
    const page = await visitor.press('もう一度、同じ名前で埋める')
    expect(page.text).to.include('同じ名前の値を1件選択しました。')
    expect(page.html).to.include('value="3000" selected').and.include('value="2000" selected')
  })
})
