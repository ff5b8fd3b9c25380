import { expect } from 'chai'
import { aCrew, administrator, anEmployee, NOON, staff } from '../helpers/attendance.js'
import type { Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { toSelection } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

const BRAND = 'king-of-time'
const FLOW = 'employees-from-smarthr'

const codeOf = (index: number) => `10${String(index).padStart(2, '0')}`

describe('同期 of a dangerous change', () => {
  const world = useWorld({ at: NOON, limitsOff: ['smarthr', BRAND] })

  /** So many people of whom the first ones have another family name in SmartHR, ticked, and the dialog before us. */
  const toDialog = async (renamed: number, people = 12) => {
    const all = Array.from({ length: people }, (_, index) => index)
    await staff(
      world,
      BRAND,
      all.map(index => anEmployee(codeOf(index))),
      all.map(index => aCrew(codeOf(index), index < renamed ? { last_name: '新姓' } : {})),
    )
    const visitor = await administrator(world, BRAND)
    const runId = await toSelection(visitor, FLOW, undefined, BRAND)
    await visitor.press('select-page')
    await visitor.press('同期を開始')
    return { visitor, runId }
  }

  const stateOf = async (runId: string) => {
    const { rows } = await world.container.ownerPool.query<{ state: string; jobs: number }>(
      `select state, (select count(*)::int from graphile_worker.jobs where task_identifier = 'run.apply') as jobs
       from runs where id = $1`,
      [runId],
    )
    return rows[0]
  }

  const written = async () =>
    (await world.calls(BRAND)).filter(({ method, path }) => method !== 'GET' && path.includes('/employees')).length

  const events = async (act: string) =>
    (
      await world.container.ownerPool.query<{ details: Record<string, unknown> }>(
        'select details from audit_events where act = $1 order by id',
        [act],
      )
    ).rows.map(({ details }) => details)

  const asks = (visitor: Visitor) => visitor.page().html.includes('name="guard_count"')

  it('asks nothing about three new names, and is as quick as ever', async () => {
    const { visitor, runId } = await toDialog(3)
    expect(asks(visitor)).to.equal(false)
    await visitor.press('同期')

    expect((await reportOf(visitor, runId)).text).to.include('成功 3件')
    expect(await events('run.started')).to.deep.equal([{ total: 3, new: 0, confirmed: [] }])
  })

  it('names the rule that fires with its number and the people, and asks for how many they are', async () => {
    const { visitor } = await toDialog(7)

    expect(visitor.page().text).to.include('いつもより大きな変更です')
    expect(visitor.page().text).to.include(
      '重要な項目が変わる従業員が、多くいます：姓 7名（目安：1項目につき3名まで）。',
    )
    for (const index of [0, 1, 2, 3, 4])
      expect(visitor.page().text).to.include(`${codeOf(index)} 新姓 みお 姓： 相沢 → 新姓`)
    expect(visitor.page().text).to.include('ほか2名')
  })

  it('asks beside its button, and says which number has to be typed', async () => {
    const { visitor } = await toDialog(7)

    const [, foot = ''] = /<div class="foot">([\s\S]*)/.exec(visitor.page().html) ?? []
    expect(foot).to.match(/<label for="guard_count">\s*対象の人数\s*/)
    expect(foot).to.include('続けるには、対象の人数を入力してください。対象は、7名です。')
    expect(foot.indexOf('guard_count')).to.be.lessThan(foot.indexOf('>同期</button>'))
  })

  it('starts nothing without the number or with another one: 422 at the field, and what was typed stays', async () => {
    const { visitor, runId } = await toDialog(4)
    for (const [typed, said] of [
      ['', '対象の人数が入力されていません。'],
      ['5', '対象の人数が一致しません。'],
      ['四', '対象の人数が一致しません。'],
      ['4.0', '対象の人数が一致しません。'],
      ['04', '対象の人数が一致しません。'],
      ['００４', '対象の人数が一致しません。'],
      ['"><b>4', '対象の人数が一致しません。'],
    ] as const) {
      const page = await visitor.press('同期', { guard_count: typed })

      expect(page.status, typed).to.equal(422)
      expect(page.html).to.match(new RegExp(`id="guard_count-error"[^>]*>(?:(?!</p>).)*${said}`))
      expect(page.html).to.match(/<input id="guard_count"[^>]*aria-invalid="true" autofocus/)
      expect(page.html).to.match(/<title>エラー：/)
      expect(page.html).to.match(/<div class="foot">(?:(?!<button).)*入力内容に不備があります。/)
      if (/^[四０４\d.]+$/.test(typed)) expect(page.html).to.include(`name="guard_count" type="text" value="${typed}"`)
    }
    expect(await stateOf(runId)).to.deep.equal({ state: 'ready', jobs: 0 })
    expect(await written()).to.equal(0)
  })

  it('starts with the number, in full-width digits, too, and 操作履歴 says what was confirmed', async () => {
    const { visitor, runId } = await toDialog(4)
    await visitor.press('同期', { guard_count: ' ４ ' })

    expect((await reportOf(visitor, runId)).text).to.include('成功 4件')
    expect(await events('run.started')).to.deep.equal([
      { total: 4, new: 0, confirmed: ['重要な項目が変わる従業員が、多くいます：姓 4名（目安：1項目につき3名まで）。'] },
    ])
    const audit = await visitor.get('/audit')
    expect(audit.text).to.include('重要な項目が変わる従業員が、多くいます：姓 4名（目安：1項目につき3名まで）。')
  })

  it('takes no number for other ticks than the dialog showed', async () => {
    const { visitor, runId } = await toDialog(5)
    const colleague = visitor.twin()
    await colleague.get(`/runs/${runId}/select`)
    const [, first = ''] = /name="id" value="(\d+)"/.exec(colleague.page().html) ?? []
    const rest = [...colleague.page().html.matchAll(/name="id" value="(\d+)"/g)].flatMap(([, id = '']) =>
      id === first ? [] : id,
    )
    await colleague.press('同期を開始', { id: rest })

    const page = await visitor.press('同期', { guard_count: '5' })
    expect(page.text).to.include('対象が変わりました。内容を確認してください。')
    expect(await stateOf(runId)).to.deep.equal({ state: 'ready', jobs: 0 })

    await colleague.press('同期', { guard_count: '5' })
    expect(colleague.page().status).to.equal(422)
    await colleague.press('同期', { guard_count: '4' })
    expect((await reportOf(colleague, runId)).text).to.include('成功 4件')
  })

  it('counts a choice once however often it is looked at, and anew with every tick', async () => {
    const { visitor, runId } = await toDialog(7)
    const colleague = visitor.twin()
    await colleague.get(`/runs/${runId}/confirm`)
    // What was counted is what the next look shows: nobody is counted again.
    await world.container.ownerPool.query(
      `update runs set guarded = jsonb_set(guarded, '{counts,fields}', (select jsonb_object_agg(key, 6)
        from jsonb_each(guarded #> '{counts,fields}'))) where id = $1`,
      [runId],
    )
    await colleague.get(`/runs/${runId}/confirm`)
    expect(colleague.page().text).to.include('：姓 6名（')

    await colleague.get(`/runs/${runId}/select`)
    const [, ...rest] = [...colleague.page().html.matchAll(/name="id" value="(\d+)"[^>]* checked/g)].map(
      ([, id = '']) => id,
    )
    expect(rest.length).to.equal(6)
    await colleague.press('同期を開始', { id: rest.slice(1) })
    expect(colleague.page().text).to.include('：姓 5名（')
    expect(colleague.page().text).to.not.include('：姓 6名（')
  })

  it('asks where a limit was tightened while the dialog was open', async () => {
    const { visitor, runId } = await toDialog(1)
    expect(asks(visitor)).to.equal(false)
    const colleague = await world.signedIn('jiro@midori.example', '/limits')
    await colleague.press('保存', { sensitivePeople: '0', sensitivePercent: '0' })
    const page = await visitor.press('同期')

    expect(page.status).to.equal(422)
    expect(asks(visitor)).to.equal(true)
    expect(await stateOf(runId)).to.deep.equal({ state: 'ready', jobs: 0 })
  })

  it('asks about a repeat likewise', async () => {
    const { visitor, runId } = await toDialog(4)
    await world.control('POST', '/faults', {
      service: BRAND,
      method: 'PUT',
      status: 400,
      body: { errors: [] },
      times: 4,
    })
    await visitor.press('同期', { guard_count: '4' })
    expect((await reportOf(visitor, runId)).text).to.include('失敗 4件')
    await visitor.press('失敗した対象だけ再実行')
    const again = await whenReady(visitor)
    await visitor.get(`/runs/${again}/confirm`)

    expect(asks(visitor)).to.equal(true)
    await visitor.press('同期', { guard_count: '4' })
    expect((await reportOf(visitor, again)).text).to.include('成功 4件')
  })

  /** The newest run, once its plan is there. */
  async function whenReady(visitor: Visitor): Promise<string> {
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await stateOf(runId))?.state === 'ready') return runId
      await new Promise(done => setTimeout(done, 50))
    }
    throw new Error('the plan was not made')
  }

  it('asks about a plan of the release before by what can be counted, and says nothing of the rest', async () => {
    const { visitor, runId } = await toDialog(25, 30)
    await world.container.ownerPool.query('update run_items set guard = null where run_id = $1', [runId])
    await visitor.get(`/runs/${runId}/confirm`)

    expect(visitor.page().text).to.include('25名の従業員を更新します（目安：20名まで）。今回の対象30名の83%です。')
    expect(visitor.page().text).to.not.include('同じ内容になります')
    await visitor.press('同期', { guard_count: '25' })
    expect((await reportOf(visitor, runId)).text).to.include('成功 25件')
  })

  it('keeps nothing of anybody in what it counts by', async () => {
    const { runId } = await toDialog(4)
    const { rows } = await world.container.ownerPool.query<{ guard: { values: Record<string, string[]> } }>(
      `select guard from run_items where run_id = $1 and class = 'changed'`,
      [runId],
    )

    expect(rows).to.have.length(4)
    for (const { guard } of rows) {
      expect(Object.keys(guard.values)).to.deep.equal(['last-name'])
      for (const digest of guard.values['last-name'] ?? []) expect(digest).to.match(/^[\w-]{16}$/)
    }
    // The same name has the same digest in one run, which is all it tells.
    expect(new Set(rows.map(({ guard }) => guard.values['last-name']?.[1])).size).to.equal(1)
  })
})

describe('a company’s own limits', () => {
  const world = useWorld({ at: NOON })

  const changes = async () =>
    (
      await world.container.ownerPool.query<{ details: { changes: unknown } }>(
        `select details from audit_events where act = 'settings.saved' order by id`,
      )
    ).rows.map(({ details }) => details.changes)

  it('are the presets until somebody tightens them, by name', async () => {
    const visitor = await world.signedIn(undefined, '/limits')
    expect(visitor.page().html).to.match(/name="sensitivePercent" type="text" value="5"/)
    await visitor.press('保存', { sensitivePercent: '１', samePeople: '10' })

    expect(visitor.page().text).to.include('大きな変更の確認の基準を保存しました')
    expect(visitor.page().html).to.match(/name="sensitivePercent" type="text" value="1"/)
    expect(await changes()).to.deep.equal([
      [
        { label: '大きな変更の確認：重要な項目が変わる割合', before: '5%', after: '1%' },
        { label: '大きな変更の確認：異なっていた内容が同じになる人数', before: '20名', after: '10名' },
      ],
    ])
    const other = await world.signedIn('taro@aozora.example', '/limits')
    expect(other.page().html).to.match(/name="sensitivePercent" type="text" value="5"/)
  })

  it('can be loosened and left out by nobody', async () => {
    const visitor = await world.signedIn(undefined, '/limits')
    for (const [typed, said] of [
      ['4', '重要な項目が変わる人数は、0から3までの整数で入力してください。'],
      ['-1', '重要な項目が変わる人数は、0から3までの整数で入力してください。'],
      ['なし', '重要な項目が変わる人数は、0から3までの整数で入力してください。'],
      ['', '重要な項目が変わる人数が入力されていません。'],
    ] as const) {
      const page = await visitor.press('保存', { sensitivePeople: typed })
      expect(page.status, typed).to.equal(422)
      expect(page.text).to.include(said)
    }
    expect(await changes()).to.deep.equal([])
    expect((await world.container.ownerPool.query('select from guard_limits')).rowCount).to.equal(0)
  })
})
