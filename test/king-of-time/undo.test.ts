import { expect } from 'chai'
import { administrator, aCrew, anEmployee, NOON, staff } from '../helpers/attendance.js'
import type { Visitor } from '../helpers/visitor.js'
import { reportOf, whenRead } from '../helpers/waiting.js'
import { chooseEverybody, countAsked, everybodyOf, syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

const FLOW = 'employees-from-smarthr'
const BRAND = 'kinkakuji'

describe('the attendance services: a run that is taken back', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr', BRAND] })

  const employees = async () =>
    ((await world.control('GET', `/state?service=${BRAND}`)) as { employees: Record<string, unknown>[] }).employees
  const puts = async () => (await world.calls(BRAND)).filter(({ method }) => method === 'PUT').map(({ body }) => body)

  /** A run over everybody, and the list of the one that takes it back; returns that one's id. */
  async function undoOf(visitor: Visitor): Promise<string> {
    const runId = await toSelection(visitor, FLOW, undefined, BRAND)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await visitor.press('この同期を取り消す')
    const undoId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, undoId)
    await visitor.get(everybodyOf(undoId))
    return undoId
  }

  async function confirmed(visitor: Visitor, undoId: string) {
    await chooseEverybody(visitor, '同期を開始')
    const dialog = visitor.page()
    await visitor.press('元に戻す', countAsked(visitor))
    return { dialog, report: await reportOf(visitor, undoId) }
  }

  it('says 退職年月日 alone, where it has written nothing else', async () => {
    const people = ['1', '2', '3', '4']
    await staff(
      world,
      BRAND,
      people.map(code => anEmployee(code, { resignationDate: '2026-11-28' })),
      people.map(code => aCrew(code)),
    )
    const visitor = await administrator(world, BRAND)
    const undoId = await undoOf(visitor)
    const list = visitor.page()
    expect(list.text).to.include('退職年月日').and.not.include('在籍状況')
    const { dialog, report } = await confirmed(visitor, undoId)

    expect(dialog.text, 'the guard’s question and the people').to.include('退職年月日 4名').and.not.include('在籍状況')
    expect(report.text).to.include('退職年月日').and.not.include('在籍状況')
    expect((await puts()).slice(-4)).to.deep.equal(people.map(() => ({ resignationDate: '2026-11-28' })))
  })

  it('leaves 戸籍上の性別 that nobody had chosen, says so, and takes everything else back', async () => {
    await staff(
      world,
      BRAND,
      [anEmployee('1', { gender: 'no_selected', lastNamePhonetics: 'キュウセイ' })],
      [aCrew('1', { gender: 'female' })],
    )
    const visitor = await administrator(world, BRAND)
    const undoId = await undoOf(visitor)
    expect(visitor.page().text)
      .to.include('同期の前は空白でした（戸籍上の性別）。勤革時では空白に戻せないため、元に戻しません。')
      .and.not.include('戸籍上の性別：女性')
    const { report } = await confirmed(visitor, undoId)

    expect(report.text).to.include('成功 1').and.include('失敗 0')
    expect((await puts()).at(-1)).to.deep.equal({ lastNamePhonetics: 'キュウセイ' })
    expect((await employees()).map(({ gender, lastNamePhonetics }) => [gender, lastNamePhonetics])).to.deep.equal([
      ['female', 'キュウセイ'],
    ])
  })
})
