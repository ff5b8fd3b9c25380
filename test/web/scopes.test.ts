import { expect } from 'chai'
import { NOON } from '../helpers/attendance.js'
import { keptScope, makeScope, smarthrOf, type Entry } from '../helpers/scopes.js'
import type { Fields, Visitor } from '../helpers/visitor.js'
import { useWorld } from '../helpers/world.js'

const LIST = '/freee/settings/scopes'

describe('the pages of 対象範囲', () => {
  const world = useWorld({ worker: false, at: NOON, limitsOff: ['smarthr'] })
  let visitor: Visitor
  let types: Entry[]
  beforeEach(async () => {
    visitor = await world.connected()
    types = await (await smarthrOf(world)).list('employment_types')
  })

  const typeId = (name: string) => types.find(type => type.name === name)?.id ?? ''
  const stored = async () => {
    const { rows } = await world.container.ownerPool.query<{
      tenant_id: string
      id: string
      sealed: string
      name: string
    }>('select * from scopes order by name')
    return rows.map(({ tenant_id, id, sealed, name }) => ({
      name,
      sealed,
      conditions: (
        JSON.parse(world.container.sealer.open(sealed, `${tenant_id}|scopes.sealed`, id)) as { conditions: unknown }
      ).conditions,
    }))
  }
  const told = async () =>
    (
      await world.container.ownerPool.query<{
        act: string
        details: { name: string; changes?: object[] }
        who: string
      }>(`select act, details, admin_name as who from audit_events where act like 'scope.%' order by at`)
    ).rows
  const crew = async () => {
    const smarthr = await smarthrOf(world)
    const found = (await smarthr.crews()).find(({ emp_code: number }) => number !== null)
    return { id: found?.id ?? '', number: found?.emp_code ?? '' }
  }

  it('are in the menu, have a help, and say that everybody goes along while there is none', async () => {
    const page = await visitor.get(LIST)
    expect(page.html).to.match(/<a href="\/freee\/settings\/scopes" aria-current="page">対象範囲</)
    expect(page.html).to.include('/help/freee/scopes')
    expect(page.text).to.include('対象範囲は未登録です。すべての従業員が同期の対象です。')
    expect((await visitor.get('/help/freee/scopes')).text).to.include('対象範囲のヘルプ')
    await visitor.get('/freee/runs/new?flow=employees-to-smarthr')
    expect(visitor.page().html).to.not.include('name="scope"')
  })

  it('keep what is chosen, sealed, show it again, and tell 操作履歴 who has changed what', async () => {
    const { id, number } = await crew()
    const scope = await makeScope(world, visitor, {
      name: '正社員',
      'employment-type': [typeId('正社員')],
      from: '１',
      to: '999999',
      'number-0': number,
      'reason-0': '長期出張のため',
      'until-0': '2030-03-31',
      preset: ['employees-to-smarthr'],
    })
    const [saved] = await stored()
    expect(saved?.conditions).to.deep.equal([
      { op: 'employment-type', values: [typeId('正社員')] },
      { op: 'number', values: ['1', '999999'] },
      { op: 'except', values: [{ id, number, reason: '長期出張のため', until: '2030-03-31' }] },
    ])
    const { rows } = await world.container.ownerPool.query<{ text: string }>(
      `select row_to_json(s)::text || row_to_json(e)::text as text from scopes s, audit_events e where e.act = 'scope.made'`,
    )
    expect(rows[0]?.text).to.not.include('長期出張').and.not.include(id)
    expect((await visitor.get(LIST)).text)
      .to.include('正社員 雇用形態：正社員 社員番号：1から999999まで 個別の除外（1名）')
      .and.include(`${number}：長期出張のため（2030/03/31まで）`)
    const page = await visitor.get(`${LIST}/${scope}`)
    expect(page.html)
      .to.include('value="長期出張のため"')
      .and.include('value="2030-03-31"')
      .and.match(new RegExp(`value="${typeId('正社員')}" checked`))

    await visitor.press('save', { 'employment-type': [typeId('正社員'), typeId('役員')], preset: [] })
    await visitor.get(`${LIST}/${scope}/delete`)
    await visitor.press('削除')
    expect(await stored()).to.deep.equal([])
    const events = await told()
    expect(events.map(({ act }) => act)).to.deep.equal(['scope.made', 'scope.changed', 'scope.deleted'])
    expect(events[1]?.details.changes).to.deep.equal([
      { label: '雇用形態', before: '正社員', after: '正社員、役員' },
      { label: 'はじめに選ぶ同期', before: 'freee人事労務からSmartHRへ', after: '' },
    ])
    for (const { who, details } of events) expect([who !== '', details.name]).to.deep.equal([true, '正社員'])
    const audit = await visitor.get('/audit')
    for (const word of ['対象範囲を作成', '対象範囲を変更', '対象範囲を削除']) expect(audit.text).to.include(word)
  })

  it('count who is inside before anything is saved', async () => {
    const smarthr = await smarthrOf(world)
    const crews = await smarthr.crews()
    const inside = crews.filter(({ employment_type: type }) => type?.id === typeId('正社員')).length
    await visitor.get(`${LIST}/new`)
    const page = await visitor.press('count', { 'employment-type': [typeId('正社員')] })

    expect(page.status).to.equal(200)
    expect(inside).to.be.greaterThan(3).and.lessThan(crews.length)
    expect(page.text).to.include(`SmartHRの従業員${crews.length}名のうち、条件に当てはまる従業員は${inside}名です。`)
    expect(page.html).to.match(new RegExp(`value="${typeId('正社員')}" checked`))
    expect(await stored()).to.deep.equal([])
    expect(await told()).to.deep.equal([])
  })

  it('say how far they have counted of a big company, and ask for no more', async () => {
    await world.control('POST', '/populate', { service: 'smarthr', employees: 2_300, seed: 3 })
    const from = (await world.calls('smarthr')).length
    await visitor.get(`${LIST}/new`)
    const page = await visitor.press('count', { status: ['employed'] })
    const asked = (await world.calls('smarthr')).slice(from).filter(({ path }) => path.endsWith('/crews'))

    expect(page.text).to.include('SmartHRの従業員2,300名のうち、先頭の2,0').and.include('名まで確認しました。')
    expect(asked.length).to.be.lessThan(24)
  })

  const bad: Record<string, [fields: Fields, says: string]> = {
    'no name': [{ name: '' }, '名前が入力されていません。'],
    'a name of 51 letters': [{ name: 'あ'.repeat(51) }, '名前は、50文字以内で入力してください。'],
    'no condition': [{ status: [] }, '条件が1つも指定されていません。'],
    'a department that there is not': [{ department: ['gone'] }, '選択肢がSmartHRで変更されています。'],
    'a status that there is not': [{ status: ['on-leave'] }, '選択肢がSmartHRで変更されています。'],
    'a range without an end': [{ from: '1' }, '社員番号の範囲が正しくありません。'],
    'a range that ends before it begins': [{ from: '20', to: '3' }, '社員番号の範囲が正しくありません。'],
    'a range over two kinds of numbers': [{ from: 'A1', to: 'B9' }, '社員番号の範囲が正しくありません。'],
    'an exclusion without a reason': [{ 'number-0': '1' }, '個別の除外（1行目）の理由が入力されていません。'],
    'an exclusion of nobody': [{ 'reason-1': '出向' }, '個別の除外（1行目）の社員番号が入力されていません。'],
    'an exclusion until no day': [
      { 'number-0': '1', 'reason-0': '出向', 'until-0': '2026-02-30' },
      '個別の除外（1行目）の終了日が正しくありません。',
    ],
    'an exclusion until a day that is over': [
      { 'number-0': '1', 'reason-0': '出向', 'until-0': '2026-11-19' },
      '個別の除外（1行目）の終了日が、過ぎています。',
    ],
    'ticks of 雇用形態 that are for neither': [
      { 'employment-type-how': 'perhaps' },
      '雇用形態の対象が選択されていません。',
    ],
    'somebody SmartHR does not have': [
      { 'number-0': 'nobody-9', 'reason-0': '出向' },
      '社員番号「nobody-9」の従業員を、SmartHRで1名に特定できません。',
    ],
    'a name that there is already': [{ name: 'すでに 1' }, 'この名前の対象範囲は、すでにあります。'],
    'the same name in other signs': [{ name: '　すでに　 １ ' }, 'この名前の対象範囲は、すでにあります。'],
  }
  for (const [what, [fields, says]] of Object.entries(bad)) {
    it(`refuse ${what} with a sentence, and keep nothing of it`, async () => {
      await makeScope(world, visitor, { name: 'すでに 1', status: ['employed'] })
      const before = await stored()
      await visitor.get(`${LIST}/new`)
      const page = await visitor.press('save', { name: '新しい', status: ['employed'], ...fields })

      expect(page.status).to.equal(422)
      expect(page.text).to.include(says)
      const [, at = ''] = /<li> ?<a href="#([^"]+)">/.exec(page.html.replace(/\s+/g, ' ')) ?? []
      expect(page.html).to.include(`id="${at}"`)
      expect(await stored()).to.deep.equal(before)
      expect((await told()).length).to.equal(1)
    })
  }

  it('say all but some 雇用形態: saved, counted, shown again, listed and told as such', async () => {
    const crews = await (await smarthrOf(world)).crews()
    const left = crews.filter(({ employment_type: type }) => type !== null && type.id !== typeId('正社員')).length
    const how = { 'employment-type-how': 'except', 'employment-type': [typeId('正社員')] }
    await visitor.get(`${LIST}/new`)
    expect((await visitor.press('count', how)).text).to.include(`条件に当てはまる従業員は${left}名です。`)
    const scope = await makeScope(world, visitor, { name: '正社員以外', ...how })
    expect((await stored())[0]?.conditions).to.deep.equal([
      { op: 'employment-type', values: [typeId('正社員')], except: true },
    ])
    expect((await visitor.get(LIST)).text).to.include('雇用形態：正社員を除く')
    expect((await visitor.get(`${LIST}/${scope}`)).html.replace(/\s+/g, ' ')).to.match(
      /name="employment-type-how" value="except" checked/,
    )
    await visitor.press('save', { 'employment-type-how': 'only' })
    expect((await stored())[0]?.conditions).to.deep.equal([{ op: 'employment-type', values: [typeId('正社員')] }])
    expect((await told()).map(({ details }) => details.changes)).to.deep.equal([
      [
        { label: '名前', before: '', after: '正社員以外' },
        { label: '雇用形態', before: '', after: '正社員を除く' },
      ],
      [{ label: '雇用形態', before: '正社員を除く', after: '正社員' }],
    ])
  })

  it('list the values of each condition: the first at once, all behind a fold, without names where SmartHR is silent', async () => {
    const departments = (await (await smarthrOf(world)).list('departments')).slice(0, 5)
    await makeScope(world, visitor, {
      name: '五部署',
      department: departments.map(({ id }) => id),
      status: ['employed', 'absent'],
    })
    const page = await visitor.get(LIST)
    expect(page.text)
      .to.match(/部署：[^、]+、[^、]+、[^、]+、ほか2件（下位の部署を含む）/)
      .and.include('部署をすべて表示（5件）')
      .and.include('在籍状況：在籍中、休職中')
    for (const { name } of departments) expect(page.text).to.include(name)
    await world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'GET',
      path: '/departments',
      times: 1,
      status: 403,
      body: {},
    })
    const silent = await visitor.get(LIST)
    expect(silent.status).to.equal(200)
    expect(silent.text)
      .to.include('部署（5件、名前は未取得）（下位の部署を含む）')
      .and.include('在籍状況：在籍中、休職中')
      .and.include('SmartHRから名前を取得できなかったため')
  })

  it('are listed soon while SmartHR is too busy to name what conditions say', async () => {
    const smarthr = await smarthrOf(world)
    const id = async (list: string) => (await smarthr.list(list))[0]?.id ?? ''
    await keptScope(world, {
      name: '三つの一覧',
      conditions: [
        { op: 'department', values: [await id('departments')] },
        { op: 'employment-type', values: [await id('employment_types')] },
        { op: 'establishment', values: [await id('biz_establishments')] },
      ],
    })
    const paths = '/(departments|employment_types|biz_establishments)'
    await world.control('POST', '/faults', { service: 'smarthr', method: 'GET', path: paths, status: 429, body: {} })
    const from = (await world.calls('smarthr')).length
    const page = await visitor.get(LIST)

    expect(page.status).to.equal(200)
    expect(page.text)
      .to.include('雇用形態（1件、名前は未取得）')
      .and.include('SmartHRから名前を取得できなかったため')
      .and.not.include('SmartHRにない値')
    expect((await world.calls('smarthr')).length - from).to.be.within(3, 15)
  })

  it('take today for an exclusion’s last day, and keep one that is over, marked as such', async () => {
    const { id, number } = await crew()
    const exclusion = { 'number-0': number, 'reason-0': '出向' }
    await makeScope(world, visitor, { name: '今日まで', ...exclusion, 'until-0': '2026-11-20' })
    expect((await visitor.get(LIST)).text)
      .to.include('2026/11/20まで）')
      .and.not.include('期限切れ')
    const over = { id, number, reason: '出向', until: '2026-11-19' }
    const scope = await keptScope(world, { name: '昨日まで', conditions: [{ op: 'except', values: [over] }] })
    expect((await visitor.get(LIST)).text)
      .to.include('うち期限切れ1名')
      .and.include('2026/11/19まで、期限切れ')
    expect((await visitor.get(`${LIST}/${scope}`)).text).to.include(
      '期限切れ：終了日を過ぎたため、対象に戻っています。',
    )
    expect((await visitor.press('save', { status: ['employed'] })).text).to.include('対象範囲を保存しました')
    expect((await stored()).find(({ name }) => name === '昨日まで')?.conditions).to.deep.equal([
      { op: 'status', values: ['employed'] },
      { op: 'except', values: [over] },
    ])

    await visitor.get(`${LIST}/${scope}`)
    const earlier = await visitor.press('save', { 'until-0': '2026-11-18' })
    expect(earlier.status).to.equal(422)
    expect(earlier.text).to.include('終了日が、過ぎています。除外する最後の日を、今日以降の日付で入力するか')
    expect(earlier.html).to.match(/id="until-0"[^>]*aria-invalid="true"/)
  })

  it('do not widen by themselves when what they named is gone', async () => {
    const smarthr = await smarthrOf(world)
    const leaf = (await smarthr.list('departments')).find(({ name }) => name === '新規事業一課')?.id ?? ''
    const scope = await makeScope(world, visitor, {
      name: '新規事業',
      department: [leaf],
      'employment-type': [typeId('正社員')],
    })
    const before = await stored()
    await smarthr.call('POST', `departments/${leaf}/discontinue`, { discontinued_date: '2026-01-01' })
    await visitor.get(`${LIST}/${scope}`)
    const page = await visitor.press('save', {})

    expect(page.status).to.equal(422)
    expect(page.text).to.include('指定していた部署が、SmartHRにありません。対象者が広がらないように')
    expect(await stored()).to.deep.equal(before)
  })

  it('do not delete what a flow begins with: the next run would be about everybody', async () => {
    const scope = await makeScope(world, visitor, {
      name: '在籍',
      status: ['employed'],
      preset: ['employees-to-smarthr'],
    })
    const page = await visitor.get(`${LIST}/${scope}/delete`)
    expect(page.text).to.include('はじめに選ぶ同期に指定されているため、削除できません。')
    const csrf = /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    const answer = await visitor.post(`${LIST}/${scope}/delete`, { _csrf: csrf })
    expect(answer.text).to.include('削除できません。')
    expect((await stored()).length).to.equal(1)
  })

  it('let one scope alone be what a flow begins with: the one that was told so last', async () => {
    const first = await makeScope(world, visitor, {
      name: '一',
      status: ['employed'],
      preset: ['employees-to-smarthr'],
    })
    const second = await makeScope(world, visitor, { name: '二', status: ['absent'], preset: ['employees-to-smarthr'] })
    expect(visitor.page().text, 'it is told').to.include('「一」は、はじめに選択される対象範囲ではなくなりました')
    await visitor.get('/freee/runs/new?flow=employees-to-smarthr')
    expect(visitor.page().html)
      .to.include(`<option value="${second}" selected`)
      .and.include(`<option value="${first}">`)
    await visitor.get('/freee/runs/new?flow=employees-from-smarthr')
    expect(visitor.page().html).to.include('<option value="everybody" selected')
  })

  it('are the company’s: a colleague sees them, another company does not find them', async () => {
    const scope = await makeScope(world, visitor, { name: 'みどりだけ', status: ['employed'] })
    const colleague = await world.signedIn('jiro@midori.example')
    expect((await colleague.get(LIST)).text).to.include('みどりだけ')
    const others = await world.signedIn('taro@aozora.example')
    for (const path of [`${LIST}/${scope}`, `${LIST}/${scope}/delete`, `/pca/settings/scopes/${scope}`])
      expect((await others.get(path)).status, path).to.equal(404)
    expect((await others.get(LIST)).text).to.not.include('みどりだけ')
    const csrf = /name="_csrf" value="([^"]+)"/.exec((await others.get('/freee')).html)?.[1] ?? ''
    for (const path of [`${LIST}/${scope}`, `${LIST}/${scope}/delete`])
      expect((await others.post(path, { _csrf: csrf, name: '取る' })).status, path).to.equal(404)
    expect((await stored()).map(({ name }) => name)).to.deep.equal(['みどりだけ'])
  })

  it('are those of one service: another service of the company does not find them', async () => {
    const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
    expect((await visitor.get(`/pca/settings/scopes/${scope}`)).status).to.equal(404)
  })

  it('say what SmartHR says where it does not answer, and offer to try again', async () => {
    await world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'GET',
      path: '/departments',
      times: 1,
      status: 403,
      body: {},
    })
    const page = await visitor.get(`${LIST}/new`)
    expect(page.status).to.be.greaterThan(399)
    expect(page.html).to.not.include('name="status"')
    expect(page.text).to.include('画面を再読み込み')
    expect((await visitor.get(`${LIST}/new`)).html).to.include('name="status"')
  })

  it('are none of a service without a sync whose people are chosen', async () => {
    for (const connector of ['mikiwame', 'money-forward', 'csv']) {
      expect((await visitor.get(`/${connector}`)).html).to.not.include('settings/scopes')
      expect((await visitor.get(`/${connector}/settings/scopes`)).status).to.equal(404)
    }
  })

  it('lead to the connection where there is none', async () => {
    expect((await visitor.get('/pca/settings/scopes')).url).to.include('/pca/connection')
  })
})
