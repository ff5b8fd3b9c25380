import { expect } from 'chai'
import { aCrew } from '../helpers/attendance.js'
import { reportOf, whenRead } from '../helpers/waiting.js'
import { chooseEverybody, countAsked, everybodyOf, syncEverybody } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

const HEAD = '社員番号,姓,名,メールアドレス,電話番号'

describe('what a file has written', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  it('goes back although the file is gone', async () => {
    const crews = [
      aCrew('0001', { email: 'old@midori.example', tel_number: '03-1111-1111' }),
      aCrew('0002', { email: 'kept@midori.example', tel_number: null }),
    ]
    await world.control('PUT', '/switches', { service: 'smarthr', crews })
    const visitor = await world.connected('csv')
    await visitor.get('/csv/runs/new?flow=employees-to-smarthr')
    await visitor.send('次へ', {
      bytes: [HEAD, '0001,,,new@midori.example,03-2222-2222', '0002,,,,03-3333-3333'].join('\r\n'),
    })
    await visitor.press('次へ')
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, runId)
    await visitor.get(everybodyOf(runId))
    await syncEverybody(visitor)
    await reportOf(visitor, runId)

    await visitor.press('この同期を取り消す')
    const undoId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, undoId)
    await visitor.get(everybodyOf(undoId))
    await chooseEverybody(visitor, '確認')
    await visitor.press('元に戻す', countAsked(visitor))
    const report = await reportOf(visitor, undoId)
    expect(report.text).to.include('成功 2件')

    const { tenants } = (await world.control('GET', '/state?service=smarthr')) as {
      tenants: { subdomain: string; crews: Record<string, unknown>[] }[]
    }
    const held = tenants.find(({ subdomain }) => subdomain === 'midori-shokai')?.crews ?? []
    expect(held.map(({ emp_code, email, tel_number }) => [emp_code, email, tel_number ?? null])).to.have.deep.members([
      ['0001', 'old@midori.example', '03-1111-1111'],
      ['0002', 'kept@midori.example', null],
    ])
  })
})
