import { expect } from 'chai'
import { useWorld } from '../helpers/world.js'
import { FROM_FREEE, TO_FREEE, watching } from './watching.js'

describe('The page 定期チェック', () => {
  const world = useWorld({ at: '2026-11-20T12:00:00+09:00', limitsOff: ['smarthr', 'freee'] })
  const { begin, query, schedule } = watching(world)
  const of = (name: string) => `${TO_FREEE}-${name}`

  it('is reached from the dashboard, and goes with the keyboard and without script', async () => {
    const visitor = await world.connected()
    expect((await visitor.get('/freee')).html).to.include('href="/freee/schedule">定期チェックを始める')
    await begin(visitor, { [of('rule')]: 'monthly', [of('day')]: '31', [of('hour')]: '23' })

    expect(visitor.page().text).to.include('毎月末日 23時台に確認します。次回：11月30日 23:')
    const [event] = await query<{ act: string; details: { changes: unknown } }>(
      `select act, details from audit_events order by id desc limit 1`,
    )
    expect(event?.act).to.equal('schedule.saved')
    expect(event?.details.changes).to.deep.equal([
      { label: '確認する日時', before: '', after: '毎月末日 23時台' },
      { label: '基準日', before: '', after: '確認した日' },
    ])
  })

  for (const [name, value, label] of [
    ['hour', '24', '時刻'],
    ['hour', '', '時刻'],
    ['hour', '2.5', '時刻'],
    ['rule', 'hourly', '頻度'],
    ['reference', 'yesterday', '基準日'],
  ] as const)
    it(`answers 422 beside the field to ${name} = 「${value}」, and keeps what was typed`, async () => {
      const visitor = await world.connected()
      await begin(visitor, { [of('rule')]: 'weekly', [of('weekday')]: '5', [of('hour')]: '7', [of(name)]: value })

      const { status, html, text } = visitor.page()
      expect(status).to.equal(422)
      expect(text).to.include(`${label}が選択されていません`)
      expect(html).to.include(`href="#${of(name)}"`)
      expect(html).to.match(/<option value="5"[^>]*selected/)
      if (name !== 'hour') expect(html).to.match(/<option value="7"[^>]*selected/)
      expect(await query('select from schedules')).to.deep.equal([])
    })

  for (const [rule, name, value] of [
    ['weekly', 'weekday', '8'],
    ['monthly', 'day', '32'],
  ] as const)
    it(`answers 422 to a ${rule} check on ${name} ${value}, which counts for no other rule`, async () => {
      const visitor = await world.connected()
      await begin(visitor, { [of('rule')]: rule, [of(name)]: value })
      expect(visitor.page().status).to.equal(422)
      await begin(visitor, { [of('rule')]: 'daily', [of(name)]: value })
      expect(visitor.page().status).to.equal(200)
    })

  it('has a schedule of its own for each flow', async () => {
    const visitor = await world.connected()
    await begin(visitor)
    const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
    const fields = { rule: 'weekdays', weekday: '1', day: '1', hour: '5', reference: 'month-end' }
    await visitor.post('/freee/schedule', {
      _csrf: csrf,
      flow: FROM_FREEE,
      op: 'save',
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${FROM_FREEE}-${name}`, value])),
    })

    expect(visitor.page().text).to.include('平日（土日・祝日を除く） 5時台に確認します').and.include('毎日 2時台')
    expect(await query('select from schedules')).to.have.length(2)
    // both at the same minute of their hours: it is the connection's
    const [one, other] = [await schedule(TO_FREEE), await schedule(FROM_FREEE)]
    expect(one.next_at.getUTCMinutes()).to.equal(other.next_at.getUTCMinutes())
  })

  it('is there for nothing that can not be checked, and for no flow but its own', async () => {
    const visitor = await world.connected()
    await begin(visitor)
    const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
    for (const flow of ['salary-statements', 'nothing', ''])
      expect((await visitor.post('/freee/schedule', { _csrf: csrf, flow, op: 'save' })).status, flow).to.equal(404)
    expect((await visitor.post('/freee/schedule', { _csrf: csrf, flow: FROM_FREEE, op: 'stop' })).status).to.equal(404)
    for (const connector of ['csv', 'mikiwame', 'money-forward'])
      expect((await visitor.get(`/${connector}/schedule`)).status, connector).to.equal(404)
  })

  it("shows and changes nobody else's", async () => {
    await begin(await world.connected())
    const before = await schedule()
    const taro = await world.connected('freee', 'taro@aozora.example')
    expect((await taro.get('/freee')).text).to.include('定期チェックを始める')
    await taro.get('/freee/schedule')
    expect(taro.page().text).to.include('未設定').and.not.to.include('停止する')

    const [mine] = await query<{ id: string; next_at: Date }>('select id, next_at from schedules')
    expect([mine?.id, mine?.next_at.getTime()]).to.deep.equal([before.id, before.next_at.getTime()])
  })

  it('stops and goes on', async () => {
    const visitor = await world.connected()
    await begin(visitor)
    await visitor.press('停止する')
    expect(visitor.page().text).to.include('定期チェックを停止しました').and.include('停止中（毎日 2時台）')
    expect((await visitor.get('/freee')).text).to.include('管理者が停止しました')
    await visitor.get('/freee/schedule')
    await visitor.press('再開する')

    expect(visitor.page().text).to.include('毎日 2時台に確認します')
    const acts = await query<{ act: string }>(`select act from audit_events where act like 'schedule.%' order by id`)
    expect(acts.map(({ act }) => act)).to.deep.equal(['schedule.saved', 'schedule.stopped', 'schedule.resumed'])
  })
})
