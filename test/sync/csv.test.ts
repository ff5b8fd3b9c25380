import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { reportOf } from '../helpers/waiting.js'
import { useWorld } from '../helpers/world.js'
import { syncEverybody, toSelection } from '../helpers/walking.js'

describe("the report's CSV", () => {
  const world = useWorld({ limitsOff: ['smarthr'], once: true })

  const download = async (cookie: string, path: string) => {
    const answer = await fetch(world.appUrl + path, { headers: { cookie } })
    return { headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
  }

  it('holds the rows of the report in both encodings, safe for a spreadsheet', async () => {
    const visitor = await world.connected()
    const runId = await toSelection(visitor, 'employees-from-smarthr')
    await syncEverybody(visitor)
    await reportOf(visitor, runId)
    const cookie = `renkei=${visitor.cookies.get('renkei')}`
    const utf8 = await download(cookie, `/runs/${runId}/errors.csv`)
    const sjis = await download(cookie, `/runs/${runId}/errors.csv?encoding=sjis`)
    const all = await download(cookie, `/runs/${runId}/errors.csv?all=1`)

    expect([...utf8.bytes.subarray(0, 3)]).to.deep.equal([0xef, 0xbb, 0xbf])
    const rows = parse<Record<string, string>>(utf8.bytes, { bom: true, columns: true })
    expect(rows.length).to.be.greaterThan(0)
    expect(rows.every(row => row['結果'] === '失敗')).to.equal(true)
    expect(rows.find(row => row['社員番号'] === '001030')?.['理由']).to.equal(
      '入社日を入力してください。SmartHRの従業員情報で入力または修正してから、再度同期してください。',
    )
    expect(utf8.bytes.toString()).to.include('\r\n')
    expect(decodeURIComponent(utf8.headers.get('content-disposition') ?? '')).to.match(
      /従業員情報同期_エラー_\d{12}\.csv/,
    )
    const decoded = parse<Record<string, string>>(iconv.decode(sjis.bytes, 'cp932'), { columns: true })
    expect(decoded.map(row => row['理由'])).to.deep.equal(rows.map(row => row['理由']))
    const outcomes = new Set(
      parse<Record<string, string>>(all.bytes, { bom: true, columns: true }).map(row => row['結果']),
    )
    expect([...outcomes].sort()).to.deep.equal(['失敗', '成功'].sort())
  })
})
