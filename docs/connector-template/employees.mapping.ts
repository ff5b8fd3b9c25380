import type { FieldPair } from '../../server/contract/contract.js'
import { crew } from '../../server/contract/crew-fields.js'
import { statusAfter } from '../../server/contract/employment.js'
import {
  choiceField,
  dateField,
  erasableDateField,
  kanaField,
  keyField,
  textField,
} from '../../server/contract/fields.js'
import { PRODUCT } from './errors.js'

/** One field, one line, both directions. What the service does otherwise is a field of its own, made from these. */
export const employees: readonly FieldPair[] = [
  keyField({ ...crew.employeeNumber, service: 'code', required: 'service' }),
  textField({ ...crew.lastName, service: 'last_name', required: 'both' }),
  textField({ ...crew.firstName, service: 'first_name', required: 'both' }),
  kanaField({ ...crew.lastNameKana, service: 'last_name_kana' }),
  kanaField({ ...crew.firstNameKana, service: 'first_name_kana' }),
  dateField({ ...crew.birthDate, service: 'birth_date' }, PRODUCT),
  choiceField(
    { ...crew.gender, service: 'gender' },
    [
      { smarthr: 'male', service: 'm', label: '男性' },
      { smarthr: 'female', service: 'f', label: '女性' },
    ],
    PRODUCT,
  ),
  dateField({ ...crew.hireDate, service: 'hired_on' }, PRODUCT),
  erasableDateField({ ...crew.leavingDate, service: 'left_on' }, PRODUCT),
  statusAfter('left_on'),
]
