import type { FieldPair } from '../../contract/contract.js'
import { dateOf, digitsOf } from '../../contract/conversions.js'
import { crew } from '../../contract/crew-fields.js'
import { statusAfter } from '../../contract/employment.js'
import {
  choiceField,
  dateField,
  goingTogether,
  kanaField,
  keyField,
  showText,
  textField,
} from '../../contract/fields.js'
import { address } from './address.fields.js'
import { bankAccount } from './bank.fields.js'
import { insurances } from './insurance.fields.js'

/**
 * A column that the file lacks and a cell that is blank say the same: nothing. So no blank erases, 退職年月日 included. The
 * record's paths are the ids of the fields; cells come read (columns.ts).
 */

const FILE = 'CSVファイル'

const named = <Names extends { id: string }>(names: Names) => ({ ...names, service: names.id })

const status = statusAfter(crew.leavingDate.id)

const alike =
  (fold: (text: string) => string): FieldPair['same'] =>
  (smarthr, file) =>
    showText(smarthr) !== '' && fold(showText(smarthr)) === fold(showText(file))

export const employees: readonly FieldPair[] = [
  keyField({ ...named(crew.employeeNumber), required: 'both' }),
  textField({ ...named(crew.lastName), required: 'both' }),
  textField({ ...named(crew.firstName), required: 'both' }),
  kanaField(named(crew.lastNameKana)),
  kanaField(named(crew.firstNameKana)),
  dateField(named(crew.birthDate), FILE),
  choiceField(
    named(crew.gender),
    [
      { smarthr: 'male', service: 'male', label: '男性' },
      { smarthr: 'female', service: 'female', label: '女性' },
    ],
    FILE,
  ),
  dateField(named(crew.hireDate), FILE),
  dateField(named(crew.leavingDate), FILE),
  {
    ...status,
    toSmarthr: ([last = null], context) => (dateOf(last) === null ? 'keep' : status.toSmarthr([last], context)),
  },
  { ...textField(named(crew.email)), same: alike(text => text.toLowerCase()) },
  {
    ...textField({ id: 'phone', label: '電話番号', smarthr: 'tel_number', service: 'phone' }),
    same: alike(text => digitsOf(text) ?? text),
  },
  textField(named(crew.jobTitle)),
  ...goingTogether(Object.values(address).map(textField)),
  ...bankAccount,
  ...insurances,
]
