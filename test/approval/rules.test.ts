import { expect } from 'chai'
import { ADMIN, ADMIN_NAME, useWorld } from '../helpers/world.js'
import { ask, JIRO, mailTo, rule, send, TO_SMARTHR } from './asking.js'

const PAGE = '/freee/settings/approval'
const FIELD = `mode-${TO_SMARTHR}`

describe('承認: the rule of a flow', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })

  const stored = async () =>
    (
      await world.container.ownerPool.query<{
        mode: string
        next_mode: string | null
      }>('select mode, next_mode from approval_rules where flow = $1', [TO_SMARTHR])
    ).rows[0]

  /** What the page says holds now. */
  const holds = (html: string) =>
    new RegExp(`<input type="radio" name="${FIELD}" value="(\\w+)" checked`).exec(html)?.[1]

  /** Two administrators, and 常に承認. */
  const strong = async () => {
    const hanako = await world.connected()
    await world.signedIn(JIRO)
    await rule(world, 'freee', 'always')
    const jiro = await world.signedIn(JIRO, PAGE)
    await hanako.get(PAGE)
    return { hanako, jiro }
  }

  const past = (interval: string) =>
    world.container.ownerPool.query(
      `update approval_rules set next_at = next_at - $1::interval, next_from = next_from - $1::interval`,
      [interval],
    )

  const acts = async () =>
    (
      await world.container.ownerPool.query<{
        act: string
        details: Record<string, unknown>
      }>(`select act, details from audit_events where act like 'approval-rules.%' order by id`)
    ).rows

  it('saves what was changed on the page alone: a colleague who has made another flow stronger since is not overruled', async () => {
    const hanako = await world.connected()
    const jiro = await world.signedIn(JIRO, PAGE)
    await hanako.get(PAGE)
    await jiro.press('保存', { [FIELD]: 'always' })
    await hanako.press('保存', { 'mode-salary-payslips': 'always' })

    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: null })
    expect(holds(hanako.page().html)).to.equal('always')
    expect(hanako.page().text)
      .to.include('承認の設定を保存しました')
      .and.not.include('弱める変更は、ほかの管理者が同意')
    const { rows } = await world.container.ownerPool.query(
      `select mode from approval_rules where flow = 'salary-payslips'`,
    )
    expect(rows).to.deep.equal([{ mode: 'always' }])
  })

  it('changes nothing where a colleague has changed the same rule, or asked for a weaker one, since the page was opened', async () => {
    const hanako = await world.connected()
    const jiro = await world.signedIn(JIRO, PAGE)
    await hanako.get(PAGE)
    await jiro.press('保存', { [FIELD]: 'always' })
    // Stronger than what this page shows, and weaker than what holds.
    await hanako.press('保存', { [FIELD]: 'dangerous' })
    expect(hanako.page().status).to.equal(409)
    expect(hanako.page().text).to.include('この画面を開いた後に').and.include('保存していません')
    expect(holds(hanako.page().html)).to.equal('always')
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: null })

    await jiro.get(PAGE)
    await hanako.press('保存', { [FIELD]: 'off' })
    await jiro.press('保存', { [FIELD]: 'dangerous' })
    expect(jiro.page().status).to.equal(409)
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: 'off' })
    // Whoever has seen the request may ask for another one.
    await jiro.press('保存', { [FIELD]: 'dangerous' })
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: 'dangerous' })
  })

  it('can’t be made by a company with one administrator, and the page says why', async () => {
    const hanako = await world.connected()
    const page = await hanako.get(PAGE)
    expect(page.text).to.include('あなただけのため、承認を使えません')
    expect(page.html).to.not.include(`name="${FIELD}"`)
    const fields = {
      op: 'save',
      'mode-employees-from-smarthr': 'off',
      'mode-salary-payslips': 'off',
      'mode-bonus-payslips': 'off',
    }
    await send(hanako, PAGE, { ...fields, [FIELD]: 'always' })

    expect(hanako.page().text).to.include('承認できる管理者が、ほかにいないため')
    expect(await stored()).to.equal(undefined)
    // One who was there and has lost the right does not count.
    await world.signedIn(JIRO)
    await world.container.ownerPool.query(
      'delete from smarthr_grants where admin_id = (select id from admins where email = $1)',
      [JIRO],
    )
    expect((await hanako.get(PAGE)).text).to.include('承認を使えません')
  })

  it('hides its fields from the only administrator, who is told why when a form sends something all the same', async () => {
    const hanako = await world.connected()
    await hanako.get(PAGE)
    await send(hanako, PAGE, { op: 'save' })

    expect(hanako.page().text).to.include('承認できる管理者が、ほかにいないため').and.not.include('選択されていません')
    expect(await stored()).to.equal(undefined)
  })

  it('holds on when one administrator is left, and pages say so, with the way out, which is to weaken it', async () => {
    const { hanako } = await strong()
    await world.container.ownerPool.query(
      'delete from smarthr_grants where admin_id = (select id from admins where email = $1)',
      [JIRO],
    )
    expect((await hanako.get(PAGE)).text)
      .to.include('承認が必要な同期は、ほかの管理者がRenkeiにログインするまで開始できません')
      .and.include('承認を弱めて保存してください。24時間が過ぎると適用されます')
      .and.not.include('承認を使えません')
    await ask(hanako)
    expect(hanako.page().text)
      .to.include('承認できる管理者が、ほかにいません')
      .and.include('メニューの［承認］で承認を弱めてください。24時間が過ぎると適用されます')
    await hanako.get(PAGE)
    await hanako.press('保存', { [FIELD]: 'off' })
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: 'off' })
    await past('24 hours')
    expect(holds((await hanako.get(PAGE)).html)).to.equal('off')
    await hanako.press('保存', { [FIELD]: 'always' })
    expect(hanako.page().text).to.include('承認を設定したり、強めたりすることはできません')
    const others = ['employees-from-smarthr', 'salary-payslips', 'bonus-payslips'].map(flow => [`mode-${flow}`, 'off'])
    await hanako.press('保存', Object.fromEntries(others) as Record<string, string>)
    expect(hanako.page().text)
      .to.include('弱める変更は、依頼済みです。適用される日時までお待ちください')
      .and.not.include('承認を弱めて保存してください')
  })

  it('takes none but what the page offers', async () => {
    const { hanako } = await strong()
    const fields = {
      op: 'save',
      'mode-employees-from-smarthr': 'always',
      'mode-salary-payslips': 'dangerous',
      'mode-bonus-payslips': 'always',
    }
    const answer = await send(hanako, PAGE, { ...fields, [FIELD]: 'never' })

    expect(answer.status).to.equal(422)
    expect((answer.html.match(/の承認が選択されていません/g) ?? []).length).to.be.greaterThan(1)
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: null })
  })

  it('holds at once when it is made stronger', async () => {
    await strong()
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: null })
    expect(await world.mails()).to.have.length(0)
    const [first] = await acts()
    expect(first?.act).to.equal('approval-rules.saved')
    expect(JSON.stringify(first?.details)).to.include('承認なし').and.include('常に承認')
  })

  for (const weaker of ['off', 'dangerous'])
    it(`made weaker (${weaker}) it holds after 24 hours; all administrators hear of it at once, and see who and when`, async () => {
      const { hanako, jiro } = await strong()
      await hanako.press('保存', { [FIELD]: weaker })

      expect(await stored()).to.deep.equal({
        mode: 'always',
        next_mode: weaker,
      })
      for (const address of [ADMIN, JIRO]) {
        const mail = await mailTo(world, address, '承認の設定が変更されます')
        expect(mail.text).to.include(`${ADMIN_NAME}さんが`).and.include(PAGE)
      }
      for (const visitor of [hanako, jiro]) {
        await visitor.get(PAGE)
        expect(visitor.page().text).to.match(
          new RegExp(`${ADMIN_NAME}さんが\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\dに依頼しています`),
        )
        expect(holds(visitor.page().html)).to.equal('always')
      }
      await past('23 hours')
      expect(holds((await jiro.get(PAGE)).html)).to.equal('always')
      await past('1 hour')
      expect(holds((await jiro.get(PAGE)).html)).to.equal(weaker)
      expect(jiro.page().text).to.not.include('に依頼しています')
    })

  it('made weaker it holds at once when a second administrator agrees, and not when the same one does', async () => {
    const { hanako, jiro } = await strong()
    await hanako.press('保存', { [FIELD]: 'off' })
    expect(hanako.page().html).to.not.include('value="agree"')
    expect((await send(hanako, PAGE, { op: 'agree', flow: TO_SMARTHR })).status).to.equal(403)
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: 'off' })
    await jiro.get(PAGE)
    await jiro.press('変更に同意する')

    expect(await stored()).to.deep.equal({ mode: 'off', next_mode: null })
    expect((await acts()).map(({ act }) => act).slice(-2)).to.deep.equal([
      'approval-rules.asked',
      'approval-rules.agreed',
    ])
    expect((await acts()).at(-1)?.details).to.include({
      requester: ADMIN_NAME,
    })
  })

  it('is called back by anybody, and then stays as it is; a second press says so', async () => {
    const { hanako, jiro } = await strong()
    await hanako.press('保存', { [FIELD]: 'off' })
    await jiro.get(PAGE)
    const late = jiro.twin()
    await jiro.press('変更を取り下げる')
    await late.press('変更に同意する')

    expect(late.page().text).to.include('弱める変更は、すでに取り下げられたか、適用されています')
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: null })
    await past('48 hours')
    expect(holds((await jiro.get(PAGE)).html)).to.equal('always')
  })

  for (const press of ['変更に同意する', '変更を取り下げる'])
    it(`［${press}］ decides about what the page showed: another request since then changes nothing and is shown`, async () => {
      const { hanako, jiro } = await strong()
      await hanako.press('保存', { [FIELD]: 'dangerous' })
      await jiro.get(PAGE)
      await hanako.press('保存', { [FIELD]: 'off' })
      const before = await acts()
      const answer = await jiro.press(press)

      expect(answer.status).to.equal(409)
      expect(answer.text).to.include('依頼の内容が変わりました').and.include('「常に承認」から「承認なし」にする変更')
      expect(await stored()).to.deep.equal({
        mode: 'always',
        next_mode: 'off',
      })
      expect(await acts()).to.deep.equal(before)
      // Now it has been seen.
      await jiro.press(press)
      expect(await stored()).to.deep.equal({
        mode: press === '変更に同意する' ? 'off' : 'always',
        next_mode: null,
      })
    })

  it('decides nothing about a request that was called back and made again since', async () => {
    const { hanako, jiro } = await strong()
    await hanako.press('保存', { [FIELD]: 'off' })
    await jiro.get(PAGE)
    await hanako.press('変更を取り下げる')
    await hanako.press('保存', { [FIELD]: 'off' })

    expect((await jiro.press('変更に同意する')).status).to.equal(409)
    // Nor does a form that names no request: the release before drew it.
    expect((await send(jiro, PAGE, { op: 'agree', flow: TO_SMARTHR })).status).to.equal(409)
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: 'off' })
  })

  it('tells a second administrator who saves the same that it waits, and where to agree', async () => {
    const { hanako, jiro } = await strong()
    await hanako.press('保存', { [FIELD]: 'off' })
    await jiro.get(PAGE)
    await jiro.press('保存', { [FIELD]: 'off' })

    expect(jiro.page().text)
      .to.include('同じ変更を、ほかの管理者が依頼しています')
      .and.include('［変更に同意する］を押してください')
      .and.not.include('変更されていません')
    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: 'off' })
    // Whoever asked has nobody to agree with.
    await hanako.press('保存', { [FIELD]: 'off' })
    expect(hanako.page().text).to.include('この変更は、すでに依頼しています').and.not.include('押してください')
    // What else was changed is told besides.
    await jiro.press('保存', {
      [FIELD]: 'off',
      'mode-employees-from-smarthr': 'off',
    })
    expect(jiro.page().text)
      .to.include('承認の設定を保存しました')
      .and.include('同じ変更を、ほかの管理者が依頼しています')
  })

  it('asked for twice keeps its day, and tells nobody twice', async () => {
    const { hanako, jiro } = await strong()
    await hanako.press('保存', { [FIELD]: 'off' })
    await past('10 hours')
    const { rows: before } = await world.container.ownerPool.query('select next_from from approval_rules')
    await jiro.get(PAGE)
    await jiro.press('保存', { [FIELD]: 'off' })

    const { rows: after } = await world.container.ownerPool.query('select next_from from approval_rules')
    expect(after).to.deep.equal(before)
    // Those that arrive may be of the test before.
    const { rowCount } = await world.container.ownerPool.query(`select from mails where kind like 'approval-weaker|%'`)
    expect(rowCount).to.equal(2)
  })

  it('of another company is not seen and not changed', async () => {
    await strong()
    const other = await world.signedIn('taro@aozora.example', PAGE)
    await send(other, PAGE, { op: 'call-back', flow: TO_SMARTHR })
    await send(other, PAGE, { op: 'agree', flow: TO_SMARTHR })

    expect(await stored()).to.deep.equal({ mode: 'always', next_mode: null })
    expect(other.page().text).to.not.include(ADMIN_NAME)
  })
})
