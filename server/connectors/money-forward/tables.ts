import { textOf, yen } from '../../contract/conversions.js'
import type { Scalar } from '../../contract/contract.js'

/**
 * Money Forward's tables of values (SmartHR help 360026106414 「連携可能な従業員情報」; the labels of SmartHR's enums are
 * its own, the comparison is by physical value).
 */

export const TARGET = '対象'
export const NOT_TARGET = '対象外'
export const OTHER = 'その他'

type Table = Readonly<Record<string, string>>

const inTable = (table: Table, value: Scalar): string | null => {
  const text = textOf(value)
  return text !== null && Object.hasOwn(table, text) ? (table[text] ?? null) : null
}

const genders: Table = { male: '男性', female: '女性' }
export const GENDERS: readonly string[] = Object.values(genders)

/** inferred: the two labels */
export const genderOf = (value: Scalar): string | null => inTable(genders, value)

/** By preset; 派遣社員 stands in an older edition of the page only. 正社員, 契約社員 and 役員 are inferred: not named as special. */
const contractTypes: Table = {
  full_timer: '正社員',
  contract_worker: '契約社員',
  board_member: '役員',
  part_timer: 'パート',
  permatemp: OTHER,
  outsourcing_contractor: OTHER,
  etc: OTHER,
}
export const CONTRACT_TYPES: readonly string[] = [...new Set(Object.values(contractTypes))]

/** 契約種別 of a 雇用形態; a type of the company's own is その他, no type at all is null. */
export function contractTypeOf(type: { preset: Scalar; name: Scalar }): string | null {
  if (textOf(type.preset) === null && textOf(type.name) === null) return null
  return inTable(contractTypes, type.preset) ?? OTHER
}

const handicaps: Table = {
  ordinary_handicapped: '一般障がい者',
  special_handicapped: '特別障がい者',
  special_handicapped_living_together: '特別障がい者',
}
export const HANDICAPS: readonly string[] = [...new Set(Object.values(handicaps)), NOT_TARGET]

/** Of the employee and of family members, who also know 同居特別障害者. */
export const handicapOf = (value: Scalar): string => inTable(handicaps, value) ?? NOT_TARGET

const STUDENT = '勤労学生'
export const WORKING_STUDENTS: readonly string[] = [STUDENT, NOT_TARGET]
export const workingStudentOf = (flag: Scalar): string => (flag === true ? STUDENT : NOT_TARGET)

/** One item of SmartHR's, two of Money Forward's. */
const WIDOW = '寡婦'
const SINGLE_PARENT = 'ひとり親'
export const WIDOWS: readonly string[] = [WIDOW, NOT_TARGET]
export const SINGLE_PARENTS: readonly string[] = [SINGLE_PARENT, NOT_TARGET]
export const widowOf = (type: Scalar): string => (type === 'widow' ? WIDOW : NOT_TARGET)
export const singleParentOf = (type: Scalar): string => (type === 'single_parent' ? SINGLE_PARENT : NOT_TARGET)

export const TARGETS: readonly string[] = [TARGET, NOT_TARGET]

/** 同居区分. 別居 is 対象外; 同居 is inferred to be 対象. Blank says nothing. */
export const livingTogetherOf = (type: Scalar): string | null =>
  inTable({ living_together: TARGET, living_separately: NOT_TARGET }, type)

/** 扶養区分: only 扶養する counts; 扶養しない, 配偶者特別控除対象者 and 不明 do not. Blank says nothing. */
export const taxDependentOf = (type: Scalar): string | null =>
  textOf(type) === null ? null : type === 'supported' ? TARGET : NOT_TARGET

/**
 * The largest 年間所得見積額 of a 同一生計配偶者, in yen. The source's number is that of 2022; the tax reform of 2025
 * raised the legal one, and whether Money Forward follows is not published.
 */
export const SAME_LIVING_SPOUSE_INCOME = 480_000

/** 同一生計配偶者区分, by the estimate alone as the source has it, whatever the relation; blank is 対象外. */
export function sameLivingSpouseOf(income: Scalar): string {
  const estimate = yen(income)
  return estimate !== null && estimate <= SAME_LIVING_SPOUSE_INCOME ? TARGET : NOT_TARGET
}

/** 続柄（性別） → SmartHR's names of 続柄. */
const relationships: Readonly<Record<string, readonly string[]>> = {
  '夫（男）': ['夫'],
  '妻（女）': ['妻'],
  息子: ['子', '長男', '次男', '二男', '三男', '四男', '五男', '六男以降'],
  娘: ['長女', '次女', '二女', '三女', '四女', '五女', '六女以降'],
  父: ['実父', '養父'],
  母: ['実母', '養母'],
  兄: ['兄'],
  姉: ['姉'],
  弟: ['弟'],
  妹: ['妹'],
  祖父: ['祖父', '曽祖父'],
  祖母: ['祖母', '曽祖母'],
  孫息子: ['孫', '孫息子', '孫男'],
  孫娘: ['孫娘', '孫女'],
  甥: ['甥'],
  姪: ['姪'],
  叔父: ['叔父', '伯父'],
  叔母: ['叔母', '伯母'],
  義父: ['義父'],
  義母: ['義母'],
  里子: ['里子男', '里子女'],
  // 義姉 義弟 義兄 義妹 養子男 養子女 内妻 内夫 子の妻 子の夫 従兄 従姉 従弟 従妹 同居人 連子男 連子女, and the company's own
  [OTHER]: [OTHER],
}
export const RELATIONSHIPS: readonly string[] = Object.keys(relationships)

/** 続柄 that only a married person has in the family */
export const SPOUSES: readonly string[] = ['夫（男）', '妻（女）']
export const IN_LAWS: readonly string[] = ['義父', '義母']

const byName = new Map(Object.entries(relationships).flatMap(([to, names]) => names.map(name => [name, to] as const)))

/** 続柄（性別） by the name SmartHR shows; every other name is その他, blank is null. */
export function relationshipOf(name: Scalar): string | null {
  const text = textOf(name)?.normalize('NFKC')
  return text === undefined ? null : (byName.get(text) ?? OTHER)
}
