import { Router, type Response } from 'express'
import { notFound } from './errors.js'
import { paged } from './paging.js'
import { uuid } from './records.js'
import type { Crew, Dependent, Json, Tenant } from './store.js'

/**
 * Results of 年末調整. SmartHR publishes no such endpoint: address and shape are assumed (Money Forward reference, §5.6,
 * §6.4). Results are not stored but follow from the people, so that they fit whoever is put in.
 */
const YEARS = ['2025', '2026']

/** In 2026, by 社員番号: one person for each reason to be left out; everybody else is 対象. */
const EXCLUDED: Readonly<Record<string, string>> = {
  '001025': '対象外(紙による提出)',
  '001026': '対象外(乙欄)',
  '001034': '対象外(退職)',
  '001028': '対象外(給与支給なし)',
  '001029': '対象外(源泉)',
  '001030': '対象外(収入)',
  '001031': '乙欄対象外候補',
  '001033': '退職対象外候補',
  '001032': '源泉対象外候補',
}

/** In 2026: 本人の給与収入金額 contains the former employer's 支払金額 already (§6.4). */
const PREVIOUS_EMPLOYER: Readonly<Record<string, Json>> = {
  '001001': {
    salary_income: 8_500_000,
    previous_employers: [
      {
        name: '株式会社あかね商事',
        address: '東京都港区見本町1-2-3',
        resigned_at: '2026-03-31',
        payment_amount: 2_800_000,
        social_insurance_amount: 410_000,
        withholding_tax_amount: 62_000,
      },
    ],
  },
}
const NON_SALARY: Readonly<Record<string, Json>> = {
  '001002': {
    non_salary_incomes: [
      { kind: '事業所得', revenue: 600_000, income: 350_000 },
      { kind: '雑所得', revenue: 120_000, income: 80_000 },
    ],
  },
}
/** One of each kind of deduction for 001003; a loan for 001007. */
const DEDUCTIONS: Readonly<Record<string, Json>> = {
  '001003': {
    insurance_deductions: [
      { kind: '一般の生命保険料(新)', company: 'みほん生命', amount: 60_000 },
      { kind: '一般の生命保険料(旧)', company: 'わかば生命', amount: 48_000 },
      { kind: '介護医療保険料', company: 'みほん生命', amount: 24_000 },
      { kind: '個人年金保険料(新)', company: 'あおば生命', amount: 120_000 },
      { kind: '個人年金保険料(旧)', company: 'あおば生命', amount: 36_000 },
      { kind: '地震保険料', company: 'さくら損保', amount: 32_000 },
      { kind: '旧長期損害保険料', company: 'さくら損保', amount: 15_000 },
      { kind: '社会保険料', company: '国民年金', amount: 203_760 },
      { kind: '小規模企業共済等掛金', company: '確定拠出年金', amount: 276_000 },
    ],
  },
  '001007': {
    housing_loans: [{ moved_in_at: '2022-08-01', year_end_balance: 28_400_000, deduction_amount: 198_800 }],
  },
}

const named = ({ last_name, first_name, last_name_yomi, first_name_yomi, birth_at }: Json): Json => ({
  last_name,
  first_name,
  last_name_yomi,
  first_name_yomi,
  birth_at,
})

const addressOf = (value: unknown): Json | null => {
  if (typeof value !== 'object' || value === null) return null
  const { zip_code, pref, city, street, building } = value as Json
  return { zip_code, pref, city, street, building }
}

const family = (dependent: Dependent): Json => ({
  ...named(dependent),
  live_together_type: dependent.live_together_type,
  estimated_income: dependent.tax_deduction_income,
  handicapped_type: dependent.handicapped_type,
})

const DEDUCTION_TYPES: Readonly<Record<string, string>> = {
  supported: '配偶者控除',
  special_spousal_exemption: '配偶者特別控除',
}

const spouseOf = (dependent: Dependent): Json => ({
  ...family(dependent),
  deduction_type: DEDUCTION_TYPES[String(dependent.tax_law_support_type)] ?? '対象外',
})

/** Under 16 at the end of the year: born on 2 January fifteen years before it, or later. */
const childOf = (dependent: Dependent, year: number): Json => ({
  ...family(dependent),
  relation_name: dependent.relation_name,
  under_16: String(dependent.birth_at) >= `${year - 15}-01-02`,
})

function resultOf(tenant: Tenant, crew: Crew, code: string, year: number): Json {
  const current = year === 2026
  const dependents = tenant.dependents.get(crew.id) ?? []
  const spouse = dependents.find(dependent => dependent.is_spouse === true)
  return {
    id: uuid(`year end ${year} ${crew.id}`),
    crew_id: crew.id,
    emp_code: code,
    year,
    status: (current && EXCLUDED[code]) || '対象',
    person: {
      ...named(crew),
      address: addressOf(crew.address),
      householder_name: crew.address_head_of_family,
      householder_relation: crew.address_relation_name,
      handicapped_type: crew.handicapped_type,
      working_student_flag: crew.working_student_flag,
      widow_type: crew.widow_type,
    },
    salary_income: (Number(crew.monthly_standard_income_hel) || 200_000) * 12,
    non_salary_incomes: [],
    previous_employers: [],
    spouse: spouse ? spouseOf(spouse) : null,
    dependents: dependents.filter(dependent => dependent !== spouse).map(dependent => childOf(dependent, year)),
    insurance_deductions: [{ kind: '一般の生命保険料(新)', company: 'みほん生命', amount: 36_000 }],
    housing_loans: [],
    ...(current && { ...PREVIOUS_EMPLOYER[code], ...NON_SALARY[code] }),
    ...DEDUCTIONS[code],
  }
}

/** `GET /year_end_adjustments/{year}/results` (assumed): whoever has a 社員番号 and had joined in that year. */
export function yearEndRouter(tenantOf: (res: Response) => Tenant): Router {
  const router = Router()
  router.get('/year_end_adjustments/:year/results', (req, res) => {
    const { year } = req.params
    if (!YEARS.includes(year)) throw notFound()
    const tenant = tenantOf(res)
    const people = [...tenant.crews.values()].flatMap(crew => {
      const joined = typeof crew.entered_at === 'string' ? crew.entered_at.slice(0, 4) : year
      return crew.emp_code !== null && joined <= year ? [{ crew, code: crew.emp_code }] : []
    })
    res.json(paged(req, res, people).map(({ crew, code }) => resultOf(tenant, crew, code, Number(year))))
  })
  return router
}
