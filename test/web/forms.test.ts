import { expect } from 'chai'
import { connectFreee } from '../helpers/connecting.js'
import { PASSWORD, useWorld } from '../helpers/world.js'
import { toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'

const SCRIPT = '<script>alert(1)</script>'

describe('connecting freee', () => {
  const world = useWorld({ worker: false, once: true })
  beforeEach(() => world.reset())

  const wrongNumbers: Record<string, [typed: string, says: string]> = {
    empty: ['', '事業所番号が入力されていません。'],
    'too short': ['12345', '事業所番号が正しくありません。'],
    'too long': ['0'.repeat(500), '事業所番号が正しくありません。'],
    'letters beyond f': ['012345678g', '事業所番号が正しくありません。'],
    'a script tag': [SCRIPT, '事業所番号が正しくありません。'],
    'a NUL': ['01234\u000056789', '事業所番号が正しくありません。'],
  }
  for (const [what, [typed, says]] of Object.entries(wrongNumbers)) {
    it(`explains a 事業所番号 that is ${what} at the field, and keeps it`, async () => {
      const visitor = await world.signedIn()
      await visitor.get('/freee/connection')
      const page = await visitor.press('連携開始', { accountCode: typed })

      expect(page.status).to.equal(422)
      expect(page.text).to.include(says)
      expect(page.html).not.to.include(SCRIPT).and.not.include('\u0000')
      if (typed && what !== 'a NUL' && what !== 'a script tag') expect(page.html).to.include(`value="${typed}"`)
    })
  }

  it('takes an array where a text is due for what it is', async () => {
    const visitor = await world.signedIn()
    await visitor.get('/freee/connection')
    const page = await visitor.press('連携開始', { accountCode: ['0123456789', '0123456789'] })

    expect(page.status).to.equal(422)
  })

  for (const [typed, code] of [
    ['０１２－３４５－６７８９', '0123456789'],
    [' 0123 456 789 ', '0123456789'],
    ['01234567AF', '01234567af'],
  ] as const) {
    it(`understands ${typed}`, async () => {
      const visitor = await world.signedIn()
      await visitor.get('/freee/connection')
      await visitor.press('連携開始', { accountCode: typed })
      await visitor.press('ログイン', { email: 'owner@freee.example', password: PASSWORD })
      const company = code.endsWith('af') ? '124' : '123'
      await visitor.press('次へ', { company_id: company })
      await visitor.press('許可する')

      expect(visitor.page().url).to.include('/connection/confirm')
      expect(visitor.page().text).to.include(code)
    })
  }

  const consent = async (visitor: Visitor, email: string, typed = '0123456789', company?: string) => {
    await visitor.get('/freee/connection')
    await visitor.press('連携開始', { accountCode: typed })
    await visitor.press('ログイン', { email, password: PASSWORD })
    if (!visitor.page().html.includes('許可する')) await visitor.press('次へ', company ? { company_id: company } : {})
    return visitor
  }

  it('says why nothing was connected when consent is refused', async () => {
    const visitor = await consent(await world.signedIn(), 'owner@freee.example')
    const page = await visitor.press('キャンセル')

    expect(page.text).to.include('freee人事労務との連携が許可されませんでした')
    expect((await visitor.get('/freee')).text).to.include('連携していません')
  })

  it('refuses another company than the one typed', async () => {
    const visitor = await consent(await world.signedIn(), 'owner@freee.example', '0123456789', '124')
    const page = await visitor.press('許可する')

    expect(page.text).to.include('入力した事業所番号（0123456789）と、freeeで許可した事業所が一致しません')
  })

  it('refuses somebody who is not an administrator of freee', async () => {
    const visitor = await consent(await world.signedIn(), 'staff@freee.example')
    const page = await visitor.press('許可する')

    expect(page.text).to.include('freee人事労務の管理者ではないユーザー')
  })

  it('connects only with both boxes ticked, and forgets the tokens of whoever leaves', async () => {
    const visitor = await consent(await world.signedIn(), 'owner@freee.example')
    await visitor.press('許可する')
    const page = await visitor.press('連携する', { account: 'yes' })
    expect(page.status).to.equal(422)
    expect(page.text).to.include('注意事項を確認して、チェックを入れてください。')

    await visitor.press('キャンセル')
    const { rows } = await world.container.ownerPool.query<{ n: number }>('select count(*) as n from connections')
    expect(rows[0]?.n).to.equal(0)
    expect(visitor.page().text).to.include('連携していません')
  })

  it('disconnects only on purpose, revokes at freee, deletes the credentials and keeps the links', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/connection/disconnect')
    expect((await visitor.press('解除')).status).to.equal(422)
    await visitor.press('解除', { sure: 'yes' })

    expect(visitor.page().text).to.include('freee人事労務連携を解除しました')
    const { rows } = await world.container.ownerPool.query<{ state: string; credentials: string | null }>(
      'select state, credentials from connections',
    )
    expect(rows).to.deep.equal([{ state: 'ended', credentials: null }])
    expect((await world.calls('freee')).map(call => call.path)).to.include('/public_api/revoke')
  })

  it('changes the company by disconnecting and connecting anew, with settings of its own', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/connection/disconnect')
    await visitor.press('解除', { sure: 'yes' })
    await visitor.get('/freee/connection')
    await visitor.press('連携開始', { accountCode: '01234567af' })
    await visitor.press('次へ', { company_id: '124' })
    await visitor.press('許可する')
    await visitor.press('連携する', { account: 'yes', notes: 'yes' })

    expect(visitor.page().text).to.include('freee人事労務連携に成功しました').and.include('01234567af')
    expect(visitor.page().text).to.include('先にエクスポート設定を保存してください')
  })
})

describe('エクスポート設定 and 情報取得基準日', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })

  const good = {
    working_hours_system_name: '固定時間',
    company_reference_date_rule_name: '正社員',
    pay_calc_type: 'monthly',
    pay_amount: '220000',
  }
  const wrong: [field: keyof typeof good, value: string | string[], says: string][] = [
    ['working_hours_system_name', '', '勤務・賃金設定名（労働時間制度）が入力されていません。'],
    ['working_hours_system_name', 'あ'.repeat(31), '30文字を超える'],
    ['working_hours_system_name', ['a', 'b'], '正しくありません。'],
    ['company_reference_date_rule_name', 'あ'.repeat(16), '15文字を超える'],
    ['pay_calc_type', 'yearly', '給与方式に、選択できない値が指定されています。'],
    ['pay_amount', '二十万', '整数で入力してください'],
    ['pay_amount', '-1', '整数で入力してください'],
    ['pay_amount', '100000000', '99,999,999'],
    ['pay_amount', '1.5', '整数で入力してください'],
  ]
  for (const [field, value, says] of wrong) {
    it(`explains ${field} = ${JSON.stringify(value).slice(0, 20)} and keeps the other fields`, async () => {
      const visitor = await world.signedIn()
      await connectFreee(visitor)
      await visitor.get('/freee/settings')
      const page = await visitor.press('保存', { ...good, [field]: value })

      expect(page.status).to.equal(422)
      expect(page.text).to.include(says)
      if (field !== 'company_reference_date_rule_name') expect(page.html).to.include('value="正社員"')
    })
  }

  it('takes full-width digits and commas for the amount', async () => {
    const visitor = await world.signedIn()
    await connectFreee(visitor)
    await visitor.get('/freee/settings')
    await visitor.press('保存', { ...good, pay_amount: '２２０，０００' })
    expect(visitor.page().text).to.include('freee人事労務エクスポート設定を更新しました')

    expect((await visitor.get('/freee/settings')).html).to.include('value="220000"')
  })

  it('blocks the sync to freee until the settings are saved', async () => {
    const visitor = await world.signedIn()
    await connectFreee(visitor)
    const page = await visitor.begin('/freee/runs/new?flow=employees-from-smarthr')

    expect(page.text).to.include('先にエクスポート設定を保存してください')
    expect(page.url).to.match(/\/freee$/)
  })

  const dates: [typed: string, says: string][] = [
    ['', '情報取得基準日が入力されていません。'],
    ['2026-02-30', '情報取得基準日が正しくありません。'],
    ['あした', '情報取得基準日が正しくありません。'],
    ['1999-12-31', '2000/01/01から2100/12/31までの日付を指定してください。'],
    ['12026-01-01', '情報取得基準日が正しくありません。'],
  ]
  for (const [typed, says] of dates) {
    it(`explains the date 「${typed}」`, async () => {
      const visitor = await world.connected()
      await visitor.begin('/freee/runs/new?flow=employees-to-smarthr')
      const page = await visitor.press('次へ', { referenceDate: typed })

      expect(page.status).to.equal(422)
      expect(page.text).to.include(says)
    })
  }

  it('lists who is employed on the day, both boundary days included', async () => {
    const visitor = await world.connected()
    // the seed has somebody who left on 2026-10-31
    await toSelection(visitor, 'employees-from-smarthr', '2026-10-31')
    await visitor.press('search', { q: '001033' })
    expect(visitor.page().text).to.include('001033')
    await toSelection(visitor, 'employees-from-smarthr', '2026-11-01')
    await visitor.press('search', { q: '001033' })

    expect(visitor.page().text).to.include('該当する従業員はいません')
  })

  it('keeps the selection through search, filter, sort and paging', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 130 })
    await toSelection(visitor, 'employees-from-smarthr')
    await visitor.press('select-page')
    expect(visitor.page().text).to.include('50名の従業員が選択されています')
    await visitor.press('次へ')
    expect(visitor.page().text).to.include('51–100 / 130').and.include('50名の従業員が選択されています')
    await visitor.press('search', { q: 'P000130' })
    await visitor.press('select-page')
    expect(visitor.page().text).to.include('1–1 / 1').and.include('51名の従業員が選択されています')
    await visitor.press('search', { q: '' })
    await visitor.press('sort:key')
    expect(visitor.page().text.indexOf('P000130')).to.be.greaterThan(-1)
    await visitor.press('select-all')
    expect(visitor.page().text).to.include('130名の従業員が選択されています')
    await visitor.press('clear')

    expect(visitor.page().text).to.include('従業員が選択されていません')
  })
})
