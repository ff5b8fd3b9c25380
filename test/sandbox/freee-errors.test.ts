import { expect } from 'chai'
import request from 'supertest'
import { type AccessCode } from '../../sandbox/freee/errors.js'
import { aCreate, COMPANY, createWorld, HR, problem, type World } from './freee.world.js'

const WRONG_FORM = 'リクエストの形式が不正です。'
const NAMES = { last_name: '山田', first_name: '太郎', last_name_kana: 'ヤマダ', first_name_kana: 'タロウ' }
const company_id = COMPANY

const accessRefused = (code: AccessCode, message: string) => ({
  status_code: 401,
  errors: [{ codes: [code], type: 'status', messages: ['アクセス権限がありません。', message] }],
})

describe('freee stand-in: refusals', () => {
  let world: World
  let token: string
  let id: number
  beforeEach(async () => {
    world = createWorld()
    token = (await world.signIn()).access_token
    const answer = await world.post(token, '/employees', { company_id, employee: aCreate() }).expect(201)
    id = (answer.body as { employee: { id: number } }).employee.id
  })

  describe('400 in shape A', () => {
    const month = { year: 2026, month: 11 }
    const long = (length: number) => 'ア'.repeat(length)

    const creates: [string, object, string][] = [
      ['no 姓', { last_name: undefined }, '姓を入力してください。'],
      ['a blank 姓カナ', { last_name_kana: ' ' }, '姓カナを入力してください。'],
      ['no 入社日', { entry_date: undefined }, '入社日を入力してください。'],
      ['a null 生年月日', { birth_date: null }, '生年月日を入力してください。'],
      ['no 給与方式', { pay_calc_type: undefined }, '給与方式を入力してください。'],
      ['no 基本給', { pay_amount: undefined }, '基本給を入力してください。'],
      ['a number as name', { first_name: 5 }, WRONG_FORM],
      ['a date that does not exist', { entry_date: '2021-02-30' }, WRONG_FORM],
      ['a date in another form', { entry_date: '2021/02/03' }, WRONG_FORM],
      ['an unknown gender', { gender: 'other' }, WRONG_FORM],
      ['null for 配偶者', { married: null }, WRONG_FORM],
      ['基本給 as text', { pay_amount: '220000' }, WRONG_FORM],
      ['基本給 above the range', { pay_amount: 100_000_000 }, '基本給は0以上99999999以下で入力してください。'],
      ['a name of 256 characters', { last_name: long(256) }, '姓は255文字以内で入力してください。'],
      ['a 従業員番号 of 256 characters', { num: long(256) }, '従業員番号は255文字以内で入力してください。'],
      ['kanji as kana', { last_name_kana: '山田' }, '姓カナはカタカナで入力してください。'],
      ['hiragana as kana', { first_name_kana: 'たろう' }, '名カナはカタカナで入力してください。'],
      ['an unknown group', { company_reference_date_rule_name: '正社員 ' }, '締め日支払い日グループ名が存在しません。'],
      [
        'a group name of 16 characters',
        { company_reference_date_rule_name: long(16) },
        '締め日支払い日グループ名は15文字以内で入力してください。',
      ],
      ['an unknown 勤務・賃金設定', { working_hours_system_name: '固定' }, '勤務・賃金設定名が存在しません。'],
      [
        'a setting name of 31 characters',
        { working_hours_system_name: long(31) },
        '勤務・賃金設定名は30文字以内で入力してください。',
      ],
      [
        '時給 with フレックスタイム',
        { working_hours_system_name: 'フレックスタイム', pay_calc_type: 'hourly' },
        'フレックスタイム制の場合、給与方式は月給以外指定できません。',
      ],
      [
        'pay keys with 給与計算対象外',
        { no_payroll_calculation: true },
        '給与計算対象外の従業員には給与計算の項目を指定できません。',
      ],
    ]
    for (const [what, changes, message] of creates) {
      it(`refuses to create with ${what}`, async () => {
        const before = world.company.employees.all().length
        const answer = await world.post(token, '/employees', {
          company_id,
          employee: aCreate(changes as Record<string, unknown>),
        })
        expect(answer.status).to.equal(400)
        expect(answer.body).to.deep.equal(problem(400, 'bad_request', [message]))
        expect(answer.headers['content-type']).to.match(/^application\/problem\+json/)
        expect(world.company.employees.all()).to.have.lengthOf(before)
      })
    }

    it('creates somebody outside payroll without the pay keys', async () => {
      const employee = {
        ...NAMES,
        birth_date: '1990-01-01',
        entry_date: '2020-01-01',
        no_payroll_calculation: true,
      }
      await world.post(token, '/employees', { company_id, employee }).expect(201)
    })

    const dates = { birth_date: '1990-01-01', entry_date: '2021-12-01' }
    const updates: [string, object, string][] = [
      ['no 入社日', { birth_date: '1990-01-01' }, '入社日を入力してください。'],
      ['退職日 before 入社日', { ...dates, retire_date: '2021-11-30' }, '退職日は入社日以降の日付を入力してください。'],
      [
        '基礎年金番号 of 9 digits',
        { ...dates, base_pension_num: '123456789' },
        '基礎年金番号は10桁の数字で入力してください。',
      ],
      [
        '基礎年金番号 with a hyphen',
        { ...dates, base_pension_num: '1234-56789' },
        '基礎年金番号は10桁の数字で入力してください。',
      ],
      [
        '雇用保険 of 10 digits',
        { ...dates, employment_insurance_reference_number: '1234567890' },
        '被保険者番号は11桁の数字で入力してください。',
      ],
    ]
    for (const [what, employee, message] of updates) {
      it(`refuses to update with ${what}`, async () => {
        const answer = await world.put(token, `/employees/${id}`, { company_id, ...month, employee })
        expect([answer.status, answer.body]).to.deep.equal([400, problem(400, 'bad_request', [message])])
      })
    }

    const rules: [string, string, object, string][] = [
      ['profile_rule', 'no 名', { ...NAMES, first_name: undefined }, '名を入力してください。'],
      [
        'profile_rule',
        'a third postal digit too many',
        { ...NAMES, zipcode1: '1234' },
        '住民票住所の郵便番号1は3文字以内で入力してください。',
      ],
      [
        'profile_rule',
        'prefecture 47',
        { ...NAMES, residential_prefecture_code: 47 },
        '現住所の都道府県は-1以上46以下で入力してください。',
      ],
      ['profile_rule', 'a long phone part', { ...NAMES, phone2: '12345' }, '電話番号2は4文字以内で入力してください。'],
      [
        'profile_rule',
        'kanji in the reading',
        { ...NAMES, address_kana: '港区' },
        '住民票住所の市区町村以降の住所カナはカタカナで入力してください。',
      ],
      ['profile_rule', 'null for 寡婦', { ...NAMES, widow_type: null }, WRONG_FORM],
      ['profile_rule', 'an unknown 障害', { ...NAMES, disability_type: 'ordinary_handicapped' }, WRONG_FORM],
      [
        'profile_rule',
        '世帯主の名前 of 本人',
        { ...NAMES, householder: 'myself', householder_name: '山田 太郎' },
        '世帯主の続柄が本人の場合、世帯主の名前は指定できません。',
      ],
      [
        'bank_account_rule',
        'a bank code of 3 digits',
        { bank_code: '001' },
        '金融機関コードは4桁の数字で入力してください。',
      ],
      [
        'bank_account_rule',
        'a branch code of 4 digits',
        { branch_code: '0001' },
        '支店コードは3桁の数字で入力してください。',
      ],
      [
        'bank_account_rule',
        'letters in the number',
        { account_number: '12345A7' },
        '口座番号は7桁の数字で入力してください。',
      ],
      [
        'bank_account_rule',
        'kanji as holder',
        { account_name: '山田 太郎' },
        '口座名義カナは英字カナで入力してください。',
      ],
      [
        'bank_account_rule',
        'a holder of 51 characters',
        { account_name: long(51) },
        '口座名義カナは50文字以内で入力してください。',
      ],
      ['bank_account_rule', 'an unknown 預金種類', { account_type: 'checking' }, WRONG_FORM],
      ['health_insurance_rule', 'no 標準報酬月額', { reference_num: '12' }, '標準報酬月額を入力してください。'],
      [
        'health_insurance_rule',
        '標準報酬月額 0',
        { standard_monthly_remuneration: 0 },
        '標準報酬月額は1以上2147483647以下で入力してください。',
      ],
      [
        'welfare_pension_insurance_rule',
        'a number as 整理番号',
        { reference_num: 12, standard_monthly_remuneration: 1 },
        WRONG_FORM,
      ],
      ['basic_pay_rule', 'no 基本給', { pay_calc_type: 'monthly' }, '基本給を入力してください。'],
    ]
    for (const [rule, what, values, message] of rules) {
      it(`refuses ${rule} with ${what}`, async () => {
        const answer = await world.put(token, `/employees/${id}/${rule}`, {
          company_id,
          ...month,
          [`employee_${rule}`]: values,
        })
        expect([answer.status, answer.body]).to.deep.equal([400, problem(400, 'bad_request', [message])])
      })
    }

    it('names every fault of a body at once', async () => {
      const answer = await world.post(token, '/employees', { company_id, employee: {} }).expect(400)
      expect((answer.body as ReturnType<typeof problem>).errors[0]?.messages).to.include.members([
        '姓を入力してください。',
        '入社日を入力してください。',
        '基本給を入力してください。',
      ])
    })

    it('refuses limits, offsets, months and ids outside their ranges', async () => {
      for (const query of [
        { limit: 0 },
        { limit: 101 },
        { limit: 'all' },
        { offset: -1 },
        { month: 13 },
        { month: undefined },
        { year: 1999 },
        { company_id: undefined },
        { company_id: 0 },
        { with_no_payroll_calculation: 'yes' },
      ]) {
        const answer = await world.get(token, '/employees', { company_id, year: 2026, month: 11, ...query })
        expect([answer.status, answer.body], JSON.stringify(query)).to.deep.equal([
          400,
          problem(400, 'bad_request', [WRONG_FORM]),
        ])
      }
    })

    it('refuses bodies that are no JSON object, company_id as text, and a missing month', async () => {
      const broken = request(world.app)
        .post(`${HR}/employees`)
        .set('Authorization', `Bearer ${token}`)
        .set('Content-Type', 'application/json')
        .send('{"company_id":')
      expect((await broken.expect(400)).body).to.deep.equal(problem(400, 'bad_request', [WRONG_FORM]))
      await world.post(token, '/employees', []).expect(400)
      await world.post(token, '/employees', { company_id: '123', employee: aCreate() }).expect(400)
      await world.put(token, `/employees/${id}`, { company_id, employee: dates }).expect(400)
    })

    it('refuses monthly rules of 給与計算対象外 employees, and asks for their display name', async () => {
      const outside = world.company.employees.all().find(employee => !employee.payroll)
      const path = `/employees/${outside?.id}`
      await world.get(token, `${path}/profile_rule`, { company_id, ...month }).expect(400)
      await world.put(token, `${path}/profile_rule`, { company_id, ...month, employee_profile_rule: NAMES }).expect(400)
      const put = (employee: object) => world.put(token, path, { company_id, employee: { ...dates, ...employee } })
      await put({}).expect(400)
      await put({ display_name: '高田 監査' }).expect(200)
      await put({ display_name: '高田 監査', employment_insurance_reference_number: '12345678901' }).expect(400)
      await put({ display_name: '高田 監査', company_reference_date_rule_name: '正社員' }).expect(400)
    })
  })

  describe('401', () => {
    const list = (bearer = token, company: number = COMPANY) =>
      world.get(bearer, '/employees', { company_id: company, year: 2026, month: 11 })

    it('without a token asks to log in (shape C)', async () => {
      const answer = await request(world.app).get(`${HR}/users/me`).expect(401)
      expect(answer.body).to.deep.equal({ message: 'ログインをしてください。' })
    })

    it('with an unknown or expired token has the code only (shape D), by switch as 403', async () => {
      const expired = { message: 'アクセスする権限がありません', code: 'expired_access_token' }
      expect((await list('unknown').expect(401)).body).to.deep.equal(expired)
      world.pass(6 * 3_600_000)
      expect((await list().expect(401)).body).to.deep.equal(expired)
      world.store.switches.expiredTokenStatus = 403
      expect((await list().expect(403)).body).to.deep.equal({ error: 'access_denied', ...expired })
    })

    it('names the reason in shape B: other company, no administrator, IP, plan', async () => {
      const otherCompany = await list(token, 124).expect(401)
      expect(otherCompany.body).to.deep.equal(
        accessRefused('company_not_found', '存在しないかすでに削除された事業所です。'),
      )
      expect(otherCompany.headers['content-type']).to.match(/^application\/json/)

      const staff = (await world.signIn({ email: 'staff@freee.example' })).access_token
      expect((await list(staff).expect(401)).body).to.deep.equal(
        accessRefused('user_do_not_have_permission', 'このAPIにアクセスしたい場合、事業所の管理者にご確認ください。'),
      )

      world.store.switches.plan = 'free'
      const month = { company_id, year: 2026, month: 10 }
      for (const path of ['/salaries/employee_payroll_statements', '/bonuses/employee_payroll_statements/1']) {
        expect((await world.get(token, path, month).expect(401)).body).to.deep.equal(
          accessRefused('freee_plan_limit', '有料プランをご利用中の事業所のみご利用いただけます。'),
        )
      }
      await list().expect(200)

      world.store.switches.ipRestricted = true
      expect((await list().expect(401)).body).to.deep.equal(
        accessRefused('source_ip_address_limit', '接続元のIPアドレスからは、サービスをご利用いただけません。'),
      )
    })

    it('follows the role switch and the switch for any other code', async () => {
      world.store.switches.role = 'attendance_manager'
      await list().expect(401)
      const me = await world.get(token, '/users/me').expect(200)
      expect((me.body as { companies: object[] }).companies[0]).to.include({ role: 'attendance_manager' })
      world.store.switches.refuseWith = 're_authorization_required'
      expect((await list().expect(401)).body).to.deep.equal(
        accessRefused(
          're_authorization_required',
          'アプリのバージョンが更新されてデータアクセス範囲が追加されています。再度認可をしてください。',
        ),
      )
    })
  })

  it('answers 404 in shape A to unknown ids and paths', async () => {
    const month = { company_id, year: 2026, month: 11 }
    for (const path of [
      '/employees/999999',
      '/employees/999999/bank_account_rule',
      '/salaries/employee_payroll_statements/999999',
      '/nothing',
    ]) {
      const answer = await world.get(token, path, month)
      expect([answer.status, answer.body], path).to.deep.equal([
        404,
        problem(404, 'not_found', ['存在しないか既に削除されたレコードです。']),
      ])
    }
  })

  it('answers 403 while access is blocked', async () => {
    world.store.switches.blocked = true
    const answer = await world.get(token, '/users/me').expect(403)
    expect(answer.body).to.deep.equal(problem(403, 'forbidden', ['アクセス権限がありません。']))
  })

  it('answers 429 by switch and beyond the hourly limit of the company, until the hour is over', async () => {
    world.store.switches.exhausted = true
    const switched = await world.get(token, '/users/me').expect(429)
    expect((switched.body as ReturnType<typeof problem>).errors[0]?.type).to.equal('too_many_requests')
    expect(switched.headers).to.include({ 'x-ratelimit-remaining': '0' })
    world.store.switches.exhausted = false

    world.pass(3_600_000)
    world.limit.perHour = 2
    const second = (await world.signIn()).access_token
    await world.get(token, '/users/me').expect(200)
    await world.get(second, '/users/me').expect(200)
    const refused = await world.get(token, '/users/me').expect(429)
    expect(refused.headers['retry-after']).to.equal('3600')
    world.pass(3_600_000)
    await world.get(token, '/users/me').expect(200)
  })

  it('blocks a company for ten minutes after too many requests in a second', async () => {
    world.pass(1000)
    world.limit.perSecond = 2
    await world.get(token, '/users/me').expect(200)
    await world.get(token, '/users/me').expect(200)
    await world.get(token, '/users/me').expect(403)
    world.pass(599_000)
    await world.get(token, '/users/me').expect(403)
    world.pass(1000)
    await world.get(token, '/users/me').expect(200)
  })

  it('counts and refuses nothing while the limits are off', async () => {
    Object.assign(world.limit, { perHour: 1, perSecond: 1, enabled: false })
    for (let calls = 0; calls < 5; calls += 1) await world.get(token, '/users/me').expect(200)
    world.limit.perHour = 100
    const { headers } = await world.get(token, '/users/me').expect(200)
    expect(Number(headers['x-ratelimit-remaining'])).to.be.greaterThan(97)
  })

  it('gives every response a request id and the state of the hourly limit', async () => {
    const first = await world.get(token, '/users/me').expect(200)
    const second = await world.get('unknown', '/users/me').expect(401)
    const third = await world.get(token, '/users/me').expect(200)
    for (const { headers } of [first, second, third]) {
      expect(headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/)
      expect(headers['x-ratelimit-limit']).to.equal('10000')
      expect(headers['x-ratelimit-reset']).to.match(/^2026-11-20T02:00:00\.000000Z$/)
    }
    expect(Number(first.headers['x-ratelimit-remaining']) - Number(third.headers['x-ratelimit-remaining'])).to.equal(1)
    const page = await request(world.app).get(world.authorizeUrl()).expect(200)
    expect(page.headers).to.include.keys(
      'x-request-id',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
    )
  })
})
