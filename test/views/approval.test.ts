import { expect } from 'chai'
import { draw, named } from './drawing.js'
import { askedOf } from './pictures.approval.js'
import { confirm } from './pictures.runs.js'
import { people } from './samples.js'
import { words } from './markup.js'

const UNDONE_AT = new Date('2026-01-31T14:02:00Z')

describe('The page of a request for 承認', () => {
  it('shows a comment as it was typed, line by line', async () => {
    expect(await draw(askedOf({ state: 'returned', comment: '住所\n口座' }))).to.include(
      '<dd class="lines">住所\n口座</dd>',
    )
    const dialog = await draw(
      confirm(
        people(1),
        1,
        {},
        { asks: true, asked: { ...askedOf.approval, state: 'returned', comment: '住所\n口座' } },
      ),
    )
    expect(dialog).to.match(/<span class="lines">[^<]*住所\n口座<\/span>/)
  })

  it('tells whoever asked alone to look at it again and to ask once more', async () => {
    const page = async (adminId: string) =>
      words(await draw(askedOf({ state: 'returned', comment: '住所' }, { adminId })))

    expect(await page('hanako')).to.include('もう一度承認を依頼してください')
    expect(await page('jiro'))
      .to.include('承認の依頼は差し戻されました。同期は開始していません。')
      .and.not.include('もう一度承認を依頼してください')
  })

  it('says to whoever is asked what fails and what agreeing does, not what to choose', async () => {
    const page = words(await draw(askedOf({}, {}, { selected: { total: 62, new: 1, changed: 61, doomed: 3 } })))

    expect(page)
      .to.include('3名はこのままでは失敗します。承認すると、ほかの従業員だけが同期されます。')
      .and.not.include('選択を外してください')
  })

  it('speaks of a 取り消し where that is what begins, in the dialog, too', async () => {
    const run = { ...askedOf.run, undoneAt: UNDONE_AT }
    const fieldCounts = { 'last-name': 3 }
    const field = 'last-name'
    const page = words(await draw(askedOf({}, { run }, { run, fieldCounts, field })))
    const dialog = words(await draw(confirm(people(3), 3, {}, { asks: true, run })))
    const unasked = words(await draw(confirm(people(3), 62, {}, { run, fieldCounts, field })))
    const returned = words(await draw(askedOf({ state: 'returned' }, { run })))

    expect(page)
      .to.include('承認すると、すぐに同期の取り消しを開始します。')
      .and.include('承認すると、表示していない従業員も')
    expect(dialog)
      .to.include('この同期の取り消しには、ほかの管理者の承認が必要です。')
      .and.include('承認されると、同期の取り消しを開始します。')
    expect(unasked).to.include('［元に戻す］を押すと、表示していない従業員も含めて、選択した62名すべてを元に戻します。')
    expect(returned).to.include('同期の取り消しは開始していません。')
  })

  it('leads from its top to the buttons below the people, and says which of them it shows', async () => {
    const page = await named('approval-asked')
    expect(page).to.match(/<a href="#decision">承認・差し戻しへ<\/a>[\s\S]*<form class="card" id="decision"/)
    expect(words(page)).to.include('1–50 / 62名')
    expect(
      words(
        await draw(askedOf({}, {}, { preceding: 50, page: { items: people(12), hasPrevious: true, hasNext: false } })),
      ),
    ).to.include('51–62 / 62名')
    expect(await named('approval-own')).to.include('<a href="#withdraw">依頼の取り下げへ</a>')
  })
})

describe('The rules of 承認', () => {
  it('stand before the notes about them', async () => {
    const page = await named('approval-rules')
    expect(page.indexOf('>保存</button>')).to.be.within(
      1,
      page.indexOf('自分が依頼した内容は、自分では承認できません。'),
    )
  })
})
