import { dateOf, katakana, keyOf, slashed, textOf } from '../../contract/conversions.js'
import type { Converted, ConvertContext, FieldPair, Scalar } from '../../contract/contract.js'
import { statusAfter } from '../../contract/employment.js'
import { isBlank, setOrTell, unsent, WRONG_FORM } from '../../contract/unsent.js'

/**
 * The ten published pairs (reference §4). A blank never erases, except 退職年月日: a blank there is a resignation taken
 * back. Towards the attendance service the name follows the setting; the way back is always the legal name (§1.5).
 */

export const FIRST_EMAIL = 'emailAddresses.0'

export const NAME_SETTING = 'employee_name'
export const BUSINESS_NAME = 'business'

const first = ([value]: readonly Scalar[]) => textOf(value) ?? ''
const SMARTHR = 'SmartHR'
/** the mapping is every brand's */
const SERVICE = '勤怠管理サービス'

const setOrKeep = (path: string, value: Scalar): Converted => (value === null ? 'keep' : { set: { [path]: value } })

/** Names are compared with every run of spaces as one; they are sent as they are. */
const withoutWidth = (value: Scalar | undefined) => textOf(value)?.replace(/[\s\u3000]+/g, ' ') ?? null

interface NameOptions {
  label: string
  legal: string
  business: string
  service: string
  required?: 'both'
  read: (value: Scalar | undefined) => string | null
}

/** One part of the name or its kana: legal, or the business name where the setting asks for it and there is one. */
function name({ label, legal, business, service, required, read }: NameOptions): FieldPair {
  const chosen = ([legalName, businessName]: readonly Scalar[], { settings }: ConvertContext) =>
    (settings[NAME_SETTING] === BUSINESS_NAME ? read(businessName) : null) ?? read(legalName)
  return {
    label,
    smarthr: [legal, business],
    service: [service],
    ...(required && { required }),
    toService(values, context) {
      const wanted = chosen(values, context)
      const [present] = context.present
      return withoutWidth(wanted) === withoutWidth(read(present)) ? 'keep' : setOrKeep(service, wanted)
    },
    toSmarthr([value], { present: [present] }) {
      return withoutWidth(read(value)) === withoutWidth(read(present)) ? 'keep' : setOrKeep(legal, read(value))
    },
    showSmarthr: first,
    showService: first,
  }
}

function date(label: string, smarthr: string, service: string): FieldPair {
  const show = (values: readonly Scalar[]) => slashed(first(values))
  return {
    label,
    smarthr: [smarthr],
    service: [service],
    toService: ([value]) => setOrTell(service, dateOf(value), value, () => unsent(label, value, WRONG_FORM, SMARTHR)),
    toSmarthr: ([value]) => setOrTell(smarthr, dateOf(value), value, () => unsent(label, value, WRONG_FORM, SERVICE)),
    showSmarthr: show,
    showService: show,
  }
}

const code: FieldPair = {
  label: '社員番号',
  smarthr: ['emp_code'],
  service: ['code'],
  required: 'service',
  // The key is set once and never changed.
  same: () => true,
  toService: ([value]) => setOrKeep('code', keyOf(value)),
  toSmarthr: ([value]) => setOrKeep('emp_code', keyOf(value)),
  showSmarthr: first,
  showService: first,
}

const genders: Readonly<Record<string, string>> = { male: '男性', female: '女性' }

const gender: FieldPair = {
  label: '戸籍上の性別',
  smarthr: ['gender'],
  service: ['gender'],
  required: 'service',
  toService: ([value]) =>
    setOrTell('gender', known(value), value, () => unsent('戸籍上の性別', value, WRONG_FORM, SMARTHR)),
  // Whatever is neither male nor female means that none was chosen (§3.3).
  toSmarthr: ([value]) => setOrKeep('gender', known(value)),
  showSmarthr: ([value]) => genders[textOf(value) ?? ''] ?? '',
  showService: ([value]) => genders[textOf(value) ?? ''] ?? '',
}

function known(value: Scalar | undefined): string | null {
  const text = textOf(value)
  return text !== null && text in genders ? text : null
}

/** Never taken for a blank, which erases. */
const badDate = (value: Scalar | undefined, source: string): Converted | null =>
  dateOf(value) === null && !isBlank(value) ? unsent('退職年月日', value, WRONG_FORM, source) : null

const resigned: FieldPair = {
  label: '退職年月日',
  smarthr: ['resigned_at'],
  service: ['resignationDate'],
  toService: ([value]) => badDate(value, SMARTHR) ?? { set: { resignationDate: dateOf(value) } },
  toSmarthr: ([value]) => badDate(value, SERVICE) ?? { set: { resigned_at: dateOf(value) } },
  showSmarthr: values => slashed(first(values)),
  showService: values => slashed(first(values)),
}

const email: FieldPair = {
  label: 'メールアドレス',
  smarthr: ['email'],
  service: [FIRST_EMAIL],
  same: (smarthr, service) => first(smarthr).toLowerCase() === first(service).toLowerCase(),
  toService: ([value]) => setOrKeep(FIRST_EMAIL, textOf(value)),
  toSmarthr: ([value]) => setOrKeep('email', textOf(value)),
  showSmarthr: first,
  showService: first,
}

export const employees: readonly FieldPair[] = [
  code,
  name({
    label: '姓',
    legal: 'last_name',
    business: 'business_last_name',
    service: 'lastName',
    required: 'both',
    read: textOf,
  }),
  name({
    label: '名',
    legal: 'first_name',
    business: 'business_first_name',
    service: 'firstName',
    required: 'both',
    read: textOf,
  }),
  name({
    label: '姓（ヨミガナ）',
    legal: 'last_name_yomi',
    business: 'business_last_name_yomi',
    service: 'lastNamePhonetics',
    read: katakana,
  }),
  name({
    label: '名（ヨミガナ）',
    legal: 'first_name_yomi',
    business: 'business_first_name_yomi',
    service: 'firstNamePhonetics',
    read: katakana,
  }),
  gender,
  date('生年月日', 'birth_at', 'birthDate'),
  date('入社年月日', 'entered_at', 'hiredDate'),
  resigned,
  statusAfter('resignationDate'),
  email,
]
