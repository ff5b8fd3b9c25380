import { expect } from 'chai'
import { deleteCrew } from '../helpers/payslips.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { toSelection } from '../helpers/walking.js'
import { startFeedWorld, type FeedWorld, type Json } from './feed.world.js'

describe('what is published for a service that fetches', () => {
  let feed: FeedWorld
  before(async () => {
    feed = await startFeedWorld()
  })
  after(() => feed.world.close())
  beforeEach(() => feed.reset())

  const mailAbout = (runId: string) =>
    eventually('the mail', async () => (await feed.world.mails()).find(mail => mail.text.includes(runId)))

  it('goes from SmartHR through the wizard to Money Forward, which acknowledges it to its end', async () => {
    const { visitor } = await feed.ready()
    const runId = await feed.publish(visitor)
    expect(visitor.page().text).to.include('従業員情報を公開しました').and.include('公開の状況を確認する')
    expect(visitor.page().text).to.include('従業員情報公開開始').and.include('公開中')
    const waiting = await visitor.get(`/runs/${runId}`)
    expect(waiting.text)
      .to.include('公開中')
      .and.include('での取り込みを待っています')
      .and.include('［従業員情報］＞［従業員を追加］＞［SmartHRから従業員データを取り込む］')
      .and.include('公開期限：2026/11/27')
      .and.include('まだ取得されていません。')
      .and.include('公開を中止')

    const imported = await feed.import('employees_new')
    const { employees } = await feed.office()
    const report = await reportOf(visitor, runId)
    const mail = await mailAbout(runId)

    expect(imported).to.include({ status: 'succeeded', failed: 0, skipped: 0, error: null })
    expect(imported.created).to.be.greaterThan(10).and.equal(employees.length)
    expect(report.text)
      .to.include(`成功 ${imported.created}件`)
      .and.include('失敗 0件')
      .and.include('使われたアクセストークン マネーフォワード クラウド給与')
      .and.not.include('公開を中止')
    expect(mail.subject).to.match(/^従業員情報の公開が終了しました｜/)
    expect(mail.to).to.deep.equal(['hanako@midori.example'])
    expect(mail.text)
      .to.include(`成功: ${imported.created}件`)
      .and.include('公開の結果を確認してください')
      .and.include(`/runs/${runId}`)
    const yamada = employees.find(employee => employee.employee_code === '001001')
    expect(yamada).to.include({ gender: '男性', contract_type: '正社員' })
    expect(yamada?.dependents).to.be.an('array').with.length.greaterThan(0)
    expect((await visitor.get('/money-forward')).text).to.include('従業員情報公開終了')
  })

  it('brings changes of SmartHR with the next publication, as updates', async () => {
    const { visitor } = await feed.ready()
    await feed.publish(visitor, 'employees', ['001001', '001002'])
    await feed.import('employees_new')
    const runId = await feed.publish(visitor, 'employees', ['001001', '001002'])
    const imported = await feed.import('employees_update')

    expect(imported).to.include({ created: 0, updated: 2, failed: 0 })
    expect((await reportOf(visitor, runId)).text).to.include('成功 2件')
  })

  it('serves more people than fit on a page, each once', async () => {
    await feed.world.control('POST', '/populate', { service: 'smarthr', employees: 230 })
    const { visitor } = await feed.ready()
    const runId = await feed.publish(visitor)
    const imported = await feed.import('employees_new')
    const report = await reportOf(visitor, runId, 40_000)
    const codes = (await feed.office()).employees.map(one => one.employee_code)

    expect(imported.created).to.be.greaterThan(200).and.equal(new Set(codes).size)
    expect(imported).to.include({ status: 'succeeded', failed: 0 })
    expect(report.text).to.include(`成功 ${imported.created}件`).and.include(`取得済み ${imported.created}名`)
  })

  it('tells who was not taken and why, and publishes just those once more', async () => {
    const { visitor } = await feed.ready()
    const runId = await feed.publish(visitor, 'employees', ['001001', '001002'])
    await feed.world.control('PUT', '/switches', {
      service: 'money-forward',
      employees: [{ employee_code: '001001' }],
    })
    const imported = await feed.import('employees_update')
    const report = await reportOf(visitor, runId)

    expect(imported).to.include({ updated: 1, skipped: 1 })
    expect(report.text)
      .to.include('一部失敗')
      .and.include('失敗した従業員（1名）')
      .and.include(
        'マネーフォワード クラウド給与で取り込みの対象になりませんでした。「従業員情報に登録されていません。」',
      )
    const mail = await mailAbout(runId)
    expect(mail.text).to.include('従業員番号: 【001002】').and.include('従業員情報に登録されていません。')
    const csv = await visitor.get(`/runs/${runId}/errors.csv`)
    expect(decodeURIComponent(csv.headers.get('content-disposition') ?? '')).to.include('従業員情報公開_エラー_')
    expect(csv.html).to.include('001002').and.include('取り込みの対象に')

    await visitor.get(`/runs/${runId}`)
    await visitor.press('失敗した対象だけ再実行')
    const again = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await eventually('the plan', async () => (await visitor.get(`/runs/${again}/fetch`)).url.includes('/select'))
    expect(visitor.page().text).to.include('1名の従業員が選択されています').and.not.include('001001')
    await visitor.press('確認')
    await visitor.press('公開')
    expect(await feed.import('employees_new')).to.include({ created: 1, failed: 0 })
    expect((await reportOf(visitor, again)).text).to.include('成功 1件')
  })

  it('keeps back, before anything is published, whoever would break the whole import off', async () => {
    const { visitor } = await feed.ready()
    const state = (await feed.world.control('GET', '/state?service=smarthr')) as {
      tenants: { crews: { id: string; emp_code: string }[]; dependents: unknown }[]
    }
    const crew = state.tenants[0]?.crews.find(one => one.emp_code === '001001')
    const dependents = `/api/v1/crews/${crew?.id}/dependents`
    await feed.world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'GET',
      path: dependents,
      status: 200,
      headers: { 'x-total-count': '1' },
      body: [{ id: 'x', crew_id: crew?.id, last_name: null, first_name: '花子', birth_at: '2000-01-01' }],
    })
    await feed.publish(visitor)
    const runId = /runs\/([0-9a-f-]{36})/.exec(visitor.page().html)?.[1] ?? ''
    const { blocked, selected } = await feed.one<{ blocked: boolean; selected: boolean }>(
      'select blocked, selected from run_items where run_id = $1 and key = $2',
      [runId, '001001'],
    )

    expect({ blocked, selected }).to.deep.equal({ blocked: true, selected: false })
    expect(await feed.import('employees_new')).to.include({ status: 'succeeded', failed: 0 })
    const { employees } = await feed.office()
    expect(employees.map(one => one.employee_code)).not.to.include('001001')
  })

  it('publishes nothing without an access token, and says where to get one', async () => {
    const { visitor } = await feed.ready()
    await feed.world.container.ownerPool.query('delete from access_token_hashes')
    await feed.world.container.ownerPool.query('update access_tokens set revoked_at = now()')
    const dashboard = await visitor.get('/money-forward')
    expect(dashboard.text).to.include('アクセストークンが発行されていません')
    expect(dashboard.html).to.include('href="/money-forward/access-tokens"')
    const refused = await visitor.begin('/money-forward/runs/new?flow=employees')

    expect(refused.url).to.match(/\/money-forward$/)
    expect(refused.html).to.include('role="alert"')
  })

  it('replaces what was published before, and says so before and after', async () => {
    const { visitor, token } = await feed.ready()
    const first = await feed.publish(visitor, 'employees', ['001001', '001002'])
    await feed.get('employees', token)
    await feed.post('acknowledgements', token, {
      snapshot: first,
      results: [{ employee_code: '001001', status: 'created', message: null }],
    })
    await visitor.begin('/money-forward/runs/new?flow=employees')
    expect(visitor.page().text).to.include('次へ')
    const second = await feed.publish(visitor, 'employees', ['001002'])
    const report = await visitor.get(`/runs/${first}`)

    expect(report.text)
      .to.include('中止')
      .and.include('新しい内容が公開されたため、この公開を終了しました。')
      .and.include('成功 1件')
      .and.include('未実行 1件')
    const mail = await mailAbout(first)
    expect(mail.text).to.include('取り込まれなかった従業員: 1件').and.include('新しい内容が公開されたため')
    const { body } = await feed.get('employees', token)
    expect((body.snapshot as Json).id).to.equal(second)
  })

  it('says on the page that confirms which publication it takes the place of', async () => {
    const { visitor } = await feed.ready()
    await feed.publish(visitor, 'employees', ['001001'])
    await visitor.begin('/money-forward/runs/new?flow=employees')
    await visitor.press('次へ', { referenceDate: '2026-11-20' })
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await eventually('the plan', async () => (await visitor.get(`/runs/${runId}/fetch`)).url.includes('/select'))
    await visitor.press('select-page')
    await visitor.press('確認')

    expect(visitor.page().text)
      .to.include('従業員情報を公開しますか？')
      .and.include('に公開した内容（1名中0名の取り込み結果あり）は、新しい内容に置き換わり、公開を終了します。')
      .and.not.include('所要時間の目安')
  })

  it('does not publish people deleted in SmartHR since the plan; of the others it is whole', async () => {
    const { visitor } = await feed.ready()
    const runId = await toSelection(visitor, 'employees', undefined, 'money-forward')
    await visitor.press('select-page')
    await visitor.press('確認')
    await deleteCrew(feed.world, '001001')
    await visitor.press('公開')
    const imported = await feed.import('employees_new')
    const report = await reportOf(visitor, runId)

    expect(imported).to.include({ status: 'succeeded', failed: 0 })
    expect((await feed.office()).employees.map(one => one.employee_code)).not.to.include('001001')
    expect(report.text)
      .to.include(`成功 ${imported.created}件`)
      .and.include('未実行 1件')
      .and.include('SmartHRから削除されたため、公開していません。')
  })

  it('publishes nothing when SmartHR can not be asked who is still there, and says why', async () => {
    const { visitor, token } = await feed.ready()
    await toSelection(visitor, 'employees', undefined, 'money-forward')
    await visitor.press('select-page')
    await visitor.press('確認')
    await feed.world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'GET',
      path: '/v1/crews$',
      status: 403,
      body: { code: 3, message: '禁止' },
      times: 1,
    })
    await visitor.press('公開')

    expect(visitor.page().text).to.include('SmartHRへのアクセスが禁止されています。')
    expect((await feed.get('employees', token)).body).to.include({ code: 'snapshot_not_found' })
  })

  it('stops at once when it is taken back', async () => {
    const { visitor, token } = await feed.ready()
    const runId = await feed.publish(visitor, 'employees', ['001001'])
    await visitor.get(`/runs/${runId}`)
    await visitor.press('公開を中止')

    expect(visitor.page().text).to.include('公開を終了しました').and.include('中止').and.include('管理者が公開を終了')
    expect((await feed.get('employees', token)).body).to.include({ code: 'snapshot_not_found' })
    expect(await feed.import('employees_new')).to.include({
      status: 'failed',
      error: '取り込めるデータがありません。SmartHR側で、連携するデータを公開してください。',
    })
  })

  it('keeps no other run of the company from going on', async () => {
    const { visitor } = await feed.ready()
    await feed.publish(visitor, 'employees', ['001001'])
    await visitor.begin('/money-forward/runs/new?flow=payslips')
    expect(visitor.page().url).to.match(/\/runs\/[0-9a-f-]{36}\/area/)
    const yearEnd = await feed.publish(visitor, 'year-end', ['001001'], '2026')

    const { n } = await feed.one<{ n: number }>(
      `select count(*) as n from runs where state = 'running' and published_at is not null`,
    )
    expect(n).to.equal(2)
    expect((await visitor.get(`/runs/${yearEnd}`)).text).to.include('公開中')
  })

  it('ends with 解除: tokens are revoked, what is on offer is not any more', async () => {
    const { visitor, token } = await feed.ready()
    const runId = await feed.publish(visitor, 'employees', ['001001'])
    await visitor.get('/money-forward/connection/disconnect')
    await visitor.press('解除', { sure: 'yes' })

    expect((await feed.get('employees', token)).status).to.equal(401)
    expect((await visitor.get(`/runs/${runId}`)).text).to.include('連携が解除されたため、公開を終了しました。')
    expect((await visitor.get('/money-forward/access-tokens')).text)
      .to.include('無効')
      .and.not.include('無効にする')
    const { n } = await feed.one<{ n: number }>('select count(*) as n from access_token_hashes')
    expect(n).to.equal(0)
    expect((await visitor.get('/money-forward/access-tokens/new')).url).to.match(/\/money-forward\/connection$/)
  })

  it('expires after seven days, with a mail and the rest 未実行', async () => {
    const { visitor, token } = await feed.ready()
    const runId = await feed.publish(visitor, 'employees', ['001001', '001002'])
    await feed.older(runId, '6 days 23 hours')
    await feed.world.container.housekeeping()
    expect((await feed.get('employees', token)).status).to.equal(200)
    await feed.older(runId, '2 hours')
    expect((await feed.get('employees', token)).body, 'before anybody cleared it away').to.include({
      code: 'snapshot_not_found',
    })
    await feed.world.container.housekeeping()

    const report = await visitor.get(`/runs/${runId}`)
    expect(report.text).to.include('期限切れ').and.include('公開期限までに取り込まれなかった').and.include('未実行 2件')
    const mail = await mailAbout(runId)
    expect(mail.text).to.include('取り込まれなかった従業員: 2件').and.include('公開期限までに取り込まれなかったため')
    expect((await feed.get(`employees?snapshot=${runId}`, token)).body).to.include({ code: 'snapshot_not_found' })
  })

  describe('年末調整結果', () => {
    it('leaves the nine kinds of 対象外 out, each with its sentence', async () => {
      const { visitor } = await feed.ready()
      await visitor.begin('/money-forward/runs/new?flow=year-end')
      expect(visitor.page().text).to.include('2026年')
      const runId = await feed.publish(visitor, 'year-end', undefined, '2026')
      const { rows } = await feed.world.container.ownerPool.query<{ key: string; excluded_reason: string }>(
        `select key, excluded_reason from run_items where run_id = $1 and class = 'excluded' order by key`,
        [runId],
      )
      const reasons = new Map(rows.map(row => [row.key, row.excluded_reason]))
      const expected = {
        '001025': '対象外(紙による提出)',
        '001026': '対象外(乙欄)',
        '001034': '対象外(退職)',
        '001028': '対象外(給与支給なし)',
        '001029': '対象外(源泉)',
        '001030': '対象外(収入)',
        '001031': '乙欄対象外候補',
        '001033': '退職対象外候補',
        '001032': '源泉対象外候補',
      }
      for (const [code, status] of Object.entries(expected)) {
        expect(reasons.get(code), code).to.equal(
          `SmartHRの依頼一覧で「${status}」のため、連携できません。取り込むには、SmartHRで収集情報のCSVファイルをダウンロードし、マネーフォワードのサポートに問い合わせてください。`,
        )
      }
    })

    it('is on offer year by year: one does not end the other, and each is fetched by its year', async () => {
      const { visitor, token } = await feed.ready()
      const last = await feed.publish(visitor, 'year-end', ['001001'], '2025')
      expect(visitor.page().text).to.include('2025年の年末調整結果を公開しました')
      const now = await feed.publish(visitor, 'year-end', ['001001', '001002'], '2026')
      const years = async () =>
        Promise.all(
          ['2025', '2026'].map(async year => {
            const { body } = await feed.get(`year_end_adjustments/${year}`, token)
            return [
              (body.snapshot as Json | undefined)?.id,
              (body.snapshot as Json | undefined)?.year,
              body.total_count,
            ]
          }),
        )

      expect(await years()).to.deep.equal([
        [last, 2025, 1],
        [now, 2026, 2],
      ])
      expect((await visitor.get(`/runs/${last}`)).text).to.include('公開中')
      expect((await feed.get(`year_end_adjustments/2025?snapshot=${now}`, token)).body).to.include({
        code: 'snapshot_not_found',
      })

      const again = await feed.publish(visitor, 'year-end', ['001002'], '2025')
      expect(await years()).to.deep.equal([
        [again, 2025, 1],
        [now, 2026, 2],
      ])
      expect((await visitor.get(`/runs/${last}`)).text).to.include('新しい内容が公開されたため')
    })

    it('names the year in the dialog, and which publication alone it takes the place of', async () => {
      const { visitor } = await feed.ready()
      await feed.publish(visitor, 'year-end', ['001001'], '2025')
      const dialog = async (year: string) => {
        await toSelection(visitor, 'year-end', year, 'money-forward')
        await visitor.press('select-page')
        return (await visitor.press('確認')).text
      }

      expect(await dialog('2026'))
        .to.include('2026年の年末調整結果を公開しますか？')
        .and.not.include('置き換わり')
      expect(await dialog('2025'))
        .to.include('2025年の年末調整結果を公開しますか？')
        .and.match(/2025年分として.*に公開した内容（1名中0名の取り込み結果あり）は、新しい内容に置き換わり/)
    })

    it('is not published of somebody deleted in SmartHR since the plan, and says so', async () => {
      const { visitor, token } = await feed.ready()
      const runId = await toSelection(visitor, 'year-end', '2026', 'money-forward')
      await visitor.press('select-page')
      await visitor.press('確認')
      await deleteCrew(feed.world, '001002')
      await visitor.press('公開')
      expect(visitor.page().text).to.include('SmartHRから削除されたか、対象外になった1名は、公開していません')

      const { body } = await feed.get('year_end_adjustments/2026', token)
      const codes = (body.declarations as { employee_code: string }[]).map(one => one.employee_code)
      expect(codes).to.include('001001').and.have.length(Number(body.total_count))
      expect(codes).not.to.include('001002')
      const { outcome, reason } = await feed.one<{ outcome: string; reason: string }>(
        'select outcome, reason from run_items where run_id = $1 and key = $2',
        [runId, '001002'],
      )
      expect(outcome).to.equal('not_run')
      expect(reason).to.include('SmartHRから削除されたため、公開していません。')
      expect((await visitor.get(`/runs/${runId}`)).text).to.include('未実行 1件')
      const acknowledged = await feed.post('acknowledgements', token, {
        snapshot: runId,
        results: [{ employee_code: '001002', status: 'created', message: null }],
      })
      expect(acknowledged.body).to.deep.include({ recorded: 0, unknown: ['001002'] })
    })

    it('passes no salary income on, and the previous employer once', async () => {
      const { visitor, token } = await feed.ready()
      await feed.publish(visitor, 'employees', ['001001', '001002'])
      await feed.import('employees_new')
      const runId = await feed.publish(visitor, 'year-end', ['001001', '001002'], '2026')
      const imported = await feed.import('year_end', { year: 2026 })
      const { declarations } = await feed.office()
      const [first, second] = declarations
      const report = await reportOf(visitor, runId)

      expect(imported).to.include({ status: 'succeeded', created: 2 })
      expect(JSON.stringify(declarations)).not.to.include('8500000').and.not.include('"salary_income"')
      expect(first?.previous_employers).to.deep.include.members([
        {
          name: '株式会社あかね商事',
          address: '東京都港区見本町1-2-3',
          left_on: '2026-03-31',
          payment: 2_800_000,
          social_insurance: 410_000,
          withheld_tax: 62_000,
        },
      ])
      expect(second?.previous_employers).to.deep.equal([])
      expect(second?.non_salary_incomes).to.have.length(2)
      expect(report.text).to.include('成功 2件').and.include('2026年')
      expect((await feed.get('year_end_adjustments/2025', token)).body).to.include({ code: 'snapshot_not_found' })
      expect(await mailAbout(runId))
        .to.have.property('subject')
        .that.matches(/^年末調整結果の公開が終了しました｜/)
    })

    it('says that a year SmartHR does not know has no results', async () => {
      const { visitor } = await feed.ready()
      await visitor.begin('/money-forward/runs/new?flow=year-end')
      await visitor.press('次へ', { referenceDate: '2024' })
      const page = await eventually('the failure', async () => {
        const now = await visitor.get(visitor.page().url)
        return now.text.includes('取得に失敗しました') && now
      })

      expect(page.text).to.include('2024年の年末調整結果が見つかりません')
    })
  })
})
