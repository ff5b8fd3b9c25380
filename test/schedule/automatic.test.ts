import { expect } from 'chai'
import { aCrew, anEmployee, staff } from '../helpers/attendance.js'
import { eventually, reportOf } from '../helpers/waiting.js'
import { makeScope, smarthrOf, type Smarthr } from '../helpers/scopes.js'
import { boxesOf, countAsked, syncEverybody, toSelection } from '../helpers/walking.js'
import type { Visitor } from '../helpers/visitor.js'
import { ADMIN, useWorld } from '../helpers/world.js'
import { rule } from '../approval/asking.js'
import { TO_FREEE, watching } from './watching.js'

const START = new Date('2026-11-20T12:00:00+09:00')
const JIRO = 'jiro@midori.example'
const of = (name: string) => `${TO_FREEE}-${name}`

interface RunRow {
  id: string
  state: string
  automatic: boolean
  selected_count: number
  succeeded_count: number
  admin: string
  failure: string | null
}

describe('自動で同期', () => {
  const world = useWorld({ at: START.toISOString(), limitsOff: ['smarthr', 'freee'] })
  const { begin, nextCheck, checks, schedule, writes, query, moveTo, settled, ranWell, runEnded } = watching(world)
  let visitor: Visitor
  let smarthr: Smarthr
  beforeEach(() => moveTo(START))

  /** Everybody is in freee; from then on the check goes by itself. */
  const automatic = async (filled: Record<string, string> = {}) => {
    visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 8, overlap: 1, differing: 0, seed: 7 })
    smarthr = await smarthrOf(world)
    const runId = await toSelection(visitor, TO_FREEE)
    if (/value="select-(all|page)"/.test(visitor.page().html)) {
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
    }
    await ranWell(3)
    await begin(visitor, { [of('mode')]: 'auto', ...filled })
    expect(visitor.page().status).to.equal(200)
  }
  /** These many people get another phone number in SmartHR. */
  const phones = async (people: number, digit = 1) => {
    // Nights pass between two changes, and tokens last for hours.
    smarthr = await smarthrOf(world)
    const crews = (await smarthr.crews()).slice(0, people)
    for (const [nth, { id }] of crews.entries())
      await smarthr.change(id, { tel_number: `03-555${String(digit)}-${String(1000 + nth)}` })
    return crews
  }
  const runs = () =>
    query<RunRow>(
      `select r.*, a.email as admin from runs r join admins a on a.id = r.admin_id
       where r.automatic or r.state in ('checking', 'checked') order by r.created_at desc, r.id desc`,
    )
  const toFreee = async () => {
    const calls = await world.calls('freee')
    return calls.filter(({ method, path }) => ['PUT', 'POST', 'PATCH'].includes(method) && path.includes('/employees'))
      .length
  }
  const mails = async (word: string) =>
    (await world.mails()).filter(({ subject, text }) => subject.includes(word) || text.includes(word))

  it('writes what it finds as 同期 would, once, in the name of whoever saved it', async () => {
    await automatic()
    const before = await toFreee()
    await phones(2)
    await nextCheck()
    await runEnded()

    const [run] = await query<RunRow>(
      'select r.*, a.email admin from runs r join admins a on a.id = admin_id where automatic',
    )
    expect(run).to.include({ state: 'succeeded', selected_count: 2, succeeded_count: 2, admin: ADMIN })
    expect((await toFreee()) - before).to.equal(2)
    expect((await checks()).map(check => [check.state, check.automatic, check.slot_at === null])).to.deep.equal([
      ['done', 'started', false],
      ['done', null, true],
    ])
    const again = await world.signedIn()
    expect((await again.get('/freee')).text)
      .to.include('差分なし')
      .and.include('定期チェック（自動）：')
    expect((await again.get(`/runs/${String(run?.id)}`)).text).to.match(/実行者\s*定期チェック（自動）：/)
    const [event] = await query<{ act: string; details: object }>(
      `select act, details from audit_events where run_id = $1 and act = 'run.automatic'`,
      [run?.id],
    )
    expect(event?.details).to.include({ total: 2, new: 0 })
    const results = (await world.mails()).filter(({ subject }) => subject.includes('従業員情報を同期しました'))
    const automaticOnes = results.filter(({ subject }) => subject.startsWith('【自動で同期】'))
    expect(automaticOnes).to.have.length(1)
    expect(automaticOnes[0]?.text).to.match(
      /\nこの同期は、定期チェックの「自動で同期」が、.+の名前で開始しました。\n\n成功: 2件/,
    )
    // … and those of runs by hand are as they were.
    for (const { subject, text } of results.filter(mail => !automaticOnes.includes(mail)))
      expect(subject + text).not.to.include('自動で同期')
    // The next night there is nothing to do.
    await nextCheck()
    expect((await toFreee()) - before).to.equal(2)
  })

  it('writes nothing where a second administrator has to agree: the plan waits, and the mail says why', async () => {
    await automatic()
    await world.signedIn(JIRO)
    await rule(world, 'freee', 'always')
    const before = await toFreee()
    await phones(2)
    await nextCheck()
    await settled()

    expect((await toFreee()) - before).to.equal(0)
    const [run] = await runs()
    expect(run).to.include({ state: 'ready', automatic: true })
    expect((await checks()).map(({ automatic: came }) => came)).to.deep.equal(['held'])
    expect(await mails('この同期には、ほかの管理者の承認が必要です。')).to.have.length(1)
    const again = await world.signedIn()
    await again.get(`/runs/${String(run?.id)}/confirm`)
    await again.press('承認を依頼', countAsked(again))
    const jiro = await world.signedIn(JIRO, `/runs/${String(run?.id)}/approval`)
    await jiro.press('承認して同期')
    await reportOf(jiro, String(run?.id))
    expect((await toFreee()) - before).to.equal(2)
  })

  it('names both where the guard finds a big change and a second administrator has to agree', async () => {
    await automatic()
    await world.signedIn(JIRO)
    await rule(world, 'freee', 'dangerous')
    const before = await toFreee()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 30, overlap: 0, differing: 0, seed: 3 })
    await nextCheck()

    expect(await toFreee()).to.equal(before)
    const [mail] = await mails('は確認待ちです')
    expect(mail?.text)
      .to.match(/・.+\n・この同期には/)
      .and.include('問題がなければ［承認を依頼］を押してください。')
      .and.not.include('問題がなければ同期してください')
    const again = await world.signedIn()
    expect((await again.get('/freee')).text).to.include('この同期には、ほかの管理者の承認が必要です。')
    await again.get('/help/freee/schedule')
    expect(again.page().text).to.include('ほかの管理者の承認が必要なとき')
  })

  it('shows on the dashboard what it is writing, and where to look', async () => {
    await automatic()
    await phones(1)
    await world.control('POST', '/faults', {
      service: 'freee',
      method: 'PUT',
      path: '/employees',
      delayMs: 1_500,
      times: 1,
    })
    await nextCheck()
    const again = await world.signedIn()
    await again.get('/freee')
    const [run] = await runs()
    expect(again.page().html).to.include(`href="/runs/${String(run?.id)}"`)
    expect(again.page().text).to.include('自動で同期')
    await runEnded()
  })

  it('takes whom 「すべてを選択」 takes: nobody who is known to fail', async () => {
    await automatic()
    const [one, other] = await phones(2)
    await smarthr.change(other?.id ?? '', { last_name: 'あ'.repeat(200) }).catch(() => null)
    await nextCheck()
    await runEnded()
    const rows = await query<{ crew: string; doomed: boolean; selected: boolean; outcome: string | null }>(
      `select source_id as crew, doomed, selected, outcome from run_items where run_id = (select id from runs where automatic)`,
    )
    expect(rows.find(({ crew }) => crew === one?.id)?.outcome).to.equal('succeeded')
    for (const row of rows) expect(row.selected).to.equal(!row.doomed)
  })

  it('waits for an administrator, and says so, where the guard finds a big change', async () => {
    await automatic()
    const before = await toFreee()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 30, overlap: 0, differing: 0, seed: 3 })
    await nextCheck()

    const [run] = await runs()
    expect(run).to.include({ state: 'ready', automatic: true })
    expect(await toFreee()).to.equal(before)
    const [check] = (await checks()).slice(-1)
    expect(check?.automatic).to.equal('held')
    const [mail] = await mails('は確認待ちです')
    expect(mail?.to.join()).to.equal(ADMIN)
    expect(mail?.text)
      .to.include('「自動で同期」では')
      .and.include(`/runs/${String(run?.id)}/select`)
    const [held] = await query<{ details: { reason: string } }>(
      `select details from audit_events where act = 'run.held-back'`,
    )
    expect(mail?.text).to.include(held?.details.reason.split('。')[0] ?? 'nothing')
    expect((await schedule()).mode).to.equal('auto')
    // … and goes on as any other, in the name of whoever presses 同期.
    const jiro = await world.signedIn(JIRO)
    expect((await jiro.get('/freee')).text)
      .to.include('確認待ち')
      .and.include('自動では同期していません')
    expect((await jiro.get('/freee/runs')).text).to.include('確認待ち')
    await jiro.get('/freee')
    await jiro.press('内容を確認')
    expect(jiro.page().url).to.match(/\/select$/)
    await syncEverybody(jiro)
    await runEnded()
    const [started] = await query<RunRow>(
      'select r.*, a.email admin from runs r join admins a on a.id = admin_id where r.id = $1',
      [run?.id],
    )
    expect(started).to.include({ automatic: false, admin: JIRO })
    expect(started?.succeeded_count).to.be.greaterThan(20)
  })

  it('ends with the first run that fails, says so by mail, and finds on until somebody switches it on again', async () => {
    await automatic()
    await phones(2)
    await world.control('POST', '/faults', {
      service: 'freee',
      method: 'PUT',
      path: '/employees',
      status: 400,
      body: { status_code: 400, errors: [{ type: 'validation', messages: ['電話番号が不正です。'] }] },
      times: 1,
    })
    await nextCheck()
    await runEnded()

    expect((await query<RunRow>('select * from runs where automatic')).map(({ state }) => state)).to.deep.equal([
      'partly_failed',
    ])
    expect(await schedule()).to.include({ mode: 'confirm', auto_off: 'failed' })
    expect(await mails('「自動で同期」を停止しました')).to.have.length(1)
    const writtenBy = await toFreee()
    await phones(3, 2)
    await nextCheck()
    expect(await toFreee()).to.equal(writtenBy)
    const again = await world.signedIn()
    expect((await again.get('/freee')).text).to.include('「確認して同期」に変更しました')
    expect(again.page().html).to.match(/href="\/freee\/schedule"[^>]*>定期チェックの設定を開く/)
    expect(await query(`select from audit_events where act = 'schedule.auto-off'`)).to.have.length(1)

    await ranWell(3)
    await begin(again, { [of('mode')]: 'auto' })
    expect((await again.get('/freee')).text).not.to.include('「確認して同期」に変更しました')
    await phones(1, 3)
    await nextCheck()
    await runEnded()
    expect(await schedule()).to.include({ mode: 'auto', auto_off: null })
    expect(await toFreee()).to.be.greaterThan(writtenBy)
  })

  it('ends where the connection is to another account', async () => {
    await automatic()
    await query(`update schedules set auto_account = 'another'`)
    await phones(1)
    const before = await toFreee()
    await nextCheck()

    expect(await schedule()).to.include({ mode: 'confirm', auto_off: 'another-account' })
    expect(await toFreee()).to.equal(before)
    expect((await checks()).at(-1)).to.include({ state: 'done', automatic: null })
  })

  it('is started once, whatever number of workers end the check', async () => {
    await automatic()
    const before = await toFreee()
    await phones(2)
    await moveTo(new Date((await schedule()).next_at.getTime() + 1_000))
    const { housekeeping } = world.container
    await Promise.all([housekeeping(), housekeeping()])
    await eventually('the check', async () => {
      await Promise.all([housekeeping(), housekeeping()])
      return (await checks()).some(check => check.state === 'done')
    })
    await runEnded()

    expect(await query(`select from runs where automatic`)).to.have.length(1)
    expect((await toFreee()) - before).to.equal(2)
    expect(await query(`select from audit_events where act = 'run.automatic'`)).to.have.length(1)
  })

  for (const [step, table, when] of [
    ['the plan was taken', 'runs', `new.state = 'ready' and old.state = 'checked'`],
    ['everybody was chosen', 'runs', `new.ticks <> old.ticks and new.automatic`],
    ['the run was queued', 'runs', `new.state = 'queued' and new.automatic`],
    ['the check was ended', 'checks', `new.state = 'done' and new.automatic = 'started'`],
  ] as const)
    it(`is started once where the database breaks off after ${step}`, async () => {
      await automatic()
      const before = await toFreee()
      await phones(2)
      await query(`create table broken (at timestamptz)`)
      await query(
        `create function break_off() returns trigger language plpgsql security definer as $$ begin
           if (select last_value from times) < 2 then
             perform nextval('times');
             perform pg_terminate_backend(pg_backend_pid());
           end if;
           return new; end $$;
         create sequence times;
         create trigger break_off after update on ${table} for each row when (${when}) execute function break_off()`,
      )
      try {
        await moveTo(new Date((await schedule()).next_at.getTime() + 1_000))
        await world.container.housekeeping()
        await eventually('the check', async () => {
          await world.container.housekeeping().catch(() => null)
          return (await checks()).some(check => check.state === 'done')
        })
      } finally {
        await query(`drop trigger break_off on ${table}; drop function break_off(); drop table broken`)
      }
      const [times] = await query<{ last_value: string }>('select last_value from times')
      await query('drop sequence times')
      await runEnded()

      expect(Number(times?.last_value), 'the database broke off').to.be.greaterThan(1)
      expect(await query(`select from runs where automatic`)).to.have.length(1)
      expect((await toFreee()) - before).to.equal(2)
      await settled()
    })

  it('makes up one missed check, and writes once', async () => {
    await automatic()
    const before = await toFreee()
    await phones(2)
    await moveTo(new Date((await schedule()).next_at.getTime() + 3 * 24 * 3_600_000 + 5 * 3_600_000))
    await world.container.housekeeping()
    await settled()
    await runEnded()

    expect((await checks()).map(({ state }) => state).sort()).to.deep.equal([
      'done',
      'done',
      'missed',
      'missed',
      'missed',
    ])
    expect((await toFreee()) - before).to.equal(2)
  })

  it('reads and writes those of its 対象範囲 alone, and fails where that is gone', async () => {
    await automatic()
    const types = await smarthr.list('employment_types')
    const [inside, outside] = await phones(2)
    const [one, other] = [types[0]?.id ?? '', types[1]?.id ?? '']
    for (const crew of await smarthr.crews())
      await smarthr.change(crew.id, { employment_type_id: crew.id === outside?.id ? other : one })
    const scope = await makeScope(world, visitor, { name: '正社員', 'employment-type': [one] })
    await begin(visitor, { [of('mode')]: 'auto', [of('scope')]: scope })
    await nextCheck()
    await runEnded()

    const written = await query<{ crew: string }>(
      `select source_id as crew from run_items i join runs r on r.id = i.run_id where r.automatic and outcome = 'succeeded'`,
    )
    expect(written.map(({ crew }) => crew))
      .to.include(inside?.id)
      .and.not.to.include(outside?.id)
    const before = await toFreee()
    await phones(2, 4)
    await query('delete from scopes')
    await nextCheck()
    const last = (await checks()).at(-1)
    expect(last?.state).to.equal('failed')
    expect(last?.cause).to.include('選択した対象範囲は削除されています')
    expect(await toFreee()).to.equal(before)
    const again = await world.signedIn()
    expect((await again.get('/freee/schedule')).text).to.include('選択した対象範囲は削除されています')
  })

  it('leaves out the fields that the last run by hand has left out', async () => {
    await automatic()
    await query(`update runs set omit = '{phone}' where queued_at is not null`)
    const before = await toFreee()
    await phones(2)
    await nextCheck()
    expect((await checks()).at(-1)).to.include({ state: 'done', changed_count: 0 })
    expect(await toFreee()).to.equal(before)
  })

  it('begins nothing by itself of a plan that a release before it has read of everybody', async () => {
    await automatic()
    const before = await toFreee()
    await phones(1)
    // A check of the release before knows no 対象範囲.
    await query(
      `create function unscoped() returns trigger language plpgsql as $$ begin new.scope_id := gen_random_uuid(); return new; end $$;
       create trigger unscoped before update on schedules for each row execute function unscoped()`,
    )
    try {
      await nextCheck()
    } finally {
      await query('drop trigger unscoped on schedules; drop function unscoped()')
    }
    expect((await checks()).at(-1)).to.include({ state: 'done', automatic: null })
    expect(await toFreee()).to.equal(before)
  })

  it('writes nothing while it is 知らせるだけ or 確認して同期', async () => {
    await automatic()
    const before = (await writes()).length
    for (const [nth, mode] of ['notify', 'confirm'].entries()) {
      await begin(await world.signedIn(), { [of('mode')]: mode })
      await phones(1, 6 + nth)
      await nextCheck()
    }
    expect((await checks()).map(check => [check.state, check.changed_count])).to.deep.equal([
      ['done', 1],
      ['done', 1],
    ])
    // The two that were changed in SmartHR.
    expect((await writes()).length - before).to.equal(2)
  })
})

describe('自動で同期 of somebody new', () => {
  const BRAND = 'touch-on-time'
  const world = useWorld({ at: START.toISOString(), limitsOff: ['smarthr'] })
  const { begin, nextCheck, checks, query, moveTo, ranWell, runEnded } = watching(world)
  beforeEach(() => moveTo(START))

  const codes = async () => {
    const { employees } = (await world.control('GET', `/state?service=${BRAND}`)) as {
      employees: { code: string; divisionCode: string; typeCode: string }[]
    }
    return employees
  }

  it('gives the values that were chosen last, and waits for an administrator where none ever were', async () => {
    await staff(world, BRAND, [anEmployee('1')], [aCrew('1'), aCrew('2')])
    const visitor = await world.connected(BRAND)
    await ranWell(3)
    await begin(visitor, { [of('mode')]: 'auto', [of('hour')]: '3' }, BRAND)
    await nextCheck()
    expect((await checks()).at(-1)).to.include({ state: 'done', automatic: 'held' })
    expect((await checks()).at(-1)?.cause).to.include('新規登録の設定が選択されていません')
    expect(await codes()).to.have.length(1)

    // Somebody chooses them.
    const again = await world.signedIn(ADMIN, `/${BRAND}`)
    await again.get(`/${BRAND}`)
    await again.press('内容を確認')
    await again.get(`/runs/${String((await checks()).at(-1)?.run_id)}/select`)
    await again.press('同期を開始', { id: boxesOf(again) })
    await again.press('確認', { division: '3000', working_type: '2' })
    await again.press('同期', countAsked(again))
    await runEnded()
    expect((await codes()).find(({ code }) => code === '2')).to.include({ divisionCode: '3000', typeCode: '2' })
    await staff(world, BRAND, await codes(), [aCrew('1'), aCrew('2'), aCrew('3')])
    await nextCheck()
    await runEnded()
    expect((await codes()).find(({ code }) => code === '3')).to.include({ divisionCode: '3000', typeCode: '2' })
    expect(await query(`select from runs where automatic and state = 'succeeded'`)).to.have.length(1)
  })
})
