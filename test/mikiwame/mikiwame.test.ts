import { expect } from 'chai'
import { eventually, linkMikiwame, reportOf, startWorld, type World } from '../helpers/world.js'
import type { Visitor } from '../helpers/visitor.js'

type Json = Readonly<Record<string, unknown>>

const DEPARTMENTS = 'departments-from-smarthr'
const EMPLOYEES = 'employees-from-smarthr'

interface Division {
  code: string
  name: string
  parent_code: string | null
}
interface Employee extends Record<string, unknown> {
  email: string
}

describe('ミキワメ', () => {
  let world: World
  before(async () => {
    world = await startWorld()
  })
  after(() => world.close())
  beforeEach(async () => {
    await world.reset()
    await world.control('PUT', '/limits', { service: 'smarthr', enabled: false })
    await world.control('PUT', '/limits', { service: 'mikiwame', enabled: false })
  })

  const switches = (service: string, patch: Json) => world.control('PUT', '/switches', { service, ...patch })
  const stateOf = async () => {
    const state = (await world.control('GET', '/state?service=mikiwame')) as {
      companies: { id: string; divisions: Division[]; employees: Employee[] }[]
    }
    const [company] = state.companies
    if (!company) throw new Error('no company')
    return company
  }
  const divisions = async () => (await stateOf()).divisions.map(({ code, name }) => `${code} ${name}`).sort()
  const linked = (email?: string) => world.connected('mikiwame', email)
  /** One click, then the end of the run it started. */
  const sync = async (visitor: Visitor, flow: string) => {
    await visitor.get('/mikiwame')
    const form = visitor
      .page()
      .html.split('<form')
      .find(part => part.includes(`value="${flow}"`))
    const csrf = /name="_csrf" value="([^"]+)"/.exec(form ?? '')?.[1] ?? ''
    await visitor.post('/mikiwame/runs/new', { _csrf: csrf, flow })
    const { rows } = await world.container.ownerPool.query<{ id: string }>(
      'select id from runs where flow = $1 order by created_at desc limit 1',
      [flow],
    )
    const report = await reportOf(visitor, rows[0]?.id ?? '')
    return { report, runId: rows[0]?.id ?? '' }
  }
  const errorFile = async (visitor: Visitor, runId: string) => (await visitor.get(`/runs/${runId}/errors.csv`)).html

  describe('the link', () => {
    it('is made by pressing 「連携する」 twice, and is good for 90 days', async () => {
      const visitor = await world.signedIn('hanako@midori.example', '/mikiwame')
      expect(visitor.page().text).to.include('SmartHRと連携していません。')
      expect(visitor.page().html).not.to.include('SmartHRと同期</button>')
      await linkMikiwame(visitor)

      expect(visitor.page().text)
        .to.include('SmartHRとの連携設定が完了しました。')
        .and.include('連携中のアカウントURL')
        .and.include('連携有効日数 90日')
        .and.include('midori-shokai')
      await visitor.get('/mikiwame')
      expect(visitor.page().html).to.include('SmartHRと同期</button>')
    })

    it('makes the custom item in SmartHR once, however often administrators link', async () => {
      const visitor = await linked()
      await linkMikiwame(visitor, '再連携する')
      await linked('jiro@midori.example')
      const state = JSON.stringify(await world.control('GET', '/state?service=smarthr'))

      expect(state.split('"ミキワメ連携"')).to.have.length(2)
      expect(state.split('"ミキワメカテゴリー"')).to.have.length(2)
    })

    it('offers to make the custom item again when it is gone, and makes it only with the tick', async () => {
      const visitor = await linked()
      expect(visitor.page().text).not.to.include('カスタム項目「ミキワメ連携」が見つかりません')
      await switches('smarthr', { deleteCustomField: 'ミキワメ連携' })
      const items = async () =>
        JSON.stringify(await world.control('GET', '/state?service=smarthr')).split('"ミキワメ連携"').length - 1
      await linkMikiwame(visitor, '再連携する')

      expect(visitor.page().text)
        .to.include('連携有効日数 90日')
        .and.include('カスタム項目「ミキワメ連携」が見つかりません')
        .and.include('すべての従業員が空白（連携する）になります')
      expect(await items()).to.equal(0)
      await visitor.press('カスタム項目を作り直す')
      expect(visitor.page().text).to.include('チェックを入れてください。')
      expect(await items()).to.equal(0)
      await visitor.press('カスタム項目を作り直す', { sure: 'yes' })
      expect(visitor.page().text)
        .to.include('SmartHRにカスタム項目「ミキワメ連携」を作成しました。')
        .and.not.include('が見つかりません')
      expect(await items()).to.equal(1)
    })

    it('belongs to one administrator: another has to link for himself, but sees every job', async () => {
      const visitor = await linked()
      await sync(visitor, DEPARTMENTS)
      const colleague = await world.signedIn('jiro@midori.example', '/mikiwame')

      expect(colleague.page().html).not.to.include('SmartHRと同期</button>')
      await colleague.get('/mikiwame/runs')
      expect(colleague.page().text).to.include('処理一覧').and.include('部署情報の同期（SmartHR）')
      const token = /name="_csrf" value="([^"]+)"/.exec((await colleague.get('/mikiwame/connection')).html)?.[1] ?? ''
      await colleague.post('/mikiwame/runs/new', { _csrf: token, flow: DEPARTMENTS })
      expect(new URL(colleague.page().url).pathname).to.equal('/mikiwame/connection')
    })

    it('is refused to another SmartHR company while one holds the account', async () => {
      await linked()
      const other = await linked('taro@aozora.example')

      expect(other.page().text).to.include('別のSmartHRアカウントと連携されています。')
      const { rows } = await world.container.ownerPool.query('select 1 from connections')
      expect(rows).to.have.length(1)
    })

    it('is not made by looking at the address one comes back to', async () => {
      const visitor = await world.signedIn('hanako@midori.example', '/mikiwame')
      await visitor.get('/mikiwame/connection/callback')

      const { rows } = await world.container.ownerPool.query('select 1 from connections')
      expect(rows).to.deep.equal([])
    })

    it('ends with 「連携を解除する」 and OK; what was synchronised stays', async () => {
      const visitor = await linked()
      await sync(visitor, DEPARTMENTS)
      const before = await divisions()
      await visitor.get('/mikiwame/connection/disconnect')
      expect(visitor.page().text).to.include('SmartHRとの連携を解除します。よろしいですか？')
      await visitor.press('OK')

      expect(visitor.page().text).to.include('SmartHRとの連携を解除しました。').and.include('未連携')
      expect(await divisions()).to.deep.equal(before)
    })

    const DAY = 24 * 3_600_000
    for (const [left, days, warned, expired] of [
      [90 * DAY, 90, false, false],
      [14 * DAY + 60_000, 15, false, false],
      [14 * DAY - 60_000, 14, true, false],
      [60_000, 1, true, false],
      [-1, 0, false, true],
    ] as const) {
      it(`shows ${days} days with ${Math.round(left / 60_000)} minutes to go${warned ? ', and warns' : ''}${expired ? ': it is over' : ''}`, async () => {
        const visitor = await linked()
        await world.container.ownerPool.query('update connections set valid_until = $1', [new Date(Date.now() + left)])
        await world.container.housekeeping()
        await world.container.housekeeping()
        await visitor.get('/mikiwame/connection')
        expect(visitor.page().text).to.include(`連携有効日数 ${days}日`)
        await visitor.get('/mikiwame')

        expect(visitor.page().text.includes('有効期限まで、あと')).to.equal(warned)
        expect(visitor.page().text.includes('連携の有効期限が切れています。')).to.equal(expired)
        if (warned) {
          const mails = await eventually('the warning', async () => {
            const received = await world.mails()
            return received.length > 0 ? received : null
          })
          expect(mails).to.have.length(1)
          expect(mails[0]?.subject).to.equal('ミキワメとの連携の有効期限が近づいています')
          expect(mails[0]?.to).to.deep.equal(['hanako@midori.example'])
        }
        const { rows } = await world.container.ownerPool.query('select 1 from mails')
        expect(rows).to.have.length(warned ? 1 : 0)
      })
    }

    it('sends who starts after its end to the settings with the notice; 「再連携する」 makes it 90 days again', async () => {
      const visitor = await linked()
      await world.container.ownerPool.query(`update connections set valid_until = now() - interval '1 second'`)
      await visitor.get('/mikiwame')
      await visitor.press('SmartHRと同期')

      expect(new URL(visitor.page().url).pathname).to.equal('/mikiwame/connection')
      expect(visitor.page().text).to.include('連携の有効期限が切れています。再度連携設定を行なってください。')
      const { rows } = await world.container.ownerPool.query('select 1 from runs')
      expect(rows).to.deep.equal([])
      await linkMikiwame(visitor, '再連携する')
      expect(visitor.page().text).to.include('連携有効日数 90日')
    })

    it('may run out while a job runs: the job ends as if nothing were', async () => {
      const visitor = await linked()
      await world.control('POST', '/faults', { service: 'mikiwame', method: 'POST', delayMs: 100 })
      const started = sync(visitor, DEPARTMENTS)
      await eventually('a run', async () => {
        const { rows } = await world.container.ownerPool.query('select 1 from runs')
        return rows.length > 0
      })
      await world.container.ownerPool.query(`update connections set valid_until = now() - interval '1 second'`)

      expect((await started).report.text).to.match(/成功 \d+件/)
    })
  })

  describe('departments', () => {
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

  describe('employees', () => {
    const known = [
      { name: '営業部', code: 'A001' },
      { name: '開発部', code: 'A002' },
      { name: '人事部', code: 'A003' },
    ]
    const aCrew = (changes: Json): Json => ({
      last_name: 'ミキワメ',
      first_name: '太郎',
      last_name_yomi: 'ミキワメ',
      first_name_yomi: 'タロウ',
      ...changes,
    })
    const people = async (crews: readonly Json[], employees: readonly Json[] = []) => {
      await switches('smarthr', {
        departments: [...known, { name: 'サポート部', code: 'A004' }, { name: '無番部' }],
        crews,
      })
      await switches('mikiwame', { departments: known, employees })
    }
    const byMail = async () =>
      new Map((await stateOf()).employees.map(employee => [employee.email.toLowerCase(), employee]))

    it('treats the eight rows of the manual as it says', async () => {
      await people([
        aCrew({ emp_code: '1', departments: ['A001'], email: '001@aaa.com' }),
        aCrew({ emp_code: '2', first_name: '次郎', email: '002@aaa.com' }),
        aCrew({ emp_code: '3', departments: ['A004'], email: '003@aaa.com' }),
        aCrew({ emp_code: '4', last_name: null, first_name: null, departments: ['A002'], email: '004@aaa.com' }),
        aCrew({
          emp_code: '5',
          last_name_yomi: null,
          first_name_yomi: null,
          departments: ['A003'],
          email: '005@aaa.com',
        }),
        aCrew({ emp_code: '6', departments: ['A003'], email: null }),
        aCrew({ emp_code: '7', departments: ['A003'], email: '007@aaa.com' }),
        aCrew({ emp_code: '8', departments: ['A003'], email: ' 007@AAA.com' }),
      ])
      const visitor = await linked()
      const { report, runId } = await sync(visitor, EMPLOYEES)

      expect([...(await byMail()).keys()].sort()).to.deep.equal(['001@aaa.com', '002@aaa.com'])
      expect(report.text).to.include('一部失敗')
      const file = (await errorFile(visitor, runId)).replace('\ufeff', '').trim().split('\r\n')
      expect(file[0]).to.equal('"社員番号","姓","名","部署コード","部署名","メールアドレス","エラー内容"')
      const reasons = Object.fromEntries(
        file.slice(1).map(line => [/^"(\d)"/.exec(line)?.[1] ?? '', /"([^"]*)"$/.exec(line)?.[1] ?? '']),
      )
      expect(reasons).to.deep.equal({
        3: '部署「サポート部（A004）」がミキワメに登録されていません。部署を同期してから、もう一度同期してください。',
        4: '氏名が入力されていません。SmartHRの従業員情報で、姓と名を入力してから、もう一度同期してください。',
        5: '氏名カナが入力されていません。SmartHRの従業員情報で、姓と名のヨミガナを入力してから、もう一度同期してください。',
        6: 'メールアドレスが入力されていません。SmartHRの従業員情報で、メールアドレスを入力してから、もう一度同期してください。',
        7: 'メールアドレスが重複しています（社員番号: 8）。SmartHRの従業員情報で、メールアドレスを修正してから、もう一度同期してください。',
        8: 'メールアドレスが重複しています（社員番号: 7）。SmartHRの従業員情報で、メールアドレスを修正してから、もう一度同期してください。',
      })
      // Who has no address is called by his number, on the page and in the mail.
      expect(report.text).to.include('社員番号：6 ミキワメ 太郎')
      const mail = await eventually('the result mail', async () =>
        (await world.mails()).find(one => one.text.includes(runId)),
      )
      expect(mail.text)
        .to.include('社員番号: 【6】\n失敗理由: メールアドレスが入力されていません。')
        .and.include('メールアドレス: 【003@aaa.com】\n失敗理由: 部署「サポート部（A004）」')
        .and.not.include('【】')
    })

    it('tells all reasons of one person, in order', async () => {
      await people([
        aCrew({ emp_code: '1', last_name: null, last_name_yomi: null, departments: ['A004'], email: null }),
      ])
      const visitor = await linked()
      const { runId } = await sync(visitor, EMPLOYEES)

      expect(await errorFile(visitor, runId)).to.include(
        '"部署「サポート部（A004）」がミキワメに登録されていません。部署を同期してから、もう一度同期してください。 / 氏名が入力されていません。SmartHRの従業員情報で、姓と名を入力してから、もう一度同期してください。 / 氏名カナが入力されていません。SmartHRの従業員情報で、姓と名のヨミガナを入力してから、もう一度同期してください。 / メールアドレスが入力されていません。SmartHRの従業員情報で、メールアドレスを入力してから、もう一度同期してください。"',
      )
    })

    for (const [smarthr, mikiwame] of [
      ['正社員', '正社員'],
      ['契約社員', '契約社員'],
      ['派遣社員', '派遣社員'],
      ['アルバイト・パート', 'パート・アルバイト'],
      ['業務委託', '業務委託'],
      ['役員', '役員（任用契約）'],
      ['その他', 'その他'],
    ] as const) {
      it(`brings 雇用形態 ${smarthr} as ${mikiwame}`, async () => {
        await people([aCrew({ emp_code: '1', email: 'a@aaa.com', employment_type: smarthr })])
        const visitor = await linked()
        await sync(visitor, EMPLOYEES)

        expect((await byMail()).get('a@aaa.com')?.employment_type).to.equal(mikiwame)
      })
    }

    it('takes an edited 正社員 for その他', async () => {
      await people([aCrew({ emp_code: '1', email: 'a@aaa.com', employment_type: '正社員' })])
      await switches('smarthr', { renameEmploymentType: { from: '正社員', to: '正社員（無期）' } })
      const visitor = await linked()
      await sync(visitor, EMPLOYEES)

      expect((await byMail()).get('a@aaa.com')?.employment_type).to.equal('その他')
    })

    it('uses the business name field by field, its kana where there is one, and 部署1 and 役職1 only', async () => {
      await people([
        aCrew({ emp_code: '1', email: 'a@aaa.com', business_last_name: '通名', departments: [null, 'A002'] }),
        aCrew({
          emp_code: '2',
          email: 'b@aaa.com',
          business_last_name: '通名',
          business_last_name_yomi: 'ツウメイ',
          departments: ['A001', 'A002'],
        }),
      ])
      const visitor = await linked()
      await sync(visitor, EMPLOYEES)
      const all = await byMail()

      expect(all.get('a@aaa.com')).to.include({ last_name: '通名', first_name: '太郎', last_name_kana: 'ミキワメ' })
      expect(all.get('a@aaa.com')?.division_code ?? null).to.equal(null)
      expect(all.get('b@aaa.com')).to.include({ last_name_kana: 'ツウメイ', division_code: 'A001' })
    })

    it('sets the 退職者フラグ only for 退職, and takes it back', async () => {
      const crews = (status: string) => [
        aCrew({ emp_code: '1', email: 'a@aaa.com', emp_status: status }),
        aCrew({ emp_code: '2', email: 'b@aaa.com', emp_status: 'absent' }),
      ]
      await people(crews('retired'))
      const visitor = await linked()
      await sync(visitor, EMPLOYEES)
      expect([...(await byMail()).values()].map(employee => employee.retired)).to.deep.equal([true, false])

      await switches('smarthr', { crews: crews('employed') })
      await sync(visitor, EMPLOYEES)
      expect([...(await byMail()).values()].map(employee => employee.retired)).to.deep.equal([false, false])
    })

    it('finds people by address whatever its case, and overwrites with blanks', async () => {
      await people(
        [aCrew({ emp_code: '1', email: 'A@aaa.com', birth_at: null })],
        [
          {
            email: 'a@AAA.com',
            last_name: '旧',
            first_name: '太郎',
            last_name_kana: 'ミキワメ',
            first_name_kana: 'タロウ',
            birth_on: '1990-04-01',
          },
        ],
      )
      const visitor = await linked()
      await sync(visitor, EMPLOYEES)

      expect((await stateOf()).employees).to.have.length(1)
      expect((await byMail()).get('a@aaa.com')?.last_name).to.equal('ミキワメ')
      expect((await byMail()).get('a@aaa.com')?.birth_on ?? null).to.equal(null)
    })

    it('leaves out whoever is marked 「連携しない」, and counts them; their address disturbs nobody', async () => {
      const visitor = await linked()
      await people([
        aCrew({ emp_code: '1', email: 'a@aaa.com', custom_fields: { ミキワメ連携: '連携しない' } }),
        aCrew({ emp_code: '2', email: 'a@aaa.com', custom_fields: { ミキワメ連携: '連携する' } }),
        aCrew({ emp_code: '3', email: 'c@aaa.com' }),
      ])
      const { report, runId } = await sync(visitor, EMPLOYEES)

      expect((await byMail()).get('a@aaa.com')?.employee_number).to.equal('2')
      expect((await stateOf()).employees).to.have.length(2)
      const counted = '「ミキワメ連携」が「連携しない」の従業員（1名）は、同期しないため、対象にしていません。'
      expect(report.text).to.include('失敗 0件').and.include(counted)
      const mail = await eventually('the result mail', async () =>
        (await world.mails()).find(one => one.text.includes(runId)),
      )
      expect(mail.text).to.include(counted)
      expect((await errorFile(visitor, runId)).trim().split('\r\n')).to.have.length(1)
    })

    it('writes nothing when the item is gone from SmartHR, and says so in the file', async () => {
      const visitor = await linked()
      await people([aCrew({ emp_code: '1', email: 'a@aaa.com' })])
      await switches('smarthr', { deleteCustomField: 'ミキワメ連携' })
      const { report, runId } = await sync(visitor, EMPLOYEES)

      expect(report.text).to.include('SmartHRのカスタム項目「ミキワメ連携」が見つからないため、同期を中止しました。')
      expect((await stateOf()).employees).to.deep.equal([])
      expect(await errorFile(visitor, runId)).to.include('SmartHRのカスタム項目「ミキワメ連携」が見つからないため')
      const mail = await eventually('the result mail', async () =>
        (await world.mails()).find(one => one.text.includes(runId)),
      )
      expect(mail.text).to.include('失敗理由: SmartHRのカスタム項目「ミキワメ連携」が見つからないため')
    })

    it('shows the same plan first for who asks for it, and writes only who was chosen', async () => {
      const visitor = await linked()
      await people([aCrew({ emp_code: '1', email: 'a@aaa.com' }), aCrew({ emp_code: '2', email: 'b@aaa.com' })])
      await visitor.get(`/mikiwame/runs/new?flow=${EMPLOYEES}`)
      const runId = /runs\/([\w-]{36})/.exec(visitor.page().url)?.[1] ?? ''
      await eventually('the plan', async () => (await visitor.get(`/runs/${runId}/fetch`)).url.includes('/select'))
      expect((await stateOf()).employees).to.deep.equal([])
      const row = visitor
        .page()
        .html.split('<tr>')
        .find(part => part.includes('>b@aaa.com<'))
      await visitor.press('確認', { id: /name="id" value="(\d+)"/.exec(row ?? '')?.[1] ?? '' })
      await visitor.press('同期')
      await reportOf(visitor, runId)

      expect([...(await byMail()).keys()]).to.deep.equal(['b@aaa.com'])
    })

    it('says of everybody it leaves out why, in the words of the kind', async () => {
      const visitor = await linked()
      await people([
        aCrew({ emp_code: '1', email: 'a@aaa.com', custom_fields: { ミキワメ連携: '連携しない' } }),
        aCrew({ emp_code: '2', email: 'b@aaa.com' }),
        aCrew({ emp_code: '3', email: null }),
      ])
      const preview = async (flow: string) => {
        await visitor.get(`/mikiwame/runs/new?flow=${flow}`)
        const runId = /runs\/([\w-]{36})/.exec(visitor.page().url)?.[1] ?? ''
        await eventually('the plan', async () => (await visitor.get(`/runs/${runId}/fetch`)).url.includes('/select'))
        return visitor.page().text
      }

      expect(await preview(EMPLOYEES))
        .to.include('「ミキワメ連携」が「連携しない」の従業員（1名）は、同期しないため、表示していません。')
        .and.include('社員番号：3')
        .and.not.include('在籍していない')
      expect(await preview(DEPARTMENTS))
        .to.include('部署コードのない部署（1件）は、同期しないため、表示していません。')
        .and.not.include('在籍していない')
    })

    it('finds on the selection page what the page shows, as it stands or in its plain form', async () => {
      const visitor = await linked()
      await switches('smarthr', {
        departments: [{ name: '㈱みどり', code: 'M1' }],
        crews: [
          aCrew({ emp_code: 'S 777', email: null, last_name: '佐藤', last_name_yomi: 'サトウ' }),
          aCrew({ emp_code: '2', email: 'smith@aaa.com', last_name: 'ＳＭＩＴＨ', last_name_yomi: 'スミス' }),
          aCrew({ emp_code: '3', email: 'kamiya@aaa.com', last_name: '\ufa19谷', last_name_yomi: 'カミヤ' }),
          aCrew({ emp_code: '4', email: 'm_r%i@aaa.com', last_name: '森', departments: ['M1'] }),
        ],
      })
      await visitor.get(`/mikiwame/runs/new?flow=${EMPLOYEES}`)
      const runId = /runs\/([\w-]{36})/.exec(visitor.page().url)?.[1] ?? ''
      await eventually('the plan', async () => (await visitor.get(`/runs/${runId}/fetch`)).url.includes('/select'))
      const found = async (typed: string) => {
        await visitor.press('search', { q: typed })
        return [...visitor.page().html.matchAll(/<td id="k\d+"><span class="key">([^<]*)</g)]
          .map(([, key]) => key)
          .sort()
      }

      const smith = ['smith@aaa.com']
      const vectors: [typed: string, keys: string[]][] = [
        ['ＳＭＩＴＨ', smith],
        ['smith 太郎', smith],
        ['すみす', smith],
        ['ｽﾐｽ', smith],
        ['\ufa19谷', ['kamiya@aaa.com']],
        ['神谷', ['kamiya@aaa.com']],
        ['S 777', ['社員番号：S 777']],
        ['s777', ['社員番号：S 777']],
        ['㈱', ['m_r%i@aaa.com']],
        ['(株)みどり', ['m_r%i@aaa.com']],
        ['（株）', ['m_r%i@aaa.com']],
        ['m_r%i', ['m_r%i@aaa.com']],
        ['m%', []],
        ['s_ith', []],
        ['谷カミヤ', []],
      ]
      for (const [typed, keys] of vectors) expect(await found(typed), typed).to.deep.equal(keys)
      // As the release before has written them.
      await world.container.ownerPool.query('update run_items set search = null')
      expect(await found('佐藤')).to.deep.equal(['社員番号：S 777'])
    })

    it('starts one job when two administrators click at once', async () => {
      const visitor = await linked()
      const colleague = await linked('jiro@midori.example')
      await people(Array.from({ length: 5 }, (_, index) => aCrew({ emp_code: `${index}`, email: `${index}@aaa.com` })))
      await world.control('POST', '/faults', { service: 'mikiwame', method: 'POST', delayMs: 50 })
      const click = async (who: Visitor) => {
        await who.get('/mikiwame')
        const form = who
          .page()
          .html.split('<form')
          .find(part => part.includes(`value="${EMPLOYEES}"`))
        const csrf = /name="_csrf" value="([^"]+)"/.exec(form ?? '')?.[1] ?? ''
        return who.post('/mikiwame/runs/new', { _csrf: csrf, flow: EMPLOYEES })
      }
      const answers = await Promise.all([click(visitor), click(colleague)])
      const { rows } = await world.container.ownerPool.query<{ id: string }>('select id from runs')

      expect(rows).to.have.length(1)
      expect(answers.filter(answer => answer.text.includes('同期処理を開始しました。'))).to.have.length(1)
      expect(answers.filter(answer => answer.text.includes('同期処理を実行中です。'))).to.have.length(1)
      await reportOf(visitor, rows[0]?.id ?? '')
    })

    it('gets through 429 and 503, keeps what is written when it stays closed, and registers nobody twice', async () => {
      const visitor = await linked()
      await people(Array.from({ length: 6 }, (_, index) => aCrew({ emp_code: `${index}`, email: `${index}@aaa.com` })))
      await world.control('POST', '/faults', {
        service: 'mikiwame',
        method: 'POST',
        times: 1,
        after: 1,
        status: 429,
        headers: { 'Retry-After': '0' },
        body: { errors: [{ code: 'rate_limited', message: '' }] },
      })
      await world.control('POST', '/faults', {
        service: 'mikiwame',
        method: 'POST',
        times: 1,
        after: 3,
        drop: true,
        applyFirst: true,
      })
      const { report } = await sync(visitor, EMPLOYEES)

      expect(report.text).to.include('成功 6件')
      expect((await stateOf()).employees).to.have.length(6)
    })
  })
})
