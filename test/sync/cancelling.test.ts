import { expect } from 'chai'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const PEOPLE = 12

describe('［キャンセル］ of a page that is no longer true', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  it('stops nothing that another page has started meanwhile, and says how that is stopped', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: PEOPLE })
    await world.control('POST', '/faults', { service: 'freee', method: 'POST', path: '/employees$', delayMs: 100 })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    const late = visitor.twin()
    await syncEverybody(visitor)
    const page = await late.press('キャンセル')

    expect(page.text).to.include('すでに開始されているため、キャンセルしていません。')
    expect(page.url).to.match(new RegExp(`/runs/${runId}$`))
    expect((await reportOf(visitor, runId)).text).to.include(`成功 ${PEOPLE}件`)
  })
})
