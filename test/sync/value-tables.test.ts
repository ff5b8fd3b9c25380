import { expect } from 'chai'
import { administrator, aCrew, anEmployee, NOON, staff, type Record_ } from '../helpers/attendance.js'
import type { Fields, Visitor } from '../helpers/visitor.js'
import { reportOf, whenRead } from '../helpers/waiting.js'
import { boxesOf, countAsked, everybodyOf, toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

const BRAND = 'touch-on-time'
const TO_SERVICE = 'employees-from-smarthr'
const TO_SMARTHR = 'employees-to-smarthr'
const PAGE = `/${BRAND}/settings/values`

/** SmartHR's departments here, by code; each named after its place. */
const DEPARTMENTS = [
  { id: 'd-head', name: '本社', code: '100' },
  { id: 'd-osaka', name: '大阪支店', code: '200' },
  { id: 'd-store', name: '物流', code: '300' },
]

interface Employee {
  code: string
  divisionCode: string
  typeCode: string
  lastName: string
}

describe('対応表', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr', BRAND] })
  let visitor: Visitor
  beforeEach(async () => {
    visitor = await administrator(world, BRAND)
    await world.control('PUT', '/switches', { service: 'smarthr', departments: DEPARTMENTS })
  })

  const query = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await world.container.ownerPool.query<Row>(sql, values)).rows

  const crew = (code: string, department: string | null, changes: Record_ = {}) =>
    aCrew(code, { departments: department === null ? [] : [department], employment_type: '正社員', ...changes })

  /** SmartHR's ids of what a table begins with, by name. */
  const rowsOf = (): ReadonlyMap<string, string> =>
    new Map(
      [...visitor.page().html.matchAll(/<select id="to-([^"]+)"[^>]*aria-label="(?:\w+ )?([^："]+)：/g)].map(
        ([, value = '', label = '']) => [label, value],
      ),
    )
  const save = async (table: string, use: string, chosen: Readonly<Record<string, string>>) => {
    await visitor.get(`${PAGE}?table=${table}`)
    const ids = rowsOf()
    const fields: Fields = Object.fromEntries(
      Object.entries(chosen).map(([name, value]) => [`to-${ids.get(name) ?? name}`, value]),
    )
    const page = await visitor.press('save', { use, ...fields })
    expect(page.text).to.include('対応表を保存しました')
  }
  const types = (use = 'new') => save('working_type', use, { 正社員: '1' })

  const employees = async () => {
    const state = (await world.control('GET', `/state?service=${BRAND}`)) as { employees: Employee[] }
    return new Map(state.employees.map(employee => [employee.code, employee]))
  }
  /** Whom the service has by its POSTs, each with what it was given. */
  const registered = async () => {
    const people = [...(await employees()).values()].map(({ code, divisionCode, typeCode }) => [
      code,
      divisionCode,
      typeCode,
    ])
    expect((await writes()).map(({ method }) => method)).to.deep.equal(people.map(() => 'POST'))
    return people.sort()
  }
  const writes = async (service = BRAND) =>
    (await world.calls(service)).filter(
      ({ method, path }) => ['POST', 'PUT', 'PATCH'].includes(method) && /employees|crews/.test(path),
    )
  const items = (runId: string) =>
    query<{ key: string; class: string; blocked: boolean; warned: boolean; outcome: string | null }>(
      'select key, class, blocked, warned, outcome from run_items where run_id = $1 order by key',
      [runId],
    )
  const start = async (runId: string, answered: Fields = {}) => {
    await visitor.press('同期を開始', { id: boxesOf(visitor) })
    if (visitor.page().url.endsWith('/options')) await visitor.press('確認', answered)
    const dialog = visitor.page()
    await visitor.press('同期', countAsked(visitor))
    return { dialog, report: await reportOf(visitor, runId) }
  }

  it('gives each new person their own value, asks nothing, and says so on every page', async () => {
    await staff(world, BRAND, [], [crew('1', '100'), crew('2', '200'), crew('3', '300', { employment_type: null })])
    await save('division', 'new', { 本社: '1000', 大阪支店: '2000', 物流: '3000' })
    await types()
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    const list = visitor.page()
    const { dialog, report } = await start(runId)

    expect(list.text).to.include('対応表：部署に対応する所属事業所を、新規登録の従業員に登録します。')
    expect(list.html).to.include(`${PAGE}?table=division`)
    expect(list.text).to.include('雇用形態が登録されていないため')
    expect(dialog.url).to.match(/\/confirm$/)
    expect(dialog.text)
      .to.include('対応表 部署に対応する所属事業所を')
      .and.include('1000 本社')
      .and.include('2000 大阪支店')
    expect(dialog.text.match(/雇用区分 1 正社員/g)).to.have.length(2)
    expect(dialog.text).to.not.include('新規登録の所属事業所')
    expect(report.text).to.include('対応表 部署に対応する所属事業所を')
    expect(await registered()).to.deep.equal([
      ['1', '1000', '1'],
      ['2', '2000', '1'],
    ])
    expect(await items(runId)).to.deep.include({
      key: '3',
      class: 'new',
      blocked: true,
      warned: true,
      outcome: null,
    })
  })

  it('asks only for what no table answers', async () => {
    await staff(world, BRAND, [], [crew('1', '100'), crew('2', '200')])
    await save('division', 'new', { 本社: '1000', 大阪支店: '2000' })
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await visitor.press('同期を開始', { id: boxesOf(visitor) })
    expect(visitor.page().html).to.include('name="working_type"').and.not.include('name="division"')
    await visitor.press('確認', { working_type: '2' })
    expect(visitor.page().text).to.include('新規登録の雇用区分 2 パート')
    await visitor.press('同期', countAsked(visitor))
    await reportOf(visitor, runId)
    expect(await registered()).to.deep.equal([
      ['1', '1000', '2'],
      ['2', '2000', '2'],
    ])
  })

  it('never guesses: nobody is registered without a value, and the page says what to do', async () => {
    await staff(world, BRAND, [], [crew('1', '100'), crew('2', '300'), crew('4', null)])
    await save('division', 'new', { 本社: '1000' })
    await types()
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)

    expect(visitor.page().text)
      .to.include(
        '部署「物流」に対応する所属事業所が、対応表で選択されていません。対応表で選択してから、取得し直してください。',
      )
      .and.include('部署が登録されていないため、対応する所属事業所がありません。')
    expect(boxesOf(visitor).length).to.equal(1)
    const everybody = visitor.page().url
    const rowOf = (key: string) =>
      visitor
        .page()
        .html.split('<tr>')
        .find(row => row.includes(`class="key">${key}<`)) ?? ''
    const table = `href="${PAGE}?table=division"`
    expect(rowOf('2'), 'the way to the table')
      .to.include(table)
      .and.not.match(/href="[^"]*\/crews\//)
    expect(rowOf('4'), 'the way to the person')
      .to.match(/href="[^"]*\/crews\//)
      .and.not.include(table)
    expect(rowOf('1'))
      .to.not.include(table)
      .and.not.match(/href="https?:[^"]*\/crews\//)

    expect(visitor.page().text).to.include('このままでは失敗する従業員が2名います。')
    await visitor.press('doomed:1')
    expect([rowOf('1') === '', rowOf('2') === '', rowOf('4') === '']).to.deep.equal([true, false, false])
    await visitor.get(everybody)
    await start(runId)
    expect(await registered()).to.deep.equal([['1', '1000', '1']])
  })

  it('says at the plan that a value is gone from the service, and sends it to nobody', async () => {
    await staff(world, BRAND, [anEmployee('1', { divisionCode: '2000' })], [crew('1', '300'), crew('2', '300')])
    await save('division', 'all', { 物流: '3000' })
    await types()
    await world.control('PUT', '/switches', {
      service: BRAND,
      divisions: [
        { code: '1000', name: '本社', dayBorderTime: '00:00' },
        { code: '2000', name: '大阪支店', dayBorderTime: '00:00' },
      ],
    })
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)

    expect(visitor.page().text).to.include(
      '対応表で部署「物流」に選択されている所属事業所「3000 倉庫」が、Touch On Timeに見つかりません。',
    )
    expect(await items(runId)).to.deep.equal([
      { key: '1', class: 'same', blocked: false, warned: true, outcome: null },
      { key: '2', class: 'new', blocked: true, warned: true, outcome: null },
    ])
    expect((await visitor.get(`${PAGE}?table=division`)).text).to.include('選択していた「3000 倉庫」が')
  })

  it('fails those alone whose value is deleted between the plan and the write, with what to do', async () => {
    await staff(
      world,
      BRAND,
      [anEmployee('1', { divisionCode: '1000' })],
      [crew('1', '300', { last_name: '新姓' }), crew('2', '300'), crew('3', '100')],
    )
    await save('division', 'all', { 本社: '1000', 物流: '3000' })
    await types()
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await world.control('PUT', '/switches', {
      service: BRAND,
      divisions: [{ code: '1000', name: '本社', dayBorderTime: '00:00' }],
    })
    const { report } = await start(runId)

    expect((await items(runId)).map(({ key, outcome }) => [key, outcome])).to.deep.equal([
      ['1', 'failed'],
      ['2', 'failed'],
      ['3', 'succeeded'],
    ])
    expect(report.text).to.include('選択した所属事業所または雇用区分が見つかりません。')
    expect(report.text).to.include('対応表で選択し直してから')
    expect([...(await employees()).keys()].sort()).to.deep.equal(['1', '3'])
    expect((await employees()).get('1')).to.include({ lastName: '相沢', divisionCode: '1000' })
  })

  it('leaves those who are there as they are, unless it is switched on', async () => {
    await staff(
      world,
      BRAND,
      [anEmployee('1', { divisionCode: '2000', typeCode: '2' })],
      [crew('1', '100', { last_name: '新姓' })],
    )
    await save('division', 'new', { 本社: '1000' })
    await types()
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await start(runId)

    const [put] = await writes()
    expect([put?.body, put?.query]).to.deep.equal([{ lastName: '新姓' }, {}])
    expect((await employees()).get('1')).to.include({ divisionCode: '2000', typeCode: '2' })
  })

  it('changes those who are there where it is switched on: before → after, from the day that is said', async () => {
    await staff(
      world,
      BRAND,
      [
        anEmployee('1', { divisionCode: '2000', typeCode: '2' }),
        anEmployee('2', { divisionCode: '1000', typeCode: '1' }),
        anEmployee('3', { divisionCode: '2000', typeCode: '3' }),
      ],
      [crew('1', '100'), crew('2', '100'), crew('3', '300', { last_name: '新姓' })],
    )
    await save('division', 'all', { 本社: '1000' })
    await types()
    const runId = await toSelection(visitor, TO_SERVICE, '2026-11-10', BRAND)
    const list = visitor.page()
    const { dialog, report } = await start(runId)

    expect(list.text)
      .to.include('新規登録の従業員と、登録済みの従業員（2026/11/10から有効）に送ります。')
      .and.include('部署「物流」に対応する所属事業所が、対応表で選択されていません。所属事業所は変更しません。')
    expect(list.text).to.match(/所属事業所[^。]*2000 大阪支店[^。]*1000 本社/)
    expect(dialog.text).to.include('2026/11/10から有効')
    const sent = (await writes()).map(({ method, query: asked, body }) => [method, asked, body])
    expect(sent).to.have.deep.members([
      ['PUT', { updateDate: '2026-11-10' }, { divisionCode: '1000' }],
      ['PUT', {}, { lastName: '新姓' }],
    ])
    expect(report.text).to.include('成功 2件')
    const now = await employees()
    expect(now.get('1')).to.include({ divisionCode: '1000', typeCode: '2' })
    expect(now.get('3')).to.include({ divisionCode: '2000', typeCode: '3' })

    await toSelection(visitor, TO_SERVICE, '2026-11-10', BRAND)
    await visitor.press('filter', { class: ['changed'] })
    expect(visitor.page().text).to.include('該当する従業員はいません')
  })

  it('reserves a change for a later day, compares by that day, and takes it for done', async () => {
    await staff(world, BRAND, [anEmployee('1', { divisionCode: '2000', typeCode: '2' })], [crew('1', '100')])
    await save('division', 'all', { 本社: '1000' })
    await types('all')
    const runId = await toSelection(visitor, TO_SERVICE, '2026-12-01', BRAND)
    const { report } = await start(runId)

    expect(report.text).to.include('成功 1件')
    expect((await writes()).map(({ query: asked, body }) => [asked, body])).to.deep.equal([
      [{ updateDate: '2026-12-01' }, { divisionCode: '1000', typeCode: '1' }],
    ])
    expect((await employees()).get('1')).to.include({ divisionCode: '2000', typeCode: '2' })
    const again = await toSelection(visitor, TO_SERVICE, '2026-12-01', BRAND)
    expect((await items(again)).map(item => item.class)).to.deep.equal(['same'])
  })

  it('does not change what counts by days from a day of an earlier month on, and says why', async () => {
    await staff(world, BRAND, [anEmployee('1', { divisionCode: '2000' })], [crew('1', '100', { last_name: '新姓' })])
    await save('division', 'all', { 本社: '1000' })
    const runId = await toSelection(visitor, TO_SERVICE, '2026-10-31', BRAND)
    expect(visitor.page().text).to.include('情報取得基準日が、取得した月より前の日付です。所属事業所は変更しません。')
    await start(runId)
    expect((await writes()).map(({ query: asked, body }) => [asked, body])).to.deep.equal([[{}, { lastName: '新姓' }]])
  })

  it('does not write over what somebody else has changed since the plan', async () => {
    await staff(world, BRAND, [anEmployee('1', { divisionCode: '2000' })], [crew('1', '100')])
    await save('division', 'all', { 本社: '1000' })
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await world.control('PUT', '/switches', {
      service: BRAND,
      employees: [anEmployee('1', { divisionCode: '3000' })],
    })
    await start(runId)
    expect((await items(runId)).map(({ outcome }) => outcome)).to.deep.equal(['failed'])
    expect(await writes()).to.deep.equal([])
    expect((await employees()).get('1')).to.include({ divisionCode: '3000' })
  })

  it('goes back with the run that has written it, from the same day on', async () => {
    await staff(world, BRAND, [anEmployee('1', { divisionCode: '2000' })], [crew('1', '100', { last_name: '新姓' })])
    await save('division', 'all', { 本社: '1000' })
    const runId = await toSelection(visitor, TO_SERVICE, '2026-11-10', BRAND)
    await start(runId)
    await save('division', 'none', { 本社: '3000' })
    await visitor.get(`/runs/${runId}`)
    await visitor.press('この同期を取り消す')
    const undoId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, undoId)
    await visitor.get(everybodyOf(undoId))
    expect(visitor.page().text)
      .to.match(/所属事業所[^。]*1000 本社[^。]*2000 大阪支店/)
      .and.not.include('対応表：')
      .and.not.include('新規登録の設定')
    await visitor.press('確認', { id: boxesOf(visitor) })
    await visitor.press('元に戻す', countAsked(visitor))
    await reportOf(visitor, undoId)

    expect((await employees()).get('1')).to.include({ divisionCode: '2000', lastName: '相沢' })
    const put = (await writes()).at(-1)
    expect([put?.query, put?.body]).to.deep.equal([
      { updateDate: '2026-11-10' },
      { lastName: '相沢', divisionCode: '2000' },
    ])
  })

  it('maps the other way, too: new people of SmartHR get the 事業所 that stands for their 所属', async () => {
    await visitor.get(`${PAGE}?table=biz_establishment`)
    const [, , establishment = ''] =
      /<option value=""[^>]*>[^<]*<\/option>(<option value="([^"]+)")/.exec(visitor.page().html) ?? []
    const here = { divisionCode: '2000', emailAddresses: ['new@midori.example'] }
    await staff(
      world,
      BRAND,
      [anEmployee('1', here), anEmployee('8', here), anEmployee('9', { divisionCode: '3000' })],
      [crew('1', '100')],
    )
    await save('biz_establishment', 'new', { '2000': establishment })
    const runId = await toSelection(visitor, TO_SMARTHR, undefined, BRAND)
    expect(visitor.page().text).to.include('所属「倉庫」に対応する所属事業所が、対応表で選択されていません。')
    await start(runId)

    const sent = (await writes('smarthr')).map(({ method, body }) => [method, body as Record_])
    expect(sent.map(([method]) => method)).to.have.members(['POST', 'PATCH'])
    for (const [method, body] of sent) {
      if (method === 'POST') expect(body).to.include({ emp_code: '8', biz_establishment_id: establishment })
      else expect(body).to.not.have.property('biz_establishment_id')
    }
  })

  it('is frozen at the fetch: what is saved afterwards is for the next run', async () => {
    await staff(world, BRAND, [], [crew('1', '100')])
    await save('division', 'new', { 本社: '1000' })
    await types()
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await save('division', 'none', { 本社: '3000' })
    await visitor.get(`/runs/${runId}/select`)
    expect(visitor.page().text).to.include('対応表：部署に対応する')
    await start(runId)
    expect(await registered()).to.deep.equal([['1', '1000', '1']])
  })

  it('is as without tables where none is used, whatever is saved', async () => {
    await staff(world, BRAND, [], [crew('1', '100')])
    await save('division', 'none', { 本社: '1000' })
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    expect(visitor.page().text).to.not.include('対応表：')
    const { dialog } = await start(runId, { division: '3000', working_type: '2' })
    expect(dialog.text).to.include('新規登録の所属事業所 3000 倉庫')
    expect(await registered()).to.deep.equal([['1', '3000', '2']])
  })

  it('is part of what 同期 confirms', async () => {
    await staff(world, BRAND, [], [crew('1', '100')])
    await save('division', 'new', { 本社: '1000' })
    await types()
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await visitor.press('同期を開始', { id: boxesOf(visitor) })
    await query(`update runs set value_tables = value_tables - 'division' where id = $1`, [runId])
    await visitor.press('同期', countAsked(visitor))

    expect(visitor.page().text).to.include('対象が変わりました。内容を確認してください。')
    expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'ready' }])
  })

  it('does not let 同期 begin where a worker of the release before has planned without it', async () => {
    await staff(world, BRAND, [anEmployee('1')], [crew('1', '100', { last_name: '新姓' })])
    await save('division', 'all', { 本社: '1000' })
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await query('update runs set tabled_revision = null, ruled_revision = revision where id = $1', [runId])
    await visitor.get(`/runs/${runId}/select`)
    await visitor.press('同期を開始', { id: boxesOf(visitor) })
    await visitor.press('同期', countAsked(visitor))

    expect(visitor.page().text).to.include('対応表を使わずに、取得した内容が作られています。')
    expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'ready' }])
  })

  it('makes plans that the release before does not begin: they lack what it asks for', async () => {
    await staff(world, BRAND, [], [crew('1', '100')])
    const marks = (runId: string) =>
      query(
        `select field_rules is not null as ruled, ruled_revision = revision as planned, tabled_revision = revision as tabled
         from runs where id = $1`,
        [runId],
      )
    const without = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    expect(await marks(without)).to.deep.equal([{ ruled: false, planned: true, tabled: null }])
    await save('division', 'new', { 本社: '1000' })
    const by = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    expect(await marks(by)).to.deep.equal([{ ruled: true, planned: null, tabled: true }])
    expect(visitor.page().text).to.not.include('項目の設定：')
  })

  it('is said of no plan that the release before has read', async () => {
    await staff(world, BRAND, [], [crew('1', '100')])
    await save('division', 'new', { 本社: '1000' })
    const runId = await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await query('update runs set revision = revision + 1, ruled_revision = revision + 1 where id = $1', [runId])
    expect((await visitor.get(`/runs/${runId}/select`)).text).to.not.include('対応表：')
    await visitor.press('同期を開始', { id: boxesOf(visitor) })
    expect(visitor.page().html).to.include('name="division"').and.include('name="working_type"')
  })

  it('counts who has which value where the flow is read, and shows those without a choice first', async () => {
    await staff(world, BRAND, [], [crew('1', '300'), crew('2', '300'), crew('3', '100'), crew('4', null)])
    await save('division', 'none', { 本社: '1000' })
    await visitor.get(`${PAGE}?table=division`)
    expect(visitor.page().text).to.include('従業員情報を取得すると、表示されます。')
    await toSelection(visitor, TO_SERVICE, undefined, BRAND)
    await visitor.get(`${PAGE}?table=division`)
    expect([...rowsOf().keys()]).to.deep.equal(['物流', '大阪支店', '本社'])
    expect(visitor.page().text).to.match(/物流.*?2名.*?大阪支店.*?0名.*?本社.*?1名/)
  })
})
