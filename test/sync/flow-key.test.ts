import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { loadConfig } from '../../server/config.js'
import { createContainer } from '../../server/container.js'
import { createLogger } from '../../server/platform/logger.js'
import { administrator, aCrew, anEmployee, NOON, staff, type Record_ } from '../helpers/attendance.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { countAsked, everybodyOf, syncEverybody, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

const BRAND = 'touch-on-time'
const TO_SMARTHR = 'employees-to-smarthr'
const FROM_SMARTHR = 'employees-from-smarthr'
const KEY = `/${BRAND}/settings/key`

const mail = (name: string) => `${name}@midori.example`
const inService = (code: string, address: string | null, changes: Record_ = {}) =>
  anEmployee(code, { emailAddresses: address === null ? [] : [address], ...changes })

describe('従業員を見分ける項目', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr'] })

  const query = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await world.container.ownerPool.query<Row>(sql, values)).rows
  const writes = async (service: string) =>
    (await world.calls(service))
      .filter(({ method, path }) => ['POST', 'PUT', 'PATCH'].includes(method) && /employees|crews/.test(path))
      .map(({ method, body }) => ({ method, body }))

  /** Asks what the change would do, and stands at the answer. */
  const compare = async (visitor: Visitor, key = 'email') => {
    await visitor.get(KEY)
    await visitor.press('変更した場合の違いを確認', { key })
    return eventually('違い', async () => {
      const page = await visitor.get(`${KEY}/comparison`)
      return !page.text.includes('両方のサービスから情報を取得しています') && page
    })
  }
  const choose = async (visitor: Visitor, key = 'email') => {
    await compare(visitor, key)
    const page = await visitor.press('保存')
    expect(page.text).to.include('従業員を見分ける項目を変更しました')
  }
  /** Everybody of a plan: what becomes of them, and why not. */
  const planned = async (runId: string) => {
    const rows = await query<{ class: string; source: string; reason: string | null; tick: boolean }>(
      `select class, source_id as source, excluded_reason as reason, own_tick as tick from run_items where run_id = $1`,
      [runId],
    )
    return rows.map(row => row.class).sort()
  }

  it('pairs by e-mail whoever has another number, changes neither number, and says so on list, dialog and report', async () => {
    await staff(
      world,
      BRAND,
      [inService('T1', 'Aizawa@Midori.Example'), inService('T2', mail('baba'), { lastName: '馬場' })],
      [
        aCrew('0001', { email: ' aizawa@midori.example', birth_at: '1990-01-01' }),
        aCrew('0002', { email: mail('baba'), last_name: '馬場', birth_at: '1991-01-01' }),
      ],
    )
    const visitor = await administrator(world, BRAND)
    const byNumber = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    expect(await planned(byNumber)).to.deep.equal(['new', 'new'])
    expect(visitor.page().text).to.not.include('従業員を見分ける項目：')

    await choose(visitor)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    const list = visitor.page()
    expect(await planned(runId)).to.deep.equal(['changed', 'changed'])
    expect(list.text).to.include('従業員を見分ける項目：メールアドレス')
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    const dialog = visitor.page()
    expect(dialog.text)
      .to.include('従業員を見分ける項目 メールアドレス')
      .and.include('メールアドレスが一致する従業員を更新し')
    await visitor.press('同期', countAsked(visitor))
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('成功 2件').and.include('従業員を見分ける項目 メールアドレス')
    expect(await writes(BRAND)).to.have.deep.members([
      { method: 'PUT', body: { birthDate: '1990-01-01' } },
      { method: 'PUT', body: { birthDate: '1991-01-01' } },
    ])
  })

  it('registers in SmartHR who has an address that nobody there has', async () => {
    await staff(
      world,
      BRAND,
      [inService('T1', mail('aizawa')), inService('T2', mail('new'))],
      [aCrew('0001', { email: mail('aizawa') })],
    )
    const visitor = await administrator(world, BRAND)
    await choose(visitor)
    const runId = await toSelection(visitor, TO_SMARTHR, undefined, BRAND)
    expect(await planned(runId)).to.deep.equal(['new', 'same'])
    await syncEverybody(visitor)
    expect((await reportOf(visitor, runId)).text).to.include('成功 1件')

    const [{ method, body } = { method: '', body: null }, ...others] = await writes('smarthr')
    expect(others).to.deep.equal([])
    expect(method).to.equal('POST')
    expect(body).to.include({ emp_code: 'T2', email: mail('new') })
  })

  it('leaves out whoever has no address, and those who share one, with what to do', async () => {
    await staff(
      world,
      BRAND,
      [inService('1', mail('aizawa'))],
      [
        aCrew('1', { email: null }),
        aCrew('2', { email: mail('shared') }),
        aCrew('3', { email: 'SHARED@midori.example' }),
      ],
    )
    const visitor = await administrator(world, BRAND)
    await choose(visitor)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)

    expect(await planned(runId)).to.deep.equal(['excluded', 'excluded', 'excluded'])
    expect(visitor.page().text)
      .to.include('メールアドレスが登録されていません。SmartHRでメールアドレスを登録してから、やり直してください。')
      .and.include('「shared@midori.example」の従業員がSmartHRに複数います。')
  })

  it('registers nobody whose number another one has over there, nor changes the one with the address', async () => {
    await staff(
      world,
      BRAND,
      [inService('1', mail('old')), inService('9', mail('baba'))],
      [aCrew('1', { email: mail('new') }), aCrew('2', { email: mail('baba') }), aCrew('9', { email: mail('free') })],
    )
    const visitor = await administrator(world, BRAND)
    await choose(visitor)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)

    // 2 has the address of the service's 9, whose number SmartHR's 9 has: that one is not registered a second time.
    expect(await planned(runId)).to.deep.equal(['excluded', 'excluded', 'same'])
    expect(visitor.page().text)
      .to.include('社員番号「1」の従業員はTouch On Timeに登録されていますが、メールアドレスが異なります。')
      .and.include('社員番号「9」の従業員はTouch On Timeに登録されていますが、メールアドレスが異なります。')
  })

  it('asks for a look of their own at those who have nothing but the address in common', async () => {
    await staff(
      world,
      BRAND,
      [inService('T1', mail('desk'), { lastName: '退職', firstName: '済' })],
      [aCrew('0001', { email: mail('desk') })],
    )
    const visitor = await administrator(world, BRAND)
    await choose(visitor)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)

    expect(await query('select class, own_tick from run_items where run_id = $1', [runId])).to.deep.equal([
      { class: 'changed', own_tick: true },
    ])
    expect(visitor.page().text).to.include(
      'メールアドレスは同じですが、社員番号と氏名がTouch On Timeの従業員と異なります。',
    )
  })

  it('tells who would be paired otherwise before it is saved, having written nothing and asked for no more than that takes', async () => {
    await staff(
      world,
      BRAND,
      [inService('T1', mail('aizawa')), inService('2', mail('baba')), inService('3', null)],
      [aCrew('0001', { email: mail('aizawa') }), aCrew('2', { email: mail('baba') }), aCrew('3', { email: null })],
    )
    const visitor = await administrator(world, BRAND)
    const before = (await world.calls('smarthr')).length
    const page = await compare(visitor)

    expect(page.text)
      .to.include('社員番号 → メールアドレス')
      .and.include('SmartHR→Touch On Time 3名を確認しました。変更すると、2名の見分け方が変わります。')
      .and.include('Touch On Time→SmartHR 3名を確認しました。変更すると、2名の見分け方が変わります。')
      .and.match(/0001 相沢 みお 新規登録 一致 T1 相沢 みお/)
      .and.match(/3 相沢 みお 一致 3 相沢 みお 対象外 メールアドレスが登録されていません。/)
    const asked = (await world.calls('smarthr'))
      .slice(before)
      .filter(({ path }) => path.endsWith('/crews'))
      .map(({ query: { fields = '' } }) => fields.split(','))
    expect(asked).to.have.lengthOf(1)
    expect(asked[0]).to.include('email').and.include('emp_code').and.not.include('birth_at').and.not.include('gender')
    expect([...(await writes(BRAND)), ...(await writes('smarthr'))]).to.deep.equal([])
    expect(await query('select 1 from flow_keys')).to.deep.equal([])
    expect((await query<{ sealed: string }>('select sealed from key_comparisons'))[0]?.sealed)
      .to.match(/^v2\./)
      .and.not.include('midori')

    await visitor.press('保存')
    expect(await query('select key from flow_keys')).to.deep.equal([{ key: 'email' }])
    expect(await query('select 1 from key_comparisons')).to.deep.equal([])
    const events = await query<{ act: string; details: { changes: object[] } }>(
      `select act, details from audit_events where act like 'flow-key.%' order by id`,
    )
    const changes = [{ label: '従業員を見分ける項目', before: '社員番号', after: 'メールアドレス' }]
    expect(events).to.deep.equal([
      { act: 'flow-key.compared', details: { changes } },
      { act: 'flow-key.saved', details: { changes } },
    ])
  })

  it('saves nothing without a look at what would change, or after somebody else has changed it', async () => {
    await staff(world, BRAND, [inService('1', mail('aizawa'))], [aCrew('1', { email: mail('aizawa') })])
    const visitor = await administrator(world, BRAND)
    const refused = async (fields: Record<string, string>) => {
      const page = await visitor.press('保存', fields)
      expect(page.status).to.equal(422)
      expect(page.text).to.include('確認した違いが古くなったため、保存していません。')
    }
    await compare(visitor)
    await refused({ comparison: '' })
    await visitor.get(`${KEY}/comparison`)
    await refused({ comparison: '00000000-0000-7000-8000-000000000000' })
    expect(await query('select key from flow_keys')).to.deep.equal([])
    await visitor.get(`${KEY}/comparison`)
    await query(`insert into flow_keys (tenant_id, connector, account_id, key, updated_by)
      select tenant_id, connector, account_id, 'email', admin_id from key_comparisons`)
    await refused({})
    expect(await query('select key from flow_keys')).to.deep.equal([{ key: 'email' }])
  })

  it('refuses what is chosen already, what is not offered, and nothing at all', async () => {
    const visitor = await administrator(world, BRAND)
    for (const [key, sentence] of [
      ['employee-number', 'いまの従業員を見分ける項目が選択されています。'],
      ['phone', '選択できない項目です。'],
      ['', '従業員を見分ける項目が選択されていません。'],
    ] as const) {
      await visitor.get(KEY)
      const page = await visitor.press('変更した場合の違いを確認', { key })
      expect(page.status).to.equal(422)
      expect(page.text).to.include(sentence)
    }
    expect(await query('select 1 from key_comparisons')).to.deep.equal([])
  })

  it('says why nothing can be compared where a side does not answer, and changes nothing', async () => {
    await staff(world, BRAND, [inService('1', mail('aizawa'))], [aCrew('1', { email: mail('aizawa') })])
    const visitor = await administrator(world, BRAND)
    await world.control('POST', '/faults', {
      service: BRAND,
      method: 'GET',
      path: '/employees',
      times: 1,
      status: 403,
      body: { errors: [{ message: 'Forbidden', code: 100 }] },
    })
    const page = await compare(visitor)
    expect(page.text).to.include('違いを確認できませんでした。').and.include('設定は変わっていません。')
    expect(page.html).to.not.include('name="comparison"')
  })

  it('is frozen at the fetch, is part of what 同期 confirms, and goes back the same way', async () => {
    await staff(
      world,
      BRAND,
      [inService('T1', mail('aizawa'))],
      [aCrew('0001', { email: mail('aizawa'), birth_at: '1990-01-01' })],
    )
    const visitor = await administrator(world, BRAND)
    await choose(visitor)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await choose(visitor, 'employee-number')
    await visitor.get(`/runs/${runId}/select`)
    expect(visitor.page().text).to.include('従業員を見分ける項目：メールアドレス')
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    await query('update runs set key_by = null where id = $1', [runId])
    await visitor.press('同期', countAsked(visitor))
    expect(visitor.page().text).to.include('対象が変わりました。内容を確認してください。')
    expect(await writes(BRAND)).to.deep.equal([])

    const next = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    expect(visitor.page().text).to.not.include('従業員を見分ける項目：')
    expect(await planned(next)).to.deep.equal(['new'])
  })

  for (const [who, change] of [
    ['a worker of the release before has planned', 'keyed_revision = null'],
    ['a web of the release before has begun', 'key_of = null, field_rules_of = null'],
  ] as const) {
    it(`does not let 同期 begin what ${who}`, async () => {
      await staff(
        world,
        BRAND,
        [inService('T1', mail('aizawa'))],
        [aCrew('0001', { email: mail('aizawa'), birth_at: '1990-01-01' })],
      )
      const visitor = await administrator(world, BRAND)
      await choose(visitor)
      const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
      await query(`update runs set ${change} where id = $1`, [runId])
      await visitor.get(`/runs/${runId}/select`)
      await visitor.press('select-page')
      await visitor.press('同期を開始')
      await visitor.press('同期', countAsked(visitor))

      expect(visitor.page().text).to.include('従業員を見分ける項目の設定を使わずに、取得した内容が作られています。')
      expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'ready' }])
    })
  }

  it('reads anew what a worker of the release before has staged by number', async () => {
    await staff(world, BRAND, [inService('T1', mail('aizawa'))], [aCrew('0001', { email: mail('aizawa') })])
    const visitor = await administrator(world, BRAND)
    await choose(visitor)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    const staged = (key: string | null, number: string | null) =>
      world.container.inTenant(tenantId, async ({ staging }) => {
        await staging.clear(runId)
        await staging.addPage(runId, 'source', {
          people: [{ id: '1', key, name: '', kana: '', detail: '', values: {}, ...(number !== null && { number }) }],
          from: 0,
          next: null,
          total: 1,
        })
        return [await staging.fits({ id: runId, key: 'email' }), await staging.fits({ id: runId, key: null })]
      })
    const [{ tenantId } = { tenantId: '' }] = await query<{ tenantId: string }>(
      'select tenant_id as "tenantId" from runs where id = $1',
      [runId],
    )

    expect(await staged('0001', null)).to.deep.equal([false, true])
    expect(await staged(mail('aizawa'), '0001')).to.deep.equal([true, false])
  })

  it('locks the key in 項目の設定, and asks for it whatever was said of it before', async () => {
    await staff(world, BRAND, [inService('1', mail('aizawa'))], [aCrew('1', { email: mail('aizawa') })])
    const visitor = await administrator(world, BRAND)
    await visitor.get(`/${BRAND}/settings/fields`)
    await visitor.press('保存', { 'way-email': 'none', 'way-birth-date': 'none' })
    await choose(visitor)
    const page = await visitor.get(`/${BRAND}/settings/fields`)
    expect(page.html).to.not.include('name="way-email"')
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)

    expect(await planned(runId)).to.deep.equal(['same'])
    expect(visitor.page().text).to.include('生年月日は同期しません。').and.not.include('メールアドレスは同期しません')
  })

  it('holds for taking a run back as it was: people are called by what they were told apart by', async () => {
    await staff(
      world,
      BRAND,
      [inService('T1', mail('aizawa'))],
      [aCrew('0001', { email: mail('aizawa'), birth_at: '1990-01-01' })],
    )
    const visitor = await administrator(world, BRAND)
    await choose(visitor)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await choose(visitor, 'employee-number')
    await visitor.get(`/runs/${runId}`)
    await visitor.press('この同期を取り消す')
    const undo = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, undo)
    await visitor.get(everybodyOf(undo))

    expect(visitor.page().text).to.include('従業員を見分ける項目：メールアドレス').and.include(mail('aizawa'))
    await visitor.press('select-page')
    await visitor.press('確認')
    await visitor.press('元に戻す', countAsked(visitor))
    await reportOf(visitor, undo)
    expect((await writes(BRAND)).map(({ body }) => body)).to.deep.equal([
      { birthDate: '1990-01-01' },
      { birthDate: '1993-02-11' },
    ])
  })

  it('keeps nobody of a comparison for longer than half an hour, and seals who is kept anew with another key', async () => {
    await staff(world, BRAND, [inService('T1', mail('aizawa'))], [aCrew('0001', { email: mail('aizawa') })])
    const visitor = await administrator(world, BRAND)
    await compare(visitor)
    const keys = `k2:${randomBytes(32).toString('base64')},${world.environment.TOKEN_KEYS ?? ''}`
    const other = createContainer(loadConfig({ ...world.environment, TOKEN_KEYS: keys }), { log: createLogger('none') })
    try {
      for (let found = await other.data.due.reseal(); found.length > 0; found = await other.data.due.reseal())
        for (const tenant of found) await other.inTenant(tenant, ({ resealing }) => resealing.reseal(other.log))
    } finally {
      await other.close()
    }
    const [{ sealed } = { sealed: '' }] = await query<{ sealed: string }>('select sealed from key_comparisons')
    expect(sealed.split('.')[1]).to.equal('k2')

    await query(`update key_comparisons set created_at = created_at - interval '31 minutes'`)
    await world.container.housekeeping()
    expect(await query('select 1 from key_comparisons')).to.deep.equal([])
    expect((await visitor.get(`${KEY}/comparison`)).url).to.match(/\/settings\/key$/)
  })

  it('is no page of a service without a choice', async () => {
    const visitor = await world.connected('freee')
    expect((await visitor.get('/freee')).html).to.not.include('/freee/settings/key')
    expect((await visitor.get('/freee/settings/key')).status).to.equal(404)
  })
})
