import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { aCrew, administrator, anEmployee, NOON, staff } from '../helpers/attendance.js'
import { keptScope, makeScope, smarthrOf, type CrewNow, type Entry, type Smarthr } from '../helpers/scopes.js'
import { listOf } from '../helpers/spreadsheet.js'
import { reportOf, whenRead } from '../helpers/waiting.js'
import { boxesOf, chooseEverybody, countAsked, everybodyOf, syncEverybody } from '../helpers/walking.js'
import { useWorld, type LoggedCall, type World } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'

const TO_SMARTHR = 'employees-to-smarthr'
const TO_FREEE = 'employees-from-smarthr'
const BROKEN = '同期の対象者を決められませんでした'

/** Reads both sides by this scope and goes to the list of everybody. */
async function toList(visitor: Visitor, flow: string, scope: string, connector = 'freee'): Promise<string> {
  await visitor.get(`/${connector}/runs/new?flow=${flow}`)
  await visitor.press('次へ', { scope })
  const runId = runAt(visitor)
  await whenRead(visitor, runId)
  await visitor.get(everybodyOf(runId))
  return runId
}

const runAt = (visitor: Visitor): string => {
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1]
  if (!runId) throw new Error(`no run at ${visitor.page().url}: ${visitor.page().text.slice(0, 300)}`)
  return runId
}

const rowsOf =
  (world: World) =>
  async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await world.container.ownerPool.query<Row>(sql, values)).rows

const writes = (calls: readonly LoggedCall[]) =>
  calls.filter(({ method, path }) => ['POST', 'PUT', 'PATCH'].includes(method) && /crews|employees/.test(path))

const askedOfCrews = (calls: readonly LoggedCall[]) =>
  calls.flatMap(({ method, path, query }) =>
    method === 'GET' && path.endsWith('/crews') ? [(query.fields ?? 'everything').split(',')] : [],
  )

const linkTo = (href: string, label: string) => new RegExp(`<a class="btn primary" href="${href}">${label}</a>`)

describe('対象範囲', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })
  let visitor: Visitor
  let smarthr: Smarthr
  let types: Entry[]
  beforeEach(async () => {
    visitor = await world.connected()
    await world.control('POST', '/populate', { service: 'freee', employees: 30, overlap: 0.9, differing: 0.9, seed: 5 })
    smarthr = await smarthrOf(world)
    types = await smarthr.list('employment_types')
  })
  const query = <Row extends object>(sql: string, values: unknown[] = []) => rowsOf(world)<Row>(sql, values)
  const bytesOf = async (path: string): Promise<Buffer> => {
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return Buffer.from(await (await fetch(world.appUrl + path, { headers: { cookie } })).arrayBuffer())
  }
  const typeId = (name: string) => types.find(type => type.name === name)?.id ?? ''

  /** The first ten crews become contractors, whom the scope has not. */
  const withContractors = async (): Promise<{ scope: string; out: CrewNow[]; inside: CrewNow[] }> => {
    const crews = await smarthr.crews()
    const out = crews.slice(0, 10)
    for (const { id } of out) await smarthr.change(id, { employment_type_id: typeId('業務委託') })
    const scope = await makeScope(world, visitor, { name: '正社員だけ', 'employment-type': [typeId('正社員')] })
    return { scope, out, inside: crews.slice(10) }
  }
  const goThrough = async (runId: string) => {
    await chooseEverybody(visitor, '確認')
    const dialog = visitor.page()
    await visitor.press('同期', countAsked(visitor))
    return { dialog, report: await reportOf(visitor, runId) }
  }
  const items = (runId: string) =>
    query<{
      crew: string | null
      class: string
      excluded: string | null
      outcome: string | null
      reason: string | null
    }>(
      `select case when r.flow = '${TO_SMARTHR}' then target_id else source_id end as crew, class,
         excluded_reason as excluded, outcome, reason
         from run_items i join runs r on r.id = i.run_id where run_id = $1`,
      [runId],
    )

  for (const flow of [TO_SMARTHR, TO_FREEE]) {
    it(`leaves out whoever is outside and writes the others alone, ${flow}; the pages name it`, async () => {
      const { scope, out, inside } = await withContractors()
      const runId = await toList(visitor, flow, scope)
      const list = visitor.page()
      const file = await visitor.get(`/runs/${runId}/plan.csv`)
      const book = await bytesOf(`/runs/${runId}/plan.xlsx`)
      await visitor.get(everybodyOf(runId))
      const since = { smarthr: (await world.calls('smarthr')).length, freee: (await world.calls('freee')).length }
      const { dialog, report } = await goThrough(runId)

      expect(list.text).to.include('対象範囲：正社員だけ').and.include('対象範囲の外です（雇用形態：業務委託）。')
      for (const page of [dialog, report]) expect(page.text).to.include('対象範囲 正社員だけ')
      expect(file.html).to.include('対象範囲の外です（雇用形態：業務委託）。')
      expect(listOf(book, '変更前').facts.get('対象範囲')).to.equal('正社員だけ')
      const planned = await items(runId)
      const outside = new Set(out.map(({ id }) => id))
      const found = planned.filter(({ crew }) => crew !== null && outside.has(crew))
      expect(found.length).to.equal(10)
      for (const item of found) expect(item).to.include({ class: 'excluded', outcome: null })
      // What somebody is outside by says something of the person: no clear column holds it.
      expect(planned.filter(({ excluded }) => (excluded ?? '').includes('業務委託'))).to.deep.equal([])
      const target = flow === TO_SMARTHR ? 'smarthr' : 'freee'
      const sent = writes((await world.calls(target)).slice(since[target]))
      expect(sent.length).to.be.greaterThan(5)
      const paths = sent.map(({ path, body }) => `${path} ${JSON.stringify(body)}`).join('\n')
      for (const { id, emp_code } of out) expect(paths).to.not.include(id).and.not.include(`"${emp_code}"`)
      const done = planned.filter(({ outcome }) => outcome === 'succeeded')
      expect(done.length).to.be.greaterThan(5)
      expect(inside.map(({ id }) => id)).to.include.members(
        done.flatMap(({ crew, class: of }) => (of === 'changed' ? [crew] : [])),
      )
    })
  }

  it('asks SmartHR for 事業所 and its list only where the scope names one', async () => {
    const [east = { id: '', name: '' }, west = { id: '', name: '' }] = await smarthr.list('biz_establishments')
    const crews = await smarthr.crews()
    await smarthr.change(crews[0]?.id ?? '', { biz_establishment_id: west.id })
    const byPlace = await makeScope(world, visitor, { name: '東', establishment: [east.id] })
    const byType = await makeScope(world, visitor, { name: '正社員', 'employment-type': [typeId('正社員')] })
    const during = async (scope: string) => {
      const from = (await world.calls('smarthr')).length
      await toList(visitor, TO_SMARTHR, scope)
      return (await world.calls('smarthr')).slice(from)
    }
    const [placed, typed, everybody] = [await during(byPlace), await during(byType), await during('everybody')]

    const lists = (calls: readonly LoggedCall[]) =>
      calls.flatMap(({ path }) => /(departments|employment_types|biz_establishments)$/.exec(path)?.[1] ?? [])
    expect([...new Set(lists(placed))]).to.deep.equal(['biz_establishments'])
    expect([...new Set(lists(typed))]).to.deep.equal(['employment_types'])
    expect(lists(everybody)).to.deep.equal([])
    for (const fields of askedOfCrews(placed)) expect(fields).to.include('biz_establishment_id')
    for (const fields of [...askedOfCrews(typed), ...askedOfCrews(everybody)])
      expect(fields).to.not.include('biz_establishment_id')
  })

  it('takes a department with all below it', async () => {
    const departments = await smarthr.list('departments')
    const sales = departments.find(({ name }) => name === '営業部')
    const below = departments.find(({ name, parent }) => name === '業務課' && parent?.id === sales?.id)
    const [one, other] = (await smarthr.crews()).filter(({ departments: [first] }) => first?.id !== sales?.id)
    await smarthr.change(one?.id ?? '', { department_ids: [below?.id] })
    const scope = await makeScope(world, visitor, { name: '営業', department: [sales?.id ?? ''] })
    const runId = await toList(visitor, TO_FREEE, scope)

    const classOf = new Map((await items(runId)).map(item => [item.crew, item.class]))
    expect(classOf.get(one?.id ?? '')).to.be.oneOf(['new', 'changed', 'same'])
    expect(classOf.get(other?.id ?? '')).to.equal('excluded')
  })

  it('judges whom SmartHR does not have by 社員番号 alone', async () => {
    const byType = await makeScope(world, visitor, { name: '正社員', 'employment-type': [typeId('正社員')] })
    const newcomers = async (scope: string) => {
      const runId = await toList(visitor, TO_SMARTHR, scope)
      const { text } = await visitor.get(`/runs/${runId}/select?class=excluded`)
      return { text, classes: (await items(runId)).filter(({ crew }) => crew === null).map(item => item.class) }
    }
    const all = await newcomers('everybody')
    expect(new Set(all.classes)).to.deep.equal(new Set(['new']))
    const typed = await newcomers(byType)
    expect(new Set(typed.classes)).to.deep.equal(new Set(['excluded']))
    expect(typed.text).to.include('対象範囲かどうかを確認できません（SmartHRに登録されていないため）。')

    const numbers = (await query<{ key: string }>(`select key from run_items where class = 'new' order by key`)).map(
      ({ key }) => key,
    )
    const [first = ''] = numbers
    const byNumber = await makeScope(world, visitor, { name: '1名', from: first, to: first })
    expect((await newcomers(byNumber)).classes.sort()).to.deep.equal([
      ...Array.from({ length: all.classes.length - 1 }, () => 'excluded'),
      'new',
    ])
  })

  describe('fails closed', () => {
    /** Stores these conditions under the scope, as nobody could by its page. */
    const damage = async (scope: string, conditions: unknown) => {
      const [row] = await query<{ tenant: string }>('select tenant_id as tenant from scopes where id = $1', [scope])
      const plain = JSON.stringify({ salt: 'x', conditions })
      await query('update scopes set sealed = $1, digest = $2 where id = $3', [
        world.container.sealer.seal(plain, `${row?.tenant}|scopes.sealed`, scope),
        createHash('sha256').update(plain).digest('hex'),
        scope,
      ])
    }
    const readBy = async (flow: string, scope: string) => {
      const from = (await world.calls('smarthr')).length
      await visitor.get(`/freee/runs/new?flow=${flow}`)
      await visitor.press('次へ', { scope })
      const runId = runAt(visitor)
      await reportOf(visitor, runId)
      return {
        runId,
        page: await visitor.get(`/runs/${runId}/fetch`),
        calls: (await world.calls('smarthr')).slice(from),
      }
    }
    const damaged: Record<string, (scope: string) => Promise<unknown>> = {
      'an unknown operator': scope => damage(scope, [{ op: 'grade', values: ['1'] }]),
      'an unknown operator beside a known one': scope =>
        damage(scope, [
          { op: 'status', values: ['employed'] },
          { op: 'not', values: ['1'] },
        ]),
      'no condition': scope => damage(scope, []),
      'a department that is gone': scope => damage(scope, [{ op: 'department', values: ['gone'] }]),
      'what another key has sealed': scope =>
        query(`update scopes set sealed = 'v2.nobody.' || split_part(sealed, '.', 3) || '.x' where id = $1`, [scope]),
      'conditions that are not those of its digest': scope =>
        query(`update scopes set digest = 'another' where id = $1`, [scope]),
      'the conditions of another scope': async scope => {
        const other = await makeScope(world, visitor, { name: 'すべて', status: ['employed', 'absent', 'retired'] })
        await query(
          'update scopes s set sealed = o.sealed, digest = o.digest from scopes o where s.id = $1 and o.id = $2',
          [scope, other],
        )
      },
    }
    for (const flow of [TO_SMARTHR, TO_FREEE]) {
      for (const [what, make] of Object.entries(damaged)) {
        it(`ends the fetch over ${what}, ${flow}: nobody is read, nobody is written`, async () => {
          const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
          await make(scope)
          const before = { freee: (await world.calls('freee')).length }
          const { runId, page, calls } = await readBy(flow, scope)

          expect(page.text).to.include(BROKEN).and.include('データは変更していません。')
          expect(page.text, 'which of several it was').to.match(/対象範囲「在籍」(に|を読み取れない)/)
          expect(askedOfCrews(calls)).to.deep.equal([])
          expect(writes([...calls, ...(await world.calls('freee')).slice(before.freee)])).to.deep.equal([])
          expect(await items(runId)).to.deep.equal([])
          expect((await visitor.get(`/runs/${runId}/select`)).url).to.not.include('/select')
        })
      }
    }

    it('goes on once the scope was put right and both sides are read again', async () => {
      const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
      await damage(scope, [])
      const { runId, page: ended } = await readBy(TO_SMARTHR, scope)
      expect(ended.html).to.match(linkTo(`/freee/settings/scopes/${scope}`, '対象範囲を確認'))
      const page = await visitor.get(`/freee/settings/scopes/${scope}`)
      expect(page.text).to.include('保存された条件を読み取れませんでした。')
      await visitor.press('save', { status: ['employed'] })
      await visitor.get(`/runs/${runId}/fetch`)
      await visitor.press('取得し直す')
      await whenRead(visitor, runId)

      expect((await visitor.get(`/runs/${runId}/select`)).text).to.include('対象範囲：在籍')
    })

    it('leads to the list of scopes where the one it was over has been deleted since', async () => {
      const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
      await damage(scope, [])
      const { runId } = await readBy(TO_SMARTHR, scope)
      await visitor.get(`/freee/settings/scopes/${scope}/delete`)
      await visitor.press('削除')

      expect((await visitor.get(`/runs/${runId}/fetch`)).html).to.match(
        linkTo('/freee/settings/scopes', '対象範囲の一覧を確認'),
      )
    })

    it('takes no other answer for everybody: none, one that is gone, another company’s', async () => {
      const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'], preset: [TO_SMARTHR] })
      const gone = await makeScope(world, visitor, { name: '消す', status: ['employed'] })
      await visitor.get(`/freee/settings/scopes/${gone}/delete`)
      await visitor.press('削除')
      for (const [answer, says] of [
        ['', '対象範囲が選択されていません。'],
        [gone, '選択した対象範囲は削除されています。'],
        ['00000000-0000-4000-8000-000000000000', '選択した対象範囲は削除されています。'],
        [[scope, 'everybody'], '対象範囲が正しくありません。'],
      ] as const) {
        await visitor.get(`/freee/runs/new?flow=${TO_SMARTHR}`)
        expect(visitor.page().html).to.match(new RegExp(`<option value="${scope}" selected`))
        const page = await visitor.press('次へ', { scope: answer })
        expect(page.status).to.equal(422)
        expect(page.text).to.include(says)
      }
      await visitor.get(`/freee/runs/new?flow=${TO_SMARTHR}`)
      const { html } = visitor.page()
      const csrf = /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''
      const referenceDate = /name="referenceDate"[^>]*value="([^"]+)"/.exec(html)?.[1] ?? ''
      const sent = { _csrf: csrf, flow: TO_SMARTHR, how: 'steps', referenceDate }
      expect((await visitor.post('/freee/runs/new', sent)).status).to.equal(422)
      expect(await query('select id from runs')).to.deep.equal([])
    })
  })

  it('is frozen at the fetch: a change before 同期 is for the next run', async () => {
    const { scope, out } = await withContractors()
    const runId = await toList(visitor, TO_SMARTHR, scope)
    await visitor.get(`/freee/settings/scopes/${scope}`)
    await visitor.press('save', { name: '全種類', 'employment-type': types.map(({ id }) => id) })
    await visitor.get(everybodyOf(runId))
    expect(visitor.page().text).to.include('対象範囲：正社員だけ')
    const { report } = await goThrough(runId)
    expect(report.text).to.include('対象範囲 正社員だけ')
    const outside = new Set(out.map(({ id }) => id))
    const written = (await items(runId)).filter(({ outcome }) => outcome === 'succeeded')
    expect(written.length).to.be.greaterThan(5)
    expect(written.filter(({ crew }) => outside.has(crew ?? ''))).to.deep.equal([])

    const next = await toList(visitor, TO_SMARTHR, scope)
    expect(visitor.page().text).to.include('対象範囲：全種類')
    expect(
      (await items(next)).filter(({ crew, class: of }) => outside.has(crew ?? '') && of === 'excluded'),
    ).to.deep.equal([])
  })

  it('is part of what 同期 confirms', async () => {
    const { scope } = await withContractors()
    const runId = await toList(visitor, TO_SMARTHR, scope)
    await visitor.press('確認', { id: boxesOf(visitor) })
    await query(`update runs set scope = jsonb_set(scope, '{digest}', '"another"') where id = $1`, [runId])
    await visitor.press('同期', countAsked(visitor))

    expect(visitor.page().text).to.include('対象が変わりました。内容を確認してください。')
    expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'ready' }])
  })

  it('lets no release start a plan that a worker of the release before has made without it', async () => {
    const { scope } = await withContractors()
    const runId = await toList(visitor, TO_SMARTHR, scope)
    // The release before takes a new revision, and knows nothing of the columns.
    await query(`update runs set scoped_revision = null where id = $1`, [runId])
    expect((await visitor.get(everybodyOf(runId))).text).to.not.include('対象範囲：')
    await visitor.press('確認', { id: boxesOf(visitor) })
    await visitor.press('同期', countAsked(visitor))
    expect(visitor.page().text).to.include('対象範囲を使わずに、取得した内容が作られています。')

    const started = query(`update runs set state = 'queued', queued_at = now() where id = $1`, [runId])
    expect(
      await started.then(
        () => 'started',
        (error: Error) => error.message,
      ),
    ).to.include('planned_by_scope')
    expect(await query('select state from runs where id = $1', [runId])).to.deep.equal([{ state: 'ready' }])
  })

  describe('is looked at once more before anything is written', () => {
    for (const flow of [TO_SMARTHR, TO_FREEE]) {
      for (const kind of flow === TO_FREEE ? ['changed', 'new'] : ['changed']) {
        it(`leaves alone whoever of ${kind} is outside by then, ${flow}`, async () => {
          const scope = await makeScope(world, visitor, { name: '正社員', 'employment-type': [typeId('正社員')] })
          if (kind === 'new') {
            const crew = aCrew('N-900', { employment_type: '正社員', address: {}, resident_card_address: {} })
            await smarthr.call('POST', 'crews', {
              ...crew,
              employment_type: undefined,
              employment_type_id: typeId('正社員'),
              address: undefined,
              resident_card_address: undefined,
            })
          }
          const runId = await toList(visitor, flow, scope)
          const [moved] = (await items(runId)).filter(item => item.class === kind)
          const [row] = await query<{ key: string }>(
            `select key from run_items where run_id = $1 and (source_id = $2 or target_id = $2)`,
            [runId, moved?.crew],
          )
          await smarthr.change(moved?.crew ?? '', { employment_type_id: typeId('業務委託') })
          const target = flow === TO_SMARTHR ? 'smarthr' : 'freee'
          const from = (await world.calls(target)).length
          await goThrough(runId)

          const [left] = (await items(runId)).filter(({ crew }) => crew === moved?.crew)
          expect(left?.outcome).to.equal('failed')
          expect(left?.reason).to.include('対象範囲の外になったため、書き込んでいません。').and.not.include('業務委託')
          const sent = writes((await world.calls(target)).slice(from))
          expect(sent.length).to.be.greaterThan(3)
          const said = sent.map(({ path, body }) => `${path} ${JSON.stringify(body)}`).join()
          expect(said).to.not.include(moved?.crew).and.not.include(`"${row?.key}"`)
          const report = await visitor.get(`/runs/${runId}`)
          expect(report.text).to.include('対象範囲の外です（雇用形態：業務委託）。情報を取得した後に')
        })
      }
    }

    for (const [what, change] of [
      ['a department that was abolished meanwhile', null],
      ['a copy that can’t be read any more', `scope_sealed = 'v2.nobody.a.b'`],
      ['a copy that is not the one of the plan', `scope = jsonb_set(scope, '{digest}', '"another"')`],
      ['no copy', 'scope_sealed = null'],
    ] as const) {
      it(`writes nobody over ${what}`, async () => {
        const leaf = (await smarthr.list('departments')).find(({ name }) => name === '新規事業一課')?.id ?? ''
        const head = (await smarthr.list('departments')).find(({ name }) => name === '本社')?.id ?? ''
        const scope = await makeScope(world, visitor, { name: '部署', department: [head, leaf] })
        const runId = await toList(visitor, TO_FREEE, scope)
        await chooseEverybody(visitor, '確認')
        await world.stopWorker()
        await visitor.press('同期', countAsked(visitor))
        if (change === null)
          await smarthr.call('POST', `departments/${leaf}/discontinue`, { discontinued_date: '2026-01-01' })
        else await query(`update runs set ${change} where id = $1`, [runId])
        const from = (await world.calls('freee')).length
        await world.startWorker()
        const report = await reportOf(visitor, runId)

        expect(report.text).to.include('同期を中断しました。').and.include('対象範囲を確認して保存してから')
        expect(report.html).to.match(linkTo(`/freee/settings/scopes/${scope}`, '対象範囲を確認'))
        expect(writes((await world.calls('freee')).slice(from))).to.deep.equal([])
        expect((await items(runId)).filter(({ outcome }) => outcome === 'succeeded')).to.deep.equal([])
      })
    }
  })

  it('goes along with a repeat, also after it was deleted', async () => {
    const { scope, out } = await withContractors()
    await world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'PATCH',
      path: '/crews',
      times: 2,
      status: 400,
      body: {},
    })
    const runId = await toList(visitor, TO_SMARTHR, scope)
    await goThrough(runId)
    const [failed] = (await items(runId)).filter(({ outcome }) => outcome === 'failed')
    await smarthr.change(failed?.crew ?? '', { employment_type_id: typeId('業務委託') })
    await visitor.get(`/freee/settings/scopes/${scope}/delete`)
    await visitor.press('削除')
    await visitor.get(`/runs/${runId}`)
    await visitor.press('失敗した対象だけ再実行')
    const repeat = runAt(visitor)
    await whenRead(visitor, repeat)

    expect((await visitor.get(everybodyOf(repeat))).text).to.include('対象範囲：正社員だけ')
    const [again] = (await items(repeat)).filter(({ crew }) => crew === failed?.crew)
    expect(again?.class).to.equal('excluded')
    expect(out.length).to.equal(10)
    const told = await query<{ details: { scope?: string } }>(
      `select details from audit_events where act in ('run.fetched', 'run.repeated') order by at`,
    )
    expect(told.map(({ details }) => details.scope)).to.deep.equal(['正社員だけ', '正社員だけ'])
  })

  it('makes a second run of the same day another one where another scope is chosen', async () => {
    const scope = await makeScope(world, visitor, { name: '在籍', status: ['employed'] })
    await world.stopWorker()
    const begin = async (chosen: string) => {
      await visitor.get(`/freee/runs/new?flow=${TO_SMARTHR}`)
      await visitor.press('次へ', { scope: chosen })
      return runAt(visitor)
    }
    const [everybody, scoped, again] = [await begin('everybody'), await begin(scope), await begin(scope)]
    await world.startWorker()

    expect(scoped).to.not.equal(everybody)
    expect(again).to.equal(scoped)
  })

  it('is forgotten with the people of a run, whichever release forgets them; its name stays', async () => {
    const { scope } = await withContractors()
    const runId = await toList(visitor, TO_SMARTHR, scope)
    const kept = () =>
      query(`select scope ->> 'name' as name, scope_sealed is null as gone from runs where id = $1`, [runId])
    expect(await kept()).to.deep.equal([{ name: '正社員だけ', gone: false }])
    await query('update runs set people_deleted_at = now() where id = $1', [runId])
    expect(await kept()).to.deep.equal([{ name: '正社員だけ', gone: true }])
  })
})

describe('対象範囲 of an attendance service', () => {
  const BRAND = 'touch-on-time'
  const world = useWorld({ at: NOON })

  it('judges by SmartHR in both directions, and an exclusion ends with its day', async () => {
    const visitor = await administrator(world, BRAND)
    const people = ['1', '2', '3'].map(code => anEmployee(code))
    const crews = ['1', '2', '3'].map(code => aCrew(code, { last_name: '新姓', emp_status: 'employed' }))
    await staff(world, BRAND, people, crews)
    const held = await (await smarthrOf(world)).crews()
    const out = (number: string, reason: string, until: string | null) => {
      const id = held.find(({ emp_code: code }) => code === number)?.id ?? ''
      return { id, number, reason, until }
    }
    const values = [out('1', '別に手続きする', null), out('2', '出向', '2026-11-19')]
    const scope = await keptScope(world, { name: '除外', conditions: [{ op: 'except', values }], connector: BRAND })
    let runId = ''
    for (const flow of [TO_SMARTHR, TO_FREEE]) {
      runId = await toList(visitor, flow, scope, BRAND)
      const { rows } = await world.container.ownerPool.query<{ key: string; class: string }>(
        'select key, class from run_items where run_id = $1 order by key',
        [runId],
      )
      expect(rows).to.deep.equal([
        { key: '1', class: 'excluded' },
        { key: '2', class: 'changed' },
        { key: '3', class: 'changed' },
      ])
      expect(visitor.page().text).to.include('対象範囲の外です（個別の除外：別に手続きする）。')
    }
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const { rows } = await world.container.ownerPool.query<{ key: string; outcome: string | null }>(
      'select key, outcome from run_items where run_id = $1 order by key',
      [runId],
    )
    expect(rows).to.deep.equal([
      { key: '1', outcome: null },
      { key: '2', outcome: 'succeeded' },
      { key: '3', outcome: 'succeeded' },
    ])
    expect(writes(await world.calls(BRAND)).length).to.equal(2)
  })

  it('judges newcomers by their 社員番号 also where people are told apart by another field', async () => {
    const visitor = await administrator(world, BRAND)
    const people = ['1', '50'].map(code => anEmployee(code, { emailAddresses: [`no${code}@midori.example`] }))
    await staff(world, BRAND, people, [])
    const scope = await makeScope(world, visitor, { name: '一桁', from: '1', to: '9' }, BRAND)
    await world.container.ownerPool.query(
      `insert into flow_keys (tenant_id, connector, account_id, key, updated_by)
       select c.tenant_id, c.connector, c.account_id, 'email', a.id
         from connections c join admins a on a.tenant_id = c.tenant_id where c.connector = $1 limit 1`,
      [BRAND],
    )
    const runId = await toList(visitor, TO_SMARTHR, scope, BRAND)
    expect(visitor.page().text).to.include('対象範囲の外です（社員番号：50）。')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const created = (await world.calls('smarthr')).filter(
      ({ method, path }) => method === 'POST' && path.endsWith('/crews'),
    )
    expect(created.map(({ body }) => (body as { emp_code: string }).emp_code)).to.deep.equal(['1'])
  })
})
