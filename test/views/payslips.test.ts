import { expect } from 'chai'
import { named } from './drawing.js'
import { attribute, tags, words } from './markup.js'

const inputOf = (page: string, name: string) => tags(page, 'input').find(tag => attribute(tag, 'name') === name) ?? ''

describe('［支給月］', () => {
  it('offers the next month and two years back, newest first, with this one chosen', async () => {
    const page = await named('payslips-month')
    const months = [...page.matchAll(/<option value="(\d{4}-\d{2})"( selected)?>([^<]+)</g)]
    expect(months).to.have.length(26)
    expect(months[0]?.slice(1, 4)).to.deep.equal(['2026-02', undefined, '2026年2月'])
    expect(months.at(-1)?.[3]).to.equal('2024年1月')
    expect(months.filter(([, , selected]) => selected).map(([, value]) => value)).to.deep.equal(['2026-01'])
    expect(words(page)).to.include('支給月（1/3）').and.include('次へ')
  })

  it('says at the field and beside the button that what was sent is no month', async () => {
    const page = await named('payslips-month-error')
    expect(page).to.match(/<select id="referenceDate"[^>]*aria-invalid="true"/)
    expect(words(page)).to.include('一覧から選択してください。').and.include('入力内容に不備があります。')
  })

  it('offers years where a flow goes by years', async () => {
    expect(words(await named('payslips-year')))
      .to.include('2026年')
      .and.include('2022年')
  })
})

describe('［賞与対象開始日と締日］', () => {
  it('asks for both days on one page, before the month', async () => {
    const page = await named('payslips-period')
    expect(words(page)).to.include('賞与対象開始日').and.include('賞与対象締日').and.include('（1/4）')
    expect(attribute(inputOf(page, 'from'), 'type')).to.equal('date')
    expect(attribute(inputOf(page, 'to'), 'type')).to.equal('date')
  })

  it('keeps what was typed, with each mistake at its field', async () => {
    const page = await named('payslips-period-errors')
    expect(inputOf(page, 'from')).to.include('aria-invalid="true"').and.include('&lt;script&gt;')
    expect(attribute(inputOf(page, 'to'), 'value')).to.equal('2026-01-31')
    expect(words(page))
      .to.include('賞与対象開始日が正しくありません。')
      .and.include('賞与対象締日が入力されていません。')
  })
})

describe('項目の登録', () => {
  it('lists every new item, shown to employees, with a guess of what it is', async () => {
    const page = await named('payslips-items')
    expect(
      tags(page, 'input').filter(tag => attribute(tag, 'type') === 'checkbox' && / checked/.test(tag)),
    ).to.have.length(3)
    const kinds = [...page.matchAll(/<option value="(\w+)" selected>/g)].map(([, kind]) => kind)
    expect(kinds).to.deep.equal(['net', 'payment', 'attendance'])
    expect(words(page)).to.include('まだ登録されていない項目が3件あります。')
  })

  it('keeps ticks and choices, and says which total is there twice', async () => {
    const page = await named('payslips-items-errors')
    expect(inputOf(page, 'shown-0')).not.to.include('checked')
    expect(inputOf(page, 'shown-1')).to.include('checked')
    expect(page).to.match(/<select id="kind-1"[^>]*aria-invalid="true" aria-describedby="kind-1-error"/)
    expect(words(page)).to.include('差引支給額にできる項目は1つだけです。')
  })
})

describe('The selection of statements', () => {
  it('shows what each belongs to, what was imported before, and why somebody is left out', async () => {
    const page = words(await named('payslips-select'))
    expect(page)
      .to.include('月給 2026/01/23 2026/01/01 2026/01/31')
      .and.include('差引支給額：')
      .and.include('同じ明細が2026/01/31 10:00に取り込み済みです。')
      .and.include('SmartHRに存在しない従業員が指定されています')
      .and.include('freee人事労務で確定していない明細（12件）は、表示していません。')
      .and.include('支給月：2026年1月')
  })

  it('says above the list why these cannot share a payroll, and points there beside the button', async () => {
    const page = words(await named('payslips-select-apart'))
    expect(page.match(/支給日（2026\/01\/23：2名/g)).to.have.length(1)
    expect(page).to.include('選択内容を確認してください。 戻る キャンセル')
  })
})

describe('「従業員の給与明細を取り込みますか？」', () => {
  it('names the payroll and has 取り込み for its button', async () => {
    const page = words(await named('payslips-confirm'))
    expect(page)
      .to.include('従業員の給与明細を取り込みますか？')
      .and.include('1名の給与明細を取り込みます。')
      .and.include('支給タイプ 給与')
      .and.include('支給日 2026/01/23')
      .and.include('対象期間 2026/01/01〜2026/01/31')
    for (const name of ['name_for_admin', 'name_for_crew'])
      expect(attribute(inputOf(await named('payslips-confirm'), name), 'value')).to.equal(
        '2026年1月給与（freee人事労務）',
      )
    expect(page).to.match(/キャンセル 取り込み$/)
    expect(page).not.to.include('差分').and.not.include('もう一度取り込む')
  })

  it('says before anything is written which items SmartHR may not know', async () => {
    for (const page of ['payslips-select', 'payslips-confirm-again'])
      expect(words(await named(page)), page)
        .to.include('取り込んだことのない項目（「在宅勤務手当」')
        .and.include('取り込み時に自動で登録されます。')
    expect(words(await named('payslips-confirm'))).not.to.include('取り込んだことのない項目')
  })

  it('asks for a tick where something was imported before, and says when it is missing', async () => {
    const page = await named('payslips-confirm-again')
    expect(inputOf(page, 'again')).not.to.include('checked')
    expect(words(page)).to.include('同じ明細が取り込み済みです（1名）。')
    const error = await named('payslips-confirm-again-error')
    expect(inputOf(error, 'again')).to.include('aria-invalid="true" aria-describedby="again-error"')
    expect(words(error)).to.include('確認欄にチェックを入れてください。')
  })

  it('proposes the two names as each service has them', async () => {
    const page = await named('payslips-confirm-names')
    expect(attribute(inputOf(page, 'name_for_admin'), 'value')).to.equal('2026年1月給与')
    expect(attribute(inputOf(page, 'name_for_crew'), 'value')).to.equal('2026年1月給与')
  })

  it('keeps names and the tick after a mistake', async () => {
    const page = await named('payslips-confirm-names-errors')
    expect(inputOf(page, 'name_for_admin')).to.include('aria-invalid="true"')
    expect(inputOf(page, 'name_for_crew')).to.include('&lt;script&gt;')
    expect(inputOf(page, 'again')).to.include('checked')
    expect(words(page)).to.include('給与明細の名前（管理者向け）が入力されていません。')
  })

  it('lists who is left out, with the reason, where nobody is asked whom', async () => {
    const page = words(await named('payslips-confirm-names'))
    expect(page)
      .to.include('取り込めない従業員（12名）')
      .and.include('SmartHRに存在しない従業員が指定されています')
      .and.include('ほか11名')
  })

  it('has no button where there is nobody to import', async () => {
    const page = await named('payslips-confirm-nobody')
    expect(words(page)).to.include('取り込める従業員がいません。')
    expect(page).not.to.match(/<button[^>]*>取り込み</)
  })
})

describe('The report of an import', () => {
  it('leads to the payroll in SmartHR, which waits for its confirmation', async () => {
    const page = await named('payslips-report')
    expect(page).to.include('href="https://midori-shokai.smarthr.example/payrolls/pr1" target="_blank"')
    expect(words(page))
      .to.include('SmartHRの給与明細を開く')
      .and.include('まだ確定していません。')
      .and.include('在宅勤務手当は登録されていない項目です。')
      .and.include('支給月 2026年1月')
  })

  it('names the two dates of a bonus', async () => {
    expect(words(await named('payslips-report-bonus'))).to.include('賞与対象開始日と締日 2025/06/01〜2025/11/30')
  })

  it('leads nowhere when there is no payroll', async () => {
    expect(words(await named('payslips-report-failed')))
      .to.include('SmartHRに存在しない従業員が指定されています')
      .and.not.include('SmartHRの給与明細を開く')
  })
})
