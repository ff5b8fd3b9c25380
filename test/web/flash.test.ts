import { expect } from 'chai'
import { changeSessions } from '../helpers/sessions.js'
import { useWorld } from '../helpers/world.js'

const LOST = 'SmartHRとの連携の有効期限が切れたか、許可が取り消されているため、ログアウトしました。'
const SAVED = 'エクスポート設定を更新しました'

describe('A message about what was just done', () => {
  const world = useWorld()

  it('of an authorisation that is lost stands on the page that was asked for, not behind the next sign-in', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/settings')
    await world.control('POST', '/faults', {
      service: 'smarthr',
      path: 'users/me',
      status: 401,
      times: 2,
      body: { code: 2 },
    })
    await changeSessions(world, { adminCheckedAt: 0 })
    const page = await visitor.press('保存', { pay_amount: '200000' })

    expect(page.status).to.equal(401)
    expect(page.html).to.include('returnTo=%2Ffreee%2Fsettings')
    expect(page.text).to.include(LOST).and.include('再度ログインしてください。')
    await visitor.get('/auth/smarthr?returnTo=/freee/settings')
    await visitor.press('許可する')
    expect(visitor.page().text).to.include('エクスポート設定').and.not.include('再度ログイン').and.not.include(LOST)
  })

  it('is shown once, on the page it was meant for, also when an error comes between', async () => {
    const visitor = await world.connected()
    await changeSessions(world, { flash: [{ kind: 'success', text: SAVED }] })
    expect((await visitor.get('/runs/0193a1b2-1111-7abc-8def-0123456789ab')).text).not.to.include(SAVED)

    expect((await visitor.get('/freee')).text).to.include(SAVED)
    expect((await visitor.get('/freee')).text).not.to.include(SAVED)
  })
})
