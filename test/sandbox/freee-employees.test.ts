import { expect } from 'chai'
import { aCreate, COMPANY, createWorld, problem, type World } from './freee.world.js'

interface EmployeeJson {
  id: number
  num: string
  display_name: string
  entry_date: string
  retire_date: string | null
  company_reference_date_rule_name: string | null
  payroll_calculation: boolean
  profile_rule: Record<string, unknown> | null
  basic_pay_rule: Record<string, unknown> | null
}

const NAMES = { last_name: '山田', first_name: '太郎', last_name_kana: 'ヤマダ', first_name_kana: 'タロウ' }

describe('freee stand-in: employees', () => {
  let world: World
  let token: string
  beforeEach(async () => {
    world = createWorld()
    token = (await world.signIn()).access_token
  })

  const company_id = COMPANY
  const create = async (changes: Record<string, unknown> = {}) => {
    const answer = await world.post(token, '/employees', { company_id, employee: aCreate(changes) }).expect(201)
    return (answer.body as { employee: EmployeeJson }).employee
  }
  const putProfile = (id: number, month: object, changes: object) =>
    world.put(token, `/employees/${id}/profile_rule`, {
      company_id,
      ...month,
      employee_profile_rule: { ...NAMES, ...changes },
    })
  const profile = async (id: number, year: number, month: number) => {
    const answer = await world.get(token, `/employees/${id}/profile_rule`, { company_id, year, month }).expect(200)
    return (answer.body as { employee_profile_rule: Record<string, unknown> }).employee_profile_rule
  }
  const list = async (year: number, month: number, query: object = {}) => {
    const answer = await world.get(token, '/employees', { company_id, year, month, limit: 100, ...query }).expect(200)
    return answer.body as { employees: EmployeeJson[]; total_count: number }
  }
  const everyone = async (year: number, month: number, query: object = {}) => {
    const found: EmployeeJson[] = []
    for (;;) {
      const page = await list(year, month, { ...query, offset: found.length })
      found.push(...page.employees)
      if (page.employees.length === 0 || found.length >= page.total_count) return found
    }
  }

  describe('month rule', () => {
    // The table of freee §5.2: group, month sent, month it lands in.
    const groups = {
      月末締め翌月15日払い: { closingDay: 31, payDay: 15, monthOfPayDay: 'next_month' },
      月末締め当月25日払い: { closingDay: 31, payDay: 25, monthOfPayDay: 'this_month' },
      '15日締め当月25日払い': { closingDay: 15, payDay: 25, monthOfPayDay: 'this_month' },
      '20日締め翌月5日払い': { closingDay: 20, payDay: 5, monthOfPayDay: 'next_month' },
      '10日締め翌月末払い': { closingDay: 10, payDay: 31, monthOfPayDay: 'next_month' },
    } as const
    const rows: [keyof typeof groups, [number, number], [number, number]][] = [
      ['月末締め翌月15日払い', [2022, 1], [2022, 2]],
      ['月末締め翌月15日払い', [2021, 12], [2022, 1]],
      ['月末締め当月25日払い', [2022, 1], [2022, 1]],
      ['15日締め当月25日払い', [2022, 1], [2022, 1]],
      ['20日締め翌月5日払い', [2022, 1], [2022, 2]],
      ['10日締め翌月末払い', [2022, 12], [2023, 1]],
      ['月末締め当月25日払い', [2022, 6], [2022, 6]],
      ['月末締め翌月15日払い', [2022, 6], [2022, 7]],
    ]
    for (const [group, sent, landed] of rows) {
      it(`${group}: ${sent.join('/')} lands in ${landed.join('/')}`, async () => {
        world.company.groups.push({ name: group, ...groups[group] })
        const employee = await create({ company_reference_date_rule_name: group, entry_date: '2021-01-01' })

        await putProfile(employee.id, { year: sent[0], month: sent[1] }, { title: '課長' }).expect(200)

        const history = world.company.employees.get(employee.id)?.payroll?.profile
        expect(history?.map(entry => [entry.from, entry.value.title]).at(-1)).to.deep.equal([
          landed[0] * 12 + landed[1] - 1,
          '課長',
        ])
        expect(await profile(employee.id, sent[0], sent[1])).to.include({ title: '課長' })
      })
    }

    it('keeps earlier months and holds for later ones until changed again, each rule for itself', async () => {
      const { id } = await create()
      await putProfile(id, { year: 2022, month: 3 }, { title: '課長' }).expect(200)
      await putProfile(id, { year: 2022, month: 6 }, { title: '部長' }).expect(200)
      await putProfile(id, { year: 2022, month: 4 }, { phone1: '03', phone2: '1111', phone3: '2222' }).expect(200)

      expect((await profile(id, 2022, 2)).title).to.equal(null)
      expect(await profile(id, 2022, 3)).to.include({ title: '課長', phone1: null })
      expect(await profile(id, 2022, 5)).to.include({ title: '課長', phone1: '03' })
      expect(await profile(id, 2030, 1)).to.include({ title: '部長', phone1: null })
    })

    it('keeps gender once per employee, for past months as well', async () => {
      const { id } = await create()
      await putProfile(id, { year: 2022, month: 6 }, { gender: 'female' }).expect(200)
      expect(await profile(id, 2021, 12)).to.include({ gender: 'female' })
    })

    it('keeps dates, numbers and 従業員番号 independent of the month', async () => {
      const { id } = await create({ company_reference_date_rule_name: 'アルバイト' })
      const employee = {
        num: 'N-2',
        birth_date: '1991-02-03',
        entry_date: '2021-11-01',
        retire_date: '2030-03-31',
        base_pension_num: '1234567890',
        employment_insurance_reference_number: '12345678901',
      }
      await world.put(token, `/employees/${id}`, { company_id, year: 2022, month: 6, employee }).expect(200)

      for (const [year, month] of [
        [2021, 11],
        [2022, 5],
        [2029, 1],
      ]) {
        const answer = await world.get(token, `/employees/${id}`, { company_id, year, month }).expect(200)
        expect((answer.body as { employee: object }).employee).to.include(employee)
      }
    })

    it('begins a new employee in the month of 入社日', async () => {
      const { id } = await create({ entry_date: '2021-12-15', company_reference_date_rule_name: 'アルバイト' })
      expect(world.company.employees.get(id)?.payroll?.profile[0]?.from).to.equal(2022 * 12)
    })
  })

  describe('who is listed', () => {
    const codes = async (year: number, month: number) => (await everyone(year, month)).map(employee => employee.num)

    it('leaves out who retired before the month or joins after it', async () => {
      const september = await codes(2026, 9)
      const october = await codes(2026, 10)
      const november = await codes(2026, 11)

      expect(september).to.include('S-TAISHOKU-ZENGETSU').and.not.include('S-NYUSHA-TOJITSU')
      expect(october).to.include.members(['S-TAISHOKU-MAE', 'S-TAISHOKU-TOJITSU', 'S-TAISHOKU-ATO', 'S-NYUSHA-TOJITSU'])
      expect(october).to.not.include('S-TAISHOKU-ZENGETSU').and.not.include('S-NYUSHA-ATO')
      expect(november).to.include.members(['S-TAISHOKU-ATO', 'S-NYUSHA-ATO'])
      for (const gone of ['S-TAISHOKU-MAE', 'S-TAISHOKU-TOJITSU', 'S-NYUSHA-RAINEN']) {
        expect(november).to.not.include(gone)
      }
    })

    it('goes by the month sent, not by the one 翌月払い shifts to', async () => {
      const { id } = await create({ entry_date: '2026-12-01', company_reference_date_rule_name: 'アルバイト' })
      await world.get(token, `/employees/${id}`, { company_id, year: 2026, month: 11 }).expect(404)
      await world.get(token, `/employees/${id}`, { company_id, year: 2026, month: 12 }).expect(200)
    })

    it('pages without losing or repeating anybody and says how many there are', async () => {
      const all = await everyone(2026, 11)
      expect(all.length).to.be.above(100)
      expect(new Set(all.map(employee => employee.id)).size).to.equal((await list(2026, 11)).total_count)
      expect((await list(2026, 11, { limit: undefined })).employees).to.have.lengthOf(50)
      expect((await list(2026, 11, { offset: 100_000 })).employees).to.deep.equal([])
    })

    it('hides 給与計算対象外 unless asked', async () => {
      expect(await codes(2026, 11)).to.not.include('S-KEISAN-TAISHOGAI')
      const found = (await everyone(2026, 11, { with_no_payroll_calculation: true })).find(
        employee => employee.num === 'S-KEISAN-TAISHOGAI',
      )
      expect(found).to.include({
        payroll_calculation: false,
        company_reference_date_rule_name: null,
        profile_rule: null,
      })
    })

    it('shows everybody of all periods with the pay day in the company list, a bare array', async () => {
      const rows: Record<string, unknown>[] = []
      for (let more = true; more;) {
        const page = await world.get(token, `/companies/${COMPANY}/employees`, { limit: 100, offset: rows.length })
        rows.push(...(page.body as Record<string, unknown>[]))
        more = (page.body as unknown[]).length === 100
      }
      const row = (num: string) => rows.find(candidate => candidate.num === num)
      expect(row('S-TAISHOKU-ZENGETSU')).to.include({ closing_day: 31, pay_day: 25, month_of_pay_day: 'this_month' })
      expect(row('F0010')).to.include({ closing_day: 31, pay_day: 15, month_of_pay_day: 'next_month' })
      expect(row('S-KEISAN-TAISHOGAI')).to.equal(undefined)
      const all = await world.get(token, `/companies/${COMPANY}/employees`, {
        limit: 100,
        offset: 100,
        with_no_payroll_calculation: true,
      })
      expect((all.body as { num: string }[]).find(({ num }) => num === 'S-KEISAN-TAISHOGAI')).to.include({
        closing_day: null,
        pay_day: null,
        month_of_pay_day: null,
      })
    })
  })

  describe('writing', () => {
    it('creates with 201, names joined by a space and everything else empty', async () => {
      const employee = await create({ num: undefined })
      expect(employee).to.deep.include({
        display_name: '山田 太郎',
        num: '',
        retire_date: null,
        payroll_calculation: true,
      })
      expect(employee.basic_pay_rule).to.include({ pay_calc_type: 'monthly', pay_amount: 220_000 })
      expect(employee.profile_rule).to.include({ gender: 'unselected', married: false, title: null })
    })

    it('takes the first group and 勤務・賃金設定 when none is named', async () => {
      const employee = await create({
        company_reference_date_rule_name: undefined,
        working_hours_system_name: undefined,
      })
      expect(employee.company_reference_date_rule_name).to.equal('正社員')
      expect(world.company.employees.get(employee.id)?.payroll?.workingHoursSystem.name).to.equal('固定時間')
    })

    it('keeps what an update does not name, clears 退職日 with null, and leaves the display name alone', async () => {
      const { id } = await create()
      const put = (employee: object) =>
        world.put(token, `/employees/${id}`, {
          company_id,
          year: 2026,
          month: 11,
          employee: { birth_date: '1990-01-01', entry_date: '2021-12-01', ...employee },
        })
      await put({ retire_date: '2026-12-31', base_pension_num: '1234567890' }).expect(200)
      await putProfile(id, { year: 2026, month: 11 }, { last_name: '鈴木' }).expect(200)
      const kept = await put({}).expect(200)
      expect((kept.body as { employee: EmployeeJson }).employee).to.include({
        retire_date: '2026-12-31',
        base_pension_num: '1234567890',
        num: 'N-1',
        display_name: '山田 太郎',
      })
      const cleared = await put({ retire_date: null }).expect(200)
      expect((cleared.body as { employee: EmployeeJson }).employee.retire_date).to.equal(null)
    })

    it('writes each monthly rule and reads it back', async () => {
      const { id } = await create()
      const month = { year: 2026, month: 11 }
      for (const [name, values] of Object.entries({
        bank_account_rule: {
          bank_code: '0001',
          branch_code: '001',
          account_number: '0123456',
          account_name: 'ヤマダ タロウ',
          account_type: 'saving',
        },
        health_insurance_rule: { reference_num: '12', standard_monthly_remuneration: 300_000 },
        welfare_pension_insurance_rule: { reference_num: '13', standard_monthly_remuneration: 300_000 },
        basic_pay_rule: { pay_calc_type: 'hourly', pay_amount: 1_200 },
        profile_rule: {
          ...NAMES,
          residential_prefecture_code: 12,
          residential_address: '港区六本木3-2-1',
          widow_type: 'one_parent',
        },
      })) {
        const written = await world
          .put(token, `/employees/${id}/${name}`, { company_id, ...month, [`employee_${name}`]: values })
          .expect(200)
        const read = await world.get(token, `/employees/${id}/${name}`, { company_id, ...month }).expect(200)
        const rule = (read.body as Record<string, object>)[`employee_${name}`]
        expect(rule).to.include({ ...values, employee_id: id, company_id: COMPANY })
        expect(written.body).to.deep.equal(read.body)
        const whole = await world.get(token, `/employees/${id}`, { company_id, ...month }).expect(200)
        expect((whole.body as { employee: Record<string, object> }).employee[name]).to.deep.equal(rule)
      }
    })

    it('forgets insurance amounts while they are calculated automatically', async () => {
      const { id } = await create()
      const put = async (values: object) => {
        const answer = await world
          .put(token, `/employees/${id}/health_insurance_rule`, {
            company_id,
            year: 2026,
            month: 11,
            employee_health_insurance_rule: { standard_monthly_remuneration: 300_000, ...values },
          })
          .expect(200)
        return (answer.body as { employee_health_insurance_rule: Record<string, unknown> })
          .employee_health_insurance_rule
      }
      const key = 'manual_health_insurance_amount_of_employee_salary'
      expect((await put({ [key]: 5 }))[key]).to.equal(null)
      expect((await put({ health_insurance_salary_calc_type: 'manual', [key]: 5 }))[key]).to.equal(5)
      expect((await put({ health_insurance_salary_calc_type: 'auto' }))[key]).to.equal(null)
    })

    it('deletes with 204; afterwards nothing is found', async () => {
      const { id } = await create()
      await world.delete(token, `/employees/${id}`, { company_id }).expect(204)
      const month = { year: 2026, month: 11 }
      const gone = problem(404, 'not_found', ['存在しないか既に削除されたレコードです。'])
      expect((await world.get(token, `/employees/${id}`, { company_id, ...month }).expect(404)).body).to.deep.equal(
        gone,
      )
      expect((await world.delete(token, `/employees/${id}`, { company_id }).expect(404)).body).to.deep.equal(gone)
      await putProfile(id, month, {}).expect(404)
    })

    it('accepts a 従業員番号 twice, unless told to refuse it', async () => {
      await create({ num: 'SAME' })
      await create({ num: 'SAME' })
      world.store.switches.duplicateNum = 'reject'
      await world.post(token, '/employees', { company_id, employee: aCreate({ num: 'SAME' }) }).expect(400)
      await create({ num: 'OTHER' })
    })

    it('changes the group only without confirmed statements and without フレックスタイム', async () => {
      const put = (id: number) =>
        world.put(token, `/employees/${id}`, {
          company_id,
          year: 2026,
          month: 11,
          employee: {
            birth_date: '1990-01-01',
            entry_date: '2021-12-01',
            company_reference_date_rule_name: 'アルバイト',
          },
        })
      await put((await create()).id).expect(200)
      await put((await create({ working_hours_system_name: 'フレックスタイム' })).id).expect(400)
      const paid = world.company.salaryStatements.find(statement => statement.pay_date === '2026-10-23')
      await put(paid?.employee_id ?? 0).expect(400)
    })
  })

  describe('statements', () => {
    interface Statement {
      employee_id: number
      pay_date: string
      fixed: boolean
      calc_status: string
      net_payment_amount: string | null
      payments: unknown[]
      pay_calc_type: string
    }
    const paidIn = async (kind: string, year: number, month: number) => {
      const answer = await world
        .get(token, `/${kind}/employee_payroll_statements`, { company_id, year, month, limit: 100 })
        .expect(200)
      return (answer.body as { employee_payroll_statements: Statement[]; total_count: number })
        .employee_payroll_statements
    }

    it('are listed in the month they are paid, for 翌月払い too', async () => {
      const october = await paidIn('salaries', 2026, 10)
      expect(new Set(october.map(statement => statement.pay_date))).to.deep.equal(
        new Set(['2026-10-15', '2026-10-23', '2026-10-30']),
      )
      expect(
        october.every(statement => statement.fixed && /^\d+\.0$/.test(statement.net_payment_amount ?? '')),
      ).to.equal(true)
      const one = await world
        .get(token, `/salaries/employee_payroll_statements/${october[0]?.employee_id}`, {
          company_id,
          year: 2026,
          month: 10,
        })
        .expect(200)
      expect((one.body as { employee_payroll_statement: Statement }).employee_payroll_statement).to.deep.equal(
        october[0],
      )
    })

    it('have no figures while they are calculated', async () => {
      const calculating = (await paidIn('salaries', 2026, 11)).filter(
        statement => statement.calc_status === 'calculating',
      )
      expect(calculating).to.not.have.lengthOf(0)
      for (const statement of calculating) {
        expect(statement).to.deep.include({ fixed: false, net_payment_amount: null, payments: [], pay_calc_type: '' })
      }
    })

    it('exist for bonuses too, and not in other months', async () => {
      expect((await paidIn('bonuses', 2026, 7)).every(statement => statement.fixed)).to.equal(true)
      expect(await paidIn('bonuses', 2026, 8)).to.deep.equal([])
      const id = (await paidIn('bonuses', 2026, 7))[0]?.employee_id
      await world
        .get(token, `/bonuses/employee_payroll_statements/${id}`, { company_id, year: 2026, month: 8 })
        .expect(404)
    })
  })
})
