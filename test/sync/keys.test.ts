import { expect } from 'chai'
import { aCrew, administrator, anEmployee, NOON, staff } from '../helpers/attendance.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { issueToken } from '../helpers/connecting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const BRAND = 'king-of-time'
const FROM_SMARTHR = 'employees-from-smarthr'

/** The row of the list that shows this number. */
const rowOf = (visitor: Visitor, key: string) =>
  visitor
    .page()
    .html.split('<tr>')
    .find(row => row.includes(`class="key">${key}<`)) ?? ''
const boxOf = (visitor: Visitor, key: string) => /name="id" value="(\d+)"/.exec(rowOf(visitor, key))?.[1] ?? ''

describe('nobody twice, nobody missing', () => {
  const world = useWorld({ at: NOON })
  beforeEach(async () => {
    for (const service of ['smarthr', 'freee', BRAND, 'mikiwame', 'money-forward', 'pca'])
      await world.control('PUT', '/limits', { service, enabled: false })
  })

  const switches = (service: string, patch: object) => world.control('PUT', '/switches', { service, ...patch })
  const chosen = async () =>
    (
      await world.container.ownerPool.query<{ key: string }>('select key from run_items where selected order by key')
    ).rows.map(row => row.key)
  const stored = async (key: string) =>
    (
      await world.container.ownerPool.query<{ class: string; own_tick: boolean; reason: string | null }>(
        'select class, own_tick, excluded_reason as reason from run_items where key = $1 order by id desc',
        [key],
      )
    ).rows[0]
  const codesIn = async (brand: string) => {
    const state = (await world.control('GET', `/state?service=${brand}`)) as { employees: { code: string }[] }
    return state.employees.map(employee => employee.code).sort()
  }

  it('pairs a number that differs in signs nobody sees, and keeps those signs to itself', async () => {
    await staff(world, BRAND, [anEmployee('S001')], [aCrew('S0\u200b01\ufe0f', { birth_at: '1993-02-12' })])
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)

    expect(rowOf(visitor, 'S001')).to.include('差分あり').and.not.include('同じ番号です')
    await syncEverybody(visitor)
    expect((await reportOf(visitor, runId)).text).to.include('成功 1件')
    expect(await codesIn(BRAND)).to.deep.equal(['S001'])
  })

  it('takes look-alikes by no button for many, and each by a tick of its own', async () => {
    const codes = ['12', 'H\u2010001', 'S 001', 'k0014', 'N1', 'N2', 'N 3', 'N3']
    await staff(
      world,
      BRAND,
      ['0012', 'H-001', 'S001', 'K0014'].map(code => anEmployee(code)),
      codes.map(code => aCrew(code)),
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)

    expect(visitor.page().text)
      .to.include('このページの従業員2名すべてを選択')
      .and.include('社員番号がほかとよく似た従業員が、6名います。')
    for (const [code, sentence] of [
      ['12', '先頭の0を除くと、KING OF TIMEの「0012」と同じ番号です。'],
      ['H\u2010001', 'ハイフンの種類を区別しないと、KING OF TIMEの「H-001」と同じ番号です。'],
      ['S 001', '空白を除くと、KING OF TIMEの「S001」と同じ番号です。'],
      ['k0014', '大文字と小文字を区別しないと、KING OF TIMEの「K0014」と同じ番号です。'],
      ['N3', '空白を除くと、SmartHRの「N 3」と同じ番号です。'],
      ['N 3', '空白を除くと、SmartHRの「N3」と同じ番号です。'],
    ] as const)
      expect(rowOf(visitor, code), code).to.include(sentence)
    await visitor.press('select-page')
    expect(await chosen()).to.deep.equal(['N1', 'N2'])
    const token = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
    await visitor.post(`/runs/${runId}/select`, { _csrf: token, revision: '2', op: 'select-all' })
    expect(await chosen()).to.deep.equal(['N1', 'N2'])
    await visitor.get(`/runs/${runId}/select`)
    const ids = ['N1', 'N2', '12'].map(key => boxOf(visitor, key))
    const shown = [...visitor.page().html.matchAll(/name="shown" value="(\d+)"/g)].map(([, id]) => id ?? '')
    await visitor.post(`/runs/${runId}/select`, { _csrf: token, revision: '2', op: 'keep', shown, id: ids })
    expect(await chosen()).to.deep.equal(['12', 'N1', 'N2'])
  })

  it('asks for the tick where records are published, too', async () => {
    await switches('smarthr', { crews: [aCrew('12'), aCrew('0012', { last_name: '別府' }), aCrew('13')] })
    const visitor = await world.connected('money-forward')
    await issueToken(visitor)
    await toSelection(visitor, 'employees', undefined, 'money-forward')
    expect(rowOf(visitor, '12')).to.include(
      '先頭の0を除くと、SmartHRの「0012」と同じ番号です。別の人と取り違えないよう',
    )
    await visitor.press('select-page')

    expect(await chosen()).to.deep.equal(['13'])
  })

  it('asks for the tick in the dialog where nobody selects, and keeps what was typed there', async () => {
    await world.control('POST', '/populate', {
      service: 'money-forward',
      with: 'smarthr',
      employees: 2,
      overlap: 1,
      seed: 3,
    })
    await switches('smarthr', { crews: [aCrew('P000001'), aCrew('p000001'), aCrew('P000002')] })
    const visitor = await world.connected('money-forward')
    await visitor.begin('/money-forward/runs/new?flow=payslips')
    await visitor.press('取り込む', { area: 'pr_202611' })
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await eventually('the plan', async () => !(await visitor.get(`/runs/${runId}/fetch`)).url.endsWith('/fetch'))
    if (visitor.page().url.endsWith('/items')) {
      await visitor.press('登録')
      await eventually('the plan', async () => (await visitor.get(`/runs/${runId}/fetch`)).url.endsWith('/confirm'))
    }
    expect(await chosen()).to.deep.equal(['P000002'])
    const { html } = visitor.page()
    expect(visitor.page().text).to.include('大文字と小文字を区別しないと、SmartHRの「p000001」と同じ番号です。')
    const id = /type="checkbox" name="id" value="(\d+)"/.exec(html)?.[1] ?? ''
    await visitor.press('チェックを反映', { id, name_for_admin: '確かめた名前' })

    expect(await chosen()).to.deep.equal(['P000001', 'P000002'])
    expect(visitor.page().html).to.include('確かめた名前')
    await visitor.press('登録')
    expect((await reportOf(visitor, runId)).text).to.include('成功 2件')
  })

  it('leaves look-alikes of a one-click run out, and says whom, why and what to do', async () => {
    const person = { last_name: '相沢', first_name: 'みお', last_name_kana: 'アイザワ', first_name_kana: 'ミオ' }
    await switches('mikiwame', { employees: [{ ...person, email: 'ta-ro@midori.example' }] })
    await switches('smarthr', {
      crews: [
        aCrew('1', { email: 'ta\u2010ro@midori.example' }),
        aCrew('2', { email: 'ｊｉｒｏ@midori.example' }),
        aCrew('3', { email: 'TA-RO\u200b@midori.example' }),
      ],
    })
    const visitor = await world.connected('mikiwame')
    await visitor.get('/mikiwame')
    const form = visitor
      .page()
      .html.split('<form')
      .find(part => part.includes(`value="${FROM_SMARTHR}"`))
    const csrf = /name="_csrf" value="([^"]+)"/.exec(form ?? '')?.[1] ?? ''
    await visitor.post('/mikiwame/runs/new', { _csrf: csrf, flow: FROM_SMARTHR })
    const { rows } = await world.container.ownerPool.query<{ id: string }>('select id from runs')
    const runId = rows[0]?.id ?? ''
    const report = await reportOf(visitor, runId)

    expect(report.text)
      .to.include('対象外 1件')
      .and.include('ハイフンの種類を区別しないと、ミキワメの「ta-ro@midori.example」と同じメールアドレスです。')
      .and.include('［同期前に内容を確認する］から内容を確認し')
      .and.include('成功 2件')
    const state = (await world.control('GET', '/state?service=mikiwame')) as {
      companies: { employees: { email: string }[] }[]
    }
    expect(state.companies[0]?.employees.map(one => one.email).sort()).to.deep.equal([
      'jiro@midori.example',
      'ta-ro@midori.example',
    ])
    const mail = await eventually('the mail', async () => (await world.mails()).find(one => one.text.includes(runId)))
    expect(mail.text).to.include('対象外: 1件').and.include('［同期前に内容を確認する］')
  })

  it('asks before it goes by a list that has become far shorter, with both numbers', async () => {
    const codes = Array.from({ length: 12 }, (_, index) => `K${index + 100}`)
    const both = (count: number) =>
      staff(
        world,
        BRAND,
        codes.slice(0, count).map(code => anEmployee(code)),
        codes.map(code => aCrew(code, { birth_at: '1993-02-12' })),
      )
    await both(12)
    const visitor = await administrator(world, BRAND)
    await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await both(6)
    for (let times = 0; times < 2; times += 1) {
      // A doubtful listing is no measure for the next one.
      await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
      await syncEverybody(visitor)
      expect(visitor.page().text)
        .to.include('前回の取得ではKING OF TIMEの従業員は12名でしたが、今回は6名です。')
        .and.include('確認欄にチェックを入れてください。')
    }
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await visitor.press('同期', { fewer: 'yes' })

    expect((await reportOf(visitor, runId)).text).to.include('成功 12件')
  })

  it('lists everybody although half a sign stands in one name, tells that person, and writes the rest', async () => {
    await staff(
      world,
      BRAND,
      [anEmployee('1'), anEmployee('2')],
      [
        aCrew('1', { last_name: '相\ud83d沢', birth_at: '1993-02-12' }),
        aCrew('2'),
        aCrew('3', { last_name: '\udc00' }),
      ],
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    expect(rowOf(visitor, '1')).to.include('姓に読み取れない文字が含まれています。この項目は連携しません。')
    expect(rowOf(visitor, '3')).to.include('姓に読み取れない文字が含まれています。').and.not.include('type="checkbox"')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)

    const state = (await world.control('GET', `/state?service=${BRAND}`)) as {
      employees: { code: string; lastName: string; birthDate: string }[]
    }
    expect(state.employees.map(one => `${one.code} ${one.lastName} ${one.birthDate}`).sort()).to.deep.equal([
      '1 相沢 1993-02-12',
      '2 相沢 1993-02-11',
    ])
  })

  const lost = { times: 1, drop: true, applyFirst: true, method: 'POST' }

  it('finds a number in full width again whose answer was lost (SmartHR)', async () => {
    await world.control('POST', '/populate', { service: 'freee', employees: 1, overlap: 0, seed: 7 })
    const visitor = await world.connected()
    const { companies } = (await world.control('GET', '/state?service=freee')) as {
      companies: { id: number; employees: { id: number }[] }[]
    }
    const company = companies.find(one => one.employees.length === 1)
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string; id: string }>(
      'select tenant_id, id from connections',
    )
    const tokens = world.container.connections.tokensOf(
      world.container.connectorOf('freee'),
      rows[0]?.tenant_id ?? '',
      rows[0]?.id ?? '',
    )
    await fetch(`${world.sandboxUrl}/freee/hr/api/v1/employees/${company?.employees[0]?.id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${await tokens.token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        company_id: company?.id,
        year: 2026,
        month: 11,
        employee: { num: 'Ｓ００１', birth_date: '1990-01-01', entry_date: '2020-04-01' },
      }),
    })
    await world.control('POST', '/faults', { service: 'smarthr', path: '/v1/crews$', ...lost })
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await syncEverybody(visitor)

    expect((await reportOf(visitor, runId)).text)
      .to.include('成功 1件')
      .and.include('失敗 0件')
    const state = (await world.control('GET', '/state?service=smarthr')) as {
      tenants: { subdomain: string; crews: { emp_code: string }[] }[]
    }
    const crews = state.tenants.find(tenant => tenant.subdomain === 'midori-shokai')?.crews
    expect(crews?.map(crew => crew.emp_code)).to.deep.equal(['Ｓ００１'])
  })

  for (const [service, path] of [
    ['freee', '^/hr/api/v1/employees$'],
    [BRAND, '/employees$'],
  ] as const) {
    it(`finds a number in full width again whose answer was lost (${service})`, async () => {
      if (service === 'freee') await world.control('POST', '/populate', { service: 'freee', employees: 0 })
      else await switches(service, { employees: [] })
      await switches('smarthr', { crews: [aCrew('Ｓ００１')] })
      const visitor = service === 'freee' ? await world.connected() : await administrator(world, service)
      await world.control('POST', '/faults', { service, path, ...lost })
      const runId = await toSelection(visitor, FROM_SMARTHR, undefined, service)
      await syncEverybody(visitor)

      expect((await reportOf(visitor, runId)).text)
        .to.include('成功 1件')
        .and.include('失敗 0件')
      const creates = (await world.calls(service)).filter(
        call => call.method === 'POST' && /employees$/.test(call.path),
      )
      expect(creates).to.have.length(1)
    })
  }

  it('fails a pair that contradicts a remembered one, and writes nothing about it', async () => {
    await world.control('POST', '/populate', {
      service: 'smarthr',
      with: 'freee',
      employees: 2,
      overlap: 1,
      differing: 1,
      seed: 7,
    })
    const visitor = await world.connected()
    const runId = await toSelection(visitor, FROM_SMARTHR)
    // Meanwhile somebody else's run has remembered another pair for the same crew.
    await world.container.ownerPool.query(
      `insert into links (tenant_id, connector, account_id, smarthr_id, service_id)
       select i.tenant_id, 'freee', c.account_id, i.source_id, 'another' from run_items i
         join runs r on r.id = i.run_id join connections c on c.id = r.connection_id where i.key = 'P000001'`,
    )
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text)
      .to.include('すでに別の従業員と紐づいているため、書き込んでいません。')
      .and.include('成功 1件')
      .and.include('失敗 1件')
    expect((await stored('P000001'))?.class).to.equal('changed')
  })

  it('tells two runs apart by the database, however far the clocks of two processes are apart', async () => {
    await world.control('POST', '/populate', {
      service: 'smarthr',
      with: 'freee',
      employees: 3,
      overlap: 1,
      differing: 1,
      seed: 7,
    })
    const visitor = await world.connected()
    const older = await toSelection(visitor, 'employees-to-smarthr')
    const newer = await toSelection(visitor, FROM_SMARTHR)
    await syncEverybody(visitor)
    await reportOf(visitor, newer)
    // The newer run's worker was ten minutes slow.
    await world.container.ownerPool.query(
      `update runs set ended_at = ended_at - interval '10 minutes', queued_at = queued_at - interval '10 minutes'
       where id = $1`,
      [newer],
    )
    await visitor.get(`/runs/${older}/select`)
    await syncEverybody(visitor)

    expect(visitor.page().text).to.include('この同期を準備した後に、別の同期が実行されました。')
  })
})
