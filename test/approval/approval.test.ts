import { expect } from 'chai'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { ADMIN, ADMIN_NAME, PASSWORD, useWorld } from '../helpers/world.js'
import { countAsked, toSelection } from '../helpers/walking.js'
import { acts, approvalsOf, ask, JIRO, mailTo, rule, send, stateOf, toDialog, two, writesTo } from './asking.js'

describe('承認: a second administrator agrees before anything is written', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })
  const page = (runId: string) => `/runs/${runId}/approval`

  /** A request of hanako's that waits; SmartHR's writes before it are counted. */
  const asked = async () => {
    const people = await two(world)
    const before = (await writesTo(world, 'smarthr')).length
    const runId = await ask(people.hanako)
    return { ...people, runId, written: async () => (await writesTo(world, 'smarthr')).length - before }
  }

  it('asks instead of starting: nothing is written, everybody sees 承認待ち, and the others get a mail', async () => {
    const { hanako, jiro, runId, written } = await asked()

    expect(hanako.page().text).to.include('承認を依頼しました')
    expect(await stateOf(world, runId)).to.equal('ready')
    for (const visitor of [hanako, jiro])
      for (const url of ['/freee', '/freee/runs', `/runs/${runId}`])
        expect((await visitor.get(url)).text, url).to.include('承認待ち')
    const mail = await mailTo(world, JIRO, '【承認依頼】', runId)
    expect(mail.text).to.include(`${ADMIN_NAME}さんが`).and.include(`${world.appUrl}/runs/${runId}/approval`)
    expect(mail.text).to.match(/新規登録: [01]名\n更新: [01]名/)
    expect((await world.mails()).filter(one => one.to.includes(ADMIN))).to.have.length(0)
    expect(await written()).to.equal(0)
  })

  it('lists what waits: of several requests the dashboard leads to all of them, and to nothing else', async () => {
    const { hanako, jiro, runId } = await asked()
    const link = async () => /href="([^"]+)">依頼を確認</.exec((await jiro.get('/freee')).html)?.[1]
    expect(await link()).to.equal(page(runId))
    const idle = await toDialog(hanako)
    const second = await ask(hanako)
    expect((await jiro.get('/freee')).text).to.include('承認待ちの依頼が2件あります。')
    expect(await link()).to.equal('/freee/runs?state=asked')
    const listed = (await jiro.get('/freee/runs?state=asked')).html
    for (const id of [runId, second]) expect(listed).to.include(`href="${page(id)}"`)
    expect(listed).to.not.include(idle)
    expect(jiro.page().text).to.include('2件が見つかりました')
    await jiro.get(page(second))
    await send(jiro, page(second), {
      op: 'return',
      approval: (await approvalsOf(world, second))[0]?.id ?? '',
      comment: '不要',
    })
    expect((await jiro.get('/freee/runs?state=asked')).html).to.not.include(second)
    await mailTo(world, ADMIN, '【差し戻し】', second)
  })

  it('says before the button is pressed that nobody can begin what is asked for any more', async () => {
    const { hanako, jiro, runId } = await asked()
    const second = await ask(hanako)
    await jiro.get(page(runId))
    expect(jiro.page().text).to.not.include('このままでは、承認しても開始できません')
    await jiro.press('承認して同期')
    await reportOf(jiro, runId)
    for (const visitor of [jiro, hanako])
      expect((await visitor.get(page(second))).text).to.include('このままでは、承認しても開始できません。')
    await eventually('the result mail', async () => (await world.mails()).find(one => one.to.includes(ADMIN)))
  })

  it('shows the same plan to whoever is asked, and begins it in the name of whoever asked', async () => {
    const { hanako, jiro, runId, written } = await asked()
    const [, who = ''] = /<section aria-label="([^"]+)"/.exec((await jiro.get(page(runId))).html) ?? []
    expect(who).to.not.equal('')
    expect(jiro.page().text).to.include('依頼した管理者').and.include(ADMIN_NAME)
    await jiro.press('承認して同期')
    expect(jiro.page().url).to.match(/\/freee$/)

    const report = await reportOf(jiro, runId)
    expect(report.html).to.match(new RegExp(`<dt>実行者</dt><dd>${ADMIN_NAME}</dd>`))
    expect(report.html).to.match(/<dt>承認者<\/dt><dd>[^<-]+<\/dd>/)
    expect(await written()).to.equal(1)
    const told = await acts(world, runId)
    expect(told.map(({ act }) => act).slice(-2)).to.deep.equal(['run.asked', 'run.approved'])
    expect(told.at(-1)?.admin_name).to.not.equal(ADMIN_NAME)
    expect(told.at(-1)?.details).to.include({ requester: ADMIN_NAME, total: 1 })
    const result = await eventually('the result mail', async () =>
      (await world.mails()).find(one => one.to.includes(ADMIN)),
    )
    expect(result.text).to.include('承認者: ')
    expect((await hanako.get(page(runId))).url, 'a decided request leads to its report').to.match(
      new RegExp(`/runs/${runId}$`),
    )
  })

  it('refuses one’s own approval through a second tab, a second session and a second address of the same user', async () => {
    const { hanako, runId, written } = await asked()
    const [{ id = '' } = {}] = await approvalsOf(world, runId)
    const users = await world.container.ownerPool.query<{ smarthr_user_id: string }>(
      'select smarthr_user_id from admins where email = $1',
      [ADMIN],
    )
    const me = { id: users.rows[0]?.smarthr_user_id, email: 'hanako.second@midori.example', admin: true }
    const tab = hanako.twin()
    const session = await world.signedIn(ADMIN)
    const second = world.visitor()
    await world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': false })
    const visitors = { tab, session }
    for (const [name, visitor] of Object.entries(visitors)) {
      await visitor.get(page(runId))
      expect(visitor.page().html, name).to.not.include('value="approve"')
      const answer = await send(visitor, page(runId), { op: 'approve', approval: id })
      expect(answer.status, name).to.equal(403)
      expect(answer.text, name).to.include('自分が依頼した内容は、承認も差し戻しもできません')
    }
    // The same person, whom SmartHR knows by another address now.
    await world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': true })
    const tenants = [await tenantOf()]
    await second.get('/auth/smarthr?returnTo=%2Ffreee')
    await second.press('ログイン', { email: ADMIN, password: PASSWORD })
    await world.control('POST', '/faults', {
      service: 'smarthr',
      path: 'users/me',
      status: 200,
      body: { ...me, tenants },
    })
    await second.press('許可する')
    await second.get(page(runId))
    const answer = await send(second, page(runId), { op: 'approve', approval: id })
    expect(answer.status).to.equal(403)
    const { rows } = await world.container.ownerPool.query<{ email: string }>('select email from admins order by email')
    expect(rows.map(({ email }) => email)).to.deep.equal(['hanako.second@midori.example', JIRO])
    expect(await stateOf(world, runId)).to.equal('ready')
    expect(await written()).to.equal(0)
  })

  const tenantOf = async () => {
    const { rows } = await world.container.ownerPool.query<{ smarthr_id: string; name: string; subdomain: string }>(
      'select smarthr_id, name, subdomain from tenants',
    )
    const [{ smarthr_id: id = '', name = '', subdomain = '' } = {}] = rows
    return { id, name, subdomains: [{ name: subdomain, active: true }] }
  }

  for (const [who, email, sentence] of [
    ['asked', ADMIN, '依頼した人が、SmartHRの管理者ではなくなった'],
    ['agrees', JIRO, 'SmartHRの管理者であることを確認できない'],
  ] as const)
    it(`refuses where whoever ${who} is no administrator by now`, async () => {
      const { jiro, runId, written } = await asked()
      await jiro.get(page(runId))
      await world.control('PUT', '/switches', { service: 'smarthr', demote: email })
      const answer = await jiro.press('承認して同期')

      expect(answer.status).to.equal(403)
      expect(answer.text).to.include(sentence)
      expect(await stateOf(world, runId)).to.equal('ready')
      expect(await written()).to.equal(0)
    })

  it('is void when the selection has changed since, and says so to both', async () => {
    const { hanako, jiro, runId, written } = await asked()
    await jiro.get(page(runId))
    await hanako.get(`/runs/${runId}/select`)
    expect(hanako.page().text).to.include('変更すると、承認の依頼は無効になります')
    await hanako.press('clear')
    await hanako.press('select-page')
    await jiro.press('承認して同期')

    for (const visitor of [jiro, hanako])
      expect((await visitor.get(page(runId))).text)
        .to.include('承認の依頼は無効になりました')
        .and.include('対象が変わりました')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['void'])
    expect(await stateOf(world, runId)).to.equal('ready')
    expect(await written()).to.equal(0)
  })

  it('is void when what new people get by the settings has changed since', async () => {
    const { hanako, jiro } = await two(world)
    const before = (await writesTo(world, 'freee')).length
    const runId = await toSelection(hanako, 'employees-from-smarthr')
    await hanako.get(`/runs/${runId}/select?class=new`)
    await hanako.press('select-page')
    await hanako.press('確認')
    await hanako.press('承認を依頼', countAsked(hanako))
    await jiro.get(page(runId))
    await world.container.ownerPool.query(
      `update connection_settings set settings = jsonb_set(settings, '{pay_amount}', '"321000"')`,
    )
    await jiro.press('承認して同期')

    expect(jiro.page().text).to.include('承認の依頼は無効になりました')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['void'])
    expect((await writesTo(world, 'freee')).length - before).to.equal(0)
  })

  it('is void, and says why to both, when another run has written since: nobody could begin it any more', async () => {
    const { hanako, jiro, runId, written } = await asked()
    await jiro.get(page(runId))
    await world.container.ownerPool.query(
      `insert into runs (tenant_id, connection_id, connector, flow, admin_id, state, created_at, queued_at, ended_at, succeeded_count)
       select tenant_id, connection_id, connector, flow, admin_id, 'succeeded', now(), now(), now(), 1 from runs where id = $1`,
      [runId],
    )
    await jiro.press('承認して同期')

    expect(jiro.page().text)
      .to.include(`承認の依頼を無効にしました。依頼した${ADMIN_NAME}さんのダッシュボードに表示します。`)
      .and.include('この同期を準備した後に、別の同期が実行されました。')
      .and.not.include('>承認して同期')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['void'])
    expect((await hanako.get('/freee')).text).to.include('が、承認されずに終わりました。')
    expect((await jiro.get('/freee')).text).not.to.include('承認されずに終わりました')
    await hanako.get(page(runId))
    expect(hanako.page().text).to.include('理由：この同期を準備した後に、別の同期が実行されました。')
    // The dialog would refuse whatever is typed there.
    expect(hanako.page().html).not.to.include('内容を確認</a>')
    expect((await jiro.get(page(runId))).html, 'whoever asked prepares it anew').not.to.include('取得し直す</button>')
    await hanako.press('取得し直す')
    await whenRead(hanako, runId)
    expect(await stateOf(world, runId)).to.equal('ready')
    expect(await written()).to.equal(0)
  })

  it('tells whoever asked when somebody else has cancelled what was prepared, and where to see who', async () => {
    const { hanako, jiro, runId } = await asked()
    expect((await hanako.get('/freee')).text).not.to.include('承認されずに終わりました')
    await jiro.get(`/runs/${runId}/select`)
    await send(jiro, `/runs/${runId}/cancel`, {})

    expect((await hanako.get('/freee')).text).to.include('が、承認されずに終わりました。')
    await hanako.get(page(runId))
    expect(hanako.page().text)
      .to.include('準備した内容がキャンセルされたか')
      .and.include('操作履歴で確認できます')
      .and.not.include('もう一度承認を依頼してください')
  })

  it('names each request that was not agreed to on the dashboard, until whoever asked has gone on with it', async () => {
    const { hanako, jiro, runId } = await asked()
    const second = await ask(hanako)
    const sendBack = async (id: string) => {
      await jiro.get(page(id))
      await jiro.press('差し戻す', { comment: '不要です' })
      await mailTo(world, ADMIN, '【差し戻し】', id)
    }
    const named = async () =>
      [...(await hanako.get('/freee')).html.matchAll(/href="([^"]+)">理由を確認</g)].map(([, href]) => href)
    for (const id of [runId, second]) await sendBack(id)
    expect(await named()).to.deep.equal([page(second), page(runId)])
    expect(hanako.page().text).to.match(/「[^」]+」の承認の依頼（[^）]+）が、承認されずに終わりました。/)

    await hanako.get(`/runs/${second}/confirm`)
    await hanako.press('承認を依頼')
    expect(await named(), 'asked about once more').to.deep.equal([page(runId)])
    await hanako.get(`/runs/${runId}/select`)
    await send(hanako, `/runs/${runId}/cancel`, {})
    expect(await named(), 'cancelled by whoever asked').to.deep.equal([])
    await sendBack(second)
    expect(await named()).to.deep.equal([page(second)])
    await ask(hanako)
    expect(await named(), 'prepared and asked about anew').to.deep.equal([])
  })

  it('keeps a comment that was typed about an earlier request, and asks to look at the new one first', async () => {
    const { hanako, jiro, runId, written } = await asked()
    await jiro.get(page(runId))
    await hanako.get(page(runId))
    await hanako.press('依頼を取り下げる')
    await hanako.get(`/runs/${runId}/confirm`)
    await hanako.press('承認を依頼')
    await jiro.press('差し戻す', { comment: '住所を確認してください' })

    expect(jiro.page().status).to.equal(422)
    expect(jiro.page().text).to.include('承認が依頼し直されています').and.include('住所を確認してください')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['withdrawn', 'open'])
    await jiro.press('差し戻す', { comment: '住所を確認してください' })
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['withdrawn', 'returned'])
    expect((await hanako.get('/freee')).text).to.include('が、承認されずに終わりました。')
    expect(await written()).to.equal(0)
  })

  it('shows a comment once more that can be sent no more, as the request was withdrawn meanwhile', async () => {
    const { hanako, jiro, runId } = await asked()
    await jiro.get(page(runId))
    await hanako.get(page(runId))
    await hanako.press('依頼を取り下げる')
    const answer = await jiro.press('差し戻す', { comment: '住所を確認してください' })

    expect(answer.status).to.equal(409)
    expect(answer.text)
      .to.include('承認の依頼は取り下げられました。')
      .and.include('送信していません')
      .and.include('住所を確認してください')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['withdrawn'])
  })

  for (const status of [500, 429])
    it(`stays at the request, with the comment, where SmartHR answers ${status} to whoever agrees`, async () => {
      const { jiro, runId, written } = await asked()
      await jiro.get(page(runId))
      await world.control('POST', '/faults', { service: 'smarthr', path: 'users/me', status, body: {} })
      const answer = await jiro.press('承認して同期', { comment: '住所は確認済み' })

      expect(answer.status).to.equal(503)
      expect(answer.text).to.include('何も開始していません')
      expect(answer.html).to.include('>住所は確認済み</textarea>')
      expect(await stateOf(world, runId)).to.equal('ready')
      await world.control('DELETE', '/faults')
      await jiro.press('承認して同期')
      await reportOf(jiro, runId)
      expect(await written()).to.equal(1)
    })

  it('says that it was asked anew to whoever agrees on an old page, and begins nothing', async () => {
    const { hanako, jiro, runId, written } = await asked()
    await jiro.get(page(runId))
    await hanako.get(page(runId))
    await hanako.press('依頼を取り下げる')
    await hanako.get(`/runs/${runId}/confirm`)
    await hanako.press('承認を依頼')
    await jiro.press('承認して同期')

    expect(jiro.page().text).to.include('承認が依頼し直されています').and.not.include('無効')
    expect(await written()).to.equal(0)
  })

  it('is sent back with a comment, which is needed, kept when it is too long, sealed, and shown to whoever asked', async () => {
    const { hanako, jiro, runId, written } = await asked()
    await jiro.get(page(runId))
    expect((await jiro.press('差し戻す')).status).to.equal(422)
    expect(jiro.page().text).to.include('コメントが入力されていません')
    const long = 'あ'.repeat(501)
    expect((await jiro.press('差し戻す', { comment: long })).status).to.equal(422)
    expect(jiro.page().html).to.include(`>${long}</textarea>`)
    await jiro.press('差し戻す', { comment: '山田さんの口座を\n確認してください' })

    expect(await stateOf(world, runId)).to.equal('ready')
    const mail = await mailTo(world, ADMIN, '【差し戻し】', runId)
    expect(mail.text).to.include(page(runId)).and.not.include('山田')
    expect((await hanako.get(page(runId))).text).to.include('山田さんの口座を 確認してください')
    expect((await hanako.get(`/runs/${runId}/confirm`)).text).to.include('山田さんの口座を')
    const { rows } = await world.container.ownerPool.query<{ comment: string }>('select comment from approvals')
    expect(rows[0]?.comment).to.be.a('string').and.not.include('山田')
    expect(JSON.stringify(await acts(world, runId))).to.not.include('山田')
    // … and is asked for once more from there.
    await hanako.press('承認を依頼')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['returned', 'open'])
    expect(await written()).to.equal(0)
  })

  it('is taken back by whoever asked alone, and can be asked for again', async () => {
    const { hanako, jiro, runId } = await asked()
    const [{ id = '' } = {}] = await approvalsOf(world, runId)
    await jiro.get(page(runId))
    expect((await send(jiro, page(runId), { op: 'withdraw', approval: id })).status).to.equal(403)
    await hanako.get(page(runId))
    await hanako.press('依頼を取り下げる')
    expect(hanako.page().text).to.include('承認の依頼は取り下げられました')
    await jiro.get(page(runId))
    expect(jiro.page().html).to.not.include('value="approve"')
    await hanako.get(`/runs/${runId}/confirm`)
    await hanako.press('承認を依頼')

    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['withdrawn', 'open'])
  })

  it('starts exactly once when two administrators agree at the same moment, and no more by a second press', async () => {
    const { jiro, runId, written } = await asked()
    const other = world.visitor()
    await other.get('/auth/smarthr?returnTo=/freee')
    await other.press('ログイン', { email: 'sora@midori.example', password: PASSWORD })
    await other.press('次へ')
    await other.press('許可する')
    const late = jiro.twin()
    for (const visitor of [jiro, other, late]) await visitor.get(page(runId))
    await Promise.all([jiro.press('承認して同期'), other.press('承認して同期')])
    await reportOf(jiro, runId)
    await late.press('承認して同期')

    expect(late.page().text).to.include('すでに承認されました')
    expect(await written()).to.equal(1)
    expect((await acts(world, runId)).filter(({ act }) => act === 'run.approved')).to.have.length(1)
  })

  it('starts nothing where 同期 of a page from before the rule was made is pressed', async () => {
    const hanako = await world.connected()
    await world.signedIn(JIRO)
    const runId = await toDialog(hanako)
    const before = (await writesTo(world, 'smarthr')).length
    await rule(world, 'freee', 'always')
    await hanako.press('同期')

    expect(hanako.page().text).to.include('承認の設定が変更されました')
    expect(await stateOf(world, runId)).to.equal('ready')
    expect(await approvalsOf(world, runId)).to.have.length(0)
    expect((await writesTo(world, 'smarthr')).length - before).to.equal(0)
  })

  it('lets another company see nothing of it', async () => {
    const { runId } = await asked()
    const other = await world.signedIn('taro@aozora.example')
    expect((await other.get(page(runId))).status).to.equal(404)
    const [{ id = '' } = {}] = await approvalsOf(world, runId)
    await other.get('/freee/settings/approval')
    expect((await send(other, page(runId), { op: 'approve', approval: id })).status).to.equal(404)
    expect(await stateOf(world, runId)).to.equal('ready')
  })

  it('is over after 24 hours, and says so to both; the plan of a request that waits does not expire before', async () => {
    const { hanako, jiro, runId, written } = await asked()
    const { ownerPool } = world.container
    await ownerPool.query(`update runs set fetched_at = fetched_at - interval '26 hours' where id = $1`, [runId])
    await world.container.housekeeping()
    expect(await stateOf(world, runId)).to.equal('ready')
    await jiro.get(page(runId))
    await ownerPool.query(`update approvals set expires_at = requested_at - interval '1 second'`)
    await jiro.press('承認して同期')

    expect(jiro.page().text).to.include('承認の依頼は期限切れになりました')
    expect((await hanako.get(page(runId))).text).to.include('承認の依頼は期限切れになりました')
    await world.container.housekeeping()
    expect(await stateOf(world, runId)).to.equal('expired')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['expired'])
    expect((await hanako.get(page(runId))).text).to.include('承認の依頼は期限切れになりました')
    expect(await written()).to.equal(0)
  })

  it('begins once or not at all when the process dies between the approval and the start', async () => {
    const { jiro, runId, written } = await asked()
    await jiro.get(page(runId))
    const late = jiro.twin()
    const { ownerPool } = world.container
    const holder = await ownerPool.connect()
    try {
      // The last thing of the transaction waits; whoever dies there has marked the request and queued the run.
      await holder.query('begin; lock table audit_events in exclusive mode')
      const pressed = jiro.press('承認して同期').catch(() => null)
      const victim = await eventually('the approval at its last step', async () => {
        const { rows } = await ownerPool.query<{ pid: number }>(
          `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%audit_events%'`,
        )
        return rows[0]?.pid
      })
      await ownerPool.query('select pg_terminate_backend($1)', [victim])
      await holder.query('rollback')
      await pressed
    } finally {
      holder.release()
    }
    expect(await stateOf(world, runId)).to.equal('ready')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['open'])
    expect(await written()).to.equal(0)
    await late.press('承認して同期')
    await reportOf(late, runId)
    expect(await written()).to.equal(1)
  })

  it('begins nothing where the connection has ended since, as 同期 would', async () => {
    const { hanako, jiro, runId, written } = await asked()
    await jiro.get(page(runId))
    await hanako.get('/freee/connection/disconnect')
    await hanako.press('解除', { sure: 'yes' })
    await jiro.press('承認して同期')

    expect(await stateOf(world, runId)).to.equal('aborted')
    expect((await approvalsOf(world, runId)).map(({ state }) => state)).to.deep.equal(['void'])
    expect(await written()).to.equal(0)
  })

  it('asks only where a rule of the guard fires, with 大きな変更だけ承認', async () => {
    const hanako = await world.connected()
    await world.signedIn(JIRO)
    await rule(world, 'freee', 'dangerous')
    const few = await toDialog(hanako)
    expect(hanako.page().html).to.include('>同期</button>').and.not.include('承認を依頼')
    await hanako.press('同期')
    await reportOf(hanako, few)
    await world.control('POST', '/populate', { service: 'freee', employees: 60, overlap: 1, differing: 1, seed: 6 })
    const many = await toSelection(hanako, 'employees-to-smarthr')
    await hanako.press('select-all')
    await hanako.press('確認')
    expect(hanako.page().html).to.include('>承認を依頼</button>')
    expect((await hanako.press('承認を依頼', { guard_count: '1' })).status).to.equal(422)
    await hanako.press('承認を依頼', countAsked(hanako))

    expect((await approvalsOf(world, many)).map(({ state }) => state)).to.deep.equal(['open'])
    expect((await mailTo(world, JIRO, '【承認依頼】', many)).text).to.include('いつもより大きな変更')
    const jiro = await world.signedIn(JIRO, page(many))
    expect(jiro.page().text).to.include('いつもより大きな変更です')
    const shown = () => [...jiro.page().html.matchAll(/<section aria-label="(P\d+)/g)].map(([, key]) => key)
    const first = shown()
    // Whatever else of the plan is looked at, a comment that was begun stays, and so does the place when it is refused.
    const comment = '住所を\n確認してください'
    await jiro.press('次へ', { comment })
    expect(jiro.page().html).to.include(`>${comment}</textarea>`)
    const second = shown()
    expect([...first, ...second]).to.have.length(60)
    expect((await jiro.press('差し戻す', { comment: '' })).status).to.equal(422)
    expect(shown()).to.deep.equal(second)
    const [, field = ''] = /name="show" value="([^"]+)"/.exec(jiro.page().html) ?? []
    await jiro.press(field, { comment })
    expect(jiro.page().text).to.include('だけを表示しています')
    await jiro.press('差し戻す', { comment: 'あ'.repeat(501) })
    expect(jiro.page().text).to.include('だけを表示しています').and.include('500文字以内')
    // Whoever asked types nothing: all of it is reached by links.
    await hanako.get(page(many))
    expect(hanako.page().html).not.to.match(/<button[^>]*name="(show|after)"/)
    expect(hanako.page().html).to.match(/href="[^"]*after=/)
    await jiro.press('承認して同期')
    expect((await reportOf(jiro, many)).html).to.include('承認者')
  })
})
