import { ListingBroken } from '../../errors.js'
import { keyOf, slashed } from '../../contract/conversions.js'
import type { Http } from '../../calls/call.js'
import { byOffset, pagesOf } from '../../contract/paging.js'
import type { Account, Directory, EntryOf, ListPage, Period, Values } from '../../contract/contract.js'
import { unreadableAnswer } from '../../contract/words.js'
import { listingOnly } from '../../contract/listing.js'
import { statementEntry, type ItemKind, type Statement, type StatementItem } from '../../contract/statement.js'

/** freee's largest page (HR schema, get_employee_payroll_statements). */
const PAGE = 100

const UNREADABLE = unreadableAnswer('freee人事労務')
export const NOT_CALCULATED =
  'freee人事労務での計算が終わっていないか、エラーになっています。freee人事労務で確認してください。'

/** Amounts, days and minutes are texts with a decimal, null while they are being calculated (freee §5.5). */
type Figure = string | null

interface Entry {
  name: string
  amount: Figure
}

interface Timed extends Entry {
  time: Figure
}

interface Common {
  id: number
  employee_id: number
  employee_name: string
  employee_num: string | null
  pay_date: string
  closing_date: string
  fixed: boolean
  calc_status: string
  net_payment_amount: Figure
  gross_payment_amount: Figure
  total_deduction_amount: Figure
  total_taxable_payment_amount: Figure
  deductions: Entry[]
  remark: string | null
}

export interface SalaryStatement extends Common {
  start_date: string
  pay_calc_type: string
  is_board_member: boolean
  board_member_remuneration_amount: Figure
  basic_pay_amount: Figure
  work_days: Figure
  normal_work_time: Figure
  normal_work_days: Figure
  work_mins_by_paid_holiday: Figure
  num_paid_holidays: Figure
  total_attendance_deduction_amount: Figure
  total_allowance_amount: Figure
  total_transfer_amount: Figure
  total_annual_payment_amount: Figure
  payments: Entry[]
  attendances: Timed[]
  overtime_pays: Timed[] | null
}

export interface BonusStatement extends Common {
  bonus_amount: Figure
  allowances: Entry[]
}

/** `"300000.0"` → `300000`, `"0.5"` → `0.5`; blank stays blank. */
const plain = (figure: Figure): string => (figure === null || figure === '' ? '' : String(Number(figure)))

const negative = (figure: Figure): string => (figure === null || figure === '' ? '' : String(0 - Number(figure)))

/** Minutes as hours, `1530.0` → `25:30`: SmartHR keeps them as they are (`numeral_system_handle_type: as_is`). */
export function hours(figure: Figure): string {
  if (figure === null || figure === '') return ''
  const minutes = Math.round(Math.abs(Number(figure)))
  return `${Number(figure) < 0 ? '-' : ''}${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

const DAYS = ['欠勤']

/** 欠勤 is counted in days, everything else of 勤怠控除 in minutes (freee §5.5). */
const absence = ({ name, time }: Timed): StatementItem => ({
  kind: 'attendance',
  name,
  value: DAYS.includes(name) ? plain(time) : hours(time),
})

const sum = (entries: readonly Entry[]): string =>
  entries.length === 0 ? '' : String(entries.reduce((total, { amount }) => total + Number(amount ?? 0), 0))

const entries = (kind: ItemKind, list: readonly Entry[]): StatementItem[] =>
  list.map(({ name, amount }) => ({ kind, name, value: plain(amount) }))

/** freee's names that SmartHR has under another one (freee help on payslip items). */
const OVERTIME: Readonly<Record<string, string>> = { 法定休日労働: '休日労働' }
const ABSENCE: Readonly<Record<string, string>> = { '遅刻・早退': '遅刻早退控除', 欠勤: '欠勤控除' }

const totals = (statement: Common): StatementItem[] => [
  { kind: 'net', name: '差引支給額', value: plain(statement.net_payment_amount) },
  { kind: 'gross', name: '支給合計', value: plain(statement.gross_payment_amount) },
  { kind: 'deductions', name: '控除合計', value: plain(statement.total_deduction_amount) },
]

const minutes = (time: string): number => {
  const [, sign = '', whole = '0', rest = '0'] = /^(-?)(\d+):(\d+)$/.exec(time) ?? []
  return Number(`${sign}${Number(whole) * 60 + Number(rest)}`)
}

/** Two values of one name in one; a blank one adds nothing. */
const added = (one: string, other: string): string => {
  if (one === '' || other === '') return one + other
  return one.includes(':') ? hours(String(minutes(one) + minutes(other))) : String(Number(one) + Number(other))
}

/** What freee lists twice under one name and kind stands once, added up. One name of two kinds are two items. */
function once(items: readonly StatementItem[]): StatementItem[] {
  const found = new Map<string, StatementItem>()
  for (const item of items) {
    const itself = `${item.kind} ${item.name}`
    const first = found.get(itself)
    found.set(itself, first ? { ...first, value: added(first.value, item.value) } : item)
  }
  return [...found.values()]
}

/** What SmartHR's help on freee's payslip items lists: names that are the same for every company. */
export const USUAL_ITEMS: readonly string[] = [
  ...['労働日数', '労働時間のうち、所定労働時間に該当するもの', '所定労働出勤日数', '有給休暇時間数', '有給日数'],
  ...['遅刻・早退', '欠勤', '法定内残業', '時間外労働', '休日労働', '深夜労働'],
  ...['基本給', '遅刻早退控除', '欠勤控除', '残業代', '賞与'],
  ...['健康保険料', '介護保険料', '厚生年金保険料', '雇用保険料', '所得税', '住民税'],
  ...['勤怠控除額合計', '支給手当額合計', '課税対象支給額', '総振込額', '課税支給累計額'],
  ...['差引支給額', '支給合計', '控除合計'],
]

const PAY_TYPES: Readonly<Record<string, string>> = { monthly: '月給', daily: '日給', hourly: '時給' }

/** freee's salary statement in SmartHR's items (SmartHR help on freee's payslip items). Pure. */
export function salaryOf(statement: SalaryStatement): Statement {
  const { attendances, payments, is_board_member } = statement
  const overtimes = statement.overtime_pays ?? []
  return {
    paymentType: 'salary',
    paidAt: statement.pay_date,
    periodStart: statement.start_date,
    periodEnd: statement.closing_date,
    memo: statement.remark ?? '',
    group: {
      給与形態: PAY_TYPES[statement.pay_calc_type] ?? statement.pay_calc_type,
      支給日: slashed(statement.pay_date),
      給与計算開始日: slashed(statement.start_date),
      給与計算締日: slashed(statement.closing_date),
    },
    items: once([
      { kind: 'attendance', name: '労働日数', value: plain(statement.work_days) },
      {
        kind: 'attendance',
        name: '労働時間のうち、所定労働時間に該当するもの',
        value: hours(statement.normal_work_time),
      },
      { kind: 'attendance', name: '所定労働出勤日数', value: plain(statement.normal_work_days) },
      { kind: 'attendance', name: '有給休暇時間数', value: hours(statement.work_mins_by_paid_holiday) },
      { kind: 'attendance', name: '有給日数', value: plain(statement.num_paid_holidays) },
      ...attendances.map(absence),
      ...overtimes.map(({ name, time }): StatementItem => ({
        kind: 'attendance',
        name: OVERTIME[name] ?? name,
        value: hours(time),
      })),
      {
        kind: 'payment',
        name: '基本給',
        value: plain(is_board_member ? statement.board_member_remuneration_amount : statement.basic_pay_amount),
      },
      ...attendances.map(({ name, amount }): StatementItem => ({
        kind: 'payment',
        name: ABSENCE[name] ?? `${name}控除`,
        value: negative(amount),
      })),
      { kind: 'payment', name: '残業代', value: sum(overtimes) },
      // 基本給, 役員報酬 and 残業代 stand above.
      ...entries('payment', payments).filter(({ name }) => !['基本給', '役員報酬', '残業代'].includes(name)),
      ...entries('deduction', statement.deductions),
      { kind: 'other', name: '勤怠控除額合計', value: plain(statement.total_attendance_deduction_amount) },
      { kind: 'other', name: '支給手当額合計', value: plain(statement.total_allowance_amount) },
      { kind: 'other', name: '課税対象支給額', value: plain(statement.total_taxable_payment_amount) },
      { kind: 'other', name: '総振込額', value: plain(statement.total_transfer_amount) },
      { kind: 'other', name: '課税支給累計額', value: plain(statement.total_annual_payment_amount) },
      ...totals(statement),
    ]),
  }
}

/** freee's bonus statement; it knows no period, so the administrator types it (freee §5.6). Pure. */
export const bonusOf = (statement: BonusStatement, period: Period): Statement => ({
  paymentType: 'bonus',
  paidAt: statement.pay_date,
  periodStart: period.from,
  periodEnd: period.to,
  memo: statement.remark ?? '',
  group: { 支給日: slashed(statement.pay_date) },
  items: once([
    { kind: 'payment', name: '賞与', value: plain(statement.bonus_amount) },
    ...entries('payment', statement.allowances),
    ...entries('deduction', statement.deductions),
    { kind: 'other', name: '課税対象支給額', value: plain(statement.total_taxable_payment_amount) },
    ...totals(statement),
  ]),
})

const calculated = ({ calc_status }: Common) => calc_status !== 'calculating' && calc_status !== 'error'

/** 「月給 2026/10/25支給（2026/10/01〜2026/10/31）」; a bonus has its pay day only. */
const detailOf = ({ paymentType, paidAt, periodStart, periodEnd, group }: Statement): string =>
  paymentType === 'bonus'
    ? `${slashed(paidAt)}支給`
    : `${group.給与形態 ?? ''} ${slashed(paidAt)}支給（${slashed(periodStart)}〜${slashed(periodEnd)}）`

function entryOf(statement: Common, read: () => Statement): EntryOf<Statement> {
  const about = {
    id: String(statement.id),
    personId: String(statement.employee_id),
    key: keyOf(statement.employee_num),
    name: statement.employee_name,
    ...(statement.fixed && !calculated(statement) && { excluded: NOT_CALCULATED }),
  }
  const content = read()
  return statementEntry({ ...about, values: { fixed: statement.fixed } }, content, detailOf(content))
}

/** Only 確定 statements can be imported; the others are counted, not listed (freee §5.5). */
export const isFixed = ({ values }: { values: Values }): boolean => values.fixed === true

/** The statements of one company that are paid in a month. Read only. */
export function openStatements({
  http,
  account,
  kind,
  period,
}: {
  http: Http
  account: Account
  kind: 'salaries' | 'bonuses'
  /** for bonuses */
  period: Period | null
}): Directory<EntryOf<Statement>> {
  return listingOnly({
    pageSize: PAGE,
    async *list(asOf, from): AsyncIterable<ListPage<EntryOf<Statement>>> {
      // The payment month as it is: unlike employees, nothing is shifted (freee §5.5).
      const [year, month] = [Number(asOf.slice(0, 4)), Number(asOf.slice(5, 7))]
      const pages = pagesOf<SalaryStatement & BonusStatement>({
        most: PAGE,
        stretch: byOffset,
        idOf: row => String(row.id),
        name: 'freee人事労務',
        from,
        async ask({ offset, limit }) {
          const { body } = await http.request<{
            employee_payroll_statements: (SalaryStatement & BonusStatement)[]
            total_count: number
          } | null>({
            method: 'GET',
            path: `/api/v1/${kind}/employee_payroll_statements`,
            query: { company_id: Number(account.id), year, month, limit, offset },
            kind: 'read',
          })
          const rows = body?.employee_payroll_statements
          if (!Array.isArray(rows) || typeof body?.total_count !== 'number') throw new ListingBroken(UNREADABLE)
          return { rows, total: body.total_count }
        },
      })
      for await (const { rows, ...rest } of pages) {
        const people = rows.map(row =>
          entryOf(row, () =>
            kind === 'salaries' ? salaryOf(row) : bonusOf(row, period ?? { from: row.pay_date, to: row.pay_date }),
          ),
        )
        yield { people, ...rest }
      }
    },
  })
}
