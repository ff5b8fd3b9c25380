import { expect } from 'chai'
import { NOON } from '../helpers/attendance.js'
import { makeScope } from '../helpers/scopes.js'
import { reportOf, whenRead } from '../helpers/waiting.js'
import { boxesOf, countAsked, everybodyOf, syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'

interface Crew {
  id: string
  emp_code: string
  tel_number: string
}

describe('この人だけ差分を確認', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr', 'freee', 'king-of-time', 'pca'] })

  const query = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await world.container.ownerPool.query<T>(sql, values)).rows

  const crewsNow = async () =>
    ((await world.control('GET', '/state?service=smarthr')) as { tenants: { crews: Crew[] }[] }).tenants[0]?.crews ?? []

  /** Everybody is the same on both sides but for one, who has another telephone number in SmartHR since. */
  const oneWhoDiffers = async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 250, overlap: 1 })
    await toSelection(visitor, 'employees-from-smarthr')
    const crews = await crewsNow()
    const [, , somebody] = crews
    if (!somebody) throw new Error('nobody')
    somebody.tel_number = '090-1234-5678'
    await world.control('POST', '/people', { service: 'smarthr', people: crews })
    return { visitor, somebody }
  }
  const begin = async (visitor: Visitor, crew: string, flow: string) => {
    await visitor.get(`/people/${crew}`)
    await visitor.press(flow)
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, runId)
    await visitor.get(everybodyOf(runId))
    return runId
  }
  const itemsOf = (runId: string) =>
    query<{ class: string; source: string; target: string; reason: string | null }>(
      `select class, source_id as source, target_id as target, excluded_reason as reason from run_items where run_id = $1`,
      [runId],
    )

  it('asks both sides for nobody else, in four calls at most, and writes what was confirmed', async () => {
    const { visitor, somebody } = await oneWhoDiffers()
    const before = { smarthr: (await world.calls('smarthr')).length, freee: (await world.calls('freee')).length }
    const runId = await begin(visitor, somebody.id, 'freee/employees-from-smarthr')
    const calls = [
      ...(await world.calls('smarthr')).slice(before.smarthr),
      ...(await world.calls('freee')).slice(before.freee),
    ].filter(({ path }) => !/oauth|token|users\/me/.test(path))

    expect(calls.map(({ method, path }) => `${method} ${path}`)).to.have.length.within(2, 4)
    expect((await itemsOf(runId)).map(item => [item.class, item.source])).to.deep.equal([['changed', somebody.id]])
    expect(visitor.page().text).to.include('1名の従業員だけを取得したため').and.include('090-1234-5678')
    await visitor.press('確認', { id: boxesOf(visitor) })
    await visitor.press('同期', countAsked(visitor))
    const report = await reportOf(visitor, runId)
    expect(report.text).to.include('成功 1件')
    const story = await visitor.get(`/people/${somebody.id}`)
    expect(story.text).to.include('090-1234-5678')
    // the next plan of everybody is measured by the plans of everybody, not by this one
    const next = await toSelection(visitor, 'employees-from-smarthr')
    expect(visitor.page().text).not.to.include('前回より')
    expect(await query('select shortfalls from runs where id = $1', [next])).to.deep.equal([{ shortfalls: [] }])
  })

  it('registers nobody: whose record is gone is said to be, with what to do', async () => {
    const { visitor, somebody } = await oneWhoDiffers()
    const state = (await world.control('GET', '/state?service=freee')) as {
      companies: { employees: { num: string }[] }[]
    }
    const others = (state.companies[0]?.employees ?? []).filter(({ num }) => num !== somebody.emp_code)
    await world.control('POST', '/people', { service: 'freee', people: others })
    const runId = await begin(visitor, somebody.id, 'freee/employees-from-smarthr')

    const [item] = await itemsOf(runId)
    expect(item?.class).to.equal('excluded')
    expect(item?.reason).to.include('確認できませんでした').and.include('すべての従業員を取得')
    expect(boxesOf(visitor)).to.deep.equal([])
    expect(await query('select from links where smarthr_id = $1 and not dead', [somebody.id])).to.have.length(1)
  })

  it('leaves out whom the 対象範囲 leaves out that the flow begins with', async () => {
    const { visitor, somebody } = await oneWhoDiffers()
    await makeScope(world, visitor, {
      name: '休職中',
      status: ['absent'],
      preset: ['employees-from-smarthr'],
    })
    const runId = await begin(visitor, somebody.id, 'freee/employees-from-smarthr')

    expect((await itemsOf(runId)).map(item => item.class)).to.deep.equal(['excluded'])
    expect(visitor.page().text).to.include('対象範囲：休職中')
  })

  it('begins one run for two clicks, and none for a person who is paired with nobody yet', async () => {
    const { visitor, somebody } = await oneWhoDiffers()
    const second = visitor.twin()
    await visitor.get(`/people/${somebody.id}`)
    await second.get(`/people/${somebody.id}`)
    await visitor.press('freee/employees-from-smarthr')
    await second.press('freee/employees-from-smarthr')
    expect(await query(`select from runs where person is not null`)).to.have.length(1)
    await query('delete from links where smarthr_id = $1', [somebody.id])
    const page = await visitor.get(`/people/${somebody.id}`)
    expect(page.text).to.include('まだ紐付いていないため、1名だけの確認はできません')
    expect(page.html).not.to.include('value="freee/employees-from-smarthr"')
  })

  for (const [connector, flow, date] of [
    ['king-of-time', 'employees-from-smarthr', '2026-11-20'],
    ['pca', 'employees-from-smarthr', undefined],
  ] as const)
    it(`reads one person of ${connector} by the pair that a run has seen`, async () => {
      const visitor = await world.connected(connector)
      const all = await toSelection(visitor, flow, date, connector)
      await syncEverybody(visitor)
      await reportOf(visitor, all)
      const [seen] = await query<{ source: string; target: string }>(
        `select source_id as source, target_id as target from run_items where run_id = $1 and class in ('changed', 'same')
         and target_id is not null and excluded_reason is null limit 1`,
        [all],
      )
      const runId = await begin(visitor, seen?.source ?? '', `${connector}/${flow}`)

      const items = await itemsOf(runId)
      expect(items.map(({ source, target }) => ({ source, target }))).to.deep.equal([seen])
      expect(items[0]?.class).to.be.oneOf(['same', 'changed'])
    })
})
