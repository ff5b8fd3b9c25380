import { expect } from 'chai'
import { JIRO, rule } from '../approval/asking.js'
import { makeScope } from '../helpers/scopes.js'
import { ADMIN, useWorld } from '../helpers/world.js'
import { FROM_FREEE, TO_FREEE, watching } from './watching.js'

describe('The page 定期チェック', () => {
  const world = useWorld({ at: '2026-11-20T12:00:00+09:00', limitsOff: ['smarthr', 'freee'] })
  const { begin, query, schedule, ranWell } = watching(world)
  const of = (name: string) => `${TO_FREEE}-${name}`

  it('is reached from the dashboard, and goes with the keyboard and without script', async () => {
    const visitor = await world.connected()
    expect((await visitor.get('/freee')).html).to.include('href="/freee/schedule">定期チェックを始める')
    await begin(visitor, { [of('rule')]: 'monthly', [of('day')]: '31', [of('hour')]: '23' })

    expect(visitor.page().text).to.include('毎月末日 23時台に確認します（知らせるだけ）。次回：11月30日 23:')
    const [event] = await query<{ act: string; details: { changes: unknown } }>(
      `select act, details from audit_events order by id desc limit 1`,
    )
    expect(event?.act).to.equal('schedule.saved')
    expect(event?.details.changes).to.deep.equal([
      { label: '確認する日時', before: '', after: '毎月末日 23時台' },
      { label: '基準日', before: '', after: '確認した日' },
      { label: '差分が見つかったとき', before: '', after: '知らせるだけ' },
    ])
  })

  for (const [name, value, label] of [
    ['hour', '24', '時刻'],
    ['hour', '', '時刻'],
    ['hour', '2.5', '時刻'],
    ['rule', 'hourly', '頻度'],
    ['reference', 'yesterday', '基準日'],
    ['mode', 'at-once', '「差分が見つかったとき」の動作'],
    ['mode', '', '「差分が見つかったとき」の動作'],
  ] as const)
    it(`answers 422 beside the field to ${name} = 「${value}」, and keeps what was typed`, async () => {
      const visitor = await world.connected()
      await begin(visitor, { [of('rule')]: 'weekly', [of('weekday')]: '5', [of('hour')]: '7', [of(name)]: value })

      const { status, html, text } = visitor.page()
      expect(status).to.equal(422)
      const said = value === '' ? 'が選択されていません' : 'に、選択できない値が指定されています'
      expect(text).to.include(`${label}${said}`)
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

  it('offers 自動で同期 after three runs without a failure, and says how many there are', async () => {
    const visitor = await world.connected()
    const auto = { [of('mode')]: 'auto' }
    await ranWell(2)
    await visitor.get('/freee/schedule')
    const [radio = ''] =
      new RegExp(`<input[^>]*name="${of('mode')}"[^>]*value="auto"[^>]*>`).exec(visitor.page().html) ?? []
    expect(radio).to.include('disabled')
    expect(visitor.page().text).to.include('手動の同期が3回続けて成功した後に選択できます（現在 2／3回）')
    // What the page does not offer is not taken either.
    await begin(visitor, auto)
    expect(visitor.page().status).to.equal(422)
    expect(visitor.page().html).to.include(`href="#${of('mode')}"`)
    expect(await query('select from schedules')).to.deep.equal([])

    await ranWell(3)
    await begin(visitor, auto)
    expect(visitor.page().status).to.equal(200)
    expect(visitor.page().text).to.include('毎日 2時台に確認します（自動で同期）')
  })

  it('offers 自動で同期 for one of two ways: the other one is refused with the reason, and nothing is stored', async () => {
    const visitor = await world.connected()
    await ranWell(3)
    await ranWell(3, FROM_FREEE)
    await begin(visitor, { [of('mode')]: 'auto' })
    const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
    const filled = { rule: 'daily', weekday: '1', day: '1', hour: '3', reference: 'today', mode: 'auto' }
    const typed = Object.entries(filled).map(([name, value]) => [`${FROM_FREEE}-${name}`, value] as const)
    await visitor.post('/freee/schedule', { _csrf: csrf, flow: FROM_FREEE, op: 'save', ...Object.fromEntries(typed) })

    expect(visitor.page().status).to.equal(422)
    expect(visitor.page().text).to.include('両方の向きを自動で同期すると、後から変更した内容が元に戻ることがあります。')
    expect((await query<{ flow: string }>('select flow from schedules')).map(({ flow }) => flow)).to.deep.equal([
      TO_FREEE,
    ])
  })

  for (const [what, change] of [
    ['one of them failed', `state = 'partly_failed'`],
    ['one was begun by a check', `automatic = true`],
    ['one repeats another', `retry_of = id`],
    ['one takes another back', `undo_of = id`],
    ['one is about one person', `person = '{"crewId":"1","sourceId":"1","targetId":"1"}'`],
    ['one was given up before 同期', `queued_at = null, state = 'cancelled'`],
    ['one belongs to the other flow', `flow = '${FROM_FREEE}'`],
  ] as const)
    it(`does not count three runs where ${what}`, async () => {
      const visitor = await world.connected()
      await ranWell(3)
      await query(`update runs set ${change} where id = (select id from runs order by queued_at limit 1)`)
      await begin(visitor, { [of('mode')]: 'auto' })

      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('（現在 2／3回）')
    })

  for (const [mode, sentence] of [
    ['always', '「常に承認」に設定されているため、自動では開始せず、確認待ちにします'],
    ['dangerous', '大きな変更を含む同期には、ほかの管理者の承認が必要です'],
  ] as const)
    it(`says beside 自動で同期 that somebody has to agree, where the rule is ${mode}`, async () => {
      const visitor = await world.connected()
      await visitor.get('/freee/schedule')
      expect(visitor.page().text).to.not.include(sentence)
      await world.signedIn(JIRO)
      await rule(world, 'freee', mode)
      await visitor.get('/freee/schedule')
      expect(visitor.page().text).to.include(sentence)
      if (mode === 'always') expect(visitor.page().text).to.not.include('確認なしで同期します')
    })

  it('says beside the hour what becomes of one in which the service is closed, where it closes at all', async () => {
    const visitor = await world.connected('king-of-time')
    await visitor.get('/king-of-time/schedule')
    expect(visitor.page().text).to.include(
      'KING OF TIMEのメンテナンス時間（8:30〜10:00、17:30〜18:30）にあたるときは、終わってから確認します。',
    )
    const other = await world.connected()
    await other.get('/freee/schedule')
    expect(other.page().text).not.to.include('メンテナンス時間')
  })

  it('asks for no 対象範囲 where the company has none, and begins with the preset where it has one', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/schedule')
    expect(visitor.page().html).not.to.include(of('scope'))
    const id = await makeScope(world, visitor, { name: '本社', from: '1', to: '9', preset: [TO_FREEE] })
    await visitor.get('/freee/schedule')
    expect(visitor.page().html).to.match(new RegExp(`<option value="${id}"[^>]*selected`))
    await begin(visitor, { [of('scope')]: id })

    expect(await query('select scope_id from schedules')).to.deep.equal([{ scope_id: id }])
    const [event] = await query<{ details: { changes: { label: string; after: string }[] } }>(
      `select details from audit_events order by id desc limit 1`,
    )
    expect(event?.details.changes.find(({ label }) => label === '対象範囲')?.after).to.equal('本社')
  })

  it("answers 422 to another company's 対象範囲, to one that is gone, and to none where there are some", async () => {
    const taro = await world.connected('freee', 'taro@aozora.example')
    const theirs = await makeScope(world, taro, { name: '本社', from: '1', to: '9' })
    const visitor = await world.connected()
    const gone = await makeScope(world, visitor, { name: '閉鎖', from: '1', to: '9' })
    await makeScope(world, visitor, { name: '支社', from: '1', to: '9' })
    await query('delete from scopes where id = $1', [gone])
    for (const scope of [theirs, gone, 'nothing', '']) {
      await begin(visitor, { [of('scope')]: scope })
      expect(visitor.page().status, scope).to.equal(422)
      expect(visitor.page().html).to.include(`href="#${of('scope')}"`)
    }
    await begin(visitor)
    expect(visitor.page().status, 'a form without the field').to.equal(422)
    expect(await query('select from schedules')).to.deep.equal([])
  })

  it('asks whom its mails go to where there are several, keeps who was ticked, and writes it down', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/schedule')
    expect(visitor.page().html).not.to.include(of('recipients'))
    await world.signedIn(JIRO)
    const [jiro] = await query<{ id: string; name: string }>('select id, name from admins where email = $1', [JIRO])
    await begin(visitor, { [of('recipients')]: jiro?.id ?? '' })
    expect(visitor.page().html).to.match(new RegExp(`value="${jiro?.id ?? ''}" checked`))
    const [event] = await query<{ details: { changes: unknown[] } }>(
      `select details from audit_events order by id desc limit 1`,
    )
    expect(event?.details.changes).to.deep.include({ label: 'メールの送信先', before: '', after: jiro?.name })
    // The form of the release before has no such field.
    await begin(visitor, { [of('hour')]: '3' })
    expect(await query('select recipients from schedules')).to.deep.equal([{ recipients: [jiro?.id] }])
    await begin(visitor, { [of('recipients')]: '' })
    expect(await query('select recipients from schedules')).to.deep.equal([{ recipients: null }])
  })

  it('answers 422 to a recipient of another company, to one who is no administrator any more, and to none at all', async () => {
    await world.connected('freee', 'taro@aozora.example')
    const visitor = await world.connected()
    await world.signedIn(JIRO)
    await query('delete from smarthr_grants where admin_id = (select id from admins where email = $1)', [JIRO])
    const strangers = await query<{ id: string }>(`select id from admins where email in ('taro@aozora.example', $1)`, [
      JIRO,
    ])
    expect(strangers).to.have.length(2)
    for (const id of [...strangers.map(stranger => stranger.id), 'nobody']) {
      await begin(visitor, { [of('recipients')]: id, [of('hour')]: '7' })
      const { status, html, text } = visitor.page()
      expect(status, id).to.equal(422)
      expect(text).to.include('送信先の管理者が見つかりません')
      expect(html).to.match(/<option value="7"[^>]*selected/)
    }
    expect(await query('select from schedules')).to.deep.equal([])
  })

  it('saved as it was, stands in 操作履歴 as 「変更なし」', async () => {
    const visitor = await world.connected()
    await begin(visitor)
    expect((await visitor.get('/audit')).text).to.not.include('変更なし')
    await begin(visitor)
    expect((await visitor.get('/audit')).text).to.include('変更なし')
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

  /** hanako's page stands open while 自動で同期 is on; jiro is there, too. */
  const oldTab = async () => {
    const hanako = await world.connected()
    await ranWell(3)
    await begin(hanako, { [of('mode')]: 'auto' })
    await hanako.get('/freee/schedule')
    const jiro = await world.signedIn(JIRO, '/freee/schedule')
    return { hanako, jiro }
  }
  const saved = () => query('select mode, hour, paused from schedules')

  it('an old page switches 自動で同期 on for nobody: nothing is stored, and the form shows how it stands', async () => {
    const { hanako, jiro } = await oldTab()
    await jiro.press('保存', { [of('mode')]: 'notify' })
    expect(jiro.page().status).to.equal(200)
    await hanako.press('保存', { [of('hour')]: '7' })

    const { status, html, text } = hanako.page()
    expect(status).to.equal(422)
    expect(text).to.include('この画面を開いた後に').and.include('保存していません')
    expect(await saved()).to.deep.equal([{ mode: 'notify', hour: 2, paused: null }])
    // what stands, with what was changed on the old page
    expect(html).to.match(/<input[^>]*value="notify"[^>]*checked/)
    expect(html).to.match(/<option value="7"[^>]*selected/)
    await hanako.press('保存')
    expect(hanako.page().status).to.equal(200)
    expect(await saved()).to.deep.equal([{ mode: 'notify', hour: 7, paused: null }])
  })

  it('an old page does not let a check go on that somebody has stopped, and takes it up in no other mode than it shows', async () => {
    const { hanako, jiro } = await oldTab()
    await jiro.press('停止する')
    await hanako.press('保存', { [of('hour')]: '7' })
    expect(hanako.page().status).to.equal(422)
    expect(await saved()).to.deep.equal([{ mode: 'auto', hour: 2, paused: 'stopped' }])
    await jiro.press('保存', { [of('mode')]: 'notify' })
    await jiro.press('停止する')
    const old = jiro.twin()
    await jiro.press('保存', { [of('mode')]: 'confirm' })
    await jiro.press('停止する')
    await old.press('再開する')
    expect(old.page().status).to.equal(422)
    expect(await saved()).to.deep.equal([{ mode: 'confirm', hour: 2, paused: 'stopped' }])
  })

  it('an old page takes nobody off those who get the mails', async () => {
    const { hanako, jiro } = await oldTab()
    const all = await query<{ id: string; email: string }>('select id, email from admins')
    const idOf = (email: string) => all.find(admin => admin.email === email)?.id ?? ''
    await jiro.press('保存', { [of('recipients')]: ['', idOf(JIRO)] })
    await hanako.get('/freee/schedule')
    const old = hanako.twin()
    await hanako.press('保存', { [of('recipients')]: '' })
    await old.press('保存', { [of('recipients')]: ['', idOf(JIRO), idOf(ADMIN)] })
    expect(old.page().status).to.equal(422)
    await old.press('保存')
    expect(await query('select recipients from schedules'), 'what both have changed').to.deep.equal([
      { recipients: [idOf(ADMIN)] },
    ])
    await jiro.get('/freee/schedule')
    await old.press('保存', { [of('recipients')]: '' })
    await hanako.get('/freee/schedule')
    await hanako.press('保存', { [of('recipients')]: ['', idOf(ADMIN)] })
    await jiro.press('保存', { [of('recipients')]: ['', idOf(ADMIN), idOf(JIRO)] })
    await jiro.press('保存')
    const [{ recipients = [] } = {}] = await query<{ recipients: string[] }>('select recipients from schedules')
    expect([...recipients].sort()).to.deep.equal([idOf(ADMIN), idOf(JIRO)].sort())
  })

  it('an old page may stop a check, and a button that is pressed twice is no other page', async () => {
    const { hanako, jiro } = await oldTab()
    const twin = jiro.twin()
    for (const visitor of [jiro, twin]) {
      await visitor.press('保存', { [of('hour')]: '9' })
      expect(visitor.page().status).to.equal(200)
    }
    await hanako.press('停止する')
    expect(hanako.page().text).to.include('停止中')
  })

  it('of two forms sent at one moment where nothing was saved yet, one is taken and the other comes back', async () => {
    const hanako = await world.connected()
    await hanako.get('/freee/schedule')
    const jiro = await world.signedIn(JIRO, '/freee/schedule')
    for (const round of [1, 2, 3, 4, 5]) {
      await query('delete from schedules')
      await Promise.all([hanako, jiro].map(visitor => visitor.get('/freee/schedule')))
      await Promise.all([
        hanako.press('定期チェックを始める', { [`${FROM_FREEE}-hour`]: '7' }),
        jiro.press('定期チェックを始める', { [`${FROM_FREEE}-hour`]: '9' }),
      ])
      const statuses = [hanako, jiro].map(visitor => visitor.page().status)
      expect([...statuses].sort(), `round ${String(round)}`).to.deep.equal([200, 422])
      const [{ hour } = { hour: 0 }] = await query<{ hour: number }>('select hour from schedules')
      expect(hour).to.equal(statuses[0] === 200 ? 7 : 9)
    }
  })

  it('a form of the release before, which does not say what it has shown, is taken as it is', async () => {
    const { hanako } = await oldTab()
    await begin(hanako, { [of('hour')]: '11' })
    expect(await saved()).to.deep.equal([{ mode: 'notify', hour: 11, paused: null }])
  })

  it('goes on with what was changed on the page, and writes each press down once', async () => {
    const visitor = await world.connected()
    await begin(visitor)
    const twin = visitor.twin()
    await visitor.press('停止する')
    await twin.press('停止する')
    await twin.get('/freee/schedule')
    await visitor.get('/freee/schedule')
    await visitor.press('再開する', { [of('hour')]: '5' })
    expect(visitor.page().text).to.include('定期チェックを保存し、再開しました').and.include('毎日 5時台に確認します')
    const acts = await query<{ act: string }>(`select act from audit_events where act like 'schedule.%' order by id`)
    expect(acts.map(({ act }) => act)).to.deep.equal([
      'schedule.saved',
      'schedule.stopped',
      'schedule.resumed',
      'schedule.saved',
    ])
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
