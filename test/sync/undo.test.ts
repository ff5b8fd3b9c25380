import { expect } from 'chai'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { boxesOf, chooseEverybody, countAsked, syncEverybody, toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'
import { connectFreee } from '../helpers/connecting.js'
import { useWorld, type World } from '../helpers/world.js'

type Crew = Record<string, unknown> & { id: string; emp_code: string | null }

const WHEN = 'updated_at'

/** Everybody of a service's stand-in by id, without when they were changed. */
async function crewsIn(world: World): Promise<Map<string, Crew>> {
  const { tenants } = (await world.control('GET', '/state?service=smarthr')) as {
    tenants: { subdomain: string; crews: Crew[] }[]
  }
  const crews = tenants.find(({ subdomain }) => subdomain === 'midori-shokai')?.crews ?? []
  return new Map(crews.map(crew => [crew.id, { ...crew, [WHEN]: null }]))
}

/** A record as text, whatever the order of its names; blank is blank. */
const said = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : (each ?? ''),
  )

/** Presses ［この同期を取り消す］ on the report at hand; returns the new run, whose plan is made. */
async function undo(visitor: Visitor): Promise<string> {
  await visitor.press('この同期を取り消す')
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
  await whenRead(visitor, runId)
  await visitor.get(`/runs/${runId}/select?class=new&class=changed&class=same&class=excluded`)
  return runId
}

async function confirmUndo(visitor: Visitor, runId: string) {
  await chooseEverybody(visitor, '確認')
  await visitor.press('元に戻す', countAsked(visitor))
  return reportOf(visitor, runId)
}

describe('taking a run back', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })

  /** A run over so many people who differ, at its report. */
  async function synced(flow: string, employees: number): Promise<Visitor> {
    const visitor = await world.connected()
    const source = flow === 'employees-to-smarthr' ? 'freee' : 'smarthr'
    await world.control('POST', '/populate', { service: source, employees, overlap: 1, differing: 1, seed: 6 })
    const runId = await toSelection(visitor, flow)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    return visitor
  }

  async function patchCrew(id: string, body: object): Promise<void> {
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string; admin_id: string }>(
      'select tenant_id, admin_id from smarthr_grants',
    )
    const [row] = rows
    const token = row ? await world.container.grants.of(row.tenant_id, row.admin_id).token() : ''
    const { status } = await fetch(`${world.sandboxUrl}/smarthr/t/midori-shokai/api/v1/crews/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(status).to.equal(200)
  }

  it('puts SmartHR back to what it was, leaves whom the run has registered, and can be taken back itself', async () => {
    const visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'freee', employees: 40, overlap: 0.7, differing: 1, seed: 5 })
    const before = await crewsIn(world)
    const runId = await toSelection(visitor, 'employees-to-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const synced = await crewsIn(world)
    const changed = [...before].filter(([id, crew]) => JSON.stringify(crew) !== JSON.stringify(synced.get(id)))
    const registered = [...synced.keys()].filter(id => !before.has(id))
    expect(changed.length, 'the run has changed people').to.be.greaterThan(10)
    expect(registered.length, '… and registered others').to.be.greaterThan(5)
    const reads = (await world.calls('freee')).length

    const undoId = await undo(visitor)
    expect((await world.calls('freee')).length, 'the source is not read once more').to.equal(reads)
    const list = visitor.page().text
    expect(list).to.include('取り消す同期').and.include('この同期で新しく登録した従業員です。登録は取り消せません。')
    const note =
      '取り消しは、今の項目の設定と対象範囲に関係なく、その同期で書き込んだ項目だけを、同期の前の値に戻します。'
    expect(list).to.include(note)
    await chooseEverybody(visitor, '確認')
    expect(visitor.page().text).to.include(note)
    expect(visitor.page().text, 'what is typed is not called a 同期')
      .to.include('対象の人数')
      .and.not.include('同期する人数')
    await visitor.press('元に戻す', countAsked(visitor))
    const report = await reportOf(visitor, undoId)

    expect(report.text).to.include('取り消す同期')
    const after = await crewsIn(world)
    const left = [...before].filter(([id, crew]) => said(crew) !== said(after.get(id)))
    expect(left).to.deep.equal([])
    expect([...after.keys()].filter(id => !before.has(id))).to.deep.equal(registered)

    const done = await visitor.get(`/runs/${runId}`)
    expect(done.text).to.include('元に戻せる項目をすべて戻したため、取り消すものは残っていません。')
    expect(done.text).to.include('取り消しの結果を見る').and.not.include('この同期を取り消す')

    await visitor.get(`/runs/${undoId}`)
    const redoId = await undo(visitor)
    expect(visitor.page().text).to.include('取り消す同期')
    await confirmUndo(visitor, redoId)
    expect((await visitor.get(`/runs/${runId}`)).text, 'what is there once more can go once more').to.include(
      'この同期を取り消す',
    )
  })

  it('is offered again as long as somebody of it was left out', async () => {
    const visitor = await synced('employees-to-smarthr', 6)
    const { url } = visitor.page()
    const undoId = await undo(visitor)
    const [one = ''] = boxesOf(visitor)
    await visitor.press('確認', { id: [one] })
    await visitor.press('元に戻す', countAsked(visitor))
    await reportOf(visitor, undoId)

    expect((await visitor.get(new URL(url).pathname)).text).to.include('この同期を取り消す')
  })

  it('writes nothing over what somebody has changed since, and says so', async () => {
    const visitor = await synced('employees-to-smarthr', 6)
    const [id = ''] = [...(await crewsIn(world))].find(([, crew]) => crew.emp_code === 'P000002') ?? []
    await patchCrew(id, { tel_number: '03-9999-9999' })
    const undoId = await undo(visitor)
    expect(visitor.page().text).to.include('同期の後に変更されているため、元に戻しません（電話番号）。')
    await confirmUndo(visitor, undoId)

    expect((await crewsIn(world)).get(id)?.tel_number).to.equal('03-9999-9999')
  })

  it('fails somebody who is changed between the list and the button, and not the others', async () => {
    const visitor = await synced('employees-to-smarthr', 6)
    const undoId = await undo(visitor)
    const [id = ''] = [...(await crewsIn(world))].find(([, crew]) => crew.emp_code === 'P000002') ?? []
    await patchCrew(id, { tel_number: '03-9999-9999' })
    const report = await confirmUndo(visitor, undoId)

    expect(report.text).to.include('計画後に変更されています').and.include('失敗 1件')

    await visitor.press('失敗した対象だけ再実行')
    const again = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await whenRead(visitor, again)
    await visitor.get(`/runs/${again}/select?class=new&class=changed&class=same&class=excluded`)
    expect(visitor.page().text).to.include('取り消す同期').and.include('P000002').and.not.include('P000003')
  })

  it('says from which month on freee says again what it said, where the run has written another one', async () => {
    const visitor = await synced('employees-from-smarthr', 3)
    await world.container.ownerPool.query(`update runs set fetch_begun_at = fetch_begun_at - interval '32 days'`)
    await undo(visitor)

    expect(visitor.page().text).to.match(
      /\d+年\d+月分の情報から元に戻ります。\d+年\d+月分の情報は、同期した内容のまま残ります。/,
    )
    expect(visitor.page().text)
      .to.match(/\d+年\d+月分の情報を、元に戻します。/)
      .and.not.include('登録します')
    await chooseEverybody(visitor, '確認')
    expect(visitor.page().text).to.include('取り消し内容の確認').and.not.include('同期内容の確認')
  })

  it('is one run however often its button is pressed', async () => {
    const visitor = await synced('employees-from-smarthr', 3)
    const token = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
    const action = /action="(\/runs\/[^"]+\/undo)"/.exec(visitor.page().html)?.[1] ?? ''
    await Promise.all([1, 2, 3].map(() => visitor.twin().post(action, { _csrf: token })))

    const { rows } = await world.container.ownerPool.query('select id from runs where undo_of is not null')
    expect(rows).to.have.length(1)
  })

  it('is not offered once the values of before are deleted, and the page says why', async () => {
    const visitor = await synced('employees-from-smarthr', 3)
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await world.container.ownerPool.query('update runs set people_deleted_at = now() where id = $1', [runId])
    const page = await visitor.get(`/runs/${runId}`)

    expect(page.text).to.include('変更前の値は、保存期間が過ぎたため').and.include('取り消せません。')
    expect(page.html).to.not.include(`/runs/${runId}/undo"`)
    const token = /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
    expect((await visitor.post(`/runs/${runId}/undo`, { _csrf: token })).status).to.equal(409)
  })

  it('is not offered after the connection was ended and made anew', async () => {
    const visitor = await synced('employees-from-smarthr', 3)
    const { url } = visitor.page()
    await visitor.get('/freee/connection/disconnect')
    await visitor.press('解除', { sure: 'yes' })
    await connectFreee(visitor)

    const page = await visitor.get(url)
    expect(page.text).to.include('別の連携に変わっています。取り消せません。')
  })

  it('is named in the list of runs, in the mail and in 操作履歴', async () => {
    const visitor = await synced('employees-from-smarthr', 3)
    const undoId = await undo(visitor)
    await confirmUndo(visitor, undoId)

    expect((await visitor.get('/freee/runs')).text).to.include('の取り消し')
    expect((await visitor.get('/audit')).text).to.include('同期の取り消しを開始')
    const mail = await eventually('the mail', async () =>
      (await world.mails()).find(({ text }) => text.includes(undoId)),
    )
    expect(mail.text).to.include('の同期を取り消した結果です。')
  })

  for (const [what, path, sentence] of [
    ['promises nothing where all was refused', '/employees', '変更した項目がないため、取り消すものはありません。'],
    [
      'is offered where a part may be there',
      '/welfare_pension_insurance_rule',
      '元に戻せる項目がある従業員を、同期の前の値に戻します。',
    ],
  ] as const)
    it(what, async () => {
      const visitor = await world.connected()
      const runId = await toSelection(visitor, 'employees-from-smarthr')
      await visitor.get(`/runs/${runId}/select?class=changed`)
      const refusal = { status: 400, body: { message: '不正です' } }
      await world.control('POST', '/faults', { service: 'freee', method: 'PUT', path, ...refusal })
      await visitor.press('確認', { id: boxesOf(visitor)[0] ?? '' })
      await visitor.press('同期', countAsked(visitor))
      const report = await reportOf(visitor, runId)
      expect(report.text).to.include('失敗').and.include(sentence)
    })

  it('is no business of another company', async () => {
    const visitor = await synced('employees-from-smarthr', 3)
    const action = /action="(\/runs\/[^"]+\/undo)"/.exec(visitor.page().html)?.[1] ?? ''
    const stranger = await world.signedIn('taro@aozora.example')
    const token = /name="_csrf" value="([^"]+)"/.exec(stranger.page().html)?.[1] ?? ''

    expect((await stranger.post(action, { _csrf: token })).status).to.equal(404)
  })
})
