import { expect } from 'chai'
import { administrator, aCrew, anEmployee, NOON, staff } from '../helpers/attendance.js'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

const FROM_SMARTHR = 'employees-from-smarthr'
const BRAND = 'king-of-time'

describe('the attendance services: bad luck', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr'] })

  const switches = (patch: object) => world.control('PUT', '/switches', { service: BRAND, ...patch })
  const codes = async () => {
    const state = (await world.control('GET', `/state?service=${BRAND}`)) as { employees: { code: string }[] }
    return state.employees.map(employee => employee.code).sort()
  }
  const fault = (description: object) => world.control('POST', '/faults', { service: BRAND, ...description })

  it('fails the new people in words when their 所属 is deleted after it was chosen; updates go on', async () => {
    await staff(world, BRAND, [anEmployee('1')], [aCrew('1', { last_name: '新姓' }), aCrew('2')])
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    await visitor.press('確認', { division: '1000', working_type: '1' })
    await switches({ divisions: [{ code: '2000', name: '大阪支店', dayBorderTime: '05:00' }] })
    await visitor.press('同期')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('一部失敗').and.include('選択した所属事業所または雇用区分が見つかりません。')
    expect(await codes()).to.deep.equal(['1'])
  })

  it('refuses a choice that is no longer offered, and says when there is nothing to choose from', async () => {
    await staff(world, BRAND, [], [aCrew('2')])
    const visitor = await administrator(world, BRAND)
    await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    await visitor.press('確認', { division: '9999', working_type: '1' })
    expect(visitor.page().status).to.equal(422)
    expect(visitor.page().text).to.include('選択した所属事業所が見つかりません。')

    await switches({ divisions: [] })
    await visitor.get(visitor.page().url)
    expect(visitor.page().text).to.include('KING OF TIMEに所属事業所が登録されていないため')
    expect(visitor.page().html).not.to.match(/<button type="submit" class="primary">/)
  })

  it('keeps the values that were chosen for new people while the service does not answer, and goes on with them', async () => {
    await staff(world, BRAND, [], [aCrew('2')])
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    await fault({ method: 'GET', status: 500, body: {} })
    const page = await visitor.press('確認', { division: '1000', working_type: '2' })
    expect(page.status).to.equal(503)
    expect(page.text).to.include('接続できませんでした').and.include('選択した値は、すべて残しています。')
    await visitor.press('もう一度確認する')
    expect(visitor.page().text).to.include('選択した値は、すべて残しています。')
    await world.control('DELETE', '/faults')
    await visitor.press('もう一度確認する')
    await visitor.press('同期')
    await reportOf(visitor, runId)

    expect(await codes()).to.deep.equal(['2'])
    const { rows } = await world.container.ownerPool.query<{ options: Record<string, { value: string }> }>(
      'select options from runs where id = $1',
      [runId],
    )
    expect(Object.values(rows[0]?.options ?? {}).map(({ value }) => value)).to.deep.equal(['1000', '2'])
  })

  it('keeps leading zeros in a code', async () => {
    await staff(world, BRAND, [], [aCrew('00711'), aCrew('A0004')])
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)

    expect(await codes()).to.deep.equal(['00711', 'A0004'])
  })

  it('does not overwrite somebody whose record was changed there after the fetch', async () => {
    await staff(world, BRAND, [anEmployee('1', { key: 'k1' })], [aCrew('1', { last_name: '新姓' })])
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await switches({ employees: [anEmployee('1', { key: 'k1', resignationDate: '2026-11-30' })] })
    await syncEverybody(visitor)

    expect((await reportOf(visitor, runId)).text).to.include('計画後に変更されています。')
  })

  it('says which code is taken when somebody was registered there after the fetch', async () => {
    await staff(world, BRAND, [], [aCrew('2')])
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await switches({ employees: [anEmployee('2')] })
    await syncEverybody(visitor)

    expect((await reportOf(visitor, runId)).text).to.include('従業員コードがすでに使われています。')
    expect(await codes()).to.deep.equal(['2'])
  })

  it('registers everybody exactly once when the line is cut after the record was stored', async () => {
    await staff(
      world,
      BRAND,
      [],
      ['1', '2', '3', '4', '5'].map(code => aCrew(code)),
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await fault({ method: 'POST', path: '/employees$', times: 3, drop: true, applyFirst: true })
    await syncEverybody(visitor)

    expect((await reportOf(visitor, runId)).text).to.include('成功 5件')
    expect(await codes()).to.deep.equal(['1', '2', '3', '4', '5'])
  })

  for (const [what, description] of [
    [
      'too many requests, in the envelope of its own',
      { status: 429, body: { code: '303', message: 'Too Many Requests' } },
    ],
    ['a broken proxy', { status: 502, body: '<html>Bad Gateway</html>' }],
    ['the resource server down', { status: 500, body: { errors: [{ message: 'Resource Server Error.', code: 300 }] } }],
  ] as const) {
    it(`gets through ${what}`, async () => {
      await staff(world, BRAND, [anEmployee('1')], [aCrew('1', { last_name: '新姓' })])
      const visitor = await administrator(world, BRAND)
      const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
      await fault({ method: 'PUT', times: 3, ...description })
      await syncEverybody(visitor)

      expect((await reportOf(visitor, runId)).text).to.include('成功 1件')
    })
  }

  it('stops and asks to connect again when the token is stopped in the middle of a run', async () => {
    await staff(
      world,
      BRAND,
      [],
      ['1', '2', '3'].map(code => aCrew(code)),
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    await visitor.press('確認', { division: '1000', working_type: '1' })
    await switches({ stopToken: `renkei-demo-${BRAND}` })
    await visitor.press('同期')
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('KING OF TIMEとの連携が無効になっています。もう一度、連携を開始してください。')
    await visitor.get(`/${BRAND}`)
    expect(visitor.page().text).to.include('再連携が必要')
    expect(await codes()).to.deep.equal([])
  })

  it('tells a missing right from a stopped token', async () => {
    await staff(world, BRAND, [anEmployee('1')], [aCrew('1', { last_name: '新姓' })])
    const visitor = await world.signedIn('hanako@midori.example', `/${BRAND}`)
    await visitor.get(`/${BRAND}/connection`)
    await visitor.press('登録する', { accessToken: `renkei-demo-${BRAND}-readonly` })
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await syncEverybody(visitor)

    expect((await reportOf(visitor, runId)).text).to.include('アクセストークンに従業員情報の権限がないか')
    await visitor.get(`/${BRAND}`)
    expect(visitor.page().text).to.include('連携中').and.not.include('再連携が必要')
  })

  it('starts nothing when somebody has chosen other values for new people since the page was drawn', async () => {
    await staff(world, BRAND, [], [aCrew('2')])
    const visitor = await administrator(world, BRAND)
    const colleague = await world.signedIn('jiro@midori.example', `/${BRAND}`)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    await visitor.press('確認', { division: '1000', working_type: '2' })
    await colleague.get(`/runs/${runId}/options`)
    await colleague.press('確認', { division: '1000', working_type: '3' })
    await visitor.press('同期')

    expect(visitor.page().text).to.include('対象が変わりました。内容を確認してください。')
    expect(await codes()).to.deep.equal([])
  })

  it('ends what was being prepared when the connection is ended', async () => {
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.get(`/${BRAND}/connection/disconnect`)
    await visitor.press('解除', { sure: 'yes' })
    await visitor.get(`/runs/${runId}`)

    expect(visitor.page().text).to.include('中止')
    expect(visitor.page().html).not.to.include('同期を開始→')
  })

  it('takes a NUL in a name for nothing', async () => {
    await staff(world, BRAND, [anEmployee('1', { lastName: '相\u0000沢' })], [aCrew('1')])
    const visitor = await administrator(world, BRAND)
    await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)

    expect(
      visitor
        .page()
        .html.split('<tr>')
        .find(row => row.includes('>1<')),
    ).to.include('差分なし')
  })

  it('starts one run for a double click', async () => {
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FROM_SMARTHR, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    await visitor.press('確認', { division: '1000', working_type: '1' })
    const page = visitor.page()
    const fields = Object.fromEntries(
      [...page.html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [
        name ?? '',
        value ?? '',
      ]),
    )
    await Promise.all([visitor.post(`/runs/${runId}/confirm`, fields), visitor.post(`/runs/${runId}/confirm`, fields)])
    await reportOf(visitor, runId)

    expect(new Set(await codes()).size).to.equal((await codes()).length)
    expect((await world.mails()).length).to.be.at.most(1)
  })
})
