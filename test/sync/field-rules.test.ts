import { expect } from 'chai'
import { reportOf, whenRead } from '../helpers/waiting.js'
import { boxesOf, chooseEverybody, countAsked, toSelection } from '../helpers/walking.js'
import { useWorld, type LoggedCall } from '../helpers/world.js'
import type { Fields, Visitor } from '../helpers/visitor.js'

const CHANGED = '対象が変わりました。内容を確認してください。'

/** SmartHR's attribute and freee's name of each field that is switched off here. */
const OFF = {
  'job-title': { smarthr: 'positions', freee: 'title' },
  spouse: { smarthr: 'having_spouse', freee: 'married' },
  phone: { smarthr: 'tel_number', freee: 'phone1' },
} as const
const offRules = Object.fromEntries(Object.keys(OFF).map(id => [`way-${id}`, 'none']))

const TO_SMARTHR = 'employees-to-smarthr'
const TO_FREEE = 'employees-from-smarthr'

describe('項目の設定', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await world.connected()
    const apart = { service: 'freee', employees: 30, overlap: 0.9, differing: 0.9, seed: 5 }
    await world.control('POST', '/populate', apart)
  })

  const query = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await world.container.ownerPool.query<Row>(sql, values)).rows
  const save = async (rules: Fields) => {
    await visitor.get('/freee/settings/fields')
    const page = await visitor.press('保存', rules)
    expect(page.text).to.include('項目の設定を保存しました')
  }
  /** The fields that change for anybody who is there already. */
  const changedFields = async (runId: string): Promise<Set<string>> => {
    const rows = await query<{ fields: string[] }>(
      `select changed_fields as fields from run_items where run_id = $1 and class = 'changed'`,
      [runId],
    )
    return new Set(rows.flatMap(({ fields }) => fields))
  }
  const asked = (calls: readonly LoggedCall[]) =>
    calls.flatMap(({ method, path, query }) =>
      method === 'GET' && path.endsWith('/crews') ? [(query.fields ?? 'everything').split(',')] : [],
    )
  const bodies = (calls: readonly LoggedCall[]) =>
    calls.flatMap(({ method, path, body }) =>
      ['POST', 'PUT', 'PATCH'].includes(method) && /crews|employees/.test(path) ? [JSON.stringify(body)] : [],
    )
  const goThrough = async (runId: string) => {
    await chooseEverybody(visitor, '確認')
    const dialog = visitor.page()
    await visitor.press('同期', countAsked(visitor))
    return { dialog, report: await reportOf(visitor, runId) }
  }

  for (const [flow, writes] of [
    [TO_SMARTHR, 'smarthr'],
    [TO_FREEE, 'freee'],
  ] as const) {
    it(`neither asks SmartHR for a field that is off nor writes it, ${flow}; the pages say so`, async () => {
      await save(offRules)
      const [smarthr, target] = [(await world.calls('smarthr')).length, (await world.calls(writes)).length]
      const runId = await toSelection(visitor, flow)
      const list = visitor.page()
      const { dialog, report } = await goThrough(runId)

      const said = '役職、配偶者の有無、電話番号は同期しません。'
      expect(list.text).to.include(`項目の設定：${said}`)
      expect(dialog.text).to.include(`項目の設定 ${said}`)
      expect(report.text).to.include(`項目の設定 ${said}`)
      const questions = asked((await world.calls('smarthr')).slice(smarthr))
      expect(questions.length).to.be.greaterThan(0)
      const written = bodies((await world.calls(writes)).slice(target))
      expect(written.length).to.be.greaterThan(5)
      for (const field of Object.values(OFF)) {
        for (const fields of questions) expect(fields).to.include('birth_at').and.not.include(field.smarthr)
        for (const body of written) expect(body).to.not.include(`"${field[writes === 'freee' ? 'freee' : 'smarthr']}"`)
      }
      const changed = await changedFields(runId)
      expect([...changed].filter(id => id in OFF)).to.deep.equal([])
      expect([...changed]).to.include.members(['hire-date', 'bank-account-number'])
    })
  }

  it('reads and writes all of these fields where nothing was saved, and says nothing of rules', async () => {
    const runId = await toSelection(visitor, TO_SMARTHR)
    expect(visitor.page().text).to.not.include('項目の設定：')
    for (const fields of asked(await world.calls('smarthr')))
      expect(fields).to.include.members(Object.values(OFF).map(({ smarthr }) => smarthr))
    expect([...(await changedFields(runId))]).to.include.members(Object.keys(OFF))
  })

  it('goes one way for one flow alone', async () => {
    await save({ 'way-phone': 'to-service' })
    const toSmarthr = await toSelection(visitor, TO_SMARTHR)
    expect(visitor.page().text).to.include('電話番号は同期しません。')
    expect([...(await changedFields(toSmarthr))]).to.not.include('phone')
    const toFreee = await toSelection(visitor, TO_FREEE)
    expect(visitor.page().text).to.not.include('項目の設定：')
    expect([...(await changedFields(toFreee))]).to.include('phone')
  })

  it('leaves the names of those who are there alone where SmartHR’s are the right ones, and registers new people with theirs', async () => {
    await visitor.get('/freee/settings/fields')
    await visitor.press('SmartHRを正とする')
    await visitor.press('保存')
    const from = (await world.calls('smarthr')).length
    const runId = await toSelection(visitor, TO_SMARTHR)
    expect(visitor.page().text).to.match(/項目の設定：.*姓、名、[^。]*入社[^。]*は、新規登録のときだけ同期します。/)
    expect([...(await changedFields(runId))]).to.deep.equal([])
    await goThrough(runId)

    const sent = (await world.calls('smarthr')).slice(from)
    const written = sent.filter(({ method, path }) => ['POST', 'PATCH'].includes(method) && path.includes('/crews'))
    expect(written.length).to.be.greaterThan(0)
    for (const { method, body } of written) {
      expect(method).to.equal('POST')
      expect(body).to.include.keys('last_name', 'first_name', 'birth_at', 'entered_at').and.not.have.property('email')
    }
    const back = await toSelection(visitor, TO_FREEE)
    expect([...(await changedFields(back))]).to.include('hire-date')
  })

  it('takes a field for new people alone, and neither compares nor touches it in those who are there', async () => {
    await save({ 'new-phone': 'yes' })
    const runId = await toSelection(visitor, TO_SMARTHR)
    expect(visitor.page().text).to.include('電話番号は、新規登録のときだけ同期します。')
    expect([...(await changedFields(runId))])
      .to.include('spouse')
      .and.not.include('phone')
    const { report } = await goThrough(runId)
    expect(report.text).to.not.include('計画後に変更されています')
    const sent = (method: string, calls: readonly LoggedCall[]) => bodies(calls.filter(call => call.method === method))
    const calls = await world.calls('smarthr')
    const [created, updated] = [sent('POST', calls), sent('PATCH', calls)]
    expect(created.filter(body => body.includes('"tel_number"')).length).to.be.greaterThan(0)
    expect(updated.length).to.be.greaterThan(5)
    expect(updated.filter(body => body.includes('"tel_number"'))).to.deep.equal([])
  })

  it('lets a blank change nothing where it is told so, and corrects the note about blanks', async () => {
    const { companies } = (await world.control('GET', '/state?service=freee')) as {
      companies: { id: number; employees: { num: string }[] }[]
    }
    const numbers = companies.find(({ id }) => id === 123)?.employees.map(({ num }) => num) ?? []
    const people = numbers.slice(0, 20).map(emp_code => ({
      emp_code,
      emp_status: 'employed',
      last_name: '斎藤',
      first_name: '太郎',
      last_name_yomi: 'サイトウ',
      first_name_yomi: 'タロウ',
      birth_at: '1990-01-01',
      gender: 'male',
      entered_at: '2020-04-01',
      having_spouse: null,
    }))
    await world.control('POST', '/people', { service: 'smarthr', people })
    const planned = async () => {
      const runId = await toSelection(visitor, TO_FREEE)
      const changed = await changedFields(runId)
      await visitor.press('確認', { id: boxesOf(visitor) })
      return { changed, dialog: visitor.page().text }
    }
    const before = await planned()
    expect([...before.changed]).to.include.members(['spouse', 'birth-date'])
    expect(before.dialog).to.match(/空白の項目は、freee人事労務の値を消しません（[^）]*配偶者の有無[^）]*を除く）/)
    await save({ 'blanks-spouse': 'keep' })
    const after = await planned()

    expect([...after.changed])
      .to.include('birth-date')
      .and.not.include('spouse')
    expect(after.dialog).to.include('配偶者の有無は、空白のときは何もしません。')
    expect(after.dialog).to.match(/空白の項目は、freee人事労務の値を消しません（[^）]*退職年月日[^）]*を除く）/)
    expect(after.dialog).to.not.match(/値を消しません（[^）]*配偶者の有無[^）]*を除く）/)
  })

  it('is frozen at the fetch: a change before 同期 is for the next run', async () => {
    const runId = await toSelection(visitor, TO_SMARTHR)
    await save(offRules)
    await visitor.get(`/runs/${runId}/select`)
    expect(visitor.page().text).to.not.include('項目の設定：')
    const { report } = await goThrough(runId)

    expect(report.text).to.not.include('は同期しません。')
    const written = bodies(await world.calls('smarthr')).join()
    for (const { smarthr } of Object.values(OFF)) expect(written).to.include(`"${smarthr}"`)
    await toSelection(visitor, TO_SMARTHR)
    expect(visitor.page().text).to.include('項目の設定：役職、配偶者の有無、電話番号は同期しません。')
  })

  it('is frozen the other way round, too: what was off stays off, and is not what moved since', async () => {
    await save(offRules)
    const runId = await toSelection(visitor, TO_SMARTHR)
    await save(Object.fromEntries(Object.keys(OFF).map(id => [`way-${id}`, 'both'])))
    const from = (await world.calls('smarthr')).length
    await visitor.get(`/runs/${runId}/select`)
    const { report } = await goThrough(runId)

    expect(report.text).to.include('役職、配偶者の有無、電話番号は同期しません。')
    const [settled] = await query<{ moved: number; done: number }>(
      `select count(*) filter (where outcome = 'failed')::int as moved,
         count(*) filter (where outcome = 'succeeded')::int as done
         from run_items where run_id = $1 and selected and class = 'changed' and not doomed`,
      [runId],
    )
    expect(settled?.moved).to.equal(0)
    expect(settled?.done).to.be.greaterThan(10)
    expect(bodies((await world.calls('smarthr')).slice(from)).join()).to.not.include('"tel_number"')
  })

  it('lets somebody be written whose field for new people alone others have changed since the fetch', async () => {
    await save({ 'new-phone': 'yes' })
    const runId = await toSelection(visitor, TO_SMARTHR)
    const [person] = await query<{ target: string }>(
      `select target_id as target from run_items where run_id = $1 and class = 'changed' and not doomed and not blocked`,
      [runId],
    )
    const [grant] = await query<{ tenant: string; admin: string }>(
      'select tenant_id as tenant, admin_id as admin from smarthr_grants',
    )
    const token = grant && (await world.container.grants.of(grant.tenant, grant.admin).token())
    const at = `${world.sandboxUrl}/smarthr/api/v1/crews/${person?.target}`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    await fetch(at, { method: 'PATCH', headers, body: JSON.stringify({ tel_number: '03-9999-9999' }) })
    await goThrough(runId)

    expect(
      await query('select outcome, reason from run_items where run_id = $1 and target_id = $2', [
        runId,
        person?.target,
      ]),
    ).to.deep.equal([{ outcome: 'succeeded', reason: null }])
    const held = (await (await fetch(at, { headers })).json()) as { tel_number: string }
    expect(held.tel_number).to.equal('03-9999-9999')
  })

  it('is part of what 同期 confirms', async () => {
    await save(offRules)
    const runId = await toSelection(visitor, TO_SMARTHR)
    await visitor.press('確認', { id: boxesOf(visitor) })
    await query(`update runs set field_rules = jsonb_set(field_rules, '{off}', '["phone"]') where id = $1`, [runId])
    await visitor.press('同期', countAsked(visitor))

    expect(visitor.page().text).to.include(CHANGED)
    expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'ready' }])
  })

  it('leaves a field of a later release off, and tells of it, until it is saved', async () => {
    await save({})
    await query(`update field_rules set rules = rules - 'phone'`)
    const notice = '新しい項目「電話番号」があります。'
    expect((await visitor.get('/freee')).text).to.include(notice)
    const runId = await toSelection(visitor, TO_SMARTHR)
    expect(visitor.page().text).to.include('新しい項目「電話番号」は、項目の設定を保存するまで同期しません。')
    expect([...(await changedFields(runId))]).to.not.include('phone')
    for (const fields of asked(await world.calls('smarthr'))) expect(fields).to.not.include('tel_number')

    await visitor.get('/freee')
    const page = await visitor.get('/freee/settings/fields')
    expect(page.text).to.include(notice)
    await visitor.press('保存', { 'way-phone': 'both' })
    expect((await visitor.get('/freee')).text).to.not.include(notice)
    expect([...(await changedFields(await toSelection(visitor, TO_SMARTHR)))]).to.include('phone')
  })

  for (const [who, planned] of [
    ['read and made', ''],
    ['begun to read', ', ruled_revision = revision + 1'],
  ] as const) {
    it(`is not said of a plan that the release before has ${who}`, async () => {
      await save(offRules)
      const runId = await toSelection(visitor, TO_SMARTHR)
      // The release before takes a new revision, and knows nothing of the columns.
      await query(`update runs set revision = revision + 1, omitted_revision = revision + 1 ${planned} where id = $1`, [
        runId,
      ])
      expect((await visitor.get(`/runs/${runId}/select`)).text).to.not.include('項目の設定：')
    })
  }

  it('does not let 同期 begin where a worker of the release before has planned without it', async () => {
    await save(offRules)
    const runId = await toSelection(visitor, TO_SMARTHR)
    await query('update runs set ruled_revision = null where id = $1', [runId])
    await visitor.get(`/runs/${runId}/select`)
    await visitor.press('確認', { id: boxesOf(visitor) })
    await visitor.press('同期', countAsked(visitor))

    expect(visitor.page().text).to.include('項目の設定を使わずに、取得した内容が作られています。')
    expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'ready' }])
  })

  it('says where a field comes back that this run has left out and is off besides, and offers no button without effect', async () => {
    const runId = await toSelection(visitor, TO_SMARTHR)
    const leaveOut = async (field: string) => {
      await visitor.get(`/runs/${runId}/select?field=${field}`)
      await visitor.press(`omit:${field}`)
      await whenRead(visitor, runId)
      return visitor.get(`/runs/${runId}/select`)
    }
    expect((await leaveOut('phone')).html).to.include('value="restore:phone"')
    await save(offRules)
    const page = await leaveOut('address-street')

    expect(page.html).to.include('value="restore:address-street"').and.not.include('value="restore:phone"')
    expect(page.text).to.include('「電話番号」は、項目の設定でも同期しない項目です。')
    expect(page.html).to.match(/<a href="\/freee\/settings\/fields">項目の設定<\/a>/)
  })

  it('does not let 同期 begin where a web of the release before has begun the reading without asking', async () => {
    await save(offRules)
    const runId = await toSelection(visitor, TO_SMARTHR)
    await query('update runs set field_rules_of = null, ruled_revision = null where id = $1', [runId])
    await visitor.get(`/runs/${runId}/select`)
    await visitor.press('確認', { id: boxesOf(visitor) })
    await visitor.press('同期', countAsked(visitor))

    expect(visitor.page().text).to.include('項目の設定を使わずに、取得した内容が作られています。')
    expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'ready' }])
  })

  it('holds for a repeat as it is then', async () => {
    await world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'PATCH',
      path: '/crews',
      times: 1,
      status: 400,
      body: {},
    })
    const runId = await toSelection(visitor, TO_SMARTHR)
    await goThrough(runId)
    await save(offRules)
    await visitor.get(`/runs/${runId}`)
    await visitor.press('失敗した対象だけ再実行')
    const repeat = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, repeat)

    expect(visitor.page().text).to.include('項目の設定：役職、配偶者の有無、電話番号は同期しません。')
  })
})
