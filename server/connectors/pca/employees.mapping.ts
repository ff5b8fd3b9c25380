import { dateOf, katakana, keyOf, slashed, textOf } from '../../contract/conversions.js'
import type { Converted, FieldPair, Scalar } from '../../contract/contract.js'
import { setOrTell, unsent, WRONG_FORM } from '../../contract/unsent.js'

/**
 * The nine published pairs (reference §6). Legal names only. A blank never erases: nobody says what PCA's own app does
 * with one, and the other way round a salary list would lose a date.
 */

const first = ([value]: readonly Scalar[]) => textOf(value) ?? ''
const [SMARTHR, PCA] = ['SmartHR', 'PCA']

const setOrKeep = (path: string, value: Scalar): Converted => (value === null ? 'keep' : { set: { [path]: value } })

function text(label: string, smarthr: string, service: string, required?: 'both'): FieldPair {
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    ...(required && { required }),
    toService: ([value]) => setOrKeep(service, textOf(value)),
    toSmarthr: ([value]) => setOrKeep(smarthr, textOf(value)),
    showSmarthr: first,
    showService: first,
  }
}

const KATAKANA = /^[\u30a1-\u30ff\u3000 ・]+$/

/** Kana in full-width katakana on either side; PCA also holds half-width ones. */
function kana(label: string, smarthr: string, service: string): FieldPair {
  const into = (path: string, value: Scalar | undefined): Converted => {
    const converted = katakana(value)
    if (converted !== null && !KATAKANA.test(converted)) return { problem: `${label}はカタカナで入力してください` }
    return setOrKeep(path, converted)
  }
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    same: (one, other) => katakana(one[0]) === katakana(other[0]),
    toService: ([value]) => into(service, value),
    toSmarthr: ([value]) => into(smarthr, value),
    showSmarthr: first,
    showService: first,
  }
}

/** Dates are `YYYY-MM-DD` here; the directory turns PCA's own forms into them and back. */
function date(label: string, smarthr: string, service: string): FieldPair {
  const show = (values: readonly Scalar[]) => slashed(first(values))
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    toService: ([value]) => setOrTell(service, dateOf(value), value, () => unsent(label, value, WRONG_FORM, SMARTHR)),
    toSmarthr: ([value]) => setOrTell(smarthr, dateOf(value), value, () => unsent(label, value, WRONG_FORM, PCA)),
    showSmarthr: show,
    showService: show,
  }
}

const CODE_DIGITS = 13

const code: FieldPair = {
  label: '社員番号',
  smarthr: ['emp_code'],
  service: ['Code'],
  // The key is set once and never changed.
  same: () => true,
  toService([value]) {
    const key = keyOf(value)
    return key !== null && !new RegExp(`^\\d{1,${CODE_DIGITS}}$`).test(key)
      ? { problem: `社員番号「${key}」は、PCAの社員コード（${CODE_DIGITS}桁以内の数字）として登録できません` }
      : setOrKeep('Code', key)
  },
  toSmarthr: ([value]) => setOrKeep('emp_code', keyOf(value)),
  showSmarthr: first,
  showService: first,
}

const genders: readonly (readonly [smarthr: string, service: string, label: string])[] = [
  ['male', 'Male', '男性'],
  ['female', 'Female', '女性'],
]

const gender: FieldPair = {
  label: '戸籍上の性別',
  smarthr: ['gender'],
  service: ['Gender'],
  toService([value]) {
    const found = genders.find(([smarthr]) => smarthr === value)?.[1] ?? null
    return setOrTell('Gender', found, value, () => unsent('戸籍上の性別', value, WRONG_FORM, SMARTHR))
  },
  toSmarthr([value]) {
    const found = genders.find(([, service]) => service === value)?.[0] ?? null
    return setOrTell('gender', found, value, () => unsent('戸籍上の性別', value, WRONG_FORM, PCA))
  },
  showSmarthr: ([value]) => genders.find(([smarthr]) => smarthr === value)?.[2] ?? '',
  showService: ([value]) => genders.find(([, service]) => service === value)?.[2] ?? '',
}

const STATUS_IN_SMARTHR =
  '退職年月日が過去の日付のため、SmartHRの在籍状況は自動では変わりません。同期後に、SmartHRで在籍状況を変更してください。'
const STATUS_IN_PCA = 'PCAの就労状況は連携されません。同期後に、PCAの［就労・所属］で就労状況を変更してください。'

const lastDay = date('退職年月日', 'resigned_at', 'RetireDate')

/** 在籍状況 and 就労状況 are not synced: whoever writes a past date is told what is left to do (§6, note 2). */
const resigned: FieldPair = {
  ...lastDay,
  toService: (values, context) => withNote(lastDay.toService(values, context), values, context.today, STATUS_IN_PCA),
  toSmarthr: (values, context) =>
    withNote(lastDay.toSmarthr(values, context), values, context.today, STATUS_IN_SMARTHR),
}

function withNote(converted: Converted, [value]: readonly Scalar[], today: string, note: string): Converted {
  const past = (dateOf(value) ?? today) < today
  return past && converted !== 'keep' && 'set' in converted ? { ...converted, note } : converted
}

export const employees: readonly FieldPair[] = [
  code,
  text('姓', 'last_name', 'LastName', 'both'),
  text('名', 'first_name', 'FirstName'),
  kana('姓（ヨミガナ）', 'last_name_yomi', 'LastKana'),
  kana('名（ヨミガナ）', 'first_name_yomi', 'FirstKana'),
  date('生年月日', 'birth_at', 'BirthDate'),
  gender,
  date('入社年月日', 'entered_at', 'EnterDate'),
  resigned,
]
