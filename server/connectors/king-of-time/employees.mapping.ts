import { katakana, textOf } from '../../contract/conversions.js'
import type { ConvertContext, FieldPair, Scalar } from '../../contract/contract.js'
import { crew } from '../../contract/crew-fields.js'
import { statusAfter } from '../../contract/employment.js'
import {
  choiceField,
  dateField,
  erasableDateField,
  keyField,
  setOrKeep,
  showText,
  textField,
  type FieldNames,
} from '../../contract/fields.js'

/**
 * The ten published pairs (reference §4). A blank never erases, except 退職年月日: a blank there is a resignation taken
 * back. Towards the attendance service the name follows the setting; the way back is always the legal name (§1.5).
 */

export const FIRST_EMAIL = 'emailAddresses.0'

export const NAME_SETTING = 'employee_name'
export const BUSINESS_NAME = 'business'

/** the mapping is every brand's */
const SERVICE = '勤怠管理サービス'

/** Names are compared with every run of spaces as one; they are sent as they are. */
const withoutWidth = (value: Scalar | undefined) => textOf(value)?.replace(/[\s\u3000]+/g, ' ') ?? null

interface NameOptions extends FieldNames {
  business: string
  read: (value: Scalar | undefined) => string | null
}

/** One part of the name or its kana: legal, or the business name where the setting asks for it and there is one. */
function name({ smarthr: legal, business, service, read, ...names }: NameOptions): FieldPair {
  const chosen = ([legalName, businessName]: readonly Scalar[], { settings }: ConvertContext) =>
    (settings[NAME_SETTING] === BUSINESS_NAME ? read(businessName) : null) ?? read(legalName)
  return {
    ...names,
    smarthr: [legal, business],
    service: [service],
    toService(values, context) {
      const wanted = chosen(values, context)
      const [present] = context.present
      return withoutWidth(wanted) === withoutWidth(read(present)) ? 'keep' : setOrKeep(service, wanted)
    },
    toSmarthr([value], { present: [present] }) {
      return withoutWidth(read(value)) === withoutWidth(read(present)) ? 'keep' : setOrKeep(legal, read(value))
    },
    showSmarthr: showText,
    showService: showText,
  }
}

const SEXES = [
  { smarthr: 'male', service: 'male', label: '男性' },
  { smarthr: 'female', service: 'female', label: '女性' },
]
const genders = choiceField({ ...crew.gender, service: 'gender', required: 'service' }, SEXES, SERVICE)

const gender: FieldPair = {
  ...genders,
  // Whatever is neither male nor female means that none was chosen (§3.3).
  untaken: value => !SEXES.some(({ service }) => service === value),
  toSmarthr(values, context) {
    const converted = genders.toSmarthr(values, context)
    return converted !== 'keep' && 'unsent' in converted ? 'keep' : converted
  },
}

const email: FieldPair = {
  ...textField({ ...crew.email, service: FIRST_EMAIL }),
  same: (smarthr, service) => showText(smarthr).toLowerCase() === showText(service).toLowerCase(),
}

export const employees: readonly FieldPair[] = [
  keyField({ ...crew.employeeNumber, service: 'code', required: 'service' }),
  name({
    ...crew.lastName,
    business: 'business_last_name',
    service: 'lastName',
    required: 'both',
    read: textOf,
  }),
  name({ ...crew.firstName, business: 'business_first_name', service: 'firstName', required: 'both', read: textOf }),
  name({ ...crew.lastNameKana, business: 'business_last_name_yomi', service: 'lastNamePhonetics', read: katakana }),
  name({ ...crew.firstNameKana, business: 'business_first_name_yomi', service: 'firstNamePhonetics', read: katakana }),
  gender,
  dateField({ ...crew.birthDate, service: 'birthDate' }, SERVICE),
  dateField({ ...crew.hireDate, service: 'hiredDate' }, SERVICE),
  erasableDateField({ ...crew.leavingDate, service: 'resignationDate' }, SERVICE),
  statusAfter('resignationDate'),
  email,
]
