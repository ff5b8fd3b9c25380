import type { Crew, Json } from './store.js'

const account = (more: Json = {}): Json => ({
  bank_code: '0001',
  bank_branch_code: '001',
  account_type: 'saving',
  account_number: '1234567',
  account_holder_name: 'ハヤシ イチロウ',
  transfer_type: 'full',
  specified_transfer_amount: null,
  transfer_category: 'salary_and_bonus',
  bankbook_image: null,
  bank_account_setting_id: null,
  ...more,
})

/**
 * What Money Forward's employee table tells apart (its reference, §6.1 and §6.2), by 社員番号. Of these people freee
 * knows none but 001024; those with unusual accounts have left, so that no transfer of the living meets them. The
 * employment types (派遣社員 001030, 業務委託 001032, one's own 001034) come with the seed itself.
 */
const SPECIAL: Readonly<Record<string, Json>> = {
  // not a foreigner
  '001024': { nationality_code: 'JPN' },
  // foreigners, each by one attribute alone
  '001026': { nationality_code: 'VNM', widow_type: 'single_parent', widow_reason_type: 'divorce', tax_cd: 'otsu' },
  '001028': { foreign_resident_card_number: 'AB12345678CD' },
  '001029': { resident_end_at: '2028-03-31' },
  '001030': {
    resident_status_type: '留学',
    working_student_flag: true,
    school_name: 'みどり大学',
    enrolled_at: '2024-04-01',
  },
  '001031': {
    foreign_resident_card_image1: { file_name: 'card.png', url: 'https://files.example/card.png' },
    tax_cd: 'otsu',
  },
  '001032': { handicapped_type: 'special_handicapped', handicapped_note_type: '身体障害者手帳' },
  '001033': { resigned_reason: '自己都合' },
  '001034': {
    resigned_reason: '定年',
    bank_accounts: [
      account({ bank_branch_code: null }),
      account({ account_number: null }),
      account({ bank_code: '0005' }),
    ],
  },
  '001035': {
    resigned_reason: '自己都合',
    bank_accounts: ['001', '002', '003', '004', '005'].map((branch, index) =>
      account({
        bank_branch_code: branch,
        account_holder_name: 'スズキ ノリコ',
        transfer_type: index === 4 ? 'remaining' : 'specified',
        specified_transfer_amount: index === 4 ? null : 10_000 * (index + 1),
      }),
    ),
  },
  '001036': { widow_type: 'widow', widow_reason_type: 'bereavement' },
}

const OCCUPATIONS = ['法人営業', '経理', '開発', '商品管理']

/** A seed crew with what payroll services ask for besides; dates follow 入社年月日. */
export function completeCrew(crew: Crew, index: number): Crew {
  const { entered_at: entered, resigned_at: resigned } = crew
  return Object.assign(
    crew,
    {
      occupation: OCCUPATIONS[index % OCCUPATIONS.length],
      tax_cd: 'kou',
      address_head_of_family: `${String(crew.last_name)} ${String(crew.first_name)}`,
      address_relation_name: '本人',
      emp_ins_qualified_at: entered,
      emp_ins_disqualified_at: resigned,
      soc_ins_qualified_at: entered,
      soc_ins_disqualified_at: resigned,
      health_insurance_qualified_at: entered,
      employees_pension_insurance_qualified_at: entered,
      monthly_standard_income_updated_at: '2026-09-01',
    },
    SPECIAL[crew.emp_code ?? ''],
  )
}
