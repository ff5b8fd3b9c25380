import { expect } from 'chai'
import { EMPLOYEES, useMikiwame, type Json } from '../mikiwame/mikiwame.world.js'
import { eventually, reportOf } from '../helpers/waiting.js'

describe('a run by one click in which a rule fires', () => {
  const { world, switches, stateOf, linked, click } = useMikiwame()

  /** People whom ミキワメ knows by another name, the first ones. */
  const people = async (renamed: number, count = 10) => {
    const names = { last_name: '相沢', first_name: 'みお' }
    const all = Array.from({ length: count }, (_, index) => `p${index}@midori.example`)
    await switches('smarthr', {
      departments: [{ name: '営業部', code: 'A001' }],
      crews: all.map((email, index): Json => ({
        ...names,
        last_name: index < renamed ? '新姓' : names.last_name,
        last_name_yomi: 'アイザワ',
        first_name_yomi: 'ミオ',
        emp_code: String(index),
        departments: ['A001'],
        email,
      })),
    })
    await switches('mikiwame', { departments: [{ name: '営業部', code: 'A001' }], employees: [] })
    const visitor = await linked()
    await click(visitor, EMPLOYEES)
    await ended()
    return visitor
  }

  const newest = async () => {
    const { rows } = await world.container.ownerPool.query<{ id: string; state: string }>(
      'select id, state from runs order by created_at desc limit 1',
    )
    return rows[0] ?? { id: '', state: '' }
  }
  const ended = () =>
    eventually('the end of the plan or the run', async () =>
      ['ready', 'succeeded', 'partly_failed', 'failed'].includes((await newest()).state),
    )
  const surnames = async () => (await stateOf()).employees.map(({ last_name: name }) => name)

  /** All are there; then so many get another name in SmartHR, and the button is pressed once more. */
  const renamedSince = async (renamed: number) => {
    const visitor = await people(0)
    expect(await surnames()).to.deep.equal(Array<string>(10).fill('相沢'))
    await switches('smarthr', {
      crews: Array.from({ length: 10 }, (_, index) => ({
        last_name: index < renamed ? '新姓' : '相沢',
        first_name: 'みお',
        last_name_yomi: 'アイザワ',
        first_name_yomi: 'ミオ',
        emp_code: String(index),
        departments: ['A001'],
        email: `p${index}@midori.example`,
      })),
    })
    // Two clicks within ten seconds would be one.
    await world.container.ownerPool.query(`update runs set created_at = created_at - interval '1 minute'`)
    await click(visitor, EMPLOYEES)
    await ended()
    return { visitor, runId: (await newest()).id }
  }

  const acts = async (runId: string) =>
    (
      await world.container.ownerPool.query<{ act: string; actor: string; details: Json }>(
        'select act, actor, details from audit_events where run_id = $1 order by id',
        [runId],
      )
    ).rows

  it('writes at once where no rule fires', async () => {
    const { runId } = await renamedSince(3)

    expect((await newest()).state).to.equal('succeeded')
    expect((await acts(runId)).map(({ act }) => act)).to.deep.equal(['run.at-once'])
    expect((await surnames()).filter(name => name === '新姓')).to.have.length(3)
  })

  it('writes nothing, stands as 確認待ち in both lists with the way to the dialog, and a mail says so', async () => {
    const { visitor, runId } = await renamedSince(4)

    expect((await newest()).state).to.equal('ready')
    expect((await surnames()).filter(name => name === '新姓')).to.have.length(0)
    const sentence = '重要な項目が変わる従業員が、多くいます：姓 4名（目安：1項目につき3名まで）。'
    expect(await acts(runId)).to.deep.equal([
      { act: 'run.at-once', actor: 'admin', details: {} },
      { act: 'run.held-back', actor: 'system', details: { total: 4, reason: sentence } },
    ])
    for (const list of ['/mikiwame', '/mikiwame/runs']) {
      const { html } = await visitor.get(list)
      expect(html).to.match(
        new RegExp(`確認待ち.*href="/runs/${runId}/confirm"|href="/runs/${runId}/confirm".*確認待ち`),
      )
    }
    // Old links lead to the report: from there on, to where the run stands.
    expect((await visitor.get(`/runs/${runId}`)).url).to.match(new RegExp(`/runs/${runId}/confirm$`))
    expect(visitor.page().text).to.include(sentence)
    const mail = await eventually('the mail', async () => (await world.mails()).find(one => one.text.includes(runId)))
    expect(mail.subject).to.equal('【要確認】社員情報の同期（SmartHR）は確認待ちです')
    expect(mail.text).to.include(sentence).and.include(`/runs/${runId}/confirm`).and.not.include('新姓')
  })

  it('goes on when the number is typed in the dialog, and ends like every run', async () => {
    const { visitor, runId } = await renamedSince(4)
    await visitor.get(`/runs/${runId}/confirm`)
    const page = await visitor.press('同期', { guard_count: '3' })
    expect(page.status).to.equal(422)
    await visitor.press('同期', { guard_count: '4' })

    expect((await reportOf(visitor, runId)).text).to.include('成功')
    expect((await surnames()).filter(name => name === '新姓')).to.have.length(4)
    const results = await eventually('both mails', async () => {
      const mails = (await world.mails()).filter(one => one.text.includes(runId))
      return mails.length === 2 ? mails : undefined
    })
    expect(results[1]?.text).to.include('成功: 4件')
  })

  it('stands in nobody’s way: the button can be pressed again, and キャンセル ends it', async () => {
    const { visitor, runId } = await renamedSince(4)
    await visitor.get(`/runs/${runId}/select`)
    await visitor.press('キャンセル')
    const { rows } = await world.container.ownerPool.query<{ state: string }>('select state from runs where id = $1', [
      runId,
    ])
    expect(rows[0]?.state).to.equal('cancelled')
    await world.container.ownerPool.query(`update runs set created_at = created_at - interval '1 minute'`)
    await click(visitor, EMPLOYEES)
    await ended()

    expect((await newest()).id).to.not.equal(runId)
    expect((await newest()).state).to.equal('ready')
  })

  it('ends with the link it was begun with', async () => {
    const { runId } = await renamedSince(4)
    const { rows } = await world.container.ownerPool.query<{ tenant_id: string; connection_id: string }>(
      'select tenant_id, connection_id from runs where id = $1',
      [runId],
    )
    const { tenant_id: tenantId = '', connection_id: connectionId = '' } = rows[0] ?? {}
    await world.container.inTenant(tenantId, ({ runs }) => runs.abandon(connectionId, world.container.clock.now()))

    expect((await newest()).state).to.equal('aborted')
  })
})
