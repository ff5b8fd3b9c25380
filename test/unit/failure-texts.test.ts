import { expect } from 'chai'
import { failureTexts } from '../texts/failures.js'

/** They end like a failure and tell of none: what there is not, what an act has done or will do. */
const NOTHING_FAILED: readonly string[] = [
  '給与以外の収入および所得。給与収入および所得は出力しません',
  '{}が終了しました。',
  '操作履歴はありません。',
  'この{}で変更した項目がないため、取り消すものはありません。',
  'SmartHRに給与を作成していないため、取り消すものはありません。',
  '変更した{}{}のうち、元に戻せる項目がある',
  '変更した{}{}以上のうち、元に戻せる項目がある',
  '{}に企業データの削除が確定したため、',
  '完了するまで、同期や連携の開始、',
  'データ連携を実行中です。',
  '絞り込んだ結果のうち、',
  '{}はありません。',
  'すべての連携サービスとの連携を解除しました。',
  'ほかの端末では、ログインしていません。',
  '期限が切れると、{}へ同期できなくなります。',
  'このメールは、',
  '保存期間が過ぎたため、{}の個人情報は削除されました。',
  'まだ取得されていません。',
  '{}を中止しますか？',
  '中止しています。',
  '公開を終了しました。{}は、この内容を取り込めなくなりました。',
  '{}をキャンセルしました。',
  '項目を登録しました。',
  '変更する項目はありません。',
  '{}が選択されていません。',
  '{}{}の{}が選択されています。',
  'このアクセストークンでは、直ちに情報を取得できなくなります。',
  'アクセストークンはありません。',
  'だれが、いつ、どこから、何をしたかを確認できます。',
  'Renkeiに保存している{}のデータを、すべて削除します。',
  '連携には、SmartHRの管理者権限が必要です。',
  '登録されている項目はありません。初めて明細を取り込むときに登録します。',
  'どちらのサービスにも、書き込みは行なっていません。',
  'お問い合わせは、{}{}で受け付けています。',
  '表示するデータはありません。',
  '従業員を見分ける項目のため、',
  '新しい項目{}があります。{}を確認して',
  '「{}」の内容を表示しています。',
  '{}は{}しません。',
  '新しい項目{}は、{}を保存するまで',
  '{}は、空白のときは何もしません。',
  '情報を取得し直します。選択は解除されます。新規登録でも',
  '予備のメールアドレスは変わりません。',
  '{}名を確認しました。',
  '違いを確認しています。',
  '設定は変わっていません。どちらのサービスにも、',
  'どちらのサービスにも書き込んでいません。',
  '定期チェックの内容が古いか、',
  '対象範囲の外の従業員は、確認も',
  '{}の取り消しで、元に戻せる項目をすべて戻したため、',
  // why a row of a file is not written: nobody chose it
  'チェックが入っていないため、対象にしていません。',
  'この変更は、すでに依頼しています。',
  '［すべてを選択］で選択される従業員を、',
  // The reason and what to do about it stand behind it.
  '{}　自動では同期していません。{}',
  '変更に同意しました。承認の設定を',
  'Renkeiにログインしたことがある管理者が、',
  '「{}」を「{}」から「{}」にする変更を、',
  '{}さんが、「{}」の承認を依頼しています。',
  'この同期には、ほかの管理者の承認が必要です。',
  '承認を依頼しています。この画面で',
  'この{}には、ほかの管理者の承認が必要です。',
  '承認の依頼は取り下げられました。',
  '{}依頼した管理者は「{}」にチェックを',
  '保存期間が終了したため、表示できません。',
  '同期を実行しています。終わった後に、',
  '同期が終わりました。差分は、まだ確認し直していません。',
]

/** They lack one half, and why that is right. */
const ONE_HALF: Readonly<Record<string, string>> = {
  '「{}」は確認待ちです。': 'the first line of a mail; what to do stands below it',
  '{}から{}への給与明細の取り込みに失敗しました。':
    'the first line of a mail, word for word; the reason stands below it',
  '{}が終了しましたが、{}に取り込まれた従業員はいません。': 'the first line of a mail; the reasons stand below it',
  'アプリを利用するには、SmartHRの管理者権限が必要です。': 'the remedy is the next paragraph of the page',
  '{}の項目がないため、取り込めません。': 'the engine says where to mend a record: problemsOf',
  '{}が登録されていません。': 'the same',
  '「{}」の値（{}）を、日数または時間として読み取れません。':
    'a part of the reason that `unusable` ends with its remedy',
  '「{}」の金額（{}円）に、1円未満の端数があります。': 'the same',
  '「{}」の値（{}）を、金額として読み取れません。': 'the same',
  '{}このままでは取り込めません。': 'the other part of it: its causes stand in front',
  '{}項目の合計（{}円）と{}（{}円）が一致していません。': 'a remark; the box to tick beside it says what to look at',
  '{}情報の取得に失敗しました。': 'the heading over the reason',
  '「{}」の定期チェックが、3回続けて同じ理由で失敗しました。':
    'the first line of a mail; the reason, with what to do, stands below it',
  '「{}」の承認の依頼が、{}さんから差し戻されました。':
    'the first line of a mail; what to do stands below it, and the reason on the page',
  '承認の依頼は差し戻されました。': 'for whoever has sent it back: whoever asked reads what to do',
  '依頼から{}時間が過ぎたため、承認の依頼は期限切れになりました。{}は': 'for those who were asked; the same',
  '依頼の後に、対象や設定が変更されたか、別の処理が行なわれたため、': 'for those who were asked; the same',
  '承認の依頼は無効になりました。{}は開始していません。理由：{}': 'the reason, with what to do, stands behind it',
  '入力内容に不備があります。': 'the heading over the messages of the fields',
}

describe('the texts about failures', () => {
  const listed = [...NOTHING_FAILED, ...Object.keys(ONE_HALF)]
  const all = failureTexts()
  const failures = all.filter(({ text }) => !NOTHING_FAILED.some(known => text.startsWith(known)))
  const lacking = failures.filter(({ cause, remedy }) => cause.length === 0 || remedy.length === 0)

  it('name cause and remedy, but for those that stand here by name', () => {
    expect(
      lacking
        .filter(({ text }) => !Object.keys(ONE_HALF).some(known => text.startsWith(known)))
        .map(({ at, text }) => `${at} ${text}`),
      'say why it happened and what to do about it',
    ).to.deep.equal([])
    expect(1 - lacking.length / failures.length).to.be.at.least(0.95)
    expect(failures.length).to.be.greaterThan(200)
  })

  it('are listed here only as long as they stand in the source', () => {
    expect(listed.filter(known => !all.some(({ text }) => text.startsWith(known)))).to.deep.equal([])
  })
})
