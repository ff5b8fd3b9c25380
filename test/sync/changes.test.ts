import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { listOf } from '../helpers/spreadsheet.js'
import { toDialog } from '../helpers/payslips.js'
import { reportOf } from '../helpers/waiting.js'
import { countAsked, syncEverybody, toSelection } from '../helpers/walking.js'
import { ADMIN_NAME, useWorld } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'

/** The middle of a month: the first of it lies before, and the days of a test around it. */
const AT = '2026-11-20T12:00:00+09:00'
const TO_FREEE = 'employees-from-smarthr'

describe('変更者一覧', () => {
  const world = useWorld({ at: AT, limitsOff: ['smarthr', 'freee'] })

  const fetched = async (visitor: Visitor, path: string) => {
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(world.appUrl + path, { headers: { cookie } })
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
  }
  const query = async <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await world.container.ownerPool.query<Row>(sql, values)).rows

  /** Everybody has been synchronised, some of whom the seed makes fail. */
  const synced = async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, TO_FREEE)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    return { visitor, runId }
  }
  /** The rows of the page at hand: the cells of a field, or of somebody new the record behind its title. */
  const rowsOn = (visitor: Visitor) =>
    (/<tbody>(.*)<\/tbody>/s.exec(visitor.page().html)?.[1] ?? '')
      .split('<tr>')
      .slice(1)
      .map(row => {
        const [at = '', key = '', name = '', ...rest] = [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(
          ([, cell = '']) => withoutTags(cell),
        )
        const fields = [...row.matchAll(/<li>(.*?)<\/li>/gs)].map(([, line = '']) => withoutTags(line).split('：'))
        const record = /<summary>(.*?)<\/summary>/s.exec(row)?.[1]
        return record === undefined
          ? { at, key, name, record: null, fields: [[rest[0] ?? '', rest[2] ?? '']], by: rest[3] ?? '' }
          : { at, key, name, record, fields, by: rest[1] ?? '' }
      })
  const withoutTags = (html: string) =>
    html
      .replace(/<span class="beside">.*?<\/span>/g, '')
      .replace(/<[^>]+>/g, '')
      .trim()
  /** The rows of every page, each of them no longer than it may be. */
  const everyRow = async (visitor: Visitor, path: string) => {
    const seen: ReturnType<typeof rowsOn> = []
    for (let next = path; next !== '';) {
      const { html } = await visitor.get(next)
      const rows = rowsOn(visitor)
      expect(rows.length).to.be.at.most(50)
      seen.push(...rows)
      next = (/href="([^"]*)">次へ/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&')
    }
    return seen
  }
  /** Everybody of a run, the newest first. */
  const peopleOf = (runId: string) =>
    query<{ key: string; class: string; fields: string[]; outcome: string }>(
      'select key, class, changed_fields as fields, outcome from run_items where run_id = $1 order by id desc',
      [runId],
    )
  const moved = (runId: string, days: number) =>
    query(
      `with moved as (update run_items set applied_at = applied_at - make_interval(days => $2) where run_id = $1)
       update runs set started_at = started_at - make_interval(days => $2), queued_at = queued_at - make_interval(days => $2),
         created_at = created_at - make_interval(days => $2), ended_at = ended_at - make_interval(days => $2) where id = $1`,
      [runId, days],
    )

  it('says unasked who was changed in what since the first of the month, and leads to the run', async () => {
    const { visitor, runId } = await synced()
    await visitor.get('/freee')
    expect(visitor.page().html).to.include('href="/freee/changes"')
    const page = await visitor.get('/freee/changes')

    expect(page.html)
      .to.match(/name="from"[^>]*value="2026-11-01"/)
      .and.match(/name="to"[^>]*value="2026-11-20"/)
    const people = await peopleOf(runId)
    const written = people.filter(({ outcome }) => outcome === 'succeeded')
    const expected = written.flatMap(({ key, fields, class: of }) => (of === 'new' ? [key] : fields.map(() => key)))
    expect(expected.length).to.be.greaterThan(20)
    const rows = rowsOn(visitor)
    expect(rows.map(({ key }) => key)).to.deep.equal(expected.slice(0, 50))
    expect(rows[0]?.at).to.match(/^2026\/11\/20 12:\d\d$/)
    expect(rows.every(({ by }) => by === ADMIN_NAME)).to.equal(true)
    expect(page.html).to.include(`href="/runs/${runId}"`)
    const failed = people.filter(({ outcome }) => outcome === 'failed').map(({ key }) => key)
    expect(failed.length).to.be.greaterThan(0)
    expect(rows.filter(({ key }) => failed.includes(key))).to.deep.equal([])
  })

  it('shows somebody who was registered as one row, with the whole record behind it', async () => {
    const { visitor, runId } = await synced()
    const whole = listOf((await fetched(visitor, '/freee/changes.xlsx')).bytes, '変更前').rows
    const [person] = (await peopleOf(runId)).filter(({ outcome, class: of }) => outcome === 'succeeded' && of === 'new')
    const rows = (await everyRow(visitor, '/freee/changes')).filter(({ key }) => key === person?.key)
    const theirs = whole.filter(row => row['社員番号'] === person?.key)

    expect(theirs.length).to.be.greaterThan(10)
    expect(rows.map(({ record }) => record)).to.deep.equal([`新規登録（${theirs.length}項目）`])
    expect(rows[0]?.fields.map(([label]) => label)).to.deep.equal(theirs.map(row => row['項目']))
    expect(new Set(theirs.map(row => row['種類']))).to.deep.equal(new Set(['新規登録']))
    // The number they are told apart by is no secret.
    const number = rows[0]?.fields.find(([label]) => label === '社員番号')
    expect(number).to.deep.equal(['社員番号', person?.key])
  })

  it('shows the changed or the new alone, page by page, and all of them in the file', async () => {
    const { visitor, runId } = await synced()
    const written = (await peopleOf(runId)).filter(({ outcome }) => outcome === 'succeeded')
    const keysOf = (of: string) => written.filter(person => person.class === of).map(({ key }) => key)
    expect(keysOf('changed').length).to.be.greaterThan(3)
    expect(keysOf('new').length).to.be.greaterThan(3)

    const changed = await everyRow(visitor, '/freee/changes?of=changed')
    expect([...new Set(changed.map(({ key }) => key))]).to.deep.equal(keysOf('changed'))
    expect(changed.every(({ record }) => record === null)).to.equal(true)
    expect(visitor.page().html)
      .to.match(/<option value="changed" selected>/)
      .and.include(`すべて（${written.length}件）`)
      .and.include(`更新のみ（${keysOf('changed').length}件）`)
      .and.include(`新規登録・取り込みのみ（${keysOf('new').length}件）`)
    const registered = await everyRow(visitor, '/freee/changes?of=new')
    expect(registered.map(({ key }) => key)).to.deep.equal(keysOf('new'))
    expect((await everyRow(visitor, '/freee/changes?of=nonsense')).length).to.equal(changed.length + registered.length)

    const { rows } = listOf((await fetched(visitor, '/freee/changes.xlsx?of=changed')).bytes, '変更前')
    expect([...new Set(rows.map(row => row['社員番号']))]).to.deep.equal(written.map(({ key }) => key))
  })

  it('holds in its files what was written, whole and with every zero, in each form', async () => {
    const { visitor, runId } = await synced()
    const { facts, rows } = listOf((await fetched(visitor, '/freee/changes.xlsx')).bytes, '変更前')
    const utf8 = await fetched(visitor, '/freee/changes.csv')
    const sjis = await fetched(visitor, '/freee/changes.csv?encoding=sjis')

    const lines = parse<Record<string, string>>(utf8.bytes, { bom: true, columns: true })
    const japanese = parse<Record<string, string>>(iconv.decode(sjis.bytes, 'cp932'), { columns: true })
    expect(rows.length).to.be.greaterThan(20)
    expect(lines.map(row => [row['社員番号'], row['項目']])).to.deep.equal(
      rows.map(row => [row['社員番号'], row['項目']]),
    )
    expect(japanese.slice(0, rows.length).map(row => row['項目'])).to.deep.equal(rows.map(row => row['項目']))
    expect(facts.get('期間')).to.equal('2026/11/01〜2026/11/20')
    expect(rows.filter(row => row['社員番号']?.startsWith('00')).length).to.be.greaterThan(10)
    expect(rows.every(row => row['実行者'] === ADMIN_NAME && row['同期ID'] === runId)).to.equal(true)
    const written = (await world.control('GET', '/state?service=freee')) as {
      companies: { employees: { num: string; payroll: object }[] }[]
    }
    const surname = rows.find(row => row['項目'] === '姓')
    const theirs = written.companies[0]?.employees.find(({ num }) => num === surname?.['社員番号'])
    expect(JSON.stringify(theirs)).to.include(`"${surname?.['変更後']}"`)
    expect(decodeURIComponent(utf8.headers.get('content-disposition') ?? '')).to.include('変更者一覧_20261101-20261120')
    expect(utf8.headers.get('cache-control')).to.equal('no-store')

    const told = await query<{ details: object; connector: string }>(
      `select details, connector from audit_events where act = 'export.changes' order by id`,
    )
    expect(told.map(({ details }) => details)[0]).to.deep.equal({
      file: '変更者一覧（Excel）',
      from: '2026-11-01',
      until: '2026-11-20',
    })
    expect(told).to.have.length(3)
  })

  it('shows of a sensitive number its end, and in the file all of it', async () => {
    const { visitor, runId } = await synced()
    const whole = listOf((await fetched(visitor, '/freee/changes.xlsx')).bytes, '変更前').rows
    const number = whole.find(row => /^\d{7,}$/.test(row['変更後'] ?? '') && /番号/.test(row['項目'] ?? ''))
    expect(number, `a number among ${runId}'s`).to.not.equal(undefined)
    const seen = (await everyRow(visitor, '/freee/changes')).flatMap(({ key, fields }) =>
      fields.map(([label = '', after = '']) => ({ key, label, after })),
    )
    const shown = seen.find(({ key, label }) => key === number?.['社員番号'] && label === number?.['項目'])
    expect(shown?.after).to.equal(`…${String(number?.['変更後']).slice(-4)}`)
    expect(
      seen.map(({ key, label }) => [key, label]),
      'no row lost or twice over the pages',
    ).to.deep.equal(whole.map(row => [row['社員番号'], row['項目']]))
  })

  it('goes from the first to the last day asked for, the newest run first', async () => {
    const { visitor, runId } = await synced()
    await world.control('POST', '/populate', { service: 'smarthr', employees: 5, overlap: 1, differing: 1, seed: 9 })
    await moved(runId, 15)
    const later = await toSelection(visitor, TO_FREEE)
    await syncEverybody(visitor)
    await reportOf(visitor, later)

    const runsOf = async (path: string) => {
      const { rows } = listOf((await fetched(visitor, `/freee/changes.xlsx${path}`)).bytes, '変更前')
      return [...new Set(rows.map(row => row['同期ID']))]
    }
    expect(await runsOf('?from=2026-11-05&to=2026-11-20')).to.deep.equal([later, runId])
    expect(await runsOf('?from=2026-11-06&to=2026-11-20')).to.deep.equal([later])
    expect(await runsOf('?from=2026-11-05&to=2026-11-05')).to.deep.equal([runId])
    expect(await runsOf('?from=2026-11-06&to=2026-11-19')).to.deep.equal([])
    await visitor.get('/freee/changes?from=2026-11-06&to=2026-11-19')
    expect(visitor.page().text).to.include('登録・変更された従業員はいません。期間を変更するか')
  })

  it('refuses days that are none, turned round or too far apart in words, and keeps what was typed', async () => {
    const visitor = await world.connected()
    for (const [query, sentence, typed] of [
      ['from=2026-02-30&to=2026-11-20', '開始日が正しくありません。', '2026-02-30'],
      ['from=<b>&to=2026-11-20', '開始日が正しくありません。', '&lt;b&gt;'],
      ['from=2026-11-20&to=2026-11-19', '終了日は、開始日以降の日付を指定してください。', '2026-11-19'],
      ['from=2025-10-19&to=2026-11-20', '期間が長すぎるため、表示できません。', '2025-10-19'],
      ['from=&to=2026-11-20', '開始日が入力されていません。', '2026-11-20'],
    ] as const) {
      for (const ending of ['', '.xlsx', '.csv']) {
        const page = await visitor.get(`/freee/changes${ending}?${query}`)
        expect(page.status, query).to.equal(422)
        expect(page.text, query).to.include(sentence)
        expect(page.html, query).to.include(`value="${typed}"`)
      }
    }
    expect((await visitor.get('/freee/changes?from=2025-10-20&to=2026-11-20')).status).to.equal(200)
    expect((await visitor.get('/freee/changes?from=２０２６/11/01')).status).to.equal(200)
    expect((await visitor.get('/freee/changes?at=nonsense')).status).to.equal(200)
    expect((await visitor.get('/nowhere/changes')).status).to.equal(404)
  })

  it('keeps the fields and no people of a run that is forgotten, and says so', async () => {
    const { visitor, runId } = await synced()
    const before = listOf((await fetched(visitor, '/freee/changes.xlsx')).bytes, '変更前').rows
    await moved(runId, 40)
    await world.container.housekeeping()

    const path = '?from=2026-10-01&to=2026-11-20'
    const page = await visitor.get(`/freee/changes${path}`)
    expect(page.text).to.include('保存期間が過ぎたため、変更した項目だけを表示しています。')
    const { rows, facts } = listOf((await fetched(visitor, `/freee/changes.xlsx${path}`)).bytes, '変更前')
    expect(rows.map(row => row['項目'])).to.deep.equal(before.map(row => row['項目']))
    expect(rows.map(row => row['実行者'])).to.deep.equal(before.map(() => ADMIN_NAME))
    for (const name of ['社員番号', '氏名', '変更前', '変更後'])
      expect(new Set(rows.map(row => row[name])), name).to.deep.equal(new Set(['']))
    expect(facts.get('注意')).to.include('保存期間')
    const [person] = before
    expect(page.html).not.to.include(person?.['氏名'])
  })

  it('begins behind the last payroll that was closed, where one was imported', async () => {
    const visitor = await world.connected()
    const runId = await toDialog(visitor, '2026-10', ['001002', '001003'])
    await visitor.press('取り込み', countAsked(visitor))
    await reportOf(visitor, runId)
    const page = await visitor.get('/freee/changes')
    const [close] = await query<{ day: string }>(
      `select group_key->>'給与計算締日' as day from run_items where run_id = $1 and selected limit 1`,
      [runId],
    )
    expect(page.text).to.include(`最後に取り込んだ給与の締め日（${close?.day}）の翌日です`)
    const next = new Date(Date.parse(`${close?.day.replaceAll('/', '-')}T00:00:00Z`) + 86_400_000)
    expect(page.html).to.match(new RegExp(`name="from"[^>]*value="${next.toISOString().slice(0, 10)}"`))
  })

  it('shows another company nothing of ours', async () => {
    await synced()
    const taro = await world.signedIn('taro@aozora.example')
    const page = await taro.get('/freee/changes')
    expect(page.status).to.equal(200)
    expect(page.text).to.include('登録・変更された従業員はいません')
    expect(listOf((await fetched(taro, '/freee/changes.xlsx')).bytes, '変更前').rows).to.deep.equal([])
  })
})
