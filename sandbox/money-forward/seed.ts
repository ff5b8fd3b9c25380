import { madeUpPeople, type MadeUpPerson } from '../people.js'
import { BONUS_ITEMS, NEW_ITEM, payslipOf, SALARY_ITEMS } from './payslips.js'
import { DEFAULT_SWITCHES, type Item, type MoneyForwardStore, type Office, type Run } from './store.js'

/** The partner's API access identifier: Money Forward hands it over once, it names us and no company. */
export const IDENTIFIER = 'b1a0c7de-52f4-4f0e-9d83-6c7f2e4a9b10'
/** The API KEY of みどり商会 (design §8), and that of 青空工業. */
export const MIDORI_KEY = '3f2b8c1e-7d44-4a5b-9c0e-2a6d8e1f0b37'
export const AOZORA_KEY = '9d1f4e6a-2b35-4c8d-8a17-5e0c3b7f6d42'

/** Made like SmartHR's people of 青空工業, so that the first twelve of them are the same. */
const AOZORA_PEOPLE = { count: 125, seed: 20260402 }

/**
 * Positions of SmartHR's people who get no payslip: one has no 社員番号 there, two left before these runs. The one who
 * left on 2026-10-31 is still paid for October.
 */
const NOT_PAID = [26, 33, 34]

type Frame = Omit<Run, 'payslips' | 'items' | 'finalized_at'> & { finalized_at?: string }

const run = (frame: Frame, items: readonly Item[], payslips: Run['payslips'] = []): Run => ({
  finalized_at: null,
  ...frame,
  items: items.map(item => ({ ...item })),
  payslips,
})

const salary = (id: string, paidOn: string, month: string, lastDay: number, rest: Partial<Frame> = {}): Frame => ({
  id,
  payment_type: 'salary',
  state: 'finalized',
  paid_on: paidOn,
  period_start_on: `${month}-01`,
  period_end_on: `${month}-${lastDay}`,
  ...rest,
})

/** The runs of みどり商会 without people: two salaries and a bonus that may be imported, and two that may not. */
function midoriRuns(): Run[] {
  const finalized = (at: string) => ({ finalized_at: `${at}T10:00:00+09:00` })
  const bonus: Frame = {
    ...salary('pr_202607b', '2026-07-10', '2026-06', 30),
    payment_type: 'bonus',
    period_start_on: '2026-01-01',
  }
  return [
    run({ ...bonus, ...finalized('2026-07-03') }, BONUS_ITEMS),
    run(salary('pr_202610', '2026-10-23', '2026-09', 30, finalized('2026-10-16')), SALARY_ITEMS),
    run(salary('pr_202611', '2026-11-25', '2026-10', 31, finalized('2026-11-17')), [...SALARY_ITEMS, NEW_ITEM]),
    run(
      {
        ...salary('pr_202611c', '2026-11-30', '2026-11', 15, { state: 'calculated' }),
        period_start_on: '2026-10-16',
      },
      [...SALARY_ITEMS, NEW_ITEM],
    ),
    run(salary('pr_202612', '2026-12-25', '2026-11', 30, { state: 'draft' }), [...SALARY_ITEMS, NEW_ITEM]),
  ]
}

/** The special cases of the reference's checklist (§8), by position: one person, one case. */
const SPECIAL: Readonly<Record<number, Record<string, string>>> = {
  1: { memo: '通勤手当を変更しました。' },
  2: { memo: '年末調整の書類を提出してください。\n期限：11月30日\n提出先：人事部\n\nご不明な点は人事部まで。' },
  3: { 住民税: '0' },
  // refunded with the salary, as after a year-end adjustment
  4: { 所得税: '-12000' },
  5: { 欠勤控除: '-8000' },
  6: { 残業時間: '25:30' },
  7: { 残業時間: '12:30' },
  8: { 役職手当: '' },
}

/** Nobody in SmartHR: a 社員番号 that lost its leading zeros, and one of another system. */
const UNKNOWN_CODES = ['1001', '9001']

function pay(runs: readonly Run[], crews: readonly MadeUpPerson[]): void {
  const unknown = madeUpPeople({ count: UNKNOWN_CODES.length, seed: 4040 }).map((person, index) => ({
    ...person,
    code: UNKNOWN_CODES[index] ?? person.code,
  }))
  for (const { id, items, payslips } of runs) {
    const paid = crews.flatMap((person, position) =>
      NOT_PAID.includes(position) ? [] : [payslipOf(items, person, id === 'pr_202611' ? SPECIAL[position] : {})],
    )
    payslips.push(...(id === 'pr_202611' ? paid : paid.slice(0, 5)))
    if (id === 'pr_202611') payslips.push(...unknown.map(person => payslipOf(items, person)))
  }
}

const office = (name: string, apiKey: string, owner: string, runs: Run[]): Office => ({
  name,
  apiKey,
  owner,
  runs,
  employees: new Map(),
  declarations: new Map(),
  connection: null,
  imports: [],
})

/** Two offices (§8), the same every time, ids included. `crews` are SmartHR's people of みどり商会. */
export function seedStore(crews: readonly MadeUpPerson[]): MoneyForwardStore {
  const midori = office('株式会社みどり商会', MIDORI_KEY, 'owner@money-forward.example', midoriRuns())
  pay(midori.runs, crews)
  const big = run(
    salary('pr_a_202611', '2026-11-25', '2026-10', 31, { finalized_at: '2026-11-18T15:30:00+09:00' }),
    SALARY_ITEMS,
    madeUpPeople(AOZORA_PEOPLE).map(person => payslipOf(SALARY_ITEMS, person)),
  )
  const aozora = office('青空工業株式会社', AOZORA_KEY, 'owner-aozora@money-forward.example', [big])
  return { offices: [midori, aozora], switches: { ...DEFAULT_SWITCHES } }
}

/** Every run of the office pays exactly these people from now on. */
export function payPeople(office: Office, people: readonly MadeUpPerson[]): void {
  for (const run of office.runs) run.payslips = people.map(person => payslipOf(run.items, person))
}
