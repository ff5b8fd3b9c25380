import { expect } from 'chai'
import { mayBeOmitted, together } from '../../server/runs/omitting.js'
import { reportOf, whenRead } from '../helpers/waiting.js'
import { boxesOf, syncEverybody, toSelection, countAsked } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'

const CHANGED = '対象が変わりました。内容を確認してください。'

const hidden = (page: { html: string }, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page.html)?.[1] ?? ''

describe('a field that is left out of a run', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })
  const FLOW = 'employees-to-smarthr'
  let visitor: Visitor
  let runId: string
  beforeEach(async () => {
    visitor = await world.connected()
    const apart = { service: 'freee', employees: 30, overlap: 0.9, differing: 0.9, seed: 5 }
    await world.control('POST', '/populate', apart)
    runId = await toSelection(visitor, FLOW)
  })

  interface Row {
    source: string
    class: string
    fields: string[]
  }
  const people = async (): Promise<Row[]> =>
    (
      await world.container.ownerPool.query<Row>(
        'select source_id as source, class, changed_fields as fields from run_items where run_id = $1 order by source_id',
        [runId],
      )
    ).rows
  const flow = () => world.container.flowOf('freee', FLOW).flow
  const state = async (id: string) =>
    (await world.container.ownerPool.query<{ state: string }>('select state from runs where id = $1', [id])).rows[0]
      ?.state
  const written = async () =>
    (await world.calls('smarthr')).filter(
      ({ method, path }) => ['PATCH', 'POST'].includes(method) && path.includes('/crews'),
    )
  /** The field that most people of 差分あり change, of those that may be left out. */
  const mostChanged = (rows: readonly Row[]) => {
    const synced = flow()
    if (synced.kind !== 'sync') throw new Error('no sync')
    const changed = rows.flatMap(row => (row.class === 'changed' ? row.fields : []))
    const count = (id: string) => changed.filter(field => field === id).length
    const alone = synced.mapping.filter(({ id }) => together(synced, id).length === 1)
    const omitting = {
      connector: world.container.flowOf('freee', FLOW).connector,
      flow: synced,
      run: { undoneAt: null },
    }
    const [field] = alone.filter(pair => mayBeOmitted(omitting, pair)).sort((a, b) => count(b.id) - count(a.id))
    if (!field || count(field.id) === 0) throw new Error('nothing changes that may be left out')
    return field
  }
  const leaveOut = async (field: string) => {
    await visitor.get(`/runs/${runId}/select?field=${field}`)
    await visitor.press(`omit:${field}`)
    await whenRead(visitor, runId)
  }

  it('is neither shown as a change nor written, and who changes in nothing else is 差分なし', async () => {
    const before = await people()
    const field = mostChanged(before)
    await leaveOut(field.id)
    const page = await visitor.get(`/runs/${runId}/select`)
    expect(page.text).to.include('同期しない項目').and.include(`${field.label}を同期する`)
    expect(page.html).to.not.include(`value="field:${field.id}"`)

    const after = await people()
    expect(after.length).to.equal(before.length)
    for (const [nth, { fields, ...person }] of after.entries()) {
      const was = before[nth]
      const rest = was?.fields.filter(id => id !== field.id)
      expect(fields).to.deep.equal(rest)
      const same = was?.class === 'changed' && rest?.length === 0
      expect(person).to.deep.equal({ source: was?.source, class: same ? 'same' : was?.class })
    }
    await visitor.press('確認', { id: boxesOf(visitor) })
    expect(visitor.page().text).to.include(`同期しない項目 ${field.label}`)
    await visitor.press('同期', countAsked(visitor))
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include(`同期しない項目 ${field.label}`)
    const sent = (await written()).map(({ body }) => Object.keys((body ?? {}) as object))
    expect(sent.flat().length).to.be.greaterThan(10)
    expect(sent.flat()).to.not.include.members([...field.smarthr])
    const { rows: told } = await world.container.ownerPool.query<{ details: object }>(
      `select details from audit_events where act = 'run.omitted'`,
    )
    expect(told.map(({ details }) => details)).to.deep.equal([
      { changes: [{ label: field.label, before: '同期する', after: '同期しない' }] },
    ])
  })

  it('takes along what can’t go without it: no part of a bank account is written beside an old one', async () => {
    const before = await people()
    expect(before.flatMap(({ fields }) => fields)).to.include('bank-account-number')
    await leaveOut('bank-account-number')
    const fields = (await people()).flatMap(row => row.fields)
    expect(fields.filter(id => id.startsWith('bank-'))).to.deep.equal([])
    await visitor.get(`/runs/${runId}/select`)
    expect(visitor.page().text).to.include('銀行コードを同期する').and.include('支店コードを同期する')
    await visitor.press('restore:bank-code')
    await whenRead(visitor, runId)
    expect(await people()).to.deep.equal(before)
  })

  it('takes an address along as a whole: nobody new is registered with half of one', async () => {
    const parts = (rows: readonly Row[]) => rows.flatMap(({ fields }) => fields).filter(id => id.startsWith('address-'))
    expect(parts(await people())).to.include('address-city')
    const page = await visitor.get(`/runs/${runId}/select?field=address-street`)
    expect(page.text).to.include('「現住所（郵便番号）」「現住所（都道府県）」「現住所（市区町村）」')
    await leaveOut('address-street')
    expect(parts(await people())).to.deep.equal([])

    await visitor.get(`/runs/${runId}/select`)
    expect(visitor.page().text).to.include('同期しない項目：現住所（郵便番号）、現住所（都道府県）、現住所（市区町村）')
    expect(visitor.page().text).to.include('［変更する項目］から、元に戻せます。')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const sent = await written()
    expect(sent.some(({ method }) => method === 'POST')).to.equal(true)
    for (const { body } of sent) expect(Object.keys((body ?? {}) as object)).to.not.include('address')
  })

  it('comes back with a button, and the plan is as it was', async () => {
    const before = await people()
    const field = mostChanged(before)
    await leaveOut(field.id)
    await visitor.get(`/runs/${runId}/select`)
    await visitor.press(`restore:${field.id}`)
    await whenRead(visitor, runId)

    expect(await people()).to.deep.equal(before)
    expect((await visitor.get(`/runs/${runId}/select`)).text).to.not.include('同期しない項目')
  })

  it('leaves a confirmation of before without effect, and a second tab told so', async () => {
    const field = mostChanged(await people())
    await visitor.get(`/runs/${runId}/select`)
    await visitor.press('確認', { id: boxesOf(visitor) })
    const dialog = visitor.page()
    const other = await world.signedIn('jiro@midori.example')
    await other.get(`/runs/${runId}/select?field=${field.id}`)
    const list = other.page()
    await other.press(`omit:${field.id}`)
    await whenRead(other, runId)
    const answer = await visitor.post(`/runs/${runId}/confirm`, {
      _csrf: hidden(dialog, '_csrf'),
      revision: hidden(dialog, 'revision'),
      selection: hidden(dialog, 'selection'),
    })
    expect(answer.text).to.include(CHANGED)
    expect(await state(runId)).to.equal('ready')
    const again = await other.post(`/runs/${runId}/select`, {
      _csrf: hidden(list, '_csrf'),
      revision: hidden(list, 'revision'),
      op: `restore:${field.id}`,
    })

    expect(again.text).to.include(CHANGED).and.include('同期しない項目')
    expect((await written()).length).to.equal(0)
  })

  it('is none that says who somebody is, nor one that the service wants of a new person', async () => {
    const toFreee = await toSelection(visitor, 'employees-from-smarthr')
    const revision = async () =>
      (await world.container.ownerPool.query<object>('select revision, state from runs where id = $1', [toFreee])).rows
    const before = await revision()
    for (const id of ['employee-number', 'last-name', 'birth-date', 'hire-date', 'no-such-field']) {
      const page = await visitor.get(`/runs/${toFreee}/select?field=${id}`)
      expect(page.html).to.not.include('value="omit:')
      await visitor.post(`/runs/${toFreee}/select`, {
        _csrf: hidden(page, '_csrf'),
        revision: hidden(page, 'revision'),
        op: `omit:${id}`,
      })
    }
    expect(await revision()).to.deep.equal(before)
    expect((await visitor.get(`/runs/${toFreee}/select?field=phone`)).html).to.include('value="omit:phone"')
  })

  it('is none that 項目の設定 never switches off: nobody new is registered without a name', async () => {
    const before = await people()
    expect(before.some(row => row.class === 'new' && row.fields.includes('last-name'))).to.equal(true)
    for (const [id, label] of [
      ['last-name', '姓'],
      ['first-name', '名'],
      ['birth-date', '生年月日'],
      // of these, the only one that people of this plan change
      ['hire-date', '入社年月日'],
    ] as const) {
      const page = await visitor.get(`/runs/${runId}/select?field=${id}`)
      expect(page.html).to.not.include('value="omit:')
      const answer = await visitor.post(`/runs/${runId}/select`, {
        _csrf: hidden(page, '_csrf'),
        revision: hidden(page, 'revision'),
        op: `omit:${id}`,
      })
      expect(answer.status).to.equal(422)
      expect(answer.text).to.include(
        `「${label}」は、新規登録に必要なため、この同期から除けません。書き込みたくない従業員は、選択を外してください。`,
      )
    }
    expect(await people()).to.deep.equal(before)
    await visitor.get(`/runs/${runId}/select`)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const registered = (await written()).filter(({ method }) => method === 'POST').map(({ body }) => body as object)
    expect(registered).to.not.be.empty
    for (const body of registered) expect(body).to.include.keys('last_name', 'first_name')
  })

  it('comes back where a plan of the release before has left out what is not left out any more', async () => {
    await world.container.ownerPool.query(
      `update runs set omit = '{last-name}', omitted = '{last-name}', omitted_revision = revision where id = $1`,
      [runId],
    )
    await visitor.get(`/runs/${runId}/select`)
    await visitor.press('restore:last-name')
    await whenRead(visitor, runId)

    expect((await visitor.get(`/runs/${runId}/select`)).text).to.not.include('同期しない項目')
  })

  it('may be any but the number where a run is taken back: that one registers nobody', async () => {
    await visitor.get(`/runs/${runId}/select`)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await visitor.press('この同期を取り消す')
    const undoId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, undoId)

    const list = await visitor.get(`/runs/${undoId}/select?field=hire-date`)
    expect(list.html).to.include('value="omit:hire-date"')
    expect(list.text).to.include('は元に戻さない').and.not.include('新規登録でも書き込みません')
    await visitor.press('omit:hire-date')
    await whenRead(visitor, undoId)
    expect((await visitor.get(`/runs/${undoId}/select`)).text)
      .to.include('元に戻さない項目')
      .and.include('を元に戻す')
      .and.not.include('同期しない項目')
  })

  it('is left out of a repeat, too', async () => {
    const field = mostChanged(await people())
    await leaveOut(field.id)
    await world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'PATCH',
      path: '/crews',
      times: 1,
      status: 400,
      body: {},
    })
    await visitor.get(`/runs/${runId}/select`)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await visitor.get(`/runs/${runId}`)
    await visitor.press('失敗した対象だけ再実行')
    const repeat = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, repeat)

    expect(visitor.page().text).to.include('同期しない項目').and.include(`${field.label}を同期する`)
  })

  it('is not said to be left out of a plan that the release before has made, which compares all', async () => {
    const before = await people()
    const field = mostChanged(before)
    // The release before takes a new revision, and knows nothing of the columns.
    await world.container.ownerPool.query(
      `update runs set omit = $2, omitted = $2, omitted_revision = revision, revision = revision + 1 where id = $1`,
      [runId, [field.id]],
    )
    const page = await visitor.get(`/runs/${runId}/select`)

    expect(page.text).to.not.include('同期しない項目')
    expect(page.html).to.include(`value="field:${field.id}"`)
  })
})
