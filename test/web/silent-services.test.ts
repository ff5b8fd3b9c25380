import { expect } from 'chai'
import { NOON } from '../helpers/attendance.js'
import { makeScope, smarthrOf, type Entry } from '../helpers/scopes.js'
import type { Page, Visitor } from '../helpers/visitor.js'
import { useWorld } from '../helpers/world.js'

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
