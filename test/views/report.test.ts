import { expect } from 'chai'
import { peopleWords } from '../../server/contract/contract.js'
import type { Run } from '../../server/runs/run.js'
import { progressOf } from '../../server/runs/progress.view.js'
import { report } from './pictures.runs.js'
import { words } from './markup.js'
import { aRun, anEndedRun, anItem, linked, people, RUN_ID } from './samples.js'

import { draw, named } from './drawing.js'

describe('The report', () => {
  it('shows progress while it runs, and that the browser may be closed', async () => {
    const page = await named('report-queued')
    expect(page).to.include(`data-poll="/runs/${RUN_ID}/progress"`)
    expect(words(page))
      .to.include('62名のうち0名の処理が終わりました。')
      .and.include('画面を閉じても処理は続きます。結果はメールでお知らせします。')
  })

  it('is named after what was done, when, and how it stands', async () => {
    const page = await draw(report(anEndedRun()))
    expect(page).to.match(/<title>SmartHRからfreee人事労務への同期（2026\/02\/01 00:\d\d 一部失敗）｜/)
    expect(page).to.include('<h1>SmartHRからfreee人事労務への同期</h1>')
  })

  it('lists what to look at in freee once somebody was written there, and not before', async () => {
    expect(words(await named('report-succeeded')))
      .to.include('freee人事労務で確認する項目')
      .and.include('ログインメールアドレスの設定')
      .and.include('勤務・賃金設定名の変更')
      .and.include('締め日支払い日グループ名の変更')
      .and.include('給与方式の変更')
      .and.include('基本給の変更')
    for (const name of ['report-queued', 'report-failed']) {
      expect(words(await named(name))).not.to.include('freee人事労務で確認する項目')
    }
  })

  it('says beside a download in Shift_JIS how many signs it has no room for', async () => {
    expect(words(await named('report-unwritable')))
      .to.include('Shift_JISで表せない3文字は「?」になります。')
      .and.include('Shift_JISで表せない1,200文字は「?」になります。')
    expect(words(await named('report'))).not.to.include('表せない')
  })

  it('counts a plan in the words of its flow', async () => {
    const linkedReport = await draw(report(aRun({ queuedAt: null }), { connector: linked }))

    expect(words(linkedReport)).to.include('新規登録 34件').and.not.include('34名')
  })

  it('asks before it stops a sync, and says what stays', async () => {
    const page = await named('report-queued')
    expect(words(page)).to.include('同期を中止しますか？　すでに処理が終わった従業員の変更は、元に戻りません。')
    expect(page).to.include(`action="/runs/${RUN_ID}/cancel"`)
  })

  it('says why it waits and until when, and that it is stopping', async () => {
    const page = words(await named('report-waiting'))
    expect(page).to.include('一時停止しています。2026/02/01 01:00ごろに自動で再開します。1時間の上限に達しました。')
    expect(page).to.include('中止しています。')
    expect(page).not.to.include('同期を中止しますか')
  })

  it('lists who failed and why, with the files and the repeat', async () => {
    const page = await named('report')
    expect(words(page))
      .to.include('一部失敗')
      .and.include('失敗した従業員（2名）')
      .and.include('入社日を入力してください。SmartHRで入社年月日を登録してください。')
      .and.include('失敗した対象だけ再実行')
      .and.include('4分')
    expect(page).to.include('/errors.csv?encoding=sjis').and.include('/errors.csv?all=1')
    expect(page).not.to.include('data-poll')
  })

  it('calls changes done only where they were made', async () => {
    const rows = [anItem(1, { outcome: 'succeeded' }), anItem(2, { outcome: 'failed' }), anItem(3, { class: 'new' })]
    const page = words(await draw(report(anEndedRun(), { items: rows })))
    expect(page.match(/(登録|変更)(した|する)項目/g)).to.deep.equal(['変更した項目', '変更する項目', '登録する項目'])
  })

  it('offers no repeat when nothing failed', async () => {
    expect(words(await named('report-succeeded'))).not.to.include('失敗した対象だけ再実行')
  })

  it('repeats those who were never tried', async () => {
    const page = words(await named('report-failed'))
    expect(page).to.include('未実行').and.include('62件').and.include('未実行の対象だけ再実行')
  })

  it('keeps counts and reasons but no names once the people are deleted', async () => {
    const page = words(await named('report-deleted'))
    expect(page)
      .to.include('従業員の個人情報は削除されました。')
      .and.include('入社日を入力してください。')
      .and.not.include('失敗した対象だけ再実行')
      .and.not.include('ダウンロード')
  })

  it('narrows the people to an outcome, with its number', async () => {
    const page = await draw(report(anEndedRun(), { filter: 'failed', items: people(2, { outcome: 'failed' }) }))
    expect(page).to.match(/href="\/runs\/[\w-]+\?outcome=failed" aria-current="true">失敗（2件）/)
  })

  it('says how long the rest takes at the pace so far, and not where nobody can tell', () => {
    const startedAt = new Date('2026-01-31T15:00:00Z')
    const text = (changes: Partial<Run>, seconds: number) =>
      progressOf(
        aRun({ state: 'running', queuedAt: startedAt, startedAt, selectedCount: 40, ...changes }),
        peopleWords,
        new Date(startedAt.getTime() + seconds * 1000),
      ).text
    expect(text({ succeededCount: 10 }, 60)).to.equal('40名のうち10名の処理が終わりました。残り約3分です。')
    expect(text({ succeededCount: 30 }, 60)).to.include('残り1分未満です。')
    for (const [changes, seconds] of [
      [{ succeededCount: 0 }, 60],
      [{ succeededCount: 10 }, 3],
      [{ succeededCount: 10, waitingReason: '混み合っています。' }, 60],
      [{ succeededCount: 40 }, 60],
      [{ succeededCount: 10, state: 'aborted' as const }, 60],
    ] as const)
      expect(text(changes, seconds), JSON.stringify(changes)).not.to.include('残り')
  })

  it('counts reading until it is queued, then writing', () => {
    const now = new Date('2026-01-31T15:02:00Z')
    expect(progressOf(aRun({ state: 'fetching', fetched: 12, fetchTotal: 40 }), peopleWords, now)).to.deep.include({
      phase: 'fetching',
      done: 12,
      total: 40,
    })
    expect(
      progressOf(
        aRun({ state: 'fetching', fetched: 80, fetchTotal: 80, planned: 20, sourceListed: 40 }),
        peopleWords,
        now,
      ),
    ).to.deep.include({
      phase: 'planning',
      done: 20,
      total: 40,
      text: '40名のうち20名の差分を確認しました。',
    })
    expect(progressOf(anEndedRun(), peopleWords, now)).to.deep.include({
      done: 62,
      total: 62,
      ended: true,
      succeeded: 60,
      failed: 2,
    })
  })
})
