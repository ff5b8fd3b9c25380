/** What a column may hold: its field, the headings by which it is known, and how a cell of it is read. */
import type { Choice, Columns, Scalar, Values } from '../../contract/contract.js'
import { HOLDER_NAME } from '../../contract/bank-account.js'
import {
  fullWidthKana,
  grouped,
  joinFilled,
  katakana,
  numberOf,
  phoneOf,
  prefectures,
  zipParts,
} from '../../contract/conversions.js'
import { crew } from '../../contract/crew-fields.js'
import { writtenDate } from '../../contract/written-dates.js'
import { address } from './address.fields.js'
import { ACCOUNT_TYPES, bank } from './bank.fields.js'
import { insurance } from './insurance.fields.js'

/** A cell as its field has it, by the record's paths; or what is wrong with it and what to do, behind the column's name. */
export type Cell = { values: Values } | { fault: string }

export interface Column extends Choice {
  /** headings by which it is known, folded (`folded`); assumed but for SmartHR's own names, see README.md */
  known: readonly string[]
  read(text: string): Cell
}

const at = (path: string, value: Scalar): Cell => ({ values: { [path]: value } })

const asText = (path: string) => (text: string) => at(path, text)

/** What is wrong with a cell, behind the column's name. */
export const faults = {
  insuredNumber: 'が9桁以内の数字ではありません。数字で入力してください。',
  accountType: 'が「普通」「当座」「貯蓄」のどれでもありません。どれかを入力してください。',
  holder: 'に、カタカナ・英数字・記号（（）．－）のほかの文字があります。カタカナまたは英数字で入力してください。',
  date: 'を日付として読み取れません。「2020/04/01」または「令和2年4月1日」の形で、実在する日付を入力してください。',
  gender: 'が「男性」「女性」のどちらでもありません。どちらかを入力するか、空欄にしてください。',
  phone: 'を日本の電話番号として読み取れません。先頭の0が欠けていないかを確認し、市外局番から入力してください。',
  postalCode: 'が7桁の数字ではありません。先頭の0が欠けていないかを確認し、7桁で入力してください。',
  prefecture: 'が都道府県名ではありません。「東京都」のように、「都」「道」「府」「県」まで入力してください。',
  email: 'がメールアドレスの形ではありません。「name@example.com」の形で、1つだけ入力してください。',
  name: 'を姓と名に分けられません。姓と名の間に、空白を1つ入力してください。',
} as const

const asDate =
  (path: string) =>
  (text: string): Cell => {
    const date = writtenDate(text)
    return date === null ? { fault: faults.date } : at(path, date)
  }

const GENDERS: Readonly<Record<string, string>> = {
  男: 'male',
  男性: 'male',
  male: 'male',
  m: 'male',
  女: 'female',
  女性: 'female',
  female: 'female',
  f: 'female',
}

function genderOf(text: string): Cell {
  const gender = GENDERS[text.normalize('NFKC').toLowerCase()]
  return gender === undefined ? { fault: faults.gender } : at('gender', gender)
}

function phoneNumber(text: string): Cell {
  const phone = phoneOf(text)
  if (!phone) return { fault: faults.phone }
  // SmartHR has one text for all of it: what stands behind the number stays there.
  return at('phone', phone.extension === null ? phone.parts.join('-') : text)
}

function postalCode(text: string): Cell {
  const parts = zipParts(text)
  return parts ? at(address.postalCode.service, parts.join('-')) : { fault: faults.postalCode }
}

const prefecture = (text: string): Cell =>
  prefectures.includes(text) ? at(address.prefecture.service, text) : { fault: faults.prefecture }

function email(text: string): Cell {
  const address = text.normalize('NFKC')
  return /^[^\s@]+@[^\s@]+$/.test(address) ? at('email', address) : { fault: faults.email }
}

export const noDigits = (length: number, padded = false): string =>
  `が${length}桁${padded ? '以内' : ''}の数字ではありません。先頭の0が欠けていないか、「1.23E+10」のような形になっていないかを確認し、数字で入力してください。`

/** A number of so many digits. Shorter ones lost their leading zeros in a spreadsheet, where `padded`. */
const digits =
  (path: string, length: number, { padded, sizes }: { padded?: true; sizes?: readonly number[] } = {}) =>
  (text: string): Cell => {
    const number = numberOf(text)
    const fits = number !== null && (padded ? number.length <= length : number.length === length)
    if (!fits) return { fault: noDigits(length, padded) }
    const whole = number.padStart(length, '0')
    return at(path, sizes ? grouped(whole, sizes) : whole)
  }

/** 整理番号: SmartHR has it as a number. */
const insuredNumber =
  (path: string) =>
  (text: string): Cell => {
    const number = numberOf(text)
    return number !== null && number.length <= 9 ? at(path, number) : { fault: faults.insuredNumber }
  }

function accountType(text: string): Cell {
  const kind = ACCOUNT_TYPES.find(({ label }) => label === text.normalize('NFKC').replace(/預金$/, ''))
  return kind ? at(bank.type.service, kind.service) : { fault: faults.accountType }
}

function holderName(text: string): Cell {
  const kana = fullWidthKana(text)
  return kana !== null && HOLDER_NAME.test(kana) ? at(bank.holder.service, kana) : { fault: faults.holder }
}

/** 山田 太郎 in one cell. */
const inTwo =
  (last: string, first: string) =>
  (text: string): Cell => {
    const [one, two, ...more] = text.split(/[\s\u3000]+/)
    return one && two && more.length === 0 ? { values: { [last]: one, [first]: two } } : { fault: faults.name }
  }

const dashed = (text: string): string => text.replace(/[()\[\]{}「」【】*※・_:\s-]/g, '').toLowerCase()

/** A heading as it is compared: width, case, brackets and blanks are no difference, nor is 必須 behind it. */
export const folded = (name: string): string => dashed(name.normalize('NFKC')).replace(/(必須|任意)$/, '')

const column = (
  { id, label }: { id: string; label: string },
  known: readonly string[],
  read: Column['read'] = asText(id),
): Column => ({ value: id, label, known: [label, ...known].map(folded), read })

export const FULL_NAME = 'full-name'
export const FULL_NAME_KANA = 'full-name-kana'

/** Each as it stands in the list of the page. */
export const columns: readonly Column[] = [
  column(crew.employeeNumber, [
    '従業員番号',
    '従業員コード',
    '社員コード',
    '社員No',
    '社員No.',
    '従業員No',
    '従業員No.',
    'emp_code',
  ]),
  column(crew.lastName, ['苗字', '名字', '氏', '戸籍姓', 'last_name']),
  column(crew.firstName, ['名前（名）', '戸籍名', 'first_name']),
  column({ id: FULL_NAME, label: '氏名（姓と名）' }, ['氏名', '従業員名', '社員名'], inTwo('last-name', 'first-name')),
  column(crew.lastNameKana, ['姓カナ', '姓フリガナ', '姓ふりがな', '姓かな', 'セイ', 'last_name_yomi'], text =>
    at('last-name-kana', katakana(text)),
  ),
  column(crew.firstNameKana, ['名カナ', '名フリガナ', '名ふりがな', '名かな', 'メイ', 'first_name_yomi'], text =>
    at('first-name-kana', katakana(text)),
  ),
  column(
    { id: FULL_NAME_KANA, label: '氏名（ヨミガナ）' },
    ['フリガナ', 'ふりがな', 'ヨミガナ', '氏名カナ', '氏名フリガナ', '氏名かな', 'カナ氏名', '従業員名カナ'],
    text => inTwo('last-name-kana', 'first-name-kana')(katakana(text) ?? ''),
  ),
  column(crew.birthDate, ['誕生日', 'birth_at'], asDate('birth-date')),
  column(crew.gender, ['性別', 'gender'], genderOf),
  column(crew.hireDate, ['入社日', 'entered_at'], asDate('hire-date')),
  column(crew.leavingDate, ['退職日', 'resigned_at'], asDate('leaving-date')),
  column(crew.email, ['Eメール', 'E-mail', 'メール', 'mail', 'email'], email),
  column({ id: 'phone', label: '電話番号' }, ['TEL', '電話', 'tel_number'], phoneNumber),
  column(crew.jobTitle, ['役職名', '役職1']),
  column(address.postalCode, ['郵便番号', '現住所郵便番号', '住所郵便番号'], postalCode),
  column(address.prefecture, ['都道府県', '現住所都道府県', '住所都道府県'], prefecture),
  column(address.city, ['市区町村', '現住所市区町村', '住所市区町村']),
  column(address.street, ['丁目・番地', '丁目番地', '番地', '町名番地', '現住所丁目番地', '住所丁目番地']),
  column(address.building, ['建物名・部屋番号', '建物名', '建物名等', '現住所建物名部屋番号', '住所建物名部屋番号']),
  column(address.kana, ['住所ヨミガナ', '住所カナ', '住所フリガナ', '現住所カナ', '現住所フリガナ'], text =>
    at(address.kana.service, fullWidthKana(text)),
  ),
  column(bank.code, ['金融機関コード', '銀行番号', '口座1銀行コード'], digits(bank.code.service, 4, { padded: true })),
  column(bank.branch, ['支店番号', '口座1支店コード'], digits(bank.branch.service, 3, { padded: true })),
  column(bank.type, ['口座種別', '口座種類', '口座1預金種別', '口座1口座種別'], accountType),
  column(bank.number, ['口座1口座番号'], digits(bank.number.service, 7, { padded: true })),
  column(bank.holder, ['口座名義', '口座名義カナ', '名義人', '名義人フリガナ', '口座1名義（カタカナ）'], holderName),
  column(
    insurance.employment,
    ['雇用保険被保険者番号', '雇用保険番号'],
    digits(insurance.employment.service, 11, { sizes: [4, 6, 1] }),
  ),
  column(insurance.basicPension, ['年金番号'], digits(insurance.basicPension.service, 10, { sizes: [4, 6] })),
  column(
    insurance.health,
    ['健康保険被保険者整理番号', '健康保険整理番号', '健康保険番号'],
    insuredNumber(insurance.health.service),
  ),
  column(
    insurance.pension,
    ['厚生年金被保険者整理番号', '厚生年金保険被保険者整理番号', '厚生年金整理番号'],
    insuredNumber(insurance.pension.service),
  ),
]

const byId = new Map(columns.map(one => [one.value, one]))

export const columnOf = (id: string | undefined): Column | undefined => byId.get(id ?? '')

/** A cell's text: without blanks around it, its lines in one; null when nothing stands in it. */
export const cellText = (cell: string): string | null => joinFilled(cell.split(/[\r\n]/)) || null

/** What each column holds: what was said of it before, else what its heading says; a field has one column. */
export function propose(names: readonly string[], remembered: Columns): Columns {
  const taken = new Set<string>()
  const said = new Map<string, string>()
  const take = (name: string, id: string) => {
    if (id !== '' && taken.has(id)) return
    if (id !== '') taken.add(id)
    said.set(name, id)
  }
  for (const name of names) {
    const before = Object.hasOwn(remembered, name) ? remembered[name] : undefined
    if (before !== undefined && (before === '' || byId.has(before))) take(name, before)
  }
  for (const name of names) {
    if (said.has(name)) continue
    const known = columns.find(one => one.known.includes(folded(name)))
    if (known) take(name, known.value)
  }
  return Object.fromEntries(names.map(name => [name, said.get(name) ?? '']))
}

const labelOf = (id: string): string => byId.get(id)?.label ?? id

const NO_NUMBER_COLUMN =
  '社員番号の列が選択されていません。社員番号がないと、どの従業員か特定できません。社員番号の列を選択するか、社員番号の列があるファイルを選択し直してください。'
const NUMBER_ALONE = '社員番号のほかに、取り込む列が選択されていません。SmartHRに取り込む列を選択してください。'
const takenTwice = (label: string, other: string): string =>
  `${label}は、列「${other}」でも選択されています。どちらか1つの列にしてください。`
const wholeAndPart = (whole: string, part: string): string =>
  `${whole}と${part}が、どちらも選択されています。どちらか一方を「取り込まない」にしてください。`

/** What can be wrong with a choice, for the help. */
export const choiceFaults = [takenTwice('…', '…'), wholeAndPart('氏名', '姓'), NO_NUMBER_COLUMN, NUMBER_ALONE]

/** Whoever is to be told apart, and what can't both be true. */
export function check(chosen: Columns): Readonly<Record<string, string>> {
  const wrong: Record<string, string> = {}
  const taken = new Map<string, string>()
  for (const [name, id] of Object.entries(chosen)) {
    if (id === '') continue
    const other = taken.get(id)
    if (other === undefined) taken.set(id, name)
    else wrong[name] = takenTwice(labelOf(id), other)
  }
  const both = (whole: string, parts: readonly string[]) => {
    const column = taken.get(whole)
    const part = parts.find(id => taken.has(id))
    if (column !== undefined && part !== undefined) wrong[column] = wholeAndPart(labelOf(whole), labelOf(part))
  }
  both(FULL_NAME, [crew.lastName.id, crew.firstName.id])
  both(FULL_NAME_KANA, [crew.lastNameKana.id, crew.firstNameKana.id])
  if (!taken.has(crew.employeeNumber.id)) wrong[''] = NO_NUMBER_COLUMN
  else if (taken.size === 1) wrong[''] = NUMBER_ALONE
  return wrong
}
