import fc from 'fast-check'
import type { Visitor } from '../helpers/visitor.js'
import { eventually } from '../helpers/waiting.js'
import type { World } from '../helpers/world.js'
import { payrollsIn, type Payslip } from '../helpers/payslips.js'
import { onePicture, type Violation } from './judge.js'
import { calls, mark } from './log.js'
import { pairsOf, type Pair } from './pairs.js'
import { employeeOf } from './side.freee.js'
import { crewId, crewOf, tenantOf } from './side.smarthr.js'
import { readSelection, runIn, walk, walkDialog, type Walk } from './shown.js'
import type { Broken, Tried } from './trial.js'

/** Payslips: every item on the pages is sent, every item sent is held, and is what the statement says. */

type Json = Record<string, unknown>

export interface Slip {
  kind: string
  code: string
  /** item → value, as the service has them; what SmartHR calls them alike */
  items: Readonly<Record<string, string>>
  memo: string
}

export interface PayslipLaw {
  /** everybody is on both sides and has this statement */
  fill(world: World, pairs: readonly Pair[], seed: number): Promise<Slip[]>
  /** from the dashboard to the end, with the pages on the way */
  import(visitor: Visitor): Promise<Walk>
  /** once more to the dialog, and its words */
  again(visitor: Visitor): Promise<string>
}

const yen = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 900_000 }))
const small = fc.integer({ min: -20_000, max: 60_000 })
const memo = fc.constantFrom('', '', '10月分\n通勤経路の変更により精算', '髙橋様分 ＊確認済')
const wages = fc.record({
  pay: yen,
  allowance: small,
  absence: fc.integer({ min: 0, max: 9000 }),
  overtime: fc.integer({ min: 0, max: 1600 }),
  health: fc.integer({ min: 0, max: 40_000 }),
  tax: small,
  off: fc.constantFrom(0, 0, 0, 0, 7),
  memo,
})
type Wages = typeof wages extends fc.Arbitrary<infer T> ? T : never

const sampled = (count: number, seed: number): Wages[] => fc.sample(wages, { seed, numRuns: count })
const personOf = (pair: Pair) => {
  const person = pair.source ?? pair.target
  if (!person) throw new Error('nobody')
  return person
}

const EXTRA_ITEMS = ['𠮷日手当', '通勤手当'] as const

/** Everybody works here, once. */
export const peopleFor = (count: number, seed: number, prefix: string): Pair[] =>
  pairsOf({ count, seed, prefix }).map(pair => ({ ...pair, paidLater: false }))

async function crews(world: World, pairs: readonly Pair[]): Promise<void> {
  // SmartHR takes an item that it does not know for no 支給, so that the sums would not add up.
  const { payslipItems } = await tenantOf(world)
  const add = EXTRA_ITEMS.filter(name => !payslipItems.some(item => item.name === name))
  await world.control('PUT', '/switches', {
    service: 'smarthr',
    payslipItems: { add: add.map(name => ({ name, kind: '支給' })) },
  })
  const settings = (await tenantOf(world)).bankAccountSettings.map(({ id }) => id)
  const people = pairs.map(pair => crewOf({ ...personOf(pair), departments: [] }, settings))
  await world.control('POST', '/people', { service: 'smarthr', people })
}

const decimal = (value: number) => value.toFixed(1)
const named = (entries: Readonly<Record<string, number>>) =>
  Object.entries(entries).map(([name, amount]) => ({ name, amount: decimal(amount) }))
const clock = (minutes: number) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`

interface FreeeState {
  companies: { employees: { id: number; num: string }[]; salaryStatements: Json[]; bonusStatements: Json[] }[]
}

/** freee's statements (freee §5.5, §5.6), all of one group, made over one of its own. */
export const freeePayslips = (kind: 'salaries' | 'bonuses'): PayslipLaw => {
  const salary = kind === 'salaries'
  const flow = salary ? 'salary-payslips' : 'bonus-payslips'
  const toDate = async (visitor: Visitor) => {
    await visitor.begin(`/freee/runs/new?flow=${flow}`)
    if (!salary) await visitor.press('次へ', { from: '2026-04-01', to: '2026-09-30' })
    return runIn(visitor, { referenceDate: '2026-10' })
  }
  return {
    async fill(world, pairs, seed) {
      const read = async () => (await world.control('GET', '/state?service=freee')) as FreeeState
      await world.control('PUT', '/switches', { service: 'freee', statements: { kind: 'salaries', list: [] } })
      await crews(world, pairs)
      const people = pairs.map(pair => employeeOf(personOf(pair), { ...pair, earlier: null, later: null }))
      await world.control('POST', '/people', { service: 'freee', people })
      const ids = new Map((await read()).companies[0]?.employees.map(({ id, num }) => [num, id]))
      const slips = sampled(pairs.length, seed).map((wage, index): Slip & { statement: Json } => {
        const pair = pairs[index]
        const code = pair ? personOf(pair).code : ''
        const gross = wage.pay + wage.allowance + (salary ? -wage.absence : 0)
        const deduction = wage.health + wage.tax
        const totals = {
          net_payment_amount: decimal(gross - deduction),
          gross_payment_amount: decimal(gross + wage.off),
          total_deduction_amount: decimal(deduction),
          total_taxable_payment_amount: decimal(gross),
        }
        const common = {
          id: 9000 + index,
          company_id: 123,
          employee_id: ids.get(code),
          employee_name: code,
          employee_display_name: code,
          employee_num: code,
          pay_date: '2026-10-23',
          closing_date: '2026-09-30',
          fixed: true,
          calc_status: 'calculated',
          calculated_at: '2026-10-20T00:00:00.000Z',
          remark: wage.memo,
          deductions: named({ 健康保険料: wage.health, 所得税: wage.tax }),
          ...totals,
        }
        const items = {
          差引支給額: String(gross - deduction),
          支給合計: String(gross + wage.off),
          控除合計: String(deduction),
          課税対象支給額: String(gross),
          健康保険料: String(wage.health),
          所得税: String(wage.tax),
          ...(salary
            ? {
                基本給: String(wage.pay),
                𠮷日手当: String(wage.allowance),
                遅刻早退控除: String(0 - wage.absence),
                '遅刻・早退': clock(60),
                時間外労働: clock(wage.overtime),
                残業代: '0',
                労働日数: '20.5',
                '労働時間のうち、所定労働時間に該当するもの': '160:00',
                所定労働出勤日数: '20',
                有給休暇時間数: '8:00',
                有給日数: '0.5',
                勤怠控除額合計: String(wage.absence),
                支給手当額合計: String(wage.allowance),
                総振込額: String(gross - deduction),
                課税支給累計額: '1234567',
              }
            : { 賞与: String(wage.pay), 𠮷日手当: String(wage.allowance) }),
        }
        const statement = salary
          ? {
              ...common,
              start_date: '2026-09-01',
              variable_pay_start_date: '2026-09-01',
              variable_pay_closing_date: '2026-09-30',
              pay_calc_type: 'monthly',
              is_board_member: false,
              board_member_remuneration_amount: '0.0',
              basic_pay_amount: decimal(wage.pay),
              work_days: '20.5',
              normal_work_time: '9600.0',
              normal_work_days: '20.0',
              work_mins_by_paid_holiday: '480.0',
              num_paid_holidays: '0.5',
              total_attendance_deduction_amount: decimal(wage.absence),
              total_allowance_amount: decimal(wage.allowance),
              total_deduction_employer_share: '0.0',
              total_worked_days_count: '20.5',
              total_expense_amount: '0.0',
              total_transfer_amount: decimal(gross - deduction),
              total_annual_payment_amount: '1234567.0',
              payments: named({ 基本給: wage.pay, 𠮷日手当: wage.allowance }),
              deductions_employer_share: [],
              attendances: [{ name: '遅刻・早退', time: '60.0', amount: decimal(wage.absence) }],
              overtime_pays: [{ name: '時間外労働', time: decimal(wage.overtime), amount: '0.0', code: null }],
            }
          : {
              ...common,
              bonus_amount: decimal(wage.pay),
              total_allowance_amount: decimal(wage.allowance),
              allowances: named({ 𠮷日手当: wage.allowance }),
            }
        return { kind: wage.off === 0 ? 'adds up' : 'does not add up', code, items, memo: wage.memo, statement }
      })
      const list = slips.map(({ statement }) => statement)
      await world.control('PUT', '/switches', { service: 'freee', statements: { kind, list } })
      return slips.map(({ statement: _statement, ...slip }) => slip)
    },
    async import(visitor) {
      return walk(visitor, await toDate(visitor), { choose: '確認', go: '取り込み' })
    },
    async again(visitor) {
      await toDate(visitor)
      await readSelection(visitor)
      await visitor.press(visitor.page().html.includes('value="select-all"') ? 'select-all' : 'select-page')
      await visitor.press('確認')
      return visitor.page().text
    },
  }
}

/** The items of a run of Money Forward: one with the suffix of its kind, one that is the employer's own. */
const MF_ITEMS = [
  { id: 'a1', kind: 'attendance', name: '出勤日数', unit: 'days' },
  { id: 'a2', kind: 'attendance', name: '残業時間', unit: 'hours', numeral_system: 'sexagesimal' },
  { id: 'p1', kind: 'payment', name: '基本給' },
  { id: 'p2', kind: 'payment', name: '𠮷日手当' },
  { id: 'p3', kind: 'payment', name: '通勤手当(支給)' },
  { id: 'd1', kind: 'deduction', name: '健康保険料' },
  { id: 'd2', kind: 'deduction', name: '所得税' },
  { id: 't1', kind: 'total', name: '支給合計' },
  { id: 't2', kind: 'total', name: '控除合計' },
  { id: 't3', kind: 'total', name: '差引支給額' },
] as const

/** Money Forward's payslips (moneyforward §6): one run of calculations at a time. */
export const moneyForwardPayslips = (paymentType: 'salary' | 'bonus'): PayslipLaw => {
  const run = `pr_law_${paymentType}`
  const toDialog = async (visitor: Visitor): Promise<string> => {
    await visitor.begin('/money-forward/runs/new?flow=payslips')
    if (paymentType === 'bonus') {
      const url = new URL(visitor.page().url)
      url.searchParams.set('kind', 'bonus')
      await visitor.get(url.href)
    }
    await visitor.press('取り込む', { area: run })
    const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
    const settled = () =>
      eventually('the plan', async () => {
        const page = await visitor.get(`/runs/${runId}/fetch`)
        if (page.text.includes('取得に失敗しました')) throw new Error(page.text)
        return !page.url.endsWith('/fetch')
      })
    await settled()
    if (visitor.page().url.endsWith('/items')) {
      await visitor.press('登録')
      await settled()
    }
    return runId
  }
  return {
    async fill(world, pairs, seed) {
      await crews(world, pairs)
      const slips = sampled(pairs.length, seed).map((wage, index) => {
        const pair = pairs[index]
        const code = pair ? personOf(pair).code : ''
        const gross = wage.pay + wage.allowance + 12_000
        const deduction = wage.health + wage.tax
        const values = {
          a1: '20.5',
          a2: clock(wage.overtime),
          p1: String(wage.pay),
          p2: String(wage.allowance),
          p3: '12000',
          d1: String(wage.health),
          d2: String(wage.tax),
          t1: String(gross + wage.off),
          t2: String(deduction),
          t3: String(gross - deduction),
        }
        const name = (id: string) => MF_ITEMS.find(item => item.id === id)?.name.replace(/\((支給|控除)\)$/, '') ?? id
        const items = Object.fromEntries(Object.entries(values).map(([id, value]) => [name(id), value]))
        return { kind: wage.off === 0 ? 'adds up' : 'does not add up', code, items, memo: wage.memo, values }
      })
      await world.control('PUT', '/switches', {
        service: 'money-forward',
        addRun: {
          id: run,
          payment_type: paymentType,
          paid_on: '2026-11-25',
          period_start_on: '2026-10-01',
          period_end_on: '2026-10-31',
          items: MF_ITEMS,
          payslips: slips.map(slip => ({
            employee_code: slip.code,
            employee_name: slip.code,
            memo: slip.memo,
            values: slip.values,
          })),
        },
      })
      return slips.map(({ values: _values, ...slip }) => slip)
    },
    async import(visitor) {
      return walkDialog(visitor, await toDialog(visitor), '登録')
    },
    async again(visitor) {
      await toDialog(visitor)
      return visitor.page().text
    },
  }
}

const bare = (text: string) => text.replace(/[,円]/g, '').replace(/\s+/g, ' ').trim()

/** What the payslip in SmartHR says under each name, as text. */
function heldIn(slip: Payslip): Map<string, string> {
  const lists = [slip.allowances, slip.deductions, slip.payroll_aggregates, slip.attendances] as {
    name: string
    amount: number | null
    value?: string | null
    numeral_system_type?: string
  }[][]
  const text = ({ amount, value, numeral_system_type: numerals }: (typeof lists)[number][number]) =>
    numerals === 'sexagesimal' ? clock(Math.round(Number(amount) * 60)) : String(value ?? amount)
  return new Map(lists.flat().map(item => [item.name, text(item)]))
}

/** One import over many statements, and once more to the dialog. */
export async function tryPayslips(
  world: World,
  visitor: Visitor,
  { law, count, seed, prefix }: { law: PayslipLaw; count: number; seed: number; prefix: string },
): Promise<Tried<Slip>> {
  const slips = await law.fill(world, peopleFor(count, seed, prefix), seed)
  const before = JSON.stringify((await tenantOf(world)).crews)
  const payrollsBefore = (await payrollsIn(world)).map(({ id }) => id)
  const from = await mark(world, 'smarthr')
  const seen = await law.import(visitor)
  const sent = new Map<string, { values: { key: string; value: string }[]; memo: string | null }>()
  const found: Broken<Slip>[] = []
  const say = (violation: Omit<Violation, 'key'>, slip: Slip | null) =>
    found.push({ ...violation, key: slip?.code ?? '-', pair: slip })
  for (const call of await calls(world, 'smarthr', from)) {
    if (call.path.endsWith('/payslips/bulk')) {
      const { payslips } = call.body as {
        payslips: { crew_id: string; memo: string | null; values: { key: string; value: string }[] }[]
      }
      for (const slip of payslips) {
        if (sent.has(slip.crew_id)) say({ law: 'shown = sent', what: `${slip.crew_id} was sent twice` }, null)
        sent.set(slip.crew_id, slip)
      }
    }
  }
  const payrolls = (await payrollsIn(world)).filter(({ id }) => !payrollsBefore.includes(id))
  if (payrolls.length !== 1) say({ law: 'sent = held', what: `${payrolls.length} payrolls were made` }, null)
  const held = new Map(payrolls.flatMap(({ payslips }) => payslips.map(slip => [slip.crew_id, slip])))
  if (JSON.stringify((await tenantOf(world)).crews) !== before)
    say({ law: 'sent = held', what: 'people were changed' }, null)

  for (const slip of slips) {
    const id = crewId(slip.code)
    const [told, request, result] = [seen.report.get(slip.code), sent.get(id), held.get(id)]
    if (!told || !request || !result) {
      say(
        { law: 'sent = held', what: `shown: ${Boolean(told)}, sent: ${Boolean(request)}, held: ${Boolean(result)}` },
        slip,
      )
      continue
    }
    for (const violation of onePicture(slip.code, seen)) say(violation, slip)
    const shown = told.changes.filter(({ label }) => label !== '備考')
    const onPages = shown.map(({ label, after }) => `${label} ${bare(after)}`).sort()
    const onWire = request.values.map(({ key, value }) => `${key} ${bare(value)}`).sort()
    if (JSON.stringify(onPages) !== JSON.stringify(onWire))
      say({ law: 'shown = sent', what: `pages: ${onPages.join('、')}; sent: ${onWire.join('、')}` }, slip)
    const stored = heldIn(result)
    for (const { key, value } of request.values)
      if (stored.get(key) !== value)
        say({ law: 'sent = held', what: `「${key}」 ${value} was sent, SmartHR holds ${stored.get(key)}` }, slip)
    for (const name of stored.keys())
      if (!request.values.some(({ key }) => key === name))
        say({ law: 'sent = held', what: `「${name}」 is held and was not sent` }, slip)
    for (const [name, value] of Object.entries(slip.items)) {
      const there = request.values.find(({ key }) => key === name)?.value
      if (there !== value)
        say({ law: 'nothing missed', what: `「${name}」 is ${value} in the statement, ${there} was sent` }, slip)
    }
    const remark = told.changes.find(({ label }) => label === '備考')?.after ?? ''
    if (bare(remark) !== bare(slip.memo) || (result.memo ?? '') !== slip.memo)
      say(
        {
          law: 'shown = sent',
          what: `備考: ${JSON.stringify(slip.memo)} in the statement, ${JSON.stringify(remark)} on the page, ${JSON.stringify(result.memo)} held`,
        },
        slip,
      )
    if (
      result.mismatch !== (slip.kind === 'does not add up') ||
      (result.mismatch && !seen.dialog.get(slip.code)?.words)
    )
      say(
        {
          law: 'nothing missed',
          what: `sums: ${slip.kind}; SmartHR's 不整合: ${result.mismatch}; ⚠: ${seen.dialog.get(slip.code)?.words}`,
        },
        slip,
      )
  }
  const once = await law.again(visitor)
  if (!once.includes(`同じ明細が取り込み済みです（${slips.length}名）`))
    say({ law: 'same again', what: 'a second import is not told apart from the first' }, null)
  return { broken: found, pairs: slips.length, written: held.size, failures: [] }
}
