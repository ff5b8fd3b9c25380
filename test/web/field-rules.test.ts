import { expect } from 'chai'
import { useWorld } from '../helpers/world.js'
import type { Fields, Visitor } from '../helpers/visitor.js'

const PAGE = '/freee/settings/fields'

describe('the page 項目の設定', () => {
  const world = useWorld({ worker: false })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
    await visitor.get(PAGE)
  })

  interface Rule {
    way: string
    blanks: string
    newOnly: boolean
  }
  const stored = async (): Promise<Readonly<Record<string, Rule>> | null> => {
    const { rows } = await world.container.ownerPool.query<{ rules: Record<string, Rule> }>(
      'select rules from field_rules',
    )
    return rows[0]?.rules ?? null
  }
  const told = async () =>
    (
      await world.container.ownerPool.query<{ details: { changes: object[] }; who: string | null }>(
        `select details, admin_name as who from audit_events where act = 'field-rules.saved' order by at`,
      )
    ).rows
  const chosenIn = (id: string) => {
    const [, select = ''] = new RegExp(`<select id="${id}"[^>]*>([\\s\\S]*?)</select>`).exec(visitor.page().html) ?? []
    return /<option value="([^"]*)" selected/.exec(select)?.[1]
  }
  const everyWay = (way: string): Fields =>
    Object.fromEntries(
      [...visitor.page().html.matchAll(/<select id="(way-[^"]+)"/g)].map(([, name = '']) => [name, way]),
    )

  const NEEDED = ['last-name', 'first-name', 'last-name-kana', 'first-name-kana', 'birth-date', 'hire-date']
  const wayOfNeeded = (way: string): Fields => Object.fromEntries(NEEDED.map(id => [`way-${id}`, way]))

  it('is in the menu, has a help, and shows what holds while nothing is saved', async () => {
    const page = visitor.page()
    expect(page.html).to.match(/<a href="\/freee\/settings\/fields" aria-current="page">項目の設定</)
    expect(page.html).to.include('/help/freee/field-rules')
    expect((await visitor.get('/help/freee/field-rules')).text).to.include('項目の設定のヘルプ')
    await visitor.get(PAGE)
    expect(chosenIn('way-phone')).to.equal('both')
    expect(chosenIn('blanks-leaving-date')).to.equal('erase')
    expect(page.html).to.not.include('name="blanks-phone"')
    expect(chosenIn('way-last-name')).to.equal('both')
    for (const id of ['employee-number', 'bank-branch-code', 'employment-status'])
      expect(page.html).to.not.include(`name="way-${id}"`)
    expect(page.text)
      .to.include('社員番号 従業員を見分ける項目のため、変更できません。')
      .and.include('姓 新規登録に必要な項目です。選択した向きと逆の同期では、新しく登録する従業員にだけ登録します。')
      .and.include('支店コード 「銀行コード」と同じ設定になります。')
  })

  it('keeps what is chosen, shows it again, and tells 操作履歴 what has changed and who did it', async () => {
    await visitor.press('保存', { 'way-phone': 'to-service', 'blanks-leaving-date': 'keep', 'new-job-title': 'yes' })
    expect(visitor.page().text).to.include('項目の設定を保存しました')
    expect(chosenIn('way-phone')).to.equal('to-service')
    expect(chosenIn('blanks-leaving-date')).to.equal('keep')
    expect(visitor.page().html).to.match(/name="new-job-title"[^>]*checked/)
    const rules = await stored()
    expect(rules?.phone).to.deep.equal({ way: 'to-service', blanks: 'keep', newOnly: false })
    expect(rules?.['job-title']).to.deep.equal({ way: 'both', blanks: 'keep', newOnly: true })
    expect(rules?.['last-name']).to.deep.equal({ way: 'both', blanks: 'keep', newOnly: false })

    await visitor.press('保存', { 'way-phone': 'none' })
    const events = await told()
    expect(events.map(({ details }) => details.changes)).to.deep.equal([
      [
        { label: '役職', before: '両方', after: '両方、新規登録のときだけ' },
        { label: '退職年月日', before: '両方、空白のとき：空白にする', after: '両方、空白のとき：何もしない' },
        { label: '電話番号', before: '両方', after: 'freee人事労務へだけ' },
      ],
      [{ label: '電話番号', before: 'freee人事労務へだけ', after: 'しない' }],
    ])
    for (const { who } of events) expect(who).to.be.a('string').and.not.equal('')
    expect((await visitor.get('/audit')).text).to.include('項目の設定を保存')
  })

  it('says of each preset what it fills the form with', () => {
    expect(visitor.page().text)
      .to.match(
        /SmartHRを正とする\s*見分ける項目を除くすべての項目を、SmartHRからfreee人事労務へだけ同期する設定にします。/,
      )
      .and.match(
        /給与側を正とする\s*見分ける項目を除くすべての項目を、freee人事労務からSmartHRへだけ同期する設定にします。/,
      )
      .and.match(/はじめの設定に戻す\s*すべての項目を、何も変更していないときの設定にします。/)
  })

  it('fills the form by a preset, which holds nowhere before it is saved', async () => {
    await visitor.press('SmartHRを正とする')
    expect(visitor.page().url).to.include('preset=smarthr')
    expect(visitor.page().text).to.include('「SmartHRを正とする」の内容を表示しています。')
    expect([chosenIn('way-phone'), chosenIn('way-address-postal-code')]).to.deep.equal(['to-service', 'to-service'])
    expect(await stored()).to.equal(null)
    await visitor.press('保存')
    expect((await stored())?.phone?.way).to.equal('to-service')
    expect((await stored())?.['last-name']).to.deep.equal({ way: 'to-service', blanks: 'keep', newOnly: false })

    await visitor.press('給与側を正とする')
    expect(chosenIn('way-phone')).to.equal('to-smarthr')
    expect((await stored())?.phone?.way).to.equal('to-service')
    await visitor.press('はじめの設定に戻す')
    expect([chosenIn('way-phone'), chosenIn('blanks-leaving-date')]).to.deep.equal(['both', 'erase'])
    await visitor.press('保存')
    expect((await stored())?.phone?.way).to.equal('both')
    expect((await visitor.get(`${PAGE}?preset=nonsense`)).status).to.equal(200)
  })

  const bad: Record<string, [fields: () => Fields, says: string]> = {
    'all off': [() => ({ ...everyWay('none'), ...wayOfNeeded('both') }), 'すべての項目が「しない」になっています。'],
    'a rule for what tells people apart': [
      () => ({ 'way-employee-number': 'none' }),
      '社員番号は、設定を変更できない項目です。',
    ],
    'a rule for what nobody is registered without': [
      () => ({ 'way-last-name': 'none' }),
      '姓を同期する向きが選択されていません。',
    ],
    'a rule for what goes along with another field': [
      () => ({ 'way-bank-branch-code': 'none' }),
      '支店コードは、設定を変更できない項目です。',
    ],
    'a field that there is not': [() => ({ 'way-no-such-field': 'both' }), '設定できない項目が含まれているため'],
    'a way that there is not': [() => ({ 'way-phone': 'sideways' }), '電話番号を同期する向きが選択されていません。'],
    'a rule for a part of an address': [
      () => ({ 'way-address-city': 'both' }),
      '現住所（市区町村）は、設定を変更できない項目です。',
    ],
    'a blank that can erase nothing': [() => ({ 'blanks-phone': 'erase' }), '電話番号は、空白にできない項目です。'],
    'no word on blanks where there is a choice': [
      () => ({ 'blanks-leaving-date': '' }),
      '退職年月日が空白のときの動作が選択されていません。',
    ],
    'an array for a word': [() => ({ 'way-phone': ['both', 'none'] }), '電話番号を同期する向きが選択されていません。'],
  }
  for (const [what, [fields, says]] of Object.entries(bad)) {
    it(`refuses ${what} with a sentence, and keeps nothing of it`, async () => {
      await visitor.press('保存', { 'way-gender': 'to-service' })
      const before = await stored()
      const page = await visitor.press('保存', { 'way-gender': 'none', ...fields() })

      expect(page.status).to.equal(422)
      expect(page.text).to.include(says)
      const [, at = ''] = /<li> ?<a href="#([^"]+)">/.exec(page.html.replace(/\s+/g, ' ')) ?? []
      expect(page.html).to.include(`id="${at}"`)
      expect(await stored()).to.deep.equal(before)
      expect((await told()).length).to.equal(1)
    })
  }

  it('is none of a service that chooses its fields itself, nor of one whose records are not compared', async () => {
    for (const connector of ['mikiwame', 'money-forward']) {
      const page = await visitor.get(`/${connector}`)
      expect(page.html).to.not.include('settings/fields')
      expect((await visitor.get(`/${connector}/settings/fields`)).status).to.equal(404)
      expect((await visitor.get(`/help/${connector}/field-rules`)).status).to.equal(404)
    }
  })

  it('leads to the connection where there is none', async () => {
    expect((await visitor.get('/pca/settings/fields')).url).to.include('/pca/connection')
  })

  it('changes what the connection says is read and written', async () => {
    const both = 'SmartHRから読み取り、freee人事労務に書き込む項目'
    const before = (await visitor.get('/freee/connection')).text
    expect(before).to.include(both).and.include('freee人事労務から読み取り、SmartHRに書き込む項目')
    expect(before.split('電話番号').length).to.equal(3)
    await visitor.get(PAGE)
    await visitor.press('保存', { 'way-phone': 'to-service', 'new-job-title': 'yes' })
    const after = (await visitor.get('/freee/connection')).text
    expect(after.split('電話番号').length).to.equal(2)
    expect(after).to.include('役職（新規登録のときだけ）')
    expect((await visitor.get('/pca/connection')).text).to.include('SmartHRから読み取り、PCAクラウド給与に書き込む項目')
  })

  it('is the company’s: another administrator sees what the first has saved', async () => {
    await visitor.press('保存', { 'way-phone': 'none' })
    const colleague = await world.signedIn('jiro@midori.example')
    const page = await colleague.get(PAGE)
    expect(page.html).to.match(/<select id="way-phone"[^>]*>[\s\S]*?<option value="none" selected/)
  })
})
