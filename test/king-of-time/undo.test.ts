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
    await chooseEverybody(visitor, '確認')
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

  it('says of nobody whom the service has refused that they were registered, or might be', async () => {
    await staff(
      world,
      BRAND,
      [anEmployee('1', { lastNamePhonetics: 'キュウセイ' })],
      [aCrew('1'), aCrew('2'), aCrew('U-0001')],
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FLOW, undefined, BRAND)
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    expect(report.text).to.include('成功 2').and.include('失敗 1').and.include('新しく登録した1名は')
    await visitor.press('この同期を取り消す')
    const undoId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, undoId)

    const list = await visitor.get(everybodyOf(undoId))
    expect(list.text).to.include('この同期で新しく登録した従業員です').and.not.include('可能性がある')
    expect(list.text).to.not.include('U-0001')
  })

  it('promises no more people than can go back, and speaks of going back from the report to the end', async () => {
    await staff(
      world,
      BRAND,
      [
        ...['1', '2', '3'].map(code => anEmployee(code, { lastNamePhonetics: 'キュウセイ' })),
        ...['4', '5'].map(code => anEmployee(code, { gender: 'no_selected' })),
      ],
      [...['1', '2', '3'].map(code => aCrew(code)), ...['4', '5', '6'].map(code => aCrew(code, { gender: 'female' }))],
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FLOW, undefined, BRAND)
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    expect(report.text)
      .to.include('変更した5名のうち、元に戻せる項目がある従業員を、同期の前の値に戻します。')
      .and.include('勤革時で空白に戻せない項目は、戻しません')
    await visitor.press('この同期を取り消す')
    const undoId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, undoId)
    const ready = await visitor.get(`/runs/${undoId}`)
    expect(ready.text)
      .to.include('SmartHRから勤革時への同期の取り消し')
      .and.include('取り消しの準備ができました')
      .and.include('元に戻す従業員を選択してください')
      .and.include('内容を確認→')
      .and.not.include('新規登録')

    const list = await visitor.get(everybodyOf(undoId))
    expect(list.text).to.include('元に戻せる項目がある従業員：3名').and.include('勤革時の画面で削除してください')
    expect(list.text)
      .not.to.include('同期する従業員')
      .and.not.include('登録します')
      .and.not.include('同期を開始')
      .and.not.include('SmartHRの従業員情報を開く')
    const { dialog, report: done } = await confirmed(visitor, undoId)
    expect(dialog.text).to.include('元に戻す 3名').and.not.include('新規').and.not.include('登録します')
    expect(done.text).to.include('取り消しの状況と結果').and.include('成功 3')
    expect((await visitor.get(`/${BRAND}/runs`)).text).to.include('SmartHR→勤革時の同期の取り消し')
  })
})
