import type { World } from '../helpers/world.js'
import { calls } from './log.js'
import { alone, flat, isBlank, type Held } from './held.js'
import type { Sent, Write } from './judge.js'
import type { Pair, Phone, Place, Somebody } from './pairs.js'

interface Tenant {
  subdomain: string
  departments: (Record<string, unknown> & { parent: Record<string, unknown> | null })[]
  crews: Record<string, unknown>[]
  bankAccountSettings: { id: string; number: number }[]
  payslipItems: { name: string }[]
}

export async function tenantOf(world: World): Promise<Tenant> {
  const { tenants } = (await world.control('GET', '/state?service=smarthr')) as { tenants: Tenant[] }
  const found = tenants.find(tenant => tenant.subdomain === 'midori-shokai')
  if (!found) throw new Error("SmartHR's stand-in has no みどり商会")
  return found
}

const typed = ({ parts, form }: Phone): string => {
  const local = `${parts[0].slice(1)}-${parts[1]}-${parts[2]}`
  switch (form) {
    case 'hyphens':
      return parts.join('-')
    case 'digits':
      return parts.join('')
    case '+81-':
      return `+81-${local}`
    case '+81':
      return `+81${local.replaceAll('-', '')}`
    case '内線':
      return `${parts.join('-')} 内線12`
  }
}

const addressOf = (id: string, place: Place | null) =>
  place && {
    id,
    country_number: '',
    zip_code: place.zip,
    pref: place.pref,
    city: place.city,
    street: place.street,
    building: place.building,
    literal_yomi: place.kana,
  }

/** SmartHR's saving is 普通, checking 当座, deposit 貯蓄. */
const TYPES = { ordinary: 'saving', current: 'checking', saving: 'deposit' } as const
const groups = (digits: string | null, ...sizes: number[]): string | null => {
  if (digits === null) return null
  let from = 0
  return sizes.map(size => digits.slice(from, (from += size))).join('-')
}
const number = (digits: string | null) => (digits === null ? null : Number(digits))

export const crewId = (code: string): string =>
  `00000000-0000-4000-a000-${Buffer.from(code).toString('hex').padStart(12, '0').slice(-12)}`

/** Somebody as SmartHR keeps them. `settings`: the ids of 給与振込口座1 and so on. */
export function crewOf(
  person: Somebody,
  settings: readonly string[],
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const written = (text: string) => (person.written === 'decomposed' ? text.normalize('NFD') : text)
  const { business } = person
  return {
    id: crewId(person.code),
    emp_code: person.code,
    emp_status: person.status,
    last_name: written(person.last),
    first_name: written(person.first),
    last_name_yomi: person.lastKana === '' ? null : person.lastKana,
    first_name_yomi: person.firstKana === '' ? null : person.firstKana,
    ...(business && {
      business_last_name: business.last,
      business_first_name: business.first,
      business_last_name_yomi: business.lastKana ?? '',
      business_first_name_yomi: business.firstKana ?? '',
    }),
    birth_at: person.birth === '' ? null : person.birth,
    gender: person.gender,
    entered_at: person.entered,
    resigned_at: person.resigned,
    having_spouse: person.married,
    working_student_flag: person.student,
    widow_type: person.widow,
    handicapped_type:
      person.disability && { general: 'ordinary_handicapped', heavy: 'special_handicapped' }[person.disability],
    tel_number: person.phone && typed(person.phone),
    email: person.email,
    address: addressOf('a', person.home),
    resident_card_address: addressOf('r', person.resident),
    emp_ins_insured_person_number: groups(person.employmentNumber, 4, 6, 1),
    basic_pension_number: groups(person.pensionNumber, 4, 6),
    hel_ins_insured_person_number: number(person.healthNumber),
    soc_ins_insured_person_number: number(person.welfareNumber),
    monthly_standard_income_hel: person.healthPay,
    monthly_standard_income_pns: person.welfarePay,
    positions: person.titles,
    departments: person.departments,
    employment_type: person.employmentType,
    bank_accounts: person.accounts.map((account, index) => ({
      bank_code: account.bank,
      bank_branch_code: account.branch,
      account_type: TYPES[account.type],
      account_number: account.number,
      account_holder_name: account.holder,
      transfer_type: index === 0 ? 'full' : 'fixed_amount',
      specified_transfer_amount: index === 0 ? null : 30_000,
      transfer_category: 'salary_and_bonus',
      bankbook_image: null,
      bank_account_setting_id: settings[index] ?? null,
    })),
    ...more,
  }
}

/** What is a mark, a copy of something else or master data, and no value of the person. */
const NOT_OF_THE_PERSON =
  /^(updated_at|created_at|booked_retirement|position|department)$|^(positions|departments)\.\d+\.(?!name$)|^(address|resident_card_address)\.(id)$/

/** What SmartHR gives an account that comes without. */
export const accountDefault = (path: string, was: unknown): boolean =>
  isBlank(was) && /^bank_accounts\.\d+\.(transfer_type|transfer_category|bank_account_setting_id)$/.test(path)

/** Everybody SmartHR holds, by id. */
export async function crewsHeld(world: World): Promise<Map<string, Held>> {
  const { crews } = await tenantOf(world)
  return new Map(
    crews.map(crew => {
      const paths = Object.entries(flat(crew)).filter(([path]) => !NOT_OF_THE_PERSON.test(path))
      return [String(crew.id), alone(Object.fromEntries(paths))]
    }),
  )
}

const sentIn = (body: Record<string, unknown>): Sent[] =>
  Object.entries(body).flatMap(([name, value]): Sent[] => {
    if (name === 'positions' && Array.isArray(value))
      return value.map((title: unknown, slot) => ({ path: `positions.${slot}.name`, value: title }))
    return Object.entries(flat(value, name)).map(([path, each]) => ({ path, value: each }))
  })

/** What SmartHR was sent about people since the log held `from` entries; somebody new is known by the number. */
export async function crewWrites(world: World, from: number): Promise<Write[]> {
  const { crews } = await tenantOf(world)
  return (await calls(world, 'smarthr', from)).flatMap((call): Write[] => {
    const [, id] = /\/api\/v1\/crews(?:\/([^/]+))?$/.exec(call.path) ?? [null, null]
    if (id === null || call.method === 'GET') return []
    const body = call.body as Record<string, unknown>
    const [created] = crews.filter(crew => crew.emp_code === body.emp_code)
    return [{ id: id ?? String(created?.id), values: sentIn(body), month: null }]
  })
}

export const crewsFrom = (
  pairs: readonly Pair[],
  side: 'source' | 'target',
  settings: readonly string[],
  more?: (pair: Pair) => Record<string, unknown>,
) =>
  pairs.flatMap(pair => {
    const person = pair[side]
    return person ? [crewOf(person, settings, more?.(pair))] : []
  })
