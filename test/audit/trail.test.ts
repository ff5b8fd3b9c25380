import { expect } from 'chai'
import { createApp } from '../../server/app.js'
import { connectFreee, issueToken, linkMikiwame } from '../helpers/connecting.js'
import { routesOf } from '../helpers/routes.js'
import { makeScope } from '../helpers/scopes.js'
import { NOON } from '../helpers/attendance.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { countAsked, syncEverybody, toSelection } from '../helpers/walking.js'
import { changeSessions } from '../helpers/sessions.js'
import { ADMIN, ADMIN_NAME, PASSWORD, useWorld } from '../helpers/world.js'

interface Event {
  actor: string
  admin_name: string | null
  address: string | null
  agent: string | null
  act: string
  connector: string | null
  run_id: string | null
  details: Record<string, unknown>
}

/** What a browser that presses the button leaves behind, act by act; and what the record holds beside. */
type Expected = [press: () => Promise<unknown>, ...acts: string[]]

const TO_FREEE = 'employees-from-smarthr'
const CSV = '/csv/runs/new?flow=employees-to-smarthr'
const FROM_FREEE = 'employees-to-smarthr'

describe('the record of what was done', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr', 'freee', 'money-forward', 'mikiwame', 'king-of-time'] })

  // A job of one test must not meet the next one's database.
  afterEach(() =>
    eventually('the end of all work', async () => {
      const { rowCount } = await world.container.ownerPool.query(
        `select from runs where state in ('fetching', 'queued', 'running') and published_at is null
         union all select from key_comparisons where sealed is null`,
      )
      return rowCount === 0
    }),
  )

  const events = async (): Promise<Event[]> =>
    (await world.container.ownerPool.query<Event>('select * from audit_events order by id')).rows

  /** The events that doing something leaves, in order. */
  const during = async (act: () => Promise<unknown>): Promise<Event[]> => {
    const before = (await events()).length
    await act()
    return (await events()).slice(before)
  }

  const csrfOf = (visitor: Visitor) => /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''

  const runAt = (visitor: Visitor) => /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''

  /** A finished run of everybody, some of whom the seed makes fail. */
  const finished = async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, TO_FREEE)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    return { visitor, runId }
  }

  /** Somebody whom a plan has. */
  const somebody = async () => {
    const visitor = await world.connected()
    await toSelection(visitor, TO_FREEE)
    return { visitor, crew: /href="\/people\/([^"/]+)"/.exec(visitor.page().html)?.[1] ?? '' }
  }

  const published = async () => {
    const visitor = await world.connected('money-forward')
    const token = await issueToken(visitor)
    const runId = await toSelection(visitor, 'employees', undefined, 'money-forward')
    await visitor.press(visitor.page().html.includes('value="select-all"') ? 'select-all' : 'select-page')
    await visitor.press('確認')
    return { visitor, token, runId }
  }

  const feed = async (path: string, token: string, body?: object) => {
    const answer = await fetch(`${world.appUrl}/feed/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    expect(answer.status, await answer.clone().text()).to.equal(200)
    return (await answer.json()) as { snapshot: { id: string }; employees: { employee_code: string }[] }
  }

  const toItems = async () => {
    const visitor = await world.connected('money-forward')
    await visitor.begin('/money-forward/runs/new?flow=payslips')
    const [, area = ''] = /name="area" value="([^"]+)"/.exec(visitor.page().html) ?? []
    return { visitor, area }
  }

  /** Every way to change something or to take something away: what is walked before, the one request, its one row. */
  const expectations: Readonly<Record<string, () => Promise<Expected>>> = {
    'POST /auth/smarthr/tenant': async () => {
      await world.control('PUT', '/switches', { service: 'smarthr', 'usersMe.tenants': false })
      const visitor = await world.signedIn(ADMIN, '/')
      return [() => visitor.press('次へ', { subdomain: 'midori-shokai' }), 'sign-in']
    },
    'POST /logout': async () => {
      const visitor = await world.signedIn()
      return [() => visitor.press('ログアウト'), 'sign-out']
    },
    'POST /company/deletion': async () => {
      const visitor = await world.connected()
      await visitor.get('/company/deletion')
      return [() => visitor.press('すべて削除する', { company: '株式会社みどり商会' }), 'company.deletion-asked']
    },
    'POST /limits': async () => {
      const visitor = await world.signedIn()
      await visitor.get('/limits')
      return [() => visitor.press('保存', { sensitivePeople: '1' }), 'settings.saved']
    },
    'POST /logout/elsewhere': async () => {
      const visitor = await world.signedIn()
      return [() => visitor.press('ほかの端末からログアウト'), 'sign-out.elsewhere']
    },
    'POST /:connector/connection': async () => {
      const visitor = await world.signedIn()
      await visitor.get('/freee/connection')
      return [() => visitor.press('連携開始', { accountCode: '0123456789' }), 'link.begun']
    },
    'POST /:connector/connection/confirm': async () => {
      const visitor = await world.signedIn()
      await visitor.get('/freee/connection')
      await visitor.press('連携開始', { accountCode: '0123456789' })
      await visitor.press('ログイン', { email: 'owner@freee.example', password: PASSWORD })
      if (!visitor.page().html.includes('許可する')) await visitor.press('次へ')
      await visitor.press('許可する')
      return [() => visitor.press('連携する', { account: 'yes', notes: 'yes' }), 'link']
    },
    'POST /:connector/connection/confirm/cancel': async () => {
      const visitor = await world.signedIn()
      await visitor.get('/freee/connection')
      await visitor.press('連携開始', { accountCode: '0123456789' })
      await visitor.press('ログイン', { email: 'owner@freee.example', password: PASSWORD })
      if (!visitor.page().html.includes('許可する')) await visitor.press('次へ')
      await visitor.press('許可する')
      return [() => visitor.press('キャンセル'), 'link.dropped']
    },
    'POST /:connector/connection/disconnect': async () => {
      const visitor = await world.connected()
      await visitor.get('/freee/connection/disconnect')
      return [() => visitor.press('解除', { sure: 'yes' }), 'unlink']
    },
    'POST /:connector/connection/custom-item': async () => {
      const visitor = await world.connected('mikiwame')
      await world.control('PUT', '/switches', { service: 'smarthr', deleteCustomField: 'ミキワメ連携' })
      await linkMikiwame(visitor, '再連携する')
      return [() => visitor.press('カスタム項目を作り直す', { sure: 'yes' }), 'custom-item.made']
    },
    'POST /:connector/settings': async () => {
      const visitor = await world.connected()
      await visitor.get('/freee/settings')
      return [() => visitor.press('保存', { pay_amount: '230000' }), 'settings.saved']
    },
    'POST /:connector/settings/fields': async () => {
      const visitor = await world.connected()
      await visitor.get('/freee/settings/fields')
      return [() => visitor.press('保存', { 'way-gender': 'none' }), 'field-rules.saved']
    },
    'POST /:connector/settings/key/comparison': async () => {
      const visitor = await world.connected('king-of-time')
      await visitor.get('/king-of-time/settings/key')
      return [() => visitor.press('変更した場合の違いを確認', { key: 'email' }), 'flow-key.compared']
    },
    'POST /:connector/settings/key': async () => {
      const visitor = await world.connected('king-of-time')
      await visitor.get('/king-of-time/settings/key')
      await visitor.press('変更した場合の違いを確認', { key: 'email' })
      await eventually('the comparison', async () =>
        (await visitor.get('/king-of-time/settings/key/comparison')).html.includes('name="comparison"'),
      )
      return [() => visitor.press('保存'), 'flow-key.saved']
    },
    'POST /:connector/settings/scopes/new': async () => {
      const visitor = await world.connected()
      await visitor.get('/freee/settings/scopes/new')
      return [() => visitor.press('save', { name: '在籍', status: ['employed'] }), 'scope.made']
    },
    'POST /:connector/settings/scopes/:scope': async () => {
      const visitor = await world.connected()
      const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
      await visitor.get(`/freee/settings/scopes/${scope}`)
      return [() => visitor.press('save', { status: ['absent'] }), 'scope.changed']
    },
    'POST /:connector/settings/scopes/:scope/delete': async () => {
      const visitor = await world.connected()
      const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
      await visitor.get(`/freee/settings/scopes/${scope}/delete`)
      return [() => visitor.press('削除'), 'scope.deleted']
    },
    'POST /:connector/settings/values': async () => {
      const visitor = await world.connected('king-of-time')
      await visitor.get('/king-of-time/settings/values')
      return [() => visitor.press('save', { use: 'none' }), 'value-tables.saved']
    },
    'POST /:connector/settings/values/file': async () => {
      const visitor = await world.connected('king-of-time')
      await visitor.get('/king-of-time/settings/values?table=working_type')
      const bytes = '雇用形態コード,雇用形態,雇用区分コード,雇用区分\n,正社員,1,\n'
      return [() => visitor.send('取り込む', { bytes }), 'value-tables.saved']
    },
    'POST /:connector/mail-recipients': async () => {
      const visitor = await world.connected()
      await visitor.get('/freee/mail-recipients')
      return [() => visitor.press('保存', { starter: 'failures' }), 'mail-recipients.saved']
    },
    'POST /:connector/settings/approval': async () => {
      const visitor = await world.connected()
      await world.signedIn('jiro@midori.example')
      await visitor.get('/freee/settings/approval')
      return [() => visitor.press('保存', { [`mode-${FROM_FREEE}`]: 'always' }), 'approval-rules.saved']
    },
    'POST /runs/:id/approval': async () => {
      const visitor = await world.connected()
      const jiro = await world.signedIn('jiro@midori.example', '/freee/settings/approval')
      await jiro.press('保存', { [`mode-${FROM_FREEE}`]: 'always' })
      const runId = await toSelection(jiro, FROM_FREEE)
      await jiro.press('select-page')
      await jiro.press('確認')
      await jiro.press('承認を依頼', countAsked(jiro))
      await visitor.get(`/runs/${runId}/approval`)
      return [() => visitor.press('差し戻す', { comment: '確認してください' }), 'run.returned']
    },
    'POST /:connector/schedule': async () => {
      const visitor = await world.connected()
      await visitor.get('/freee/schedule')
      return [() => visitor.press('定期チェックを始める'), 'schedule.saved']
    },
    'POST /:connector/schedule/plan': async () => {
      const visitor = await world.connected()
      await visitor.get('/freee/schedule')
      await visitor.press('定期チェックを始める')
      const { clock, ownerPool } = world.container
      await ownerPool.query('update schedules set slot_at = $1, next_at = $1', [clock.now()])
      await world.container.housekeeping()
      await eventually('the check', async () => {
        const { rowCount } = await ownerPool.query(`select from checks where state = 'done'`)
        return rowCount === 1
      })
      await visitor.get('/freee')
      return [() => visitor.press('内容を確認'), 'check.opened']
    },
    'POST /:connector/payslip-items': async () => {
      const { visitor, area } = await toItems()
      await visitor.press('取り込む', { area })
      await whenRead(visitor, runAt(visitor))
      await visitor.press('登録')
      await visitor.get('/money-forward/payslip-items')
      return [() => visitor.press('保存'), 'payslip-items.changed']
    },
    'POST /:connector/access-tokens/new': async () => {
      const visitor = await world.connected('money-forward')
      return [() => issueToken(visitor), 'token.issued']
    },
    'POST /:connector/access-tokens/:token/revoke': async () => {
      const visitor = await world.connected('money-forward')
      await issueToken(visitor)
      await visitor.get('/money-forward/access-tokens')
      const [, end = ''] = /href="([^"]+\/revoke)"/.exec(visitor.page().html) ?? []
      await visitor.get(end)
      return [() => visitor.press('無効にする'), 'token.revoked']
    },
    'POST /:connector/runs/new': async () => {
      const visitor = await world.connected('mikiwame')
      await visitor.get('/mikiwame')
      const fields = { _csrf: csrfOf(visitor), flow: 'departments-from-smarthr' }
      return [() => visitor.post('/mikiwame/runs/new', fields), 'run.at-once']
    },
    'POST /:connector/files': async () => {
      const visitor = await world.connected('csv')
      await visitor.get(CSV)
      return [() => visitor.send('次へ', { bytes: '社員番号,姓\n1,相沢' }), 'run.uploaded']
    },
    'POST /runs/:id/columns': async () => {
      const visitor = await world.connected('csv')
      await visitor.get(CSV)
      await visitor.send('次へ', { bytes: '社員番号,姓\n1,相沢' })
      return [() => visitor.press('次へ'), 'run.fetched']
    },
    'POST /runs/:id/period': async () => {
      const visitor = await world.connected()
      await visitor.begin('/freee/runs/new?flow=bonus-payslips')
      return [() => visitor.press('次へ', { from: '2025-12-01', to: '2026-05-31' }), 'run.period']
    },
    'POST /runs/:id/date': async () => {
      const visitor = await world.connected()
      await visitor.begin(`/freee/runs/new?flow=${TO_FREEE}`)
      return [() => visitor.press('次へ'), 'run.fetched']
    },
    'POST /runs/:id/area': async () => {
      const { visitor, area } = await toItems()
      return [() => visitor.press('取り込む', { area }), 'run.fetched']
    },
    'POST /runs/:id/fetch': async () => {
      const visitor = await world.connected('mikiwame')
      await visitor.begin('/mikiwame/runs/new?flow=departments-from-smarthr')
      const runId = runAt(visitor)
      await whenRead(visitor, runId)
      const fields = { _csrf: csrfOf(visitor) }
      return [() => visitor.post(`/runs/${runId}/fetch`, fields), 'run.fetched']
    },
    'POST /runs/:id/items': async () => {
      const { visitor, area } = await toItems()
      await visitor.press('取り込む', { area })
      await whenRead(visitor, runAt(visitor))
      return [() => visitor.press('登録'), 'payslip-items.registered']
    },
    'POST /runs/:id/select': async () => {
      const visitor = await world.connected()
      await toSelection(visitor, TO_FREEE)
      return [() => visitor.press('select-page'), 'run.selected']
    },
    'POST /runs/:id/options': async () => {
      const visitor = await world.connected('king-of-time')
      await toSelection(visitor, 'employees-from-smarthr', undefined, 'king-of-time')
      await visitor.press('select-page')
      await visitor.press('同期を開始')
      const lists = [...visitor.page().html.matchAll(/<select id="(\w+)"[\s\S]*?<option value="([^"]+)"/g)]
      const chosen = Object.fromEntries(lists.map(([, name = '', value = '']) => [name, value]))
      return [() => visitor.press('確認', chosen), 'run.options']
    },
    'POST /runs/:id/confirm': async () => {
      const visitor = await world.connected()
      await toSelection(visitor, TO_FREEE)
      await visitor.press('select-page')
      await visitor.press('確認')
      return [() => visitor.press('同期'), 'run.started']
    },
    'POST /runs/:id/cancel': async () => {
      const visitor = await world.connected()
      const runId = await toSelection(visitor, FROM_FREEE)
      return [() => visitor.post(`/runs/${runId}/cancel`, { _csrf: csrfOf(visitor) }), 'run.cancelled']
    },
    'POST /runs/:id/retry': async () => {
      const { visitor } = await finished()
      return [() => visitor.press('失敗した対象だけ再実行'), 'run.repeated']
    },
    'POST /runs/:id/undo': async () => {
      const { visitor } = await finished()
      return [() => visitor.press('この同期を取り消す'), 'run.undone']
    },
    'POST /feed/v1/acknowledgements': async () => {
      const { visitor, token } = await published()
      await visitor.press('公開')
      const { snapshot, employees } = await feed('employees', token)
      const results = [{ employee_code: employees[0]?.employee_code, status: 'created' }]
      return [() => feed('acknowledgements', token, { snapshot: snapshot.id, results }), 'feed.acknowledged']
    },
    'GET /runs/:id/errors.csv': async () => {
      const { visitor, runId } = await finished()
      return [() => visitor.get(`/runs/${runId}/errors.csv`), 'export.report']
    },
    'GET /runs/:id/plan.xlsx': async () => {
      const visitor = await world.connected()
      const runId = await toSelection(visitor, TO_FREEE)
      return [() => visitor.get(`/runs/${runId}/plan.xlsx`), 'export.plan']
    },
    'GET /runs/:id/plan.csv': async () => {
      const visitor = await world.connected()
      const runId = await toSelection(visitor, TO_FREEE)
      return [() => visitor.get(`/runs/${runId}/plan.csv`), 'export.plan']
    },
    'GET /:connector/changes.xlsx': async () => {
      const visitor = await world.connected()
      return [() => visitor.get('/freee/changes.xlsx'), 'export.changes']
    },
    'GET /:connector/changes.csv': async () => {
      const visitor = await world.connected()
      return [() => visitor.get('/freee/changes.csv'), 'export.changes']
    },
    'GET /:connector/settings/values.csv': async () => {
      const visitor = await world.connected('king-of-time')
      return [() => visitor.get('/king-of-time/settings/values.csv'), 'export.value-tables']
    },
    'GET /people/:crew': async () => {
      const { visitor, crew } = await somebody()
      return [() => visitor.get(`/people/${crew}`), 'person.viewed']
    },
    'POST /people/:crew/pair/:connector': async () => {
      const { visitor, crew } = await somebody()
      const { companies } = (await world.control('GET', '/state?service=freee')) as {
        companies: { employees: { id: number; num: string }[] }[]
      }
      const { rows } = await world.container.ownerPool.query<{ target: string }>(
        'select target_id as target from run_items where target_id is not null',
      )
      const free = companies[0]?.employees.find(({ id }) => rows.every(({ target }) => target !== String(id)))
      await visitor.get(`/people/${crew}/pair/freee?to=${free?.id}`)
      return [() => visitor.leadsTo('この登録と紐付ける'), 'pair.replaced']
    },
    'POST /people/:crew/check': async () => {
      const visitor = await world.connected()
      const runId = await toSelection(visitor, TO_FREEE)
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
      const { rows } = await world.container.ownerPool.query<{ crew: string }>(
        'select smarthr_id as crew from links where not dead limit 1',
      )
      await visitor.get(`/people/${rows[0]?.crew}`)
      return [() => visitor.press(`freee/${TO_FREEE}`), 'run.fetched']
    },
    'GET /people/:crew/story.xlsx': async () => {
      const { visitor, crew } = await somebody()
      return [() => visitor.get(`/people/${crew}/story.xlsx`), 'export.person']
    },
    'GET /people/:crew/story.csv': async () => {
      const { visitor, crew } = await somebody()
      return [() => visitor.get(`/people/${crew}/story.csv`), 'export.person']
    },
    'GET /audit/events.csv': async () => {
      const visitor = await world.connected()
      return [() => visitor.get('/audit/events.csv'), 'export.audit']
    },
    'GET /feed/v1/employees': async () => {
      const { visitor, token } = await published()
      await visitor.press('公開')
      return [() => feed('employees', token), 'feed.fetched']
    },
    'GET /feed/v1/year_end_adjustments/:year': async () => {
      const visitor = await world.connected('money-forward')
      const token = await issueToken(visitor)
      await toSelection(visitor, 'year-end', undefined, 'money-forward')
      await visitor.press(visitor.page().html.includes('value="select-all"') ? 'select-all' : 'select-page')
      await visitor.press('確認')
      await visitor.press('公開')
      const { rows } = await world.container.ownerPool.query<{ year: string }>(
        `select to_char(reference_date, 'YYYY') as year from runs where state = 'running'`,
      )
      return [() => feed(`year_end_adjustments/${rows[0]?.year}`, token), 'feed.fetched']
    },
  }

  const leavesARow = (route: string) =>
    route.startsWith('POST ') ||
    /\.(csv|xlsx)$/.test(route) ||
    // what was ever known of a person stands on one page
    route === 'GET /people/:crew' ||
    (route.startsWith('GET /feed/') && !route.endsWith('.json'))

  it('expects a row of every route that changes something or hands a file out, and of no other', () => {
    const routes = routesOf(createApp(world.container)).filter(leavesARow)

    expect(routes).to.have.length.greaterThan(20)
    expect(Object.keys(expectations).sort()).to.deep.equal(routes)
  })

  for (const [route, walk] of Object.entries(expectations)) {
    it(`holds exactly one row of ${route}`, async () => {
      const [press, act] = await walk()
      const [event, ...more] = await during(press)

      expect(event?.act).to.equal(act)
      expect(more.map(other => other.act)).to.deep.equal([])
      expect(event?.address).to.match(/127\.0\.0\.1|::1/)
      if (!route.includes('/feed/')) expect(event).to.include({ actor: 'admin', admin_name: ADMIN_NAME })
      else expect(event).to.include({ actor: 'service', admin_name: null })
    })
  }

  it('tells of a sign-in, of a link, and of a sign-in that was refused to one who is no administrator', async () => {
    const visitor = await world.signedIn()
    await connectFreee(visitor)
    const { rows } = await world.container.ownerPool.query<{ smarthr_id: string }>('select smarthr_id from tenants')
    const tenants = [{ id: rows[0]?.smarthr_id, name: '株式会社みどり商会', subdomains: [{ name: 'midori-shokai' }] }]
    const body = { id: 'somebody', email: 'taro@midori.example', admin: false, tenants }
    await world.control('POST', '/faults', { service: 'smarthr', path: 'users/me', status: 200, body })
    const other = await world.signedIn('jiro@midori.example')

    expect(other.page().status).to.equal(403)
    expect((await events()).map(({ act, actor }) => [act, actor])).to.deep.equal([
      ['sign-in', 'admin'],
      ['link.begun', 'admin'],
      ['link.granted', 'admin'],
      ['link', 'admin'],
      ['sign-in.refused', 'person'],
    ])
    expect((await events()).at(-1)?.details).to.deep.equal({ person: 'somebody', reason: '管理者権限がありません' })
  })

  it('tells of an administrator who is none any more, whose authorisation ends here and at SmartHR', async () => {
    const visitor = await world.signedIn()
    const { ownerPool } = world.container
    // On another machine, too.
    await world.signedIn()
    await world.control('PUT', '/switches', { service: 'smarthr', demote: ADMIN })
    await changeSessions(world, { adminCheckedAt: 0 })
    const told = await during(() => visitor.get('/freee'))

    expect(visitor.page().status).to.equal(403)
    expect(told.map(({ act }) => act)).to.deep.equal(['right.lost'])
    expect((await ownerPool.query('select from smarthr_grants')).rowCount).to.equal(0)
    expect((await ownerPool.query('select from sessions where admin_id is not null')).rowCount).to.equal(0)
    const revoked = (await world.calls('smarthr')).filter(({ path }) => path.endsWith('/oauth/revoke'))
    expect(revoked.map(({ status }) => status)).to.deep.equal([200])
  })

  it('says on its page what was pressed and asked for in the words of the pages, not in codes', async () => {
    const { visitor, runId } = await finished()
    await visitor.get(`/runs/${runId}/errors.csv`)
    const { text } = await visitor.get('/audit')

    expect(text)
      .to.include('ボタン：確認')
      .and.include('文字コード：UTF-8')
      .and.match(/基準日：\d{4}\/\d{2}\/\d{2}/)
    expect(text).not.to.match(/select-|confirm|utf8/)
  })

  it('says which settings were what before', async () => {
    const visitor = await world.connected()
    await visitor.get('/freee/settings')
    const [event] = await during(() => visitor.press('保存', { pay_amount: '230000' }))

    expect(event?.details.changes).to.deep.equal([{ label: '基本給', before: '220,000円', after: '230,000円' }])
  })

  it('names no employee, however a run ends', async () => {
    await finished()
    const { rows } = await world.container.ownerPool.query<{ name: string; key: string; kana: string }>(
      `select name, key, kana from run_items where name <> ''`,
    )
    const told = JSON.stringify((await events()).map(({ details }) => details))

    expect(rows).to.have.length.greaterThan(10)
    expect(rows.flatMap(row => [row.name, row.kana]).filter(text => text !== '' && told.includes(text))).to.deep.equal(
      [],
    )
  })

  it('is there when its act is, and not there when the act was refused', async () => {
    const visitor = await world.connected()
    await toSelection(visitor, TO_FREEE)
    await visitor.press('select-page')
    await visitor.press('確認')
    const twin = visitor.twin()
    await visitor.press('同期')
    const refused = await during(() => twin.press('同期'))

    expect(refused).to.deep.equal([])
  })

  it('can be added to and read by the app, and not changed, emptied or dated', async () => {
    await world.signedIn()
    const { db, inTenant } = world.container
    const [tenant] = (await db('tenants').select('id')) as { id: string }[]
    const refused = async (sql: string) => {
      const attempt = db.transaction(async trx => {
        await trx.raw(`select set_config('app.tenant_id', ?, true)`, [tenant?.id ?? ''])
        await trx.raw(sql)
      })
      const message = await attempt.then(
        () => 'it was done',
        (error: Error) => error.message,
      )
      expect(message, sql).to.include('permission denied')
    }
    await refused(`update audit_events set act = 'sign-out'`)
    await refused('delete from audit_events')
    await refused('truncate audit_events')
    await refused(`insert into audit_events (actor, act, at) values ('admin', 'sign-in', '2020-01-01')`)

    expect(await inTenant(tenant?.id ?? '', ({ audit }) => audit.count({}))).to.equal(1)
    const other = '00000000-0000-4000-8000-000000000001'
    expect(await inTenant(other, ({ audit }) => audit.page({}, { limit: 10 }))).to.deep.equal([])
  })

  describe('on its page', () => {
    it('stands newest first, narrowed by kind, service and day, and as a file', async () => {
      const visitor = await world.connected()
      const page = await visitor.get('/audit')
      expect(page.text)
        .to.include('操作履歴')
        .and.include('設定を保存')
        .and.include('基本給：（未設定） → 220,000円')
        .and.include(ADMIN_NAME)
      expect(page.html.indexOf('設定を保存')).to.be.lessThan(page.html.indexOf('連携を開始</td>'))

      const narrowed = await visitor.get('/audit?kind=access')
      expect(narrowed.text).to.include('ログイン').and.not.include('基本給')
      expect((await visitor.get('/audit?connector=pca')).text).to.include('該当する操作履歴はありません。')
      expect((await visitor.get('/audit?until=2020-01-01')).text).to.include('該当する操作履歴はありません。')
      expect((await visitor.get('/audit?kind=nonsense&from=2020-13-99&before=x')).status).to.equal(200)

      const file = await visitor.get('/audit/events.csv?kind=settings')
      expect(file.headers.get('content-type')).to.include('text/csv')
      expect(file.html).to.include('"設定を保存"').and.not.include('"ログイン"')
      const [exported] = (await events()).slice(-1)
      expect(exported).to.deep.include({ act: 'export.audit', details: { rows: 1 } })
    })

    it('turns its pages without losing or repeating a row', async () => {
      const visitor = await world.signedIn()
      await world.container.ownerPool.query(
        `insert into audit_events (tenant_id, actor, act, about) select id, 'system', 'link', n::text
         from tenants, generate_series(1, 120) n`,
      )
      const seen: number[] = []
      await visitor.get('/audit?kind=link')
      for (let pages = 0; pages < 5; pages += 1) {
        seen.push(visitor.page().html.split('<td class="when">').length - 1)
        const [, next] = /href="([^"]+before=[^"]+)"[^>]*>次へ/.exec(visitor.page().html) ?? []
        if (!next) break
        await visitor.get(next.replaceAll('&amp;', '&'))
      }

      expect(seen).to.deep.equal([50, 50, 20])
    })
  })
})
