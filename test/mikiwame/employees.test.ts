import { expect } from 'chai'
import { eventually, reportOf } from '../helpers/waiting.js'
import { DEPARTMENTS, EMPLOYEES, useMikiwame, type Json } from './mikiwame.world.js'

describe("ミキワメ's employees", () => {
  const { world, switches, stateOf, linked, click, sync, errorFile } = useMikiwame()

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
    await people([aCrew({ emp_code: '1', last_name: null, last_name_yomi: null, departments: ['A004'], email: null })])
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
    await visitor.begin(`/mikiwame/runs/new?flow=${EMPLOYEES}`)
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
      await visitor.begin(`/mikiwame/runs/new?flow=${flow}`)
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
    await visitor.begin(`/mikiwame/runs/new?flow=${EMPLOYEES}`)
    const runId = /runs\/([\w-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    await eventually('the plan', async () => (await visitor.get(`/runs/${runId}/fetch`)).url.includes('/select'))
    const found = async (typed: string) => {
      await visitor.press('search', { q: typed })
      return [...visitor.page().html.matchAll(/<td id="k\d+"><span class="key">([^<]*)</g)].map(([, key]) => key).sort()
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
    const answers = await Promise.all([click(visitor, EMPLOYEES), click(colleague, EMPLOYEES)])
    const { rows } = await world.container.ownerPool.query<{ id: string }>('select id from runs')

    expect(rows).to.have.length(1)
    expect(answers.filter(answer => answer.text.includes('同期処理を開始しました。'))).to.have.length(1)
    expect(answers.filter(answer => answer.text.includes('同期処理を実行中です。'))).to.have.length(1)
    await reportOf(visitor, rows[0]?.id ?? '')
  })

  it('starts nothing while the departments are on, says so, and takes a second click on one button for one', async () => {
    const visitor = await linked()
    await people([aCrew({ emp_code: '1', email: '1@aaa.com' })])
    await world.control('POST', '/faults', { service: 'mikiwame', method: 'GET', delayMs: 300 })
    expect((await click(visitor, DEPARTMENTS)).text).to.include('同期処理を開始しました。')
    const other = await click(visitor, EMPLOYEES)
    const again = await click(visitor, DEPARTMENTS)
    const { rows } = await world.container.ownerPool.query<{ id: string; flow: string }>('select id, flow from runs')

    expect(other.text).to.include('同期処理を実行中です。').and.not.include('同期処理を開始しました。')
    expect(again.text).to.include('同期処理を開始しました。')
    expect(rows.map(({ flow }) => flow)).to.deep.equal([DEPARTMENTS])
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
