import { expect } from 'chai'
import { eventually } from '../helpers/waiting.js'
import { DEPARTMENTS, useMikiwame, type Json } from './mikiwame.world.js'

describe("ミキワメ's departments", () => {
  const { world, switches, stateOf, divisions, linked, sync, errorFile } = useMikiwame()

  const vectors: [what: string, here: Json[], there: Json[], after: string[], errors: string[]][] = [
    [
      'example 1 of the manual: a new code is another department',
      [
        { name: '営業部', code: 'A001' },
        { name: '開発部', code: 'A002' },
        { name: '人事本部', code: 'A004' },
      ],
      [
        { name: '営業部', code: 'A001' },
        { name: '開発部', code: 'A002' },
        { name: '人事部', code: 'A003' },
      ],
      ['A001 営業部', 'A002 開発部', 'A003 人事部', 'A004 人事本部'],
      [],
    ],
    [
      'example 2 of the manual: a name that is there under another code is not registered',
      [
        { name: '営業部', code: 'A001' },
        { name: '開発部', code: 'A002' },
        { name: '人事部', code: 'A004' },
      ],
      [
        { name: '営業部', code: 'A001' },
        { name: '開発部', code: 'A002' },
        { name: '人事部', code: 'A003' },
      ],
      ['A001 営業部', 'A002 開発部', 'A003 人事部'],
      ['部署名が重複しています（ミキワメに登録済みの部署コード: A003）'],
    ],
    ['a department without a code is left alone', [{ name: '総務部' }], [], [], []],
    [
      'a new name under a known code is the same department',
      [{ name: '第一営業部', code: 'A001' }],
      [{ name: '営業部', code: 'A001' }],
      ['A001 第一営業部'],
      [],
    ],
    [
      'a child listed before its parent comes after it',
      [
        { name: '営業一課', code: 'A010', parent: 'A001' },
        { name: '営業部', code: 'A001' },
      ],
      [],
      ['A001 営業部', 'A010 営業一課'],
      [],
    ],
    [
      'two departments of one name: the first registers, the second is told',
      [
        { name: '東日本', code: 'E1' },
        { name: '西日本', code: 'W1' },
        { name: '営業部', code: 'E2', parent: 'E1' },
        { name: '営業部', code: 'W2', parent: 'W1' },
      ],
      [],
      ['E1 東日本', 'E2 営業部', 'W1 西日本'],
      ['部署名が重複しています（ミキワメに登録済みの部署コード: E2）'],
    ],
    [
      'a child whose parent could not be registered is told so',
      [
        { name: '人事部', code: 'A004' },
        { name: '採用課', code: 'A005', parent: 'A004' },
      ],
      [{ name: '人事部', code: 'A003' }],
      ['A003 人事部'],
      ['部署名が重複しています（ミキワメに登録済みの部署コード: A003）', '親部署が登録されていません'],
    ],
  ]

  for (const [what, here, there, after, errors] of vectors) {
    it(what, async () => {
      await switches('smarthr', { departments: here })
      await switches('mikiwame', { departments: there, employees: [] })
      const visitor = await linked()
      const { report, runId } = await sync(visitor, DEPARTMENTS)

      expect(await divisions()).to.deep.equal(after)
      const file = await errorFile(visitor, runId)
      for (const error of errors) expect(file).to.include(`"${error}。`)
      expect(file.trim().split('\r\n')).to.have.length(1 + errors.length)
      expect(report.text).to.include(errors.length === 0 ? '成功' : after.length > there.length ? '一部失敗' : '失敗')
    })
  }

  it('tells departments that swap their names, and one that waits for another, what to do', async () => {
    await switches('smarthr', {
      departments: [
        { name: '開発部', code: 'A001' },
        { name: '営業部', code: 'A002' },
        { name: '人事部', code: 'B001' },
        { name: '総務部', code: 'B002' },
      ],
    })
    await switches('mikiwame', {
      departments: [
        { name: '営業部', code: 'A001' },
        { name: '開発部', code: 'A002' },
        { name: '経理部', code: 'B001' },
        { name: '人事部', code: 'B002' },
      ],
      employees: [],
    })
    const visitor = await linked()
    const { report, runId } = await sync(visitor, DEPARTMENTS)

    expect(report.text)
      .to.include('部署コード「A001」「A002」の部署名を入れ替える変更は、一度に同期できません。')
      .and.include('部署コード「B002」の部署名が変更された後に、もう一度同期してください。')
    expect(await divisions()).to.deep.equal(['A001 営業部', 'A002 開発部', 'B001 経理部', 'B002 総務部'])
    const mail = await eventually('the result mail', async () =>
      (await world.mails()).find(one => one.text.includes(runId)),
    )
    expect(mail.text).to.include('部署コード: 【B001】\n失敗理由: 部署名が重複しています')
    await sync(visitor, DEPARTMENTS)
    expect(await divisions()).to.deep.equal(['A001 営業部', 'A002 開発部', 'B001 人事部', 'B002 総務部'])
  })

  it('registers a new parent before it moves a department that is known below it', async () => {
    await switches('smarthr', {
      departments: [
        { name: '全社', code: 'Z1' },
        { name: '営業部', code: 'A001', parent: 'Z1' },
        { name: '営業一課', code: 'A100', parent: 'A001' },
      ],
    })
    await switches('mikiwame', { departments: [{ name: '営業部', code: 'A001' }], employees: [] })
    const visitor = await linked()
    const { report } = await sync(visitor, DEPARTMENTS)

    expect(report.text).to.include('失敗 0件')
    expect(
      Object.fromEntries((await stateOf()).divisions.map(({ code, parent_code }) => [code, parent_code])),
    ).to.deep.equal({ Z1: null, A001: 'Z1', A100: 'A001' })
  })

  it('puts the child of a department without a code at the top level, with a note', async () => {
    await switches('smarthr', {
      departments: [
        { id: 'd-1', name: '本社' },
        { id: 'd-2', name: '営業部', code: 'A001', parent: 'd-1' },
      ],
    })
    await switches('mikiwame', { departments: [], employees: [] })
    const visitor = await linked()
    const { report } = await sync(visitor, DEPARTMENTS)

    expect((await stateOf()).divisions).to.have.length(1)
    expect((await stateOf()).divisions[0]).to.include({ code: 'A001', parent_code: null })
    expect(report.text).to.include('親部署に部署コードがないため、最上位の部署として登録します。')
  })

  it('changes nothing the second time, and says 成功', async () => {
    const visitor = await linked()
    await switches('mikiwame', { departments: [], employees: [] })
    await switches('smarthr', { departments: [{ name: '営業部', code: 'A001' }] })
    await sync(visitor, DEPARTMENTS)
    const before = (await world.calls('mikiwame')).filter(call => call.method !== 'GET').length
    const { report } = await sync(visitor, DEPARTMENTS)

    expect(report.text).to.match(/^.*成功/)
    expect((await world.calls('mikiwame')).filter(call => call.method !== 'GET')).to.have.length(before)
  })

  it('writes the error file as the layout says: BOM, CRLF, quoted, formula-safe', async () => {
    await switches('smarthr', { departments: [{ name: '=1+1', code: 'X1' }] })
    await switches('mikiwame', { departments: [{ name: '=1+1', code: 'X0' }], employees: [] })
    const visitor = await linked()
    const { runId } = await sync(visitor, DEPARTMENTS)
    const answer = await visitor.get(`/runs/${runId}/errors.csv`)

    expect(answer.headers.get('content-disposition')).to.match(/filename="?divisions_error_\d{14}\.csv"?/)
    expect(answer.html.replace('\ufeff', '').split('\r\n').slice(0, 2)).to.deep.equal([
      '"部署コード","部署名","親部署コード","エラー内容"',
      `"X1","'=1+1","","部署名が重複しています（ミキワメに登録済みの部署コード: X0）。SmartHRで部署名を変更するか、ミキワメで部署コード「X0」の部署を確認してから、もう一度同期してください。"`,
    ])
  })
})
