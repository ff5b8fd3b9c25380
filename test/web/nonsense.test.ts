import { expect } from 'chai'
import { paths } from '../../server/paths.js'
import { fieldsOf } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const odd = [
  '',
  'x',
  '0',
  '-1',
  '99999999999999999999',
  "' or 1=1 --",
  '%',
  '\u0000',
  '<script>alert(1)</script>',
  'あ'.repeat(500),
  Buffer.from('{"f":true,"v":"\\u0000","i":"1","p":1}').toString('base64url'),
  Buffer.from('{"at":"2026-01-01T00:00:00Z","id":"x"}').toString('base64url'),
]

describe('nonsense in addresses and forms', () => {
  const world = useWorld({ limitsOff: ['smarthr'], once: true })

  it('never makes a page fail, and never comes back as markup', async () => {
    const visitor = await world.connected()
    const done = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, done)
    const open = await toSelection(visitor, 'employees-to-smarthr')
    const token = fieldsOf(visitor.page().html).find(([name]) => name === '_csrf')?.[1] ?? ''

    const pages = [
      ['/', ['x']],
      [paths.dashboard.to({ connector: 'freee' }), ['x']],
      [paths.runs.to({ connector: 'freee' }), ['before', 'state', 'flow']],
      [paths.newRun.to({ connector: 'freee' }), ['flow']],
      [paths.report.to({ id: done }), ['outcome', 'after', 'before']],
      [paths.errorsCsv.to({ id: done }), ['encoding', 'all']],
      [paths.step.to({ id: open, step: 'select' }), ['at', 'q', 'class', 'sort', 'desc']],
      [paths.step.to({ id: open, step: 'confirm' }), ['after', 'before']],
      [paths.connectionCallback.to({ connector: 'freee' }), ['code', 'state', 'error']],
      [paths.signInCallback.to(), ['state', 'error']],
    ] as const
    for (const [path, names] of pages) {
      for (const name of names) {
        for (const value of odd) {
          const page = await visitor.get(`${path}?${new URLSearchParams({ [name]: value }).toString()}`)
          expect(page.status, `${path} ${name}=${value}`).to.be.lessThan(500)
          const isPage = page.headers.get('content-type')?.includes('html')
          if (isPage) expect(page.html).not.to.include('<script>alert')
        }
        const twice = await visitor.get(`${path}?${name}=1&${name}=2`)
        expect(twice.status, `${path} ${name} twice`).to.be.lessThan(500)
      }
    }

    const place = Buffer.from(JSON.stringify({ f: true, v: 'x', i: '1', p: 2 })).toString('base64url')
    for (const sort of ['key', 'kana', 'class']) {
      const page = await visitor.get(`${paths.step.to({ id: open, step: 'select' })}?sort=${sort}&at=${place}`)
      expect(page.status, sort).to.equal(200)
    }

    const forms = [
      [paths.step.to({ id: open, step: 'select' }), ['op', 'q', 'class', 'id', 'shown', 'revision', 'sort']],
      [paths.step.to({ id: open, step: 'confirm' }), ['revision']],
      [paths.connection.to({ connector: 'freee' }), ['accountCode']],
      [paths.settings.to({ connector: 'freee' }), ['pay_amount', 'working_hours_system_name']],
      [paths.chooseTenant.to(), ['tenant', 'subdomain']],
    ] as const
    for (const [path, names] of forms) {
      for (const name of names) {
        for (const value of [...odd, 'page:x', 'sort:nothing', ['a', 'b']]) {
          const page = await visitor.post(path, { _csrf: token, [name]: value })
          expect(page.status, `${path} ${name}=${String(value)}`).to.be.lessThan(500)
          expect(page.html).not.to.include('<script>alert')
        }
      }
    }
    expect(world.logs.filter(line => line.includes('"level":"error"'))).to.deep.equal([])
  })
})
