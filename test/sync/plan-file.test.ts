import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { reportOf } from '../helpers/waiting.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'
import { ADMIN_NAME, useWorld } from '../helpers/world.js'
import { cellsOf, listOf } from '../helpers/spreadsheet.js'
import type { Visitor } from '../helpers/visitor.js'

const FLOW = 'employees-from-smarthr'

/** Somebody whose name a spreadsheet would calculate, and one whose sign CP932 lacks. */
const PEOPLE = [
  { emp_code: '000001', last_name: '=cmd|calc', first_name: '一郎', entered_at: '2020-04-01' },
  { emp_code: '000002', last_name: '𠮟', first_name: '〜子', entered_at: '2020-04-01' },
  { emp_code: '000003', last_name: '髙﨑', first_name: '三郎', entered_at: '2020-04-01' },
]

describe('the plan as a file', () => {
  const world = useWorld({ limitsOff: ['smarthr', 'freee'] })

  const fetched = async (visitor: Visitor, path: string) => {
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(world.appUrl + path, { headers: { cookie }, redirect: 'manual' })
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
  }
  const query = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await world.container.ownerPool.query<Row>(sql, values)).rows
  const csvOf = (bytes: Buffer) => parse<Record<string, string>>(bytes, { bom: true, columns: true })
  const planned = async (people?: readonly object[]) => {
    const visitor = await world.connected()
    if (people) await world.control('POST', '/people', { service: 'smarthr', people })
    return { visitor, runId: await toSelection(visitor, FLOW) }
  }

  it('has one row per person and field before 同期, under when it was read, for which day and by whom', async () => {
    const { visitor, runId } = await planned()
    const { headers, bytes } = await fetched(visitor, `/runs/${runId}/plan.xlsx`)
    const { facts, rows } = listOf(bytes, '変更前')

    const people = await query<{ key: string; class: string; fields: string[] }>(
      'select key, class, changed_fields as fields from run_items where run_id = $1 order by key, id',
      [runId],
    )
    const lines = people.flatMap(({ key, fields }) => Array.from({ length: fields.length || 1 }, () => key))
    expect(rows.map(row => row['社員番号'])).to.deep.equal(lines)
    expect(lines.filter(key => key.startsWith('00')).length).to.be.greaterThan(3)
    expect(new Set(cellsOf(bytes).flatMap(row => row.flatMap(({ type }) => (type ? [type] : []))))).to.deep.equal(
      new Set(['inlineStr']),
    )
    const [run] = await query<{ date: string; at: string }>(
      `select to_char(reference_date, 'YYYY/MM/DD') as date,
         to_char(fetched_at at time zone 'Asia/Tokyo', 'YYYY/MM/DD HH24:MI') as at from runs where id = $1`,
      [runId],
    )
    expect(facts.get('取得日時')).to.equal(run?.at)
    expect(facts.get('基準日')).to.equal(run?.date)
    expect(facts.get('実行者')).to.equal(ADMIN_NAME)
    expect(headers.get('cache-control')).to.equal('no-store')
    expect(decodeURIComponent(headers.get('content-disposition') ?? '')).to.match(/_差分一覧_\d{12}\.xlsx/)

    const changed = rows.find(row => row['変更差分'] === '差分あり')
    expect(changed?.['項目']).to.not.equal('')
    expect(changed?.['変更前']).to.not.equal(changed?.['変更後'])
    expect(rows.find(row => row['変更差分'] === '差分なし')).to.include({ 項目: '', 変更前: '', 変更後: '' })
    const failing = rows.filter(row => row['社員番号'] === '001030')
    expect(failing.map(row => row['備考']).join()).to.include('入社日を入力してください。')
  })

  it('is the same list as CSV in both encodings, with names neutral and lost signs told of', async () => {
    const { visitor, runId } = await planned(PEOPLE)
    const excel = listOf((await fetched(visitor, `/runs/${runId}/plan.xlsx`)).bytes, '変更前').rows
    const utf8 = await fetched(visitor, `/runs/${runId}/plan.csv`)
    const sjis = await fetched(visitor, `/runs/${runId}/plan.csv?encoding=sjis`)

    expect([...utf8.bytes.subarray(0, 3)]).to.deep.equal([0xef, 0xbb, 0xbf])
    const rows = csvOf(utf8.bytes)
    expect(rows.length).to.be.greaterThan(3)
    expect(rows.map(row => row['項目'])).to.deep.equal(excel.map(row => row['項目']))
    expect(excel.map(row => row['氏名'])).to.include('=cmd|calc 一郎')
    expect(new Set(rows.map(row => row['氏名'])))
      .to.include("'=cmd|calc 一郎")
      .and.include('𠮟 〜子')
    expect(rows[0]?.['社員番号']).to.equal('000001')
    const japanese = csvOf(Buffer.from(iconv.decode(sjis.bytes, 'cp932')))
    expect(sjis.headers.get('content-type')).to.include('Shift_JIS')
    expect(new Set(japanese.map(row => row['氏名'])))
      .to.include('? ～子')
      .and.include('髙﨑 三郎')
    const [last] = japanese.slice(-1)
    expect(Object.values(last ?? {}).join())
      .to.include('注意')
      .and.include('Shift_JISで表せない')
  })

  it('is narrowed as the page is, in the same order, and says so', async () => {
    const { visitor, runId } = await planned()
    const page = await visitor.get(`/runs/${runId}/select?class=changed&sort=kana`)
    const links = [...page.html.matchAll(/href="(\/runs\/[^"]+\/plan\.[^"]+)"/g)].map(([, href = '']) =>
      href.replaceAll('&amp;', '&'),
    )
    expect(links).to.have.length(3)
    const shown = [...page.html.matchAll(/class="key">([^<]+)</g)].map(([, key]) => key)
    for (const link of links.slice(0, 1)) {
      const { facts, rows } = listOf((await fetched(visitor, link)).bytes, '変更前')
      expect([...new Set(rows.map(row => row['社員番号']))]).to.deep.equal(shown)
      expect(facts.get('絞り込み')).to.equal('差分あり')
    }
    const [key = ''] = shown
    const found = csvOf((await fetched(visitor, `/runs/${runId}/plan.csv?q=${key}`)).bytes)
    expect([...new Set(found.map(row => row['社員番号']))]).to.deep.equal([key])
    const none = csvOf((await fetched(visitor, `/runs/${runId}/plan.csv?q=nobody-at-all`)).bytes)
    expect(none).to.deep.equal([])
  })

  it('is told in 操作履歴 with who took it, and without what was searched for', async () => {
    const { visitor, runId } = await planned()
    await fetched(visitor, `/runs/${runId}/plan.xlsx`)
    await fetched(visitor, `/runs/${runId}/plan.csv?q=${encodeURIComponent('山田')}&class=new&encoding=sjis`)

    const told = await query<{ admin_name: string; details: object }>(
      `select admin_name, details from audit_events where act = 'export.plan' and run_id = $1 order by id`,
      [runId],
    )
    const [all] = await query<{ n: number }>('select count(*)::int as n from run_items where run_id = $1', [runId])
    expect(told.map(({ details }) => details)).to.deep.equal([
      { file: '差分一覧（Excel）', narrowed: [], rows: all?.n },
      { file: '差分一覧（CSV、Shift_JIS）', narrowed: ['検索', '新規登録'] },
    ])
    expect(told[0]?.admin_name).to.equal(ADMIN_NAME)
    expect((await visitor.get('/audit')).text).to.include('差分一覧（Excel）')
  })

  it('is there after 同期 as it was before, from the report, until its people are forgotten', async () => {
    const { visitor, runId } = await planned()
    const before = csvOf((await fetched(visitor, `/runs/${runId}/plan.csv`)).bytes)
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    expect(report.html).to.include(`/runs/${runId}/plan.xlsx`)
    expect(csvOf((await fetched(visitor, `/runs/${runId}/plan.csv`)).bytes)).to.deep.equal(before)

    await query(`update runs set ended_at = now() - interval '40 days' where id = $1`, [runId])
    await world.container.housekeeping()
    const late = await fetched(visitor, `/runs/${runId}/plan.csv`)
    expect(late.status).to.equal(409)
    expect(late.bytes.toString()).to.include('保存期間が過ぎています').and.include('ダウンロードしてください')
    expect((await visitor.get(`/runs/${runId}`)).html).not.to.include('plan.xlsx')
  })

  it('is refused in words while nothing was fetched, and not known to another company', async () => {
    const { visitor, runId } = await planned()
    const taro = await world.signedIn('taro@aozora.example')
    expect((await fetched(taro, `/runs/${runId}/plan.xlsx`)).status).to.equal(404)
    expect((await fetched(taro, `/runs/${runId}/plan.csv`)).status).to.equal(404)

    await query(`update runs set state = 'fetching' where id = $1`, [runId])
    const early = await fetched(visitor, `/runs/${runId}/plan.xlsx`)
    await query(`update runs set state = 'cancelled' where id = $1`, [runId])
    expect(early.status).to.equal(409)
    expect(early.bytes.toString()).to.include('取得中')
  })

  it('says on a page, before it begins, that a key is missing for somebody in it', async () => {
    const { visitor, runId } = await planned()
    await query(
      `update run_items set sealed = replace(sealed, 'v2.k1.', 'v2.gone.')
       where id = (select max(id) from run_items where run_id = $1) and run_id = $1`,
      [runId],
    )
    const { status, headers, bytes } = await fetched(visitor, `/runs/${runId}/plan.xlsx`)

    expect(status).to.equal(500)
    expect(headers.get('content-type')).to.include('text/html')
    expect(bytes.toString()).to.include('保存した情報を開けません')
    expect(await query(`select from audit_events where act = 'export.plan'`)).to.have.length(0)
  })

  it('breaks off where the plan is made anew in the middle of it', async () => {
    const { visitor, runId } = await planned()
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    // A long list: what of it is under way does not fit between the two ends of the line.
    await query(
      `insert into run_items (tenant_id, run_id, class, source_id, key, name, kana, department, excluded_reason)
         select tenant_id, id, 'excluded', 'x' || n, lpad(n::text, 7, '0'), '', '', '', repeat('長', 2000)
           from runs, generate_series(1, 4000) as n where id = $1`,
      [runId],
    )
    const answer = await fetch(`${world.appUrl}/runs/${runId}/plan.csv`, { headers: { cookie } })
    const reader = answer.body?.getReader()
    await reader?.read()
    await query('update runs set revision = revision + 1 where id = $1', [runId])
    const rest = async () => {
      while (!(await reader?.read())?.done);
    }

    expect(
      await rest().then(
        () => 'whole',
        () => 'cut short',
      ),
    ).to.equal('cut short')
  })
})
