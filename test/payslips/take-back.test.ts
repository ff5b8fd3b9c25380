import { expect } from 'chai'
import { inSmarthr, payrollsIn, toDialog } from '../helpers/payslips.js'
import type { Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'

describe('taking payslips back', () => {
  const world = useWorld({ at: '2026-11-20T01:00:00Z', limitsOff: ['smarthr'] })
  let visitor: Visitor
  let runId: string
  beforeEach(async () => {
    visitor = await world.connected()
    runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await visitor.press('取り込み')
    await reportOf(visitor, runId)
  })

  const ask = async () => {
    expect(visitor.page().html).to.include(`href="/runs/${runId}/undo"`)
    return visitor.get(`/runs/${runId}/undo`)
  }

  it('removes the payroll and its payslips, after one more question', async () => {
    const page = await ask()
    expect(page.text).to.include('2026年10月給与（freee人事労務）').and.include('2名')
    expect((await visitor.press('取り込みを取り消す')).status).to.equal(422)
    expect(await payrollsIn(world)).to.have.length(1)
    await visitor.press('取り込みを取り消す', { sure: 'yes' })

    expect(await payrollsIn(world)).to.deep.equal([])
    expect(await payrollsIn(world)).to.deep.equal([])
    expect(visitor.page().text)
      .to.include('取り込みを取り消しました')
      .and.include('に、この取り込みを取り消しました。SmartHRから、給与と給与明細を削除しました。')
    expect((await visitor.get('/audit')).text).to.include('取り込みを取り消し')
  })

  it('lets them be imported once more, without a word about the first time', async () => {
    await ask()
    await visitor.press('取り込みを取り消す', { sure: 'yes' })
    const again = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await visitor.press('取り込み')
    const report = await reportOf(visitor, again)

    expect(report.text).to.include('成功 2件')
    expect((await payrollsIn(world)).map(({ people }) => people)).to.deep.equal([['001002', '001003']])
  })

  it('keeps a payroll that is 確定 in SmartHR, and says how it can be taken back', async () => {
    const [payroll] = await payrollsIn(world)
    await ask()
    await inSmarthr(world, 'PATCH', `/payrolls/${payroll?.id}/fix`)
    const answer = await visitor.press('取り込みを取り消す', { sure: 'yes' })

    expect(answer.status).to.equal(409)
    expect(answer.text).to.include('SmartHRで確定されているため、取り消せません。')
    expect(await payrollsIn(world)).to.have.length(1)
  })

  it('keeps a payroll that holds somebody else’s payslips, too', async () => {
    const [payroll] = await payrollsIn(world)
    await ask()
    await world.container.ownerPool.query(
      'update run_items set target_id = null where run_id = $1 and id = (select min(id) from run_items where run_id = $1 and target_id is not null)',
      [runId],
    )
    const answer = await visitor.press('取り込みを取り消す', { sure: 'yes' })

    expect(answer.text).to.include('このアプリが取り込んでいない給与明細があるため、取り消せません。')
    expect((await payrollsIn(world)).map(({ id }) => id)).to.deep.equal([payroll?.id])
  })

  it('is done where SmartHR does not have it any more', async () => {
    const [payroll] = await payrollsIn(world)
    await ask()
    await inSmarthr(world, 'DELETE', `/payrolls/${payroll?.id}`)
    await visitor.press('取り込みを取り消す', { sure: 'yes' })

    expect(visitor.page().text).to.include('に、この取り込みを取り消しました。')
  })

  it('is no business of another company', async () => {
    const stranger = await world.signedIn('taro@aozora.example')
    const token = /name="_csrf" value="([^"]+)"/.exec(stranger.page().html)?.[1] ?? ''
    expect((await stranger.get(`/runs/${runId}/undo`)).status).to.equal(404)
    expect((await stranger.post(`/runs/${runId}/undo`, { _csrf: token, sure: 'yes' })).status).to.equal(404)
    expect(await payrollsIn(world)).to.have.length(1)
  })
})
