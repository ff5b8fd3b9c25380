import { dateOf, keyOf } from '../../contract/conversions.js'
import type { Converted, FieldPair, Scalar } from '../../contract/contract.js'
import { crew } from '../../contract/crew-fields.js'
import { choiceField, dateField, kanaField, keyField, setOrKeep, textField } from '../../contract/fields.js'

/**
 * The nine published pairs (reference §6). Legal names only. A blank never erases. What PCA's own app does with one is
 * not known, and from PCA it would take a date from a salary list.
 */

const PCA = 'PCA'
const CODE_DIGITS = 13

const code: FieldPair = {
  ...keyField({ ...crew.employeeNumber, service: 'Code' }),
  toService([value]) {
    const key = keyOf(value)
    return key !== null && !new RegExp(`^\\d{1,${CODE_DIGITS}}$`).test(key)
      ? { problem: `社員番号「${key}」は、PCAの社員コード（${CODE_DIGITS}桁以内の数字）として登録できません` }
      : setOrKeep('Code', key)
  },
}

export const STATUS_IN_SMARTHR =
  '退職年月日が過去の日付のため、SmartHRの在籍状況は自動では変わりません。同期後に、SmartHRで在籍状況を変更してください。'
export const STATUS_IN_PCA =
  'PCAの就労状況は連携されません。同期後に、PCAの［就労・所属］で就労状況を変更してください。'

const lastDay = dateField({ ...crew.leavingDate, service: 'RetireDate' }, PCA)

/** 在籍状況 and 就労状況 are not synced: with a past date the administrator is told what is left to do (§6, note 2). */
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
  textField({ ...crew.lastName, service: 'LastName', required: 'both' }),
  textField({ ...crew.firstName, service: 'FirstName' }),
  kanaField({ ...crew.lastNameKana, service: 'LastKana' }),
  kanaField({ ...crew.firstNameKana, service: 'FirstKana' }),
  dateField({ ...crew.birthDate, service: 'BirthDate' }, PCA),
  choiceField(
    { ...crew.gender, service: 'Gender' },
    [
      { smarthr: 'male', service: 'Male', label: '男性' },
      { smarthr: 'female', service: 'Female', label: '女性' },
    ],
    PCA,
  ),
  dateField({ ...crew.hireDate, service: 'EnterDate' }, PCA),
  resigned,
]
