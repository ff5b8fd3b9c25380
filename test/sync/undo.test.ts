import { expect } from 'chai'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { chooseEverybody, countAsked, syncEverybody, toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'
import { useWorld, type World } from '../helpers/world.js'

type Crew = Record<string, unknown> & { id: string; emp_code: string | null }
type Employee = Record<string, unknown> & { id: number; num: string }

const WHEN = 'updated_at'

/** Everybody of a service's stand-in by id, without when they were changed. */
async function crewsIn(world: World): Promise<Map<string, Crew>> {
  const { tenants } = (await world.control('GET', '/state?service=smarthr')) as {
    tenants: { subdomain: string; crews: Crew[] }[]
  }
  const crews = tenants.find(({ subdomain }) => subdomain === 'midori-shokai')?.crews ?? []
  return new Map(crews.map(crew => [crew.id, { ...crew, [WHEN]: null }]))
}

async function employeesIn(world: World): Promise<Map<string, Employee>> {
  const { companies } = (await world.control('GET', '/state?service=freee')) as {
    companies: { id: number; employees: Employee[] }[]
  }
  return new Map((companies.find(({ id }) => id === 123)?.employees ?? []).map(one => [one.num, one]))
}

/** Presses ［この同期を取り消す］ on the report at hand; returns the new run, whose plan is made. */
async function undo(visitor: Visitor): Promise<string> {
  await visitor.press('この同期を取り消す')
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
  await whenRead(visitor, runId)
  await visitor.get(`/runs/${runId}/select?class=new&class=changed&class=same&class=excluded`)
  return runId
}

async function confirmUndo(visitor: Visitor, runId: string) {
  await chooseEverybody(visitor, '確認')
  await visitor.press('元に戻す', countAsked(visitor))
  return reportOf(visitor, runId)
}

describe('taking a run back', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })

  it('puts SmartHR back to what it was, leaves whom the run has registered, and can be taken back itself', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'freee', employees: 40, overlap: 0.7, differing: 1, seed: 5 })
    const before = await crewsIn(world)
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const synced = await crewsIn(world)
    const changed = [...before].filter(([id, crew]) => JSON.stringify(crew) !== JSON.stringify(synced.get(id)))
    const registered = [...synced.keys()].filter(id => !before.has(id))
    expect(changed.length, 'the run has changed people').to.be.greaterThan(10)
    expect(registered.length, '… and registered others').to.be.greaterThan(5)
    const reads = (await world.calls('freee')).length

    const undoId = await undo(visitor)
    expect((await world.calls('freee')).length, 'the source is not read once more').to.equal(reads)
    const list = visitor.page().text
    expect(list).to.include('取り消す同期').and.include('この同期で新しく登録した従業員です。登録は取り消せません。')
    const report = await confirmUndo(visitor, undoId)

    expect(report.text).to.include('取り消す同期')
    const after = await crewsIn(world)
    const blanks = [...after].flatMap(([id, crew]) =>
      Object.keys(crew).filter(name => JSON.stringify(crew[name]) !== JSON.stringify((before.get(id) ?? crew)[name])),
    )
    expect([...new Set(blanks)], 'what was blank before and can not be blanked').to.deep.equal([])
    expect([...after.keys()].filter(id => !before.has(id))).to.deep.equal(registered)

    await undo(visitor)
    expect(visitor.page().text).to.include('取り消す同期')
  })

  it('writes nothing over what somebody has changed since, and says so', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'freee', employees: 12, overlap: 1, differing: 1, seed: 6 })
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await eventually('the end', async () => (await employeesIn(world)).size > 0)
    const undoId = await undo(visitor)
    await confirmUndo(visitor, undoId)
    expect(visitor.page().text).to.include('成功')
  })
})
