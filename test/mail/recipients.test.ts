import { expect } from 'chai'
import { linkMikiwame } from '../helpers/connecting.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { ADMIN, useWorld } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'

const JIRO = 'jiro@midori.example'
const TO_FREEE = 'employees-from-smarthr'

describe('Who gets the mails about runs', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee', 'mikiwame'] })
  const query = async <T>(sql: string, values: unknown[] = []) =>
    (await world.container.ownerPool.query(sql, values)).rows as T[]
  const idOf = async (email: string) =>
    (await query<{ id: string }>('select id from admins where email = $1', [email]))[0]?.id ?? ''
  const letters = async () => (await world.mails()).map(({ to, subject }) => [to.join(), subject.replace(/｜.*/, '')])

  /** Two administrators, and what the first chose. */
  const chosen = async (choice: { starter: string; jiro?: string }) => {
    await world.signedIn(JIRO)
    const visitor = await world.connected()
    await visitor.get('/freee/mail-recipients')
    const jiro = `to-${await idOf(JIRO)}`
    await visitor.press('保存', { starter: choice.starter, ...(choice.jiro && { [jiro]: choice.jiro }) })
    expect(visitor.page().text).to.include('結果メールの送信先を保存しました')
    return visitor
  }

  /** A run of everybody, some of whom the seed makes fail; its mails have gone out. */
  const runBy = async (visitor: Visitor) => {
    const runId = await toSelection(visitor, TO_FREEE)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await eventually('every mail', async () => {
      const waiting = await query('select from mails where sent_at is null')
      return waiting.length === 0
    })
    return runId
  }

  it('is whoever started, as long as nothing else was chosen', async () => {
    await world.signedIn(JIRO)
    const visitor = await world.connected()
    await visitor.get('/freee/mail-recipients')
    expect(visitor.page().text).to.include('同期を開始した管理者').and.include(JIRO).and.include(ADMIN)
    await runBy(visitor)

    expect((await letters()).map(([to]) => to)).to.deep.equal([ADMIN])
  })

  it('is each of those who were chosen, once, and nobody else', async () => {
    const visitor = await chosen({ starter: 'all', jiro: 'failures' })
    const runId = await runBy(visitor)
    const mails = await world.mails()

    expect(mails.map(({ to }) => to.join()).sort()).to.deep.equal([ADMIN, JIRO].sort())
    expect(new Set(mails.map(({ messageId }) => messageId)).size).to.equal(2)
    for (const { text } of mails) expect(text).to.include(`/runs/${runId}`).and.include('失敗理由: ')
  })

  it('is told of failures only, who wants no more', async () => {
    const visitor = await chosen({ starter: 'failures', jiro: 'all' })
    await world.control('POST', '/populate', { service: 'freee', employees: 3, seed: 1, overlap: 1, differing: 1 })
    const runId = await runBy(visitor)

    expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'succeeded' }])
    expect((await letters()).map(([to]) => to)).to.deep.equal([JIRO])
  })

  it('is somebody else alone, where whoever starts wants none; and their own choice stands on the page', async () => {
    const visitor = await chosen({ starter: 'none', jiro: 'all' })
    expect(visitor.page().html).to.match(/name="starter" value="none"[^>]*checked/)
    await runBy(visitor)

    expect((await letters()).map(([to]) => to)).to.deep.equal([JIRO])
  })

  it('is no one who is no administrator any more; then whoever started is told, so that somebody is', async () => {
    const visitor = await chosen({ starter: 'none', jiro: 'all' })
    await query('delete from smarthr_grants where admin_id = $1', [await idOf(JIRO)])
    await runBy(visitor)

    expect((await letters()).map(([to]) => to)).to.deep.equal([ADMIN])
    expect((await visitor.get('/freee/mail-recipients')).text).not.to.include(JIRO)
  })

  it('is nobody who lost the right between the end of the run and the sending', async () => {
    const visitor = await chosen({ starter: 'all', jiro: 'all' })
    await world.control('POST', '/faults', { service: 'smtp', method: 'CONNECT', times: 2 })
    const runId = await toSelection(visitor, TO_FREEE)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    await query('delete from smarthr_grants where admin_id = $1', [await idOf(JIRO)])
    await eventually(
      'the end of the outbox',
      async () => (await query('select from mails where sent_at is null')).length === 0,
    )

    expect((await letters()).map(([to]) => to)).to.deep.equal([ADMIN])
  })

  it('can be no administrator of another company: the page says so and keeps what was chosen', async () => {
    await world.signedIn('taro@aozora.example')
    const visitor = await chosen({ starter: 'all', jiro: 'failures' })
    const jiro = `to-${await idOf(JIRO)}`
    for (const stranger of [await idOf('taro@aozora.example'), '00000000-0000-4000-8000-000000000000', 'nobody']) {
      await visitor.get('/freee/mail-recipients')
      const page = await visitor.press('保存', { starter: 'failures', [jiro]: 'all', [`to-${stranger}`]: 'all' })

      expect(page.status).to.equal(422)
      expect(page.text).to.include('送信先の管理者が見つかりません。').and.not.include('taro@aozora')
      expect(page.html).to.match(/name="starter" value="failures"[^>]*checked/)
      expect(page.html).to.match(new RegExp(`name="${jiro}" value="all"[^>]*checked`))
    }
    expect(await query('select wants from mail_recipients order by wants')).to.deep.equal([
      { wants: 'all' },
      { wants: 'failures' },
    ])
  })

  it('has to be somebody', async () => {
    const visitor = await chosen({ starter: 'all' })
    await visitor.get('/freee/mail-recipients')
    const page = await visitor.press('保存', { starter: 'none' })

    expect(page.status).to.equal(422)
    expect(page.text).to.include('1人以上を送信先にしてください。')
  })

  it('is recorded with what was before', async () => {
    await chosen({ starter: 'failures', jiro: 'all' })
    const [event] = await query<{ details: { changes: object[] } }>(
      `select details from audit_events where act = 'mail-recipients.saved'`,
    )

    expect(event?.details.changes).to.deep.include({
      label: '同期を開始した管理者',
      before: '結果をすべて',
      after: '失敗のみ',
    })
    expect(event?.details.changes).to.have.length(2)
  })

  it('is a choice for each service', async () => {
    const visitor = await chosen({ starter: 'failures' })
    await linkMikiwame(visitor)

    expect((await visitor.get('/mikiwame/mail-recipients')).html).to.match(/name="starter" value="all"[^>]*checked/)
  })
})
