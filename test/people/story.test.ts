import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { listOf } from '../helpers/spreadsheet.js'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { ADMIN_NAME, useWorld } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'

const AT = '2026-11-20T12:00:00+09:00'
const TO_FREEE = 'employees-from-smarthr'
const TO_SMARTHR = 'employees-to-smarthr'

interface Row {
  id: number
  run_id: string
  crew: string
  key: string
  name: string
  class: string
  fields: string[]
  outcome: string
  reason: string | null
}

describe('従業員の記録', () => {
  const world = useWorld({ at: AT, limitsOff: ['smarthr', 'freee'] })

  const query = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
    (await world.container.ownerPool.query<T>(sql, values)).rows

  const synced = async (flow = TO_FREEE) => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, flow)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    return { visitor, runId }
  }
  const rowsOf = (runId: string, where = 'true') =>
    query<Row>(
      `select id, run_id, source_id as crew, key, name, class, changed_fields as fields, outcome, reason
       from run_items where run_id = $1 and ${where} order by id`,
      [runId],
    )
  const one = async (runId: string, where: string): Promise<Row> => {
    const [row] = await rowsOf(runId, where)
    if (!row) throw new Error(`nobody with ${where}`)
    return row
  }
  const fetched = async (visitor: Visitor, path: string) => {
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(world.appUrl + path, { headers: { cookie } })
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) }
  }
  /** Everybody's values are due, and housekeeping comes by. */
  const forgetAll = async () => {
    await query(`update runs set ended_at = now() - interval '40 days' where ended_at is not null`)
    await world.container.housekeeping()
    await world.container.housekeeping()
  }

  it('says of each pair when it was made by the app’s clock: by a plan, by a create and by hand', async () => {
    const { visitor, runId } = await synced()
    const [byHand] = await query<{ crew: string; record: string }>(
      'select smarthr_id as crew, service_id as record from links where run_id = $1 limit 1',
      [runId],
    )
    if (!byHand) throw new Error('there is no pair')
    await query('delete from links where smarthr_id = $1', [byHand.crew])
    await visitor.get(`/people/${byHand.crew}/pair/freee?to=${byHand.record}`)
    await visitor.press('この登録と紐付ける')

    const made = await query<{ how: string; earliest: Date; latest: Date }>(
      `select case when l.admin_id is not null then 'hand' when i.class = 'new' then 'create' else 'plan' end as how,
         min(l.created_at) as earliest, max(l.created_at) as latest
       from links l left join run_items i on i.run_id = l.run_id and i.source_id = l.smarthr_id group by 1 order by 1`,
    )
    expect(made.map(({ how }) => how)).to.deep.equal(['create', 'hand', 'plan'])
    for (const { how, earliest, latest } of made) {
      expect(earliest, how).to.be.within(new Date(AT), world.container.clock.now())
      expect(latest, how).to.be.within(new Date(AT), world.container.clock.now())
    }
    expect(visitor.page().text).to.match(/2026\/11\/20 1\d:\d\d/)
    expect(
      (await query('select from person_events where at not between $1 and $2', [AT, world.container.clock.now()]))
        .length,
    ).to.equal(0)
  })

  it('opens from selection, report and 変更者一覧, and says what was done, by whom, and in which run', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, TO_FREEE)
    const selection = visitor.page().html
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    const somebody = await one(runId, `class = 'changed' and outcome = 'succeeded'`)
    const { fields } = somebody
    const way = `href="/people/${somebody.crew}"`
    expect(selection, 'selection').to.include(way)
    expect(report.html, 'report').to.include(way)
    const [newest] = (await rowsOf(runId, `outcome = 'succeeded'`)).reverse()
    expect((await visitor.get('/freee/changes')).html, '変更者一覧').to.include(`href="/people/${newest?.crew}"`)

    const page = await visitor.get(`/people/${somebody.crew}`)

    expect(page.status).to.equal(200)
    expect(page.text)
      .to.include(somebody.name)
      .and.include(somebody.key)
      .and.include(somebody.crew)
      .and.include('2026/11/20 12:')
      .and.include(ADMIN_NAME)
      .and.include('成功')
      .and.include('差分あり')
      .and.include(`変更した項目（${fields.length}件）`)
    expect(page.html).to.include(`href="/runs/${runId}"`)
    // the pair that the run has remembered
    const [link] = await query<{ service_id: string }>('select service_id from links where smarthr_id = $1', [
      somebody.crew,
    ])
    expect(page.text).to.match(new RegExp(`freee人事労務.*紐付け中 ${link?.service_id} 2026/11/\\d+ \\d\\d:\\d\\d`))
  })

  it('tells of somebody who failed why', async () => {
    const { visitor, runId } = await synced()
    const failed = await one(runId, `outcome = 'failed'`)

    const page = await visitor.get(`/people/${failed.crew}`)

    expect(page.text)
      .to.include('失敗')
      .and.include(failed.reason ?? 'no reason')
  })

  it('finds who was written into SmartHR by the record that was made there', async () => {
    const { visitor, runId } = await synced(TO_SMARTHR)
    const [made] = await query<{ crew: string; name: string }>(
      `select target_id as crew, name from run_items where run_id = $1 and class = 'new' and outcome = 'succeeded' limit 1`,
      [runId],
    )

    const page = await visitor.get(`/people/${made?.crew}`)

    expect(page.text)
      .to.include(made?.name ?? 'nobody')
      .and.include('新規登録')
      .and.include('登録した項目')
  })

  it('shows of long numbers the end alone, until they are asked for', async () => {
    const { visitor, runId } = await synced()
    const somebody = await one(runId, `outcome = 'succeeded' and class = 'changed'`)
    const [item] = await query<{ id: number; tenant_id: string }>('select id, tenant_id from run_items where id = $1', [
      somebody.id,
    ])
    const { sealer } = world.container
    const change = { field: 'bank-account-number', label: '口座番号', before: '1234567', after: '7654321' }
    const content = { set: {}, target: null, changes: [change], problems: [], notes: [] }
    const sealed = sealer.seal(
      JSON.stringify(content),
      `${item?.tenant_id}|run_items.sealed`,
      `${runId}|${somebody.crew}`,
    )
    await query('update run_items set sealed = $1 where id = $2', [sealed, somebody.id])

    const page = await visitor.get(`/people/${somebody.crew}`)

    const [brief = '', whole = ''] = page.html.split('番号の全桁')
    expect(brief).to.include('…4321').and.not.include('7654321')
    expect(whole).to.include('7654321')
  })

  it('is not there for another company, for an id of nobody, and for what is no person', async () => {
    const { visitor, runId } = await synced()
    const { crew } = await one(runId, `outcome = 'succeeded'`)
    const theirs = await world.signedIn('taro@aozora.example')

    for (const path of [`/people/${crew}`, `/people/${crew}/story.csv`, `/people/${crew}/story.xlsx`])
      expect((await theirs.get(path)).status, path).to.equal(404)
    expect((await theirs.get(`/people?q=${crew}`)).text).to.include('該当する従業員はいません')
    for (const id of ['1', '..', 'x'.repeat(500), '%00', "a'b", '0d9a3c1e-6f7b-4a52-9d0e-3b1f5c7a9e11'])
      expect((await visitor.get(`/people/${encodeURIComponent(id)}/story.csv`)).status, id).to.equal(404)
    // the person's record in freee is no id of SmartHR
    const [link] = await query<{ service_id: string }>('select service_id from links where smarthr_id = $1', [crew])
    expect((await visitor.get(`/people/${link?.service_id}`)).status).to.equal(404)
    const opened = await query(`select from audit_events where act in ('person.viewed', 'export.person')`)
    expect(opened, 'who found nobody has opened nothing').to.have.length(0)
  })

  it('is told of in 操作履歴, the page and the file', async () => {
    const { visitor, runId } = await synced()
    const { crew, name } = await one(runId, `outcome = 'succeeded' and name <> '${ADMIN_NAME}'`)
    await visitor.get(`/people/${crew}`)
    await visitor.get(`/people/${crew}/story.csv`)

    const page = await visitor.get('/audit')

    expect(page.text)
      .to.include('従業員の記録を表示')
      .and.include('従業員の記録を出力')
      .and.include(`SmartHRの従業員ID：${crew}`)
      .and.include('従業員の記録（CSV、UTF-8）')
    expect(page.text, 'no value of anybody').not.to.include(name)
  })

  it('keeps the names of fields alone once the values are due, and says so', async () => {
    const { visitor, runId } = await synced()
    const somebody = await one(runId, `outcome = 'succeeded' and class = 'changed' and name <> '${ADMIN_NAME}'`)
    const before = await visitor.get(`/people/${somebody.crew}`)
    const values = [...before.html.matchAll(/<(?:ins|del)>(.*?)<\/(?:ins|del)>/g)]
      .map(([, value = '']) => value)
      .filter(value => value !== '（空白）' && value.length > 4)
    expect(values).not.to.have.length(0)

    await forgetAll()

    const page = await visitor.get(`/people/${somebody.crew}`)
    const csv = (await fetched(visitor, `/people/${somebody.crew}/story.csv`)).bytes.toString()
    const [label = ''] = /<p>変更した項目：(.*?)<\/p>/.exec(page.html)?.slice(1) ?? []
    expect(page.status).to.equal(200)
    expect(page.text).to.include('保存期間が過ぎたため').and.include('成功').and.include(ADMIN_NAME)
    expect(label.split('、')).to.have.length(somebody.fields.length)
    for (const text of [page.text, csv]) {
      expect(text).not.to.include(somebody.name)
      for (const value of values) expect(text).not.to.include(value)
    }
    expect(page.html).not.to.include('<ins>').and.not.include('<del>')
    expect(csv).to.include(label.split('、')[0] ?? 'no field')
  })

  it('turns its pages without losing or repeating a run', async () => {
    const { visitor, runId } = await synced()
    const { id, crew } = await one(runId, `outcome = 'succeeded'`)
    await query(
      `insert into run_outcomes (tenant_id, run_id, id, class, source_id, target_id, outcome, reason, applied_at)
       select tenant_id, run_id, 1000000 + n, 'changed', source_id, target_id, 'failed', 'no ' || n,
         applied_at - make_interval(secs => n / 2) from run_items, generate_series(1, 45) n where id = $1`,
      [id],
    )
    await query(
      `insert into pair_changes (tenant_id, connector, account_id, smarthr_id, at, before_id, after_id)
       select tenant_id, 'freee', '1', $2, applied_at - make_interval(secs => n), 'of ' || n, 'to ' || n
       from run_items, generate_series(0, 24) n where id = $1`,
      [id, crew],
    )
    const seen: string[] = []
    const pairs: string[] = []
    await visitor.get(`/people/${crew}`)
    for (let pages = 1; ; pages += 1) {
      seen.push(...[...visitor.page().html.matchAll(/<p>no (\d+)<\/p>/g)].map(([, n = '']) => n))
      pairs.push(...[...visitor.page().html.matchAll(/of (\d+) → to/g)].map(([, n = '']) => n))
      const next = /href="([^"]+)">次へ</.exec(visitor.page().html)?.[1]
      if (!next) {
        expect(pages).to.equal(3)
        break
      }
      await visitor.get(next.replaceAll('&amp;', '&'))
    }
    expect(seen.map(Number).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 45 }, (_, n) => n + 1))
    expect(pairs.map(Number), 'pairs stand once, in the order of time').to.deep.equal(
      Array.from({ length: 25 }, (_, n) => n),
    )
  })

  it('is a file for spreadsheets with whole values, in both encodings and as a workbook', async () => {
    const { visitor, runId } = await synced()
    const somebody = await one(runId, `outcome = 'succeeded' and class = 'changed'`)
    const path = `/people/${somebody.crew}/story`
    const utf8 = await fetched(visitor, `${path}.csv`)
    const sjis = await fetched(visitor, `${path}.csv?encoding=sjis`)
    const book = await fetched(visitor, `${path}.xlsx`)

    expect(utf8.bytes.subarray(0, 3)).to.deep.equal(Buffer.from([0xef, 0xbb, 0xbf]))
    const rows = parse(utf8.bytes, { bom: true }) as string[][]
    const [header = [], link = [], ...fields] = rows
    expect(header).to.include.members(['日時', '連携サービス', '項目', '変更前', '変更後', '理由', '同期ID'])
    expect(link.join()).to.include('紐付け中')
    expect(fields).to.have.length(somebody.fields.length)
    for (const row of fields) {
      expect(row).to.have.length(header.length)
      expect(row).to.include.members([somebody.key, somebody.name, '成功', '差分あり', runId, ADMIN_NAME])
    }
    expect((parse(iconv.decode(sjis.bytes, 'cp932')) as string[][]).map(row => row.length)).to.deep.equal(
      rows.map(row => row.length),
    )
    const list = listOf(book.bytes, '同期ID')
    expect(list.facts.get('SmartHRの従業員ID')).to.equal(somebody.crew)
    expect(list.rows.map(row => row['変更後'])).to.deep.equal(rows.slice(1).map(row => row[header.indexOf('変更後')]))
  })

  it('turns what a spreadsheet would calculate into text', async () => {
    const { visitor, runId } = await synced()
    const { id, crew } = await one(runId, `outcome = 'succeeded'`)
    await query(`update run_items set name = '=1+1' where id = $1`, [id])

    const { bytes } = await fetched(visitor, `/people/${crew}/story.csv`)

    expect(bytes.toString()).to.include(`"'=1+1"`).and.not.include('"=1+1"')
  })

  describe('its search', () => {
    it('finds people by a part of their name or number, each once, and leads to their record', async () => {
      const { visitor, runId } = await synced()
      await toSelection(visitor, TO_SMARTHR)
      const somebody = await one(runId, `outcome = 'succeeded' and class = 'changed'`)
      await visitor.get('/freee')
      expect(visitor.page().html, 'the menu leads there').to.include('href="/people"')
      await visitor.get('/people')
      const byName = await visitor.press('検索', { q: somebody.name.replace(/\s/, '') })
      expect(byName.html.split(`href="/people/${somebody.crew}"`)).to.have.length(2)
      const byKey = await visitor.get(`/people?q=${somebody.key}`)
      expect(byKey.html).to.include(`href="/people/${somebody.crew}"`)
      const byId = await visitor.get(`/people?q=${somebody.crew}`)
      expect(byId.html).to.include(`href="/people/${somebody.crew}"`)
      const nobody = await visitor.get('/people?q=そんな人はいない')
      expect(nobody.text).to.include('該当する従業員はいません').and.include('SmartHRの従業員ID')
    })

    it('finds whoever is in no new plan by the whole number, and forgotten people by no name', async () => {
      const { visitor, runId } = await synced()
      const somebody = await one(runId, `outcome = 'succeeded' and class = 'changed'`)
      const later = await toSelection(visitor, TO_FREEE)
      await query('delete from run_items where run_id = $1 and source_id = $2', [later, somebody.crew])

      expect((await visitor.get(`/people?q=${somebody.key}`)).html).to.include(`href="/people/${somebody.crew}"`)
      expect((await visitor.get(`/people?q=${encodeURIComponent(somebody.name)}`)).html).not.to.include(
        `href="/people/${somebody.crew}"`,
      )
      await query('delete from run_items where run_id = $1', [later])
      await forgetAll()
      expect((await visitor.get(`/people?q=${somebody.key}`)).text).to.include('該当する従業員はいません')
      expect((await visitor.get(`/people/${somebody.crew}`)).status).to.equal(200)
    })
  })
})
