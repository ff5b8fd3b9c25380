import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { loadConfig } from '../../server/config.js'
import { createContainer } from '../../server/container.js'
import { createLogger } from '../../server/platform/logger.js'
import { fileOf } from '../../server/runs/run-file.js'
import { aCrew } from '../helpers/attendance.js'
import { tablesWith } from '../helpers/dump.js'
import type { Visitor } from '../helpers/visitor.js'
import { eventually, reportOf, whenRead } from '../helpers/waiting.js'
import { countAsked, everybodyOf, syncEverybody } from '../helpers/walking.js'
import { useWorld } from '../helpers/world.js'

const START = '/csv/runs/new?flow=employees-to-smarthr'
const HEAD =
  '社員番号,姓,名,姓カナ,名カナ,生年月日,性別,入社日,退職日,メールアドレス,電話番号,郵便番号,都道府県,市区町村,丁目・番地'

type Json = Readonly<Record<string, unknown>>

/** Where it is said that rows of the file are not written. */
const LEFT = '対象外 7名は、ファイルの内容に問題があるため、同期しません。'

const sheet = (...rows: readonly string[]) => [HEAD, ...rows].join('\r\n')

describe('CSVファイル', () => {
  const world = useWorld({ limitsOff: ['smarthr'] })
  const staff = (...crews: readonly Json[]) => world.control('PUT', '/switches', { service: 'smarthr', crews })
  const rows = async (table: string) =>
    (await world.container.ownerPool.query<Record<string, unknown>>(`select * from ${table}`)).rows
  const writes = async () =>
    (await world.calls('smarthr'))
      .filter(({ method, path }) => ['POST', 'PATCH', 'PUT'].includes(method) && path.includes('/crews'))
      .map(({ method, body }) => ({ method, body }))

  /** Chooses a file and stands at its columns. */
  const choose = async (visitor: Visitor, bytes: string | Buffer) => {
    await visitor.get(START)
    return visitor.send('次へ', { bytes })
  }
  const runOf = (visitor: Visitor) => /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''

  /** … and goes on to the selection. */
  const toSelection = async (visitor: Visitor, bytes: string | Buffer, columns = {}) => {
    await choose(visitor, bytes)
    await visitor.press('次へ', columns)
    const runId = runOf(visitor)
    await whenRead(visitor, runId)
    expect(visitor.page().url).to.match(/\/select(\?|$)/)
    await visitor.get(everybodyOf(runId))
    return runId
  }

  it('becomes what SmartHR says: new people are registered, others changed, and no one else is touched', async () => {
    await staff(aCrew('0001'), aCrew('0002', { email: 'old@midori.example' }), aCrew('0003'))
    const visitor = await world.connected('csv')
    const runId = await toSelection(
      visitor,
      iconv.encode(
        sheet(
          '0001,相沢,みお,アイザワ,ミオ,平成5年2月11日,女,H30.4.1,,,,,,,',
          '0002,相沢,みお,,,,,,,new@midori.example,03-1234-5678,100-0001,東京都,千代田区,千代田1-1',
          '0009,髙橋,一郎,ﾀｶﾊｼ,ｲﾁﾛｳ,昭和64年1月7日,男,令和8年11月1日,,,,,,,',
        ),
        'cp932',
      ),
    )
    expect(visitor.page().text)
      .to.include('3行目')
      .and.include('髙橋 一郎')
      .and.include('差分なし 0001')
      .and.include('差分あり 0002')
      .and.include('新規登録 0009')
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text).to.include('成功')
    expect(await writes()).to.have.deep.members([
      {
        method: 'PATCH',
        body: {
          email: 'new@midori.example',
          tel_number: '03-1234-5678',
          // SmartHR takes an address as a whole.
          address: {
            country_number: null,
            zip_code: '100-0001',
            pref: '東京都',
            city: '千代田区',
            street: '千代田1-1',
            building: null,
            literal_yomi: null,
          },
        },
      },
      {
        method: 'POST',
        body: {
          emp_code: '0009',
          last_name: '髙橋',
          first_name: '一郎',
          last_name_yomi: 'タカハシ',
          first_name_yomi: 'イチロウ',
          birth_at: '1989-01-07',
          gender: 'male',
          entered_at: '2026-11-01',
        },
      },
    ])
  })

  it('shows every row that can not be read with its number, cause and remedy, and writes the others', async () => {
    await staff(aCrew('0001'))
    const visitor = await world.connected('csv')
    const runId = await toSelection(
      visitor,
      sheet(
        '0001,相沢,みお,,,,,,,,090-1234-5678,,,,',
        '0002,鈴木,花子,,,1990/02/30,,,,,,,,,',
        '0003,佐藤',
        ',田中,次郎,,,,,,,,,,,,',
        '0004,高橋,三郎,,,,,,,=A1,,,,,',
        '0006,"渡\n辺",四郎,,,,,,,,,,,,',
        '0005,伊藤,五郎,,,,,,,,,,,,',
        '0005,伊藤,六郎,,,,,,,,,,,,',
      ),
    )
    const shown = visitor.page().text

    expect(shown)
      .to.include('3行目：「生年月日」を日付として読み取れません。')
      .and.include('4行目：列の数が見出しと合わないため')
      .and.include('5行目：社員番号が空欄です。')
      .and.include('6行目：「メールアドレス」に数式が入力されています。')
      .and.include('7行目：「姓」に改行が入っているため、値を特定できません。')
      .and.include('社員番号「0005」の従業員がCSVファイルに複数います')
    for (const name of ['鈴木 花子', '田中 次郎', '高橋 三郎', '伊藤 五郎', '伊藤 六郎']) expect(shown).to.include(name)
    await visitor.get(`/runs/${runId}/select`)
    expect(visitor.page().text).to.include('注意：対象外 7名')
    await visitor.press('select-page')
    await visitor.press('確認')
    expect(visitor.page().text).to.include(LEFT)
    await visitor.press('同期', countAsked(visitor))
    const report = await reportOf(visitor, runId)
    expect(report.text)
      .to.include(LEFT)
      .and.include('対象外の従業員（CSV、UTF-8）')
      .and.include('ファイルのすべての行（CSV、UTF-8）')
    expect(await writes()).to.deep.equal([{ method: 'PATCH', body: { tel_number: '090-1234-5678' } }])
  })

  it('has every row of the file in the report’s files: what became of it, or why it took no part', async () => {
    await staff(aCrew('0001'), aCrew('0002'), aCrew('0003'))
    const visitor = await world.connected('csv')
    const runId = await toSelection(
      visitor,
      sheet(
        '0001,相沢,みお,,,,,,,,090-1234-5678,,,,',
        '0002,相沢,みお,,,,,,,,,,,,',
        '0003,相沢,みお,,,,,,,,090-9999-9999,,,,',
        '0004,鈴木,花子,,,1990/02/30,,,,,,,,,',
        '0005,,五郎,,,,,,,,,,,,',
        '0006,伊藤,六郎,,,,,,,,,,,,',
        '0006,伊藤,七郎,,,,,,,,,,,,',
        '0007,𠮷田,八郎,,,,,,,,,,,,',
        ',田中,次郎,,,,,,,,,,,,',
      ),
    )
    const [row = ''] = visitor
      .page()
      .html.split('<tr>')
      .filter(html => html.includes('0001'))
    await visitor.press('確認', { id: /name="id" value="(\d+)"/.exec(row)?.[1] ?? '' })
    await visitor.press('同期', countAsked(visitor))
    await reportOf(visitor, runId)

    const read = async (query: string) => {
      const cookie = `renkei=${visitor.cookies.get('renkei')}`
      const answer = await fetch(`${world.appUrl}/runs/${runId}/errors.csv${query}`, { headers: { cookie } })
      const bytes = Buffer.from(await answer.arrayBuffer())
      const text = query.includes('sjis') ? iconv.decode(bytes, 'cp932') : bytes.toString()
      return parse<Record<string, string>>(text, { bom: true, columns: true }).map(row => [
        row['行'],
        row['社員番号'],
        row['結果'],
        row['理由'],
      ])
    }
    const out = [
      ['5行目', '0004', '対象外', /^5行目：「生年月日」を日付として読み取れません。/],
      ['6行目', '0005', '対象外', /^姓が登録されていません。/],
      ['7行目', '0006', '対象外', /^社員番号「0006」の従業員がCSVファイルに複数います/],
      ['8行目', '0006', '対象外', /^社員番号「0006」の従業員がCSVファイルに複数います/],
      ['10行目', '', '対象外', /^10行目：社員番号が空欄です。/],
    ] as const
    const all = await read('?all=1')
    expect(all.map(row => row.slice(0, 3))).to.have.deep.members([
      ['2行目', '0001', '成功'],
      ['3行目', '0002', '差分なし'],
      ['4行目', '0003', '未選択'],
      ['9行目', '0007', '未選択'],
      ...out.map(row => row.slice(0, 3)),
    ])
    const left = await read('')
    expect(left.length).to.equal(out.length)
    for (const rows of [all, left, await read('?encoding=sjis')])
      for (const [line, number, , why] of out)
        expect(rows.find(([one, other]) => one === line && other === number)?.[3]).to.match(why)
    expect((await read('?all=1&encoding=sjis')).at(-1)?.slice(2)).to.deep.equal([
      '注意',
      'Shift_JISで表せない1文字は「?」になります。すべての文字が必要なときは、UTF-8のファイルをご利用ください。',
    ])
    expect((await visitor.get(`/runs/${runId}`)).text).to.match(/Shift_JISで表せない\d文字は「\?」になります。/)
    const told = (await rows('audit_events')).filter(({ act }) => act === 'export.report')
    expect(told.map(({ details }) => (details as { rows: number }).rows)).to.deep.equal([9, 5, 5, 9])
  })

  it('erases nothing by a blank, and takes no resignation back', async () => {
    await staff(aCrew('0001', { resigned_at: '2026-03-31', emp_status: 'retired', email: 'a@midori.example' }))
    const visitor = await world.connected('csv')
    await toSelection(visitor, sheet('0001,相沢,みお,,,,,,,,,,,,'))

    expect(visitor.page().text).to.include('差分なし 0001')
  })

  it('is read without a field that is left out, and its columns hold what was chosen', async () => {
    await staff(aCrew('0001'))
    const visitor = await world.connected('csv')
    const runId = await toSelection(visitor, sheet('0001,相沢,みお,,,,,,,a@midori.example,03-1234-5678,,,,'))
    await visitor.press('field:email')
    await visitor.press('omit:email')
    await whenRead(visitor, runId)
    await syncEverybody(visitor)
    await reportOf(visitor, runId)

    expect(await writes()).to.deep.equal([{ method: 'PATCH', body: { tel_number: '03-1234-5678' } }])
  })

  it('offers no repeat of those who failed, since the file is gone by then', async () => {
    await staff(aCrew('0001'))
    const visitor = await world.connected('csv')
    const runId = await toSelection(visitor, sheet('0001,相沢,みお,,,,,,,a@midori.example,,,,,'))
    await world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'PATCH',
      path: '/api/v1/crews',
      status: 400,
      body: {
        code: 1,
        type: 'bad_request',
        message: '不正',
        errors: [{ message: '誤り', resource: 'Crew', field: 'email' }],
      },
    })
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)
    const token = /name="_csrf" value="([^"]+)"/.exec(report.html)?.[1] ?? ''

    expect(report.text).to.include('失敗').and.not.include('再実行')
    expect((await visitor.post(`/runs/${runId}/retry`, { _csrf: token, outcome: 'failed' })).status).to.equal(404)
  })

  it('asks nothing because it has fewer people than the file before', async () => {
    const codes = Array.from({ length: 40 }, (_, index) => String(1_000 + index))
    await staff(...codes.map(code => aCrew(code)))
    const visitor = await world.connected('csv')
    const first = await toSelection(
      visitor,
      sheet(...codes.map((code, index) => `${code},相沢,みお,,,,,,,${index === 0 ? 'a@midori.example' : ''},,,,,`)),
    )
    await syncEverybody(visitor)
    await reportOf(visitor, first)
    await toSelection(visitor, sheet('1001,相沢,みお,,,,,,,b@midori.example,,,,,'))
    await visitor.press('select-page')
    await visitor.press('確認')

    expect(visitor.page().text).to.include('従業員を同期しますか？')
    expect(visitor.page().html).not.to.include('guard_count')
  })

  describe('a file that can not be taken', () => {
    const kept = async () => [await rows('run_files'), await rows('run_file_parts')]
    const faults: readonly [string, string | Buffer | null, string][] = [
      ['none at all', null, 'CSVファイルが選択されていません。選択してください。'],
      ['an empty one', '', 'ファイルに何も入力されていません。'],
      ['one without people', HEAD, '従業員の行がありません'],
      ['one without a heading', '1,山田,太郎\n2,鈴木,花子', '見出し（社員番号、姓、名など）がありません'],
      ['a heading twice', `${HEAD},姓\n1`, '同じ見出しの列が複数あります（姓）'],
      ['a quote that is never closed', `${HEAD}\n1,"山田,太郎\n2,鈴木,花子`, '引用符（"）の位置が正しくないか'],
      ['a workbook', Buffer.from('504b030414000600', 'hex'), 'Excelブックなど、CSVではない形式のファイルです。'],
      ['more than 20,000 rows', `${HEAD}\n${'1,a,b,,,,,,,,,,,,\n'.repeat(20_001)}`, '20,000行までです'],
      ['more than 20 MB', Buffer.alloc(20 * 1_048_576 + 1, 'a,'), 'ファイルが20MBを超えています。'],
    ]
    it('says why beside the field, and nothing of it is kept', async () => {
      const visitor = await world.connected('csv')
      for (const [name, bytes, sentence] of faults) {
        await visitor.get(START)
        const page = await visitor.send('次へ', bytes === null ? null : { bytes })

        expect(page.status, name).to.equal(422)
        expect(page.text, name).to.include(sentence)
        expect(page.html, name).to.include('<title>エラー：')
        expect(page.html, name).to.include('aria-describedby="file-help file-error"')
        expect(await kept(), name).to.deep.equal([[], []])
      }
      // The address of the page with the error can be asked for again.
      expect((await visitor.get(visitor.page().url)).text).to.include('CSVファイルの選択')
    })

    it('is not asked for without end', async () => {
      const visitor = await world.connected('csv')
      await visitor.get(START)
      for (let sent = 1; sent <= 30; sent += 1) expect((await visitor.send('次へ', null)).status).to.equal(422)
      const page = await visitor.send('次へ', null)

      expect(page.status).to.equal(429)
      expect(page.text).to.include('ファイルの選択が短時間に多く行なわれたため')
    })

    it('may have 20 MB and 20,000 rows, and stands in parts of which each is small', async () => {
      const most = 20 * 1_048_576
      const rowOf = (bytes: number) => `1,${'a'.repeat(bytes - 17)},b,,,,,,,,,,,,\n`
      const each = Math.floor((most - HEAD.length * 3) / 20_000)
      const begin = `${HEAD}\n${rowOf(each).repeat(19_999)}`
      const bytes = begin + rowOf(most - Buffer.byteLength(begin))
      expect(Buffer.byteLength(bytes)).to.equal(most)
      const visitor = await world.connected('csv')
      const page = await choose(visitor, bytes)

      expect(page.text).to.include('15列、20,000名の従業員を読み取りました。')
      const parts = (await rows('run_file_parts')).map(({ sealed }) => String(sealed).length)
      expect(parts).to.have.length(320)
      expect(Math.max(...parts)).to.be.below(200_000)
    })

    it('is not read without the token of the page, wherever else in the form it stands', async () => {
      const visitor = await world.connected('csv')
      await visitor.get(START)
      const token = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
      const send = async (order: readonly ('token' | 'file')[], typed = token) => {
        const form = new FormData()
        for (const part of order) {
          if (part === 'token') form.append('_csrf', typed)
          else form.append('file', new Blob([sheet('0001,a,b,,,,,,,,,,,,')]), 'a.csv')
        }
        const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
        const answer = await fetch(`${world.appUrl}/csv/files?flow=employees-to-smarthr`, {
          method: 'POST',
          body: form,
          headers: { cookie },
          redirect: 'manual',
        })
        return answer.status
      }

      expect(await send(['file'])).to.equal(403)
      expect(await send(['file', 'token'])).to.equal(403)
      expect(await send(['token', 'file'], 'another')).to.equal(403)
      expect(await send([])).to.be.oneOf([403, 409])
      expect(await kept()).to.deep.equal([[], []])
      expect(await rows('runs')).to.deep.equal([])
      expect(await send(['token', 'file'])).to.equal(303)
    })

    it('leaves nothing when its sending breaks off', async () => {
      const visitor = await world.connected('csv')
      await visitor.get(START)
      const token = /name="_csrf" value="([^"]+)"/.exec(visitor.page().html)?.[1] ?? ''
      const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const gone = new AbortController()
      const part = (head: string, body: string) => `--b\r\ncontent-disposition: form-data; ${head}\r\n\r\n${body}\r\n`
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const start =
            part('name="_csrf"', token) + part('name="file"; filename="a.csv"', `${HEAD}\n${'1,a\n'.repeat(50_000)}`)
          controller.enqueue(new TextEncoder().encode(start.slice(0, -2)))
        },
      })
      const sending = fetch(`${world.appUrl}/csv/files?flow=employees-to-smarthr`, {
        method: 'POST',
        body,
        headers: { cookie, 'content-type': 'multipart/form-data; boundary=b' },
        signal: gone.signal,
        duplex: 'half',
      } as RequestInit).catch(() => null)
      await eventually('parts of it to be stored', async () => (await rows('run_file_parts')).length > 1)
      gone.abort()
      await sending

      await eventually('them to go', async () => (await rows('run_file_parts')).length === 0)
      expect((await choose(visitor, sheet('0001,a,b,,,,,,,,,,,,'))).url).to.match(/\/columns$/)
      expect(world.logs.filter(line => line.includes('"level":"error"'))).to.deep.equal([])
    })
  })

  describe('its columns', () => {
    const OTHER = '番号,姓,名,会社のメール,血液型\n0001,相沢,みお,mio@midori.example,A\n'

    it('are given by hand where no heading tells, and remembered for the next file', async () => {
      await staff(aCrew('0001'))
      const visitor = await world.connected('csv')
      await choose(visitor, OTHER)
      expect(visitor.page().text).to.include('5列、1名の従業員を読み取りました。')
      await visitor.press('次へ')
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('社員番号の列が選択されていません')
      await visitor.press('次へ', { 'column-0': 'employee-number', 'column-3': 'email', 'column-4': 'email' })
      expect(visitor.page().status).to.equal(422)
      expect(visitor.page().text).to.include('列「会社のメール」でも選択されています')

      const runId = await toSelection(visitor, OTHER, { 'column-0': 'employee-number', 'column-3': 'email' })
      await syncEverybody(visitor)
      await reportOf(visitor, runId)
      expect(await writes()).to.deep.equal([{ method: 'PATCH', body: { email: 'mio@midori.example' } }])

      await choose(visitor, OTHER)
      const chosen = [...visitor.page().html.matchAll(/<option value="([^"]*)" selected>/g)].map(([, value]) => value)
      expect(chosen).to.deep.equal(['employee-number', 'last-name', 'first-name', 'email'])
      expect(
        (await rows('connection_settings')).map(({ settings }) => Object.keys(settings as Json).sort()),
      ).to.deep.equal([['会社のメール', '名', '姓', '番号']])
    })

    it('can be looked at again before 同期, and both sides are read once more with the same file', async () => {
      await staff(aCrew('0001'))
      const visitor = await world.connected('csv')
      const runId = await toSelection(visitor, sheet('0001,相沢,みお,,,,,,,a@midori.example,,,,,'))
      await visitor.press('戻る')
      expect(visitor.page().url).to.match(/\/columns$/)
      await visitor.press('次へ', { 'column-9': '' })
      await whenRead(visitor, runId)
      await visitor.get(everybodyOf(runId))

      expect(visitor.page().text).to.include('差分なし 0001')
    })
  })

  describe('what is kept of it', () => {
    const NAME = '珍名'

    it('is sealed, and gone when the run has ended; who chose it and how many rows it had is told', async () => {
      await staff(aCrew('0001'))
      const visitor = await world.connected('csv')
      await choose(visitor, sheet(`0001,${NAME},みお,,,,,,,,,,,,`))
      expect(await tablesWith(world, [NAME])).to.deep.equal([])
      expect(await rows('run_file_parts')).to.have.length(1)
      const runId = await toSelection(visitor, sheet(`0001,${NAME},みお,,,,,,,,,,,,`))
      expect(await rows('run_file_parts')).to.have.length(1)
      await syncEverybody(visitor)
      const report = await reportOf(visitor, runId)

      expect([await rows('run_files'), await rows('run_file_parts')]).to.deep.equal([[], []])
      const told = (await rows('audit_events')).filter(({ act }) => act === 'run.uploaded')
      expect(told.map(({ details }) => details)).to.deep.equal([{ rows: 1 }, { rows: 1 }])
      expect(world.logs.join('')).not.to.include(NAME)
      expect(report.text).not.to.include('再実行')
      await visitor.get(`/runs/${runId}/columns`)
      expect(visitor.page().url).to.match(new RegExp(`/runs/${runId}$`))
    })

    it('is sealed anew where another key has sealed it, and is read with that one alone', async () => {
      await staff(aCrew('0001'))
      const visitor = await world.connected('csv')
      await choose(visitor, sheet(`0001,${NAME},みお,,,,,,,,,,,,`))
      const [tenant] = await rows('tenants')
      const k2 = `k2:${randomBytes(32).toString('base64')}`
      const withKeys = (keys: string) =>
        createContainer(loadConfig({ ...world.environment, TOKEN_KEYS: keys }), { log: createLogger('none') })
      const both = withKeys(`${k2},${world.environment.TOKEN_KEYS ?? ''}`)
      const alone = withKeys(k2)
      try {
        const due = () => both.data.due.reseal()
        for (let found = await due(); found.length > 0; found = await due())
          await both.inTenant(String(tenant?.id), ({ resealing }) => resealing.reseal(both.log))
        const runId = runOf(visitor)
        const file = await fileOf({ inTenant: alone.inTenant, tenantId: String(tenant?.id), runId })
        const parts: Uint8Array[] = []
        for await (const bytes of file?.bytes() ?? []) parts.push(bytes)

        expect(Buffer.concat(parts).toString()).to.include(NAME)
        const sealed = [...(await rows('run_files')), ...(await rows('run_file_parts'))].map(row => String(row.sealed))
        expect(sealed.map(value => value.split('.')[1])).to.deep.equal(['k2', 'k2'])
      } finally {
        await both.close()
        await alone.close()
      }
    })

    it('goes with キャンセル, and with the connection', async () => {
      await staff(aCrew('0001'))
      const visitor = await world.connected('csv')
      await choose(visitor, sheet('0001,相沢,みお,,,,,,,,,,,,'))
      await visitor.press('キャンセル')
      expect([await rows('run_files'), await rows('run_file_parts')]).to.deep.equal([[], []])

      await toSelection(visitor, sheet('0001,相沢,みお,,,,,,,,,,,,'))
      await visitor.get('/csv/connection/disconnect')
      await visitor.press('解除', { sure: 'yes' })
      expect([await rows('run_files'), await rows('run_file_parts')]).to.deep.equal([[], []])
    })

    it('goes where its fetch has failed; another look says so and asks for the file', async () => {
      await staff(aCrew('0001'))
      const visitor = await world.connected('csv')
      await world.control('POST', '/faults', {
        service: 'smarthr',
        path: '/api/v1/crews$',
        status: 403,
        body: { code: 15, type: 'ip_not_permitted', message: '', errors: null },
      })
      await choose(visitor, sheet('0001,相沢,みお,,,,,,,,,,,,'))
      await visitor.press('次へ')
      const runId = runOf(visitor)
      await eventually('the fetch to fail', async () =>
        (await visitor.get(`/runs/${runId}/fetch`)).text.includes('取得に失敗しました'),
      )
      expect(await rows('run_file_parts')).to.deep.equal([])
      await visitor.press('取得し直す')

      expect(visitor.page().text).to.include('ファイルは、同期が終わったか、期限が切れたため、削除されています。')
      expect(visitor.page().url).to.include('/csv/runs/new')
    })
  })

  describe('bank accounts and numbers of insurances', () => {
    const BANK =
      '社員番号,銀行コード,支店コード,口座種別,口座番号,口座名義,雇用保険被保険者番号,基礎年金番号,健康保険被保険者整理番号,厚生年金被保険者整理番号'
    const withBank = (...lines: readonly string[]) => [BANK, ...lines].join('\n')

    it('become what SmartHR takes, with the zeros that a spreadsheet has taken away', async () => {
      await staff(aCrew('0001'), aCrew('0002', { hel_ins_insured_person_number: 12 }))
      const visitor = await world.connected('csv')
      const runId = await toSelection(
        visitor,
        withBank('0001,1,12,普通預金,34567,ｱｲｻﾞﾜ ﾐｵ,1234-567890-1,1234567890,0034,35', '0002,,,,,,,,12,'),
      )
      expect(visitor.page().text).to.include('差分あり 0001').and.include('差分なし 0002')
      await syncEverybody(visitor)
      await reportOf(visitor, runId)

      expect(await writes()).to.deep.equal([
        {
          method: 'PATCH',
          body: {
            bank_accounts: [
              {
                bank_code: '0001',
                bank_branch_code: '012',
                account_type: 'saving',
                account_number: '0034567',
                account_holder_name: 'アイザワ　ミオ',
              },
            ],
            emp_ins_insured_person_number: '1234-567890-1',
            basic_pension_number: '1234-567890',
            hel_ins_insured_person_number: 34,
            soc_ins_insured_person_number: 35,
          },
        },
      ])
    })

    it('are not written in part: who lacks a part of the account is told, and keeps the one there is', async () => {
      await staff(aCrew('0001'))
      const visitor = await world.connected('csv')
      await toSelection(visitor, withBank('0001,0001,012,普通,,アイザワ ミオ,,,,'))

      expect(visitor.page().text).to.include('差分なし 0001')
      expect(visitor.page().text).to.include('口座情報の口座番号が登録されていないため連携されません。')
    })

    it('take no part where a cell is none, with its sentence', async () => {
      await staff(aCrew('0001'))
      const visitor = await world.connected('csv')
      await toSelection(visitor, withBank('0001,00012,x,定期,1.2E+6,相沢みお,123,12,x,1234567890'))

      for (const [column, sentence] of [
        ['銀行コード', 'が4桁以内の数字ではありません。'],
        ['支店コード', 'が3桁以内の数字ではありません。'],
        ['口座種別', 'が「普通」「当座」「貯蓄」のどれでもありません。'],
        ['口座番号', 'が7桁以内の数字ではありません。'],
        ['口座名義', 'に、カタカナ・英数字・記号（（）．－）のほかの文字があります。'],
        ['雇用保険被保険者番号', 'が11桁の数字ではありません。'],
        ['基礎年金番号', 'が10桁の数字ではありません。'],
        ['健康保険被保険者整理番号', 'が9桁以内の数字ではありません。'],
        ['厚生年金被保険者整理番号', 'が9桁以内の数字ではありません。'],
      ] as const)
        expect(visitor.page().text).to.include(`「${column}」${sentence}`)
    })
  })

  it('says on the report why nobody of a file can be repeated, and what to do instead', async () => {
    await staff(aCrew('0001'), aCrew('0002'))
    const visitor = await world.connected('csv')
    await world.control('POST', '/faults', {
      service: 'smarthr',
      method: 'PATCH',
      path: '/crews',
      times: 1,
      status: 400,
      body: {},
    })
    const runId = await toSelection(
      visitor,
      sheet('0001,相沢,みお,,,,,,,a@midori.example,,,,,', '0002,相沢,みお,,,,,,,b@midori.example,,,,,'),
    )
    await syncEverybody(visitor)
    const report = await reportOf(visitor, runId)

    expect(report.text)
      .to.include('成功 1件')
      .and.include('CSVファイルは、同期の終了時に削除しました。')
      .and.include('修正したファイルを選択し直してください。')
      .and.not.include('失敗した対象だけ再実行')
  })

  it('is nobody else’s', async () => {
    const visitor = await world.connected('csv')
    await choose(visitor, sheet('0001,相沢,みお,,,,,,,,,,,,'))
    const runId = runOf(visitor)
    const other = await world.signedIn('taro@aozora.example', '/')

    for (const page of ['upload', 'columns']) expect((await other.get(`/runs/${runId}/${page}`)).status).to.equal(404)
    expect((await visitor.get(`/runs/${runId}/columns`)).status).to.equal(200)
  })
})
