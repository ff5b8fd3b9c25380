import { createHash } from 'node:crypto'
import type { MadeUpAddress, MadeUpPerson } from '../people.js'
import { fullName } from './departments.js'
import { employmentTypeOfCrew } from './employment-types.js'
import { ADDRESS_NAMES, crewFields } from './fields.js'
import type { Crew, Json, Tenant } from './store.js'

/** The same UUID for the same name, so that tests and bookmarks hold. */
export function uuid(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

/** Crews answer in Japan time, master data in UTC (§2.5: both forms occur). */
export const inJapan = (date: Date): string =>
  `${new Date(date.getTime() + 9 * 3_600_000).toISOString().slice(0, -1)}+09:00`

/** Every key present, blank as null; business names blank as "" (§2.1). */
export function emptyCrew(tenant: Tenant, id: string, at: Date): Crew {
  const crew: Json = { id }
  for (const { name } of crewFields) crew[name] = null
  for (const name of ADDRESS_NAMES) crew[name] = null
  for (const name of [
    'business_last_name',
    'business_first_name',
    'business_last_name_yomi',
    'business_first_name_yomi',
  ]) {
    crew[name] = ''
  }
  return {
    ...crew,
    id,
    biz_establishment_id: tenant.bizEstablishments[0]?.id ?? null,
    emp_code: null,
    emp_type: null,
    employment_type: null,
    emp_status: 'employed',
    department: null,
    departments: [],
    position: null,
    positions: [],
    grade: null,
    job_category: null,
    recruitment_type: null,
    payment_period: null,
    bank_accounts: [],
    profile_images: [],
    custom_fields: [],
    created_at: inJapan(at),
    updated_at: inJapan(at),
  }
}

/** 名前 as shown: the business name where there is one. */
export function withPreferred(crew: Crew): Crew {
  const prefer = (business: string, legal: string) => crew[business] || crew[legal]
  return {
    ...crew,
    preferred_last_name: prefer('business_last_name', 'last_name'),
    preferred_first_name: prefer('business_first_name', 'first_name'),
    preferred_last_name_yomi: prefer('business_last_name_yomi', 'last_name_yomi'),
    preferred_first_name_yomi: prefer('business_first_name_yomi', 'first_name_yomi'),
  }
}

const addressOf = (id: string, address: MadeUpAddress): Json => ({
  id,
  country_number: '',
  zip_code: address.zip.join('-'),
  pref: address.prefecture,
  city: address.city,
  street: address.street,
  building: address.building,
  literal_yomi: address.kana,
})

const ACCOUNT_TYPES = { ordinary: 'saving', current: 'checking', saving: 'deposit' } as const

const grouped = (digits: string | null, ...sizes: number[]): string | null => {
  if (digits === null) return null
  let at = 0
  return sizes.map(size => digits.slice(at, (at += size))).join('-')
}

const position = (tenant: Tenant, title: string | null): Json[] => {
  const found = tenant.jobTitles.find(candidate => candidate.name === title)
  return found
    ? [{ id: found.id, name: found.name, rank: found.rank, code: found.code, created_at: found.created_at }]
    : []
}

/** A made-up person as SmartHR keeps them. */
export function crewOf(tenant: Tenant, person: MadeUpPerson, id: string, at: Date): Crew {
  const department = tenant.departments.find(candidate => candidate.name === person.department)
  const regular = tenant.employmentTypes.find(candidate => candidate.preset_type === 'full_timer')
  const setting = tenant.bankAccountSettings[0]
  return {
    ...emptyCrew(tenant, id, at),
    emp_code: person.code,
    emp_type: 'full_timer',
    employment_type: regular ? employmentTypeOfCrew(regular) : null,
    emp_status: 'employed',
    last_name: person.lastName,
    first_name: person.firstName,
    last_name_yomi: person.lastNameKana,
    first_name_yomi: person.firstNameKana,
    birth_at: person.birthDate,
    gender: person.gender,
    entered_at: person.entryDate,
    resigned_at: person.retireDate,
    having_spouse: person.married,
    working_student_flag: person.workingStudent,
    widow_type: person.widow,
    handicapped_type:
      person.disability && { general: 'ordinary_handicapped', heavy: 'special_handicapped' }[person.disability],
    tel_number: person.phone.join('-'),
    email: person.email,
    address: addressOf(uuid(`${id} address`), person.home),
    resident_card_address: addressOf(uuid(`${id} resident`), person.resident),
    emp_ins_insured_person_number: grouped(person.employmentInsuranceNumber, 4, 6, 1),
    basic_pension_number: grouped(person.basicPensionNumber, 4, 6),
    hel_ins_insured_person_number: person.healthInsuranceNumber === null ? null : Number(person.healthInsuranceNumber),
    soc_ins_insured_person_number:
      person.pensionInsuranceNumber === null ? null : Number(person.pensionInsuranceNumber),
    monthly_standard_income_hel: person.healthStandardPay,
    monthly_standard_income_pns: person.pensionStandardPay,
    positions: position(tenant, person.title),
    position: person.title,
    departments: department ? [department] : [],
    department: department ? fullName(department) : null,
    bank_accounts: person.bank
      ? [
          {
            bank_code: person.bank.bankCode,
            bank_branch_code: person.bank.branchCode,
            account_type: ACCOUNT_TYPES[person.bank.type],
            account_number: person.bank.number,
            account_holder_name: person.bank.holderKana,
            transfer_type: 'full',
            specified_transfer_amount: null,
            transfer_category: 'salary_and_bonus',
            bankbook_image: null,
            bank_account_setting_id: setting?.id ?? null,
          },
        ]
      : [],
  }
}
