import { genderOf, isSpouse } from './dependent-relations.js'
import { dependentOf } from './dependents.js'
import { uuid } from './records.js'
import type { Crew, Dependent, Json, Master, Tenant } from './store.js'

const NAMES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  m: [
    ['陽向', 'ヒナタ'],
    ['正', 'タダシ'],
    ['大和', 'ヤマト'],
    ['勇', 'イサム'],
  ],
  f: [
    ['ひまり', 'ヒマリ'],
    ['和子', 'カズコ'],
    ['澪', 'ミオ'],
    ['文', 'フミ'],
  ],
}

/**
 * One spouse for each branch of Money Forward's 家族情報 (its reference, §6.1): income at the threshold, above it, blank;
 * every 扶養状況; living apart; each 障害者区分.
 */
const SPOUSES: Readonly<Record<string, Json>> = {
  '001001': { tax_deduction_income: 480_000 },
  '001002': { tax_deduction_income: 480_001 },
  '001007': { tax_deduction_income: null },
  '001008': { tax_law_support_type: 'unsupported_same_living_spouse', tax_deduction_income: 0 },
  '001009': { tax_law_support_type: 'special_spousal_exemption', tax_deduction_income: 1_000_000 },
  '001010': {
    tax_law_support_type: 'unsupported',
    tax_deduction_income: 4_200_000,
    live_together_type: 'living_separately',
  },
  '001011': { tax_law_support_type: 'unknown', tax_deduction_income: null },
  '001013': { handicapped_type: 'ordinary_handicapped', tax_deduction_income: 480_000 },
  '001018': { handicapped_type: 'special_handicapped', tax_deduction_income: 0 },
  '001019': { handicapped_type: 'special_handicapped_living_together', tax_deduction_income: 0 },
  '001021': { tax_law_support_type: null, tax_deduction_income: 480_000 },
}

const SUPPORT = ['supported', 'supported', 'unsupported', 'unknown', 'supported']
const INCOME = [0, 480_000, null, 480_001]
const HANDICAPS = [
  null,
  null,
  'ordinary_handicapped',
  null,
  'special_handicapped',
  null,
  'special_handicapped_living_together',
]

const birthOf = ({ name, is_child: child }: Master, index: number) => {
  const oldest = child || name.startsWith('孫') ? 2004 : /父|母|伯|叔/.test(name) ? 1938 : 1975
  return `${oldest + ((index * 5) % 20)}-0${(index % 9) + 1}-15`
}

function member(crew: Crew, relation: Master, index: number, attributes: Json = {}): Dependent {
  const known = genderOf(relation.name)
  const gender = known === '-' ? ['m', 'f'][index % 2] : known
  const [first, kana] = NAMES[gender ?? 'm']?.[index % 4] ?? ['', '']
  return dependentOf(crew, uuid(`${crew.id} dependent ${index}`), relation, {
    last_name: crew.last_name,
    first_name: first,
    last_name_yomi: crew.last_name_yomi,
    first_name_yomi: kana,
    gender: gender === 'f' ? 'female' : 'male',
    birth_at: birthOf(relation, index),
    ...attributes,
  })
}

/** 夫 of a woman, 妻 of a man, born a year after them. */
function spouse(tenant: Tenant, crew: Crew, attributes: Json): Dependent[] {
  const name = crew.gender === 'female' ? '夫' : '妻'
  const relation = tenant.dependentRelations.find(candidate => candidate.name === name)
  const birth = `${Number(String(crew.birth_at).slice(0, 4)) + 1}-05-20`
  return relation ? [member(crew, relation, 0, { birth_at: birth, ...attributes })] : []
}

const keep = ({ dependents }: Tenant, crew: Crew, family: readonly Dependent[]) => {
  if (family.length > 0) dependents.set(crew.id, [...family])
}

/**
 * The families of みどり商会: the spouses above, and every other 続柄 once, three to a person from 001001 on, with the
 * kinds of income, support and handicap taking turns. Every third lives apart.
 */
export function seedDependents(tenant: Tenant): void {
  const others = tenant.dependentRelations.filter(relation => !isSpouse(relation))
  const people = [...tenant.crews.values()].filter(
    crew => SPOUSES[crew.emp_code ?? ''] || /^0010/.test(crew.emp_code ?? ''),
  )
  people.forEach((crew, position) => {
    const special = SPOUSES[crew.emp_code ?? '']
    const relatives = others.slice(position * 3, position * 3 + 3).map((relation, at) => {
      const index = position * 3 + at
      return member(crew, relation, index + 1, {
        live_together_type: index % 3 === 2 ? 'living_separately' : 'living_together',
        tax_law_support_type: SUPPORT[index % SUPPORT.length],
        tax_deduction_income: INCOME[index % INCOME.length],
        handicapped_type: HANDICAPS[index % HANDICAPS.length],
      })
    })
    keep(tenant, crew, [...(special ? spouse(tenant, crew, special) : []), ...relatives])
  })
}

/** Every third of made-up people has a family: a spouse where they are married, and a child. */
export function populateDependents(tenant: Tenant): void {
  const child = tenant.dependentRelations.find(({ name }) => name === '長女')
  ;[...tenant.crews.values()].forEach((crew, position) => {
    if (position % 3 !== 0 || !child) return
    const income = { tax_deduction_income: INCOME[position % INCOME.length] }
    keep(tenant, crew, [...(crew.having_spouse ? spouse(tenant, crew, income) : []), member(crew, child, 1)])
  })
}
