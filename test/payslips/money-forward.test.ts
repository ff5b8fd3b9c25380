import { expect } from 'chai'
import { payrollsIn, payslipOf } from '../helpers/payslips.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'

const KEY = '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37'
const PRODUCT = 'マネーフォワード クラウド給与'
const NOVEMBER = 'pr_202611'

describe('payslips of マネーフォワード クラウド給与', () => {
  const world = useWorld({ at: '2026-11-26T01:00:00Z', limitsOff: ['smarthr', 'money-forward'] })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.signedIn('hanako@midori.example', '/money-forward')
  })

  const register = async (apiKey = KEY) => {
    await visitor.get('/money-forward/connection')
    return visitor.press('登録', { apiKey })
  }
  const flip = (changes: object) => world.control('PUT', '/switches', { service: 'money-forward', ...changes })
  const fault = (changes: object) => world.control('POST', '/faults', changes)
  /** From ［取り込みを開始］ to the page that follows the fetch. */
  const take = async (payroll = NOVEMBER): Promise<string> => {
    await visitor.begin('/money-forward/runs/new?flow=payslips')
    await visitor.press('取り込む', { area: payroll })
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1]
    if (!runId) throw new Error(visitor.page().text)
    await settled(runId)
    return runId
  }
  const settled = (runId: string) =>
    eventually('the plan', async () => {
      const page = await visitor.get(`/runs/${runId}/fetch`)
      return !page.url.endsWith('/fetch') || page.text.includes('取得に失敗しました')
    })
  /** … with the items registered as proposed, to the dialog. */
  const toDialog = async (payroll = NOVEMBER): Promise<string> => {
    const runId = await take(payroll)
    if (visitor.page().url.endsWith('/items')) {
      await visitor.press('登録')
      await settled(runId)
    }
    return runId
  }
  const theMail = (runId: string) =>
    eventually('the mail', async () => (await world.mails()).find(mail => mail.text.includes(runId)))

  describe('the API KEY', () => {
    it('is tried at the service before it is kept, and shown by its end only', async () => {
      const page = await register()

      expect(page.text).to.include('連携を登録しました').and.include('株式会社みどり商会').and.include('…0b37')
      expect(page.html).not.to.include(KEY)
      const settings = await visitor.get('/money-forward/connection')
      expect(settings.text).to.include('編集').and.include('連携を解除')
      expect(settings.html).not.to.include(KEY)
      expect(JSON.stringify(world.logs)).not.to.include(KEY)
    })

    for (const [what, typed] of [
      ['a key of nobody', '11111111-2222-4333-8444-555555555555'],
      ['no key at all', 'renkei'],
      ['a key with a digit too few', KEY.slice(0, -1)],
    ] as const) {
      it(`refuses ${what}, and says where the right one stands`, async () => {
        const page = await register(typed)

        expect(page.text).to.include(
          `API KEYが正しくありません。${PRODUCT}の［連携設定］＞［外部システム連携用識別子］を確認してください。`,
        )
        expect((await visitor.get('/money-forward')).text).to.include('連携していません')
      })
    }

    it('asks for it when the field was left empty', async () => {
      expect((await register('')).text).to.include('API KEYが入力されていません。')
    })

    it('tells the operator when the app itself is refused', async () => {
      for (const refusal of ['refuseIdentifier', 'refuseIp']) {
        await flip({ [refusal]: true })
        const page = await register()
        expect(page.text).to.include(`${PRODUCT}に接続できませんでした。`)
        expect(world.logs.filter(line => line.includes('the app itself is refused'))).to.have.length(1)
        world.logs.length = 0
        await flip({ [refusal]: false })
      }
    })

    it('is asked for anew when the company issued another one', async () => {
      await register()
      await flip({ apiKey: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee' })
      await visitor.begin('/money-forward/runs/new?flow=payslips')

      expect(visitor.page().text).to.include('API KEYが正しくありません')
      expect((await visitor.get('/money-forward')).text).to.include('再連携が必要')
      expect((await register('aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee')).text).to.include('連携を登録しました')
      expect((await visitor.get('/money-forward')).text)
        .to.include('連携中')
        .and.not.include('再連携')
    })

    it('says that employees do not come this way, and where they do', async () => {
      const page = await register()
      expect(page.text).to.include('の従業員情報は、API KEYでは取り込めません。').and.include('CSVファイル連携を開く')
      expect(page.html).to.include('/articles/360026107234/').and.include('/articles/360026265333/')
    })
  })

  describe('an import', () => {
    beforeEach(() => register())

    it('offers what is 確定 only, newest first, by 支給タイプ', async () => {
      await visitor.begin('/money-forward/runs/new?flow=payslips')
      const { text, html } = visitor.page()
      expect(text).to.include('データの取り込み方法：マネーフォワード クラウド給与から取り込む')
      expect([...html.matchAll(/name="area" value="([^"]+)"/g)].map(([, id]) => id)).to.deep.equal([
        'pr_202611',
        'pr_202610',
      ])
      expect(text).to.include('2026年11月25日支給（2026/10/01〜2026/10/31）')

      await visitor.get(`${visitor.page().url}?kind=bonus`)
      expect([...visitor.page().html.matchAll(/name="area" value="([^"]+)"/g)].map(([, id]) => id)).to.deep.equal([
        'pr_202607b',
      ])
    })

    it('says so where nothing is 確定', async () => {
      for (const run of ['pr_202611', 'pr_202610', 'pr_202607b']) await flip({ unfinalize: run })
      await visitor.begin('/money-forward/runs/new?flow=payslips')
      expect(visitor.page().text).to.include(`取り込める明細がありません。${PRODUCT}で給与計算を確定してください。`)
      expect(visitor.page().html)
        .to.include('画面を再読み込み')
        .and.not.match(/<button[^>]*>取り込む/)
    })

    it('has no list to choose from, and no page where one would be', async () => {
      const runId = await take()
      const items = visitor.page().url
      for (const step of ['select', 'period']) {
        expect((await visitor.get(`/runs/${runId}/${step}`)).status, step).to.equal(404)
      }
      expect((await visitor.get(items)).status).to.equal(200)
    })

    it('asks for new items once, then takes everybody SmartHR knows into one payroll', async () => {
      const runId = await take()
      expect(visitor.page().url).to.match(/\/items$/)
      expect(visitor.page().text).to.include('在宅勤務手当').and.not.include('扶養人数').and.not.include('(支給)')
      // 社宅費 is nobody's business.
      const shown = [...visitor.page().html.matchAll(/name="(shown-\d+)" value="1" checked><span class="vh">社宅費/g)]
      const hidden = shown[0]?.[1] ?? ''
      await visitor.press('登録', { [hidden]: '' })
      await settled(runId)

      expect(visitor.page().text).to.include('33名の明細を取り込みます').and.include('2026/10/01〜2026/10/31')
      expect(visitor.page().text).to.include('1001').and.include('9001').and.include('同じ社員番号の従業員がいません')
      await visitor.press('登録', { name_for_admin: '11月給与（本社）', name_for_crew: '11月の給与明細' })
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include('成功 33件').and.include('対象外 2件').and.include('取り込まなかった従業員（2名）')
      const payrolls = await payrollsIn(world)
      expect(payrolls).to.have.length(1)
      const [payroll] = payrolls
      expect(payroll).to.include({
        status: 'wip',
        payment_type: 'salary',
        paid_at: '2026-11-25',
        period_start_at: '2026-10-01',
        period_end_at: '2026-10-31',
        numeral_system_handle_type: 'as_is',
        name_for_admin: '11月給与（本社）',
        name_for_crew: '11月の給与明細',
      })
      expect(new Set(payroll?.payslips.map(slip => slip.crew_id)).size).to.equal(33)
      const of = (code: string) => payslipOf(world, payroll, code)
      expect((await of('001003')).memo?.split('\n')).to.have.length(5)
      expect((await of('001005')).deductions).to.deep.include({ name: '所得税', amount: -12_000 })
      expect((await of('001006')).allowances).to.deep.include({ name: '欠勤控除', amount: -8_000 })
      expect((await of('001004')).deductions).to.deep.include({ name: '住民税', amount: 0 })
      expect((await of('001009')).allowances.map(({ name }) => name)).not.to.include('役職手当')
      expect((await of('001001')).allowances.map(({ name }) => name)).to.include('通勤手当')
      expect(JSON.stringify(payroll?.payslips)).not.to.include('社宅費')

      const mail = await theMail(runId)
      expect(mail.subject).to.equal(`${PRODUCT}からSmartHRへ給与明細を取り込みました｜株式会社みどり商会`)
      expect(mail.text).to.include('成功: 33件').and.include('対象外: 2件').and.include('従業員番号: 【9001】')
      expect((await visitor.get('/money-forward')).text)
        .to.include('給与明細取り込み開始')
        .and.include('給与明細取り込み終了')

      // The items are known from now on.
      await take('pr_202610')
      expect(visitor.page().url).to.match(/\/confirm$/)
    })

    it('takes a bonus as a bonus', async () => {
      const runId = await toDialog('pr_202607b')
      expect(visitor.page().text).to.include('支給タイプ 賞与')
      expect(visitor.page().html).to.include('value="2026年7月賞与"')
      await visitor.press('登録')
      await reportOf(visitor, runId)
      expect((await payrollsIn(world))[0]).to.include({ payment_type: 'bonus', paid_at: '2026-07-10' })
    })

    it('keeps what was typed when an item or a name is wrong', async () => {
      await take()
      const selects = [...visitor.page().html.matchAll(/<select id="(kind-\d+)"/g)].map(([, name]) => name ?? '')
      await visitor.press('登録', { [selects[0] ?? '']: 'net' })
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('差引支給額にできる項目は1つだけです。')
      expect(visitor.page().html).to.match(/<option value="net" selected>/)

      await toDialog()
      await visitor.press('登録', { name_for_admin: '', name_for_crew: '11月 <b>' })
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('給与明細の名前（管理者向け）が入力されていません。')
      expect(visitor.page().html).to.include('value="11月 &lt;b&gt;"')
      expect(await payrollsIn(world)).to.deep.equal([])
    })

    it('says which item makes a sum not add up, and takes it all the same with a tick', async () => {
      await take()
      const kind = /<td[^>]*id="item-(\d+)"[^>]*>在宅勤務手当/.exec(visitor.page().html)?.[1] ?? ''
      await visitor.press('登録', { [`kind-${kind}`]: 'other' })
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().html).to.include(`id="kind-${kind}-error"`).and.not.include('id="kind-0-error"')
      expect(visitor.page().text)
        .to.match(/支給項目の合計（[\d,]+円）と支給合計（[\d,]+円）が一致していません。「在宅勤務手当」の種別/)
        .and.include('社員番号001001など33名')
      await visitor.press('登録', { anyway: 'yes' })
      expect(visitor.page().text).to.include('項目を登録しました。')
    })

    it('refuses a fraction of a yen on that page already, and names item and person', async () => {
      await flip({ changeValue: { run: NOVEMBER, employee_code: '001004', item: '在宅勤務手当', value: '5000.5' } })
      await take()
      await visitor.press('登録')
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include(
        '「在宅勤務手当」の金額（5000.5円）に、1円未満の端数があります。（社員番号001004）',
      )
      expect(visitor.page().url).to.match(/\/items$/)
    })

    it('leaves out a statement with a fraction of a yen before the write, with the reason', async () => {
      await toDialog('pr_202610')
      await flip({ changeValue: { run: 'pr_202610', employee_code: '001002', item: '基本給', value: '1000.5' } })
      await take('pr_202610')
      expect(visitor.page().text)
        .to.include('取り込めない従業員')
        .and.include('「基本給」の金額（1000.5円）に、1円未満の端数があります。')
    })

    it('keeps the suffix of two items that it alone tells apart, and imports both', async () => {
      await flip({ renameItem: { run: 'pr_202610', from: '通勤手当(支給)', to: '社宅費(支給)' } })
      const runId = await toDialog('pr_202610')
      await visitor.press('登録')
      await reportOf(visitor, runId)

      const slip = await payslipOf(world, (await payrollsIn(world))[0], '001001')
      const names = [...slip.allowances, ...slip.deductions, ...slip.payroll_aggregates].map(({ name }) => name)
      expect(names).to.include.members(['社宅費(支給)', '社宅費(控除)']).and.not.include('社宅費')
    })

    it('refuses items without the three totals, and imports nothing while one is missing', async () => {
      await take()
      const hidden = /name="(shown-\d+)" value="1" checked><span class="vh">差引支給額/.exec(visitor.page().html)?.[1]
      await visitor.press('登録', { [hidden ?? '']: '' })
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('差引支給額の項目がありません。')
      expect(visitor.page().url).to.match(/\/items$/)
      expect(await payrollsIn(world)).to.deep.equal([])
    })

    it('lets the registered items be changed at any time, for the next import', async () => {
      await toDialog('pr_202610')
      await visitor.get('/money-forward/payslip-items')
      expect(visitor.page().text).to.include('給与明細の項目').and.include('社宅費')
      const row = (name: string) =>
        new RegExp(`name="shown-(\\d+)" value="1"[^>]*><span class="vh">${name}`).exec(visitor.page().html)?.[1]
      await visitor.press('保存', { [`kind-${row('基本給')}`]: 'net' })
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('差引支給額にできる項目は1つだけです。')

      await visitor.get('/money-forward/payslip-items')
      await visitor.press('保存', { [`shown-${row('社宅費')}`]: '' })
      expect(visitor.page().text).to.include('給与明細の項目を保存しました。')
      await take('pr_202610')
      await visitor.press('登録')
      await eventually('the payslips', async () => ((await payrollsIn(world))[0]?.payslips.length ?? 0) > 0)
      const imported = JSON.stringify(await payrollsIn(world))
      expect(imported).to.include('基本給').and.not.include('社宅費')
    })

    it('tells which payslips SmartHR finds not to add up', async () => {
      const runId = await toDialog('pr_202610')
      await visitor.press('登録')
      const report = await reportOf(visitor, runId)
      const wrong = (await payrollsIn(world))[0]?.payslips.filter(slip => slip.mismatch).length ?? 0

      expect(wrong).to.be.greaterThan(0)
      expect(report.text)
        .to.include(`要確認 ${wrong}件`)
        .and.include('SmartHRで項目の合計金額が一致していません')
        .and.match(/種別が異なる項目：「[^」]+」（(支給|控除)として取り込み/)
        .and.include('確認が必要です')
        .and.include(`要確認（${wrong}件）`)
      const doubted = await visitor.get(`/runs/${runId}?outcome=unconfirmed`)
      expect(doubted.html.match(/成功・要確認</g), 'each of them, and nobody else').to.have.length(wrong)
      expect((await theMail(runId)).text)
        .to.include(`要確認: ${wrong}件`)
        .and.include('確定・公開してください')
    })

    it('asks before the same run is imported a second time', async () => {
      const first = await toDialog('pr_202610')
      await visitor.press('登録')
      await reportOf(visitor, first)

      const second = await toDialog('pr_202610')
      expect(visitor.page().text).to.include('同じ明細が取り込み済みです')
      expect(visitor.page().html).to.include('value="2026年10月給与（2）"').and.not.include('value="2026年10月給与"')
      await visitor.press('登録', { name_for_admin: '二回目', name_for_crew: '二回目' })
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().html).to.include('value="二回目"')
      expect(await payrollsIn(world)).to.have.length(1)

      await visitor.press('登録', { name_for_admin: '二回目', name_for_crew: '二回目', again: 'yes' })
      await reportOf(visitor, second)
      expect((await payrollsIn(world)).map(payroll => payroll.name_for_admin)).to.deep.equal([
        '2026年10月給与',
        '二回目',
      ])
    })

    it('asks even when the first import is so old that its people are forgotten', async () => {
      const query = (sql: string) => world.container.ownerPool.query(sql)
      // no day stands ready for it: its people go by themselves
      await query(`alter table runs alter id set default uuid_v7(clock_timestamp() - interval '40 days')`)
      const first = await toDialog('pr_202610')
      await visitor.press('登録')
      await reportOf(visitor, first)
      await query(`alter table runs alter id set default uuid_v7()`)
      await query(`update runs set ended_at = ended_at - interval '40 days'`)
      await world.container.housekeeping()
      expect((await query('select from run_items')).rowCount).to.equal(0)

      await toDialog('pr_202610')
      expect(visitor.page().text).to.include('同じ明細が取り込み済みです')
    })

    it('starts one import however often and wherever ［登録］ is pressed', async () => {
      const runId = await toDialog()
      const action = visitor.page().url
      const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
      const revision = /name="revision" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
      const selection = /name="selection" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
      const form = { _csrf: csrf, revision, selection, name_for_admin: 'a', name_for_crew: 'b' }
      for (let click = 0; click < 3; click += 1) await visitor.post(action, form)
      await reportOf(visitor, runId)
      expect(await payrollsIn(world)).to.have.length(1)
    })

    it('imports nothing when the run was un-finalised after it was shown', async () => {
      const runId = await toDialog()
      await flip({ unfinalize: NOVEMBER })
      await visitor.press('登録')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include(`選択した明細が見つかりません。${PRODUCT}で確定されているか確認してください。`)
      expect(await payrollsIn(world)).to.deep.equal([])
      expect((await theMail(runId)).text).to.include('選択した明細が見つかりません')
    })

    it('leaves out whoever changed after the plan, and tells why', async () => {
      const runId = await toDialog()
      await flip({ changeValue: { run: NOVEMBER, employee_code: '001004', item: '基本給', value: '999999' } })
      await visitor.press('登録')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include('成功 32件').and.include('失敗 1件').and.include('内容を確認した後に変更された')
      expect((await payrollsIn(world))[0]?.payslips).to.have.length(32)
    })

    it('does not import under names nobody saw when an item is renamed meanwhile', async () => {
      const runId = await toDialog()
      await flip({ renameItem: { run: NOVEMBER, from: '基本給', to: '本給' } })
      await visitor.press('登録')
      const report = await reportOf(visitor, runId)

      expect(report.text).to.include('失敗 33件')
      expect(await payrollsIn(world)).to.deep.equal([])
      await visitor.press('失敗した対象だけ再実行')
      const again = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
      await settled(again)
      expect(visitor.page().text).to.include('まだ登録されていない項目が1件').and.include('本給')
    })

    it('waits when the service asks it to, and goes on by itself', async () => {
      await fault({
        service: 'money-forward',
        path: 'payslips',
        times: 1,
        status: 429,
        headers: { 'Retry-After': '1' },
      })
      const runId = await toDialog()
      await fault({ service: 'money-forward', path: 'payslips', times: 1, status: 500 })
      await visitor.press('登録')
      await reportOf(visitor, runId)
      expect((await payrollsIn(world))[0]?.payslips).to.have.length(33)
    })

    it('says that the service is closed for maintenance', async () => {
      await flip({ maintenance: true })
      await visitor.begin('/money-forward/runs/new?flow=payslips')
      expect(visitor.page().text).to.include(`${PRODUCT}がメンテナンス中です。`)
    })
  })

  it('takes 250 people in three bulks, each once, though the second answer is lost', async () => {
    await world.control('POST', '/populate', { service: 'money-forward', employees: 250, overlap: 1 })
    await register()
    const runId = await toDialog()
    // Turning the list's page keeps the names.
    await visitor.press('次へ', { name_for_admin: '本社（11月）', name_for_crew: '11月分' })
    expect(visitor.page().html).to.include('value="本社（11月）"').and.include('P000051')
    await visitor.press('前へ')
    expect(visitor.page().html).to.include('value="11月分"').and.include('P000001')
    await fault({ service: 'smarthr', method: 'POST', path: 'bulk', after: 1, times: 1, drop: true, applyFirst: true })
    await visitor.press('登録')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('成功 250件')
    const payrolls = await payrollsIn(world)
    expect(payrolls).to.have.length(1)
    expect(payrolls[0]?.payslips).to.have.length(250)
    expect(new Set(payrolls[0]?.payslips.map(slip => slip.crew_id)).size).to.equal(250)
    const bulks = (await world.calls('smarthr')).filter(call => call.path.endsWith('/bulk'))
    expect(bulks).to.have.length(3)
  })
})
