import { expect } from 'chai'
import { eventually, reportOf, startWorld, toSelection, type World } from '../helpers/world.js'

describe('freee 給与明細, from the wizard to the payroll', () => {
  let world: World
  before(async () => {
    world = await startWorld({ at: '2026-11-20T01:00:00Z' })
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
  })

  it('takes the chosen statements into one payroll that waits for its confirmation', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'salary-payslips', '2026-11')
    console.log(visitor.page().text)
    const all = visitor.page().html.includes('value="select-all"') ? 'select-all' : 'select-page'
    await visitor.press(all)
    await visitor.press('確認')
    console.log(visitor.page().text)
  })
})
