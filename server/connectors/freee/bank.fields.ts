import type { Converted, ConvertContext, FieldPair, Scalar } from '../../contract/contract.js'
import { fullWidthKana, hiraganaShifted, numberOf, textOf } from '../../contract/conversions.js'
import { field } from '../../contract/fields.js'
import { isBlank, unsent } from '../../contract/unsent.js'
import { category, SMARTHR, text } from './fields.js'
import { PRODUCT } from './errors.js'

/** 銀行口座1 and SmartHR's main account. */

const names = (id: string, label: string, smarthr: string, service: string) => ({
  id: `bank-${id}`,
  label,
  sensitive: true as const,
  unique: 'account' as const,
  smarthr: `bank_accounts.0.${smarthr}`,
  service: `bank_account_rule.${service}`,
})

/** A bank number of a fixed length; shorter ones lost their leading zeros somewhere. */
const padded = (of: ReturnType<typeof names>, length: number): FieldPair =>
  field(of, (path, value) => {
    if (isBlank(value)) return 'keep'
    const digits = numberOf(value)
    return digits === null || digits.length > length
      ? { problem: `${of.label}は${length}桁以内の数字で入力してください` }
      : { set: { [path]: digits.padStart(length, '0') } }
  })

/** 英字カナ: kana, letters, digits, brackets, dots, hyphens and spaces, in full or half width (freee §3.2). */
const ACCOUNT_NAME = /^[ァ-ヶー・ｦ-ﾟA-Za-zＡ-Ｚａ-ｚ0-9０-９（）()．.\-－ 　]+$/

const HOLDER = names('account-holder', '名義(カタカナ)', 'account_holder_name', 'account_name')

const holder: FieldPair = {
  ...text(HOLDER, { max: 50, fromFreee: fullWidthKana }),
  toService([value]) {
    const name = textOf(value)
    if (name === null) return 'keep'
    const kana = hiraganaShifted(name)
    if (!ACCOUNT_NAME.test(kana)) return { problem: '口座名義は、カタカナまたは英数字で入力してください' }
    if ([...kana].length > 50) return { problem: '口座名義は50文字以内で入力してください' }
    return { set: { [HOLDER.service]: kana } }
  },
}

const parts: readonly FieldPair[] = [
  padded(names('code', '銀行コード', 'bank_code', 'bank_code'), 4),
  padded(names('branch-code', '支店コード', 'bank_branch_code', 'branch_code'), 3),
  // SmartHR's saving is 普通, freee's saving is 貯蓄: never passed through (freee §3.3).
  category(names('account-type', '預金種別', 'account_type', 'account_type'), [
    { smarthr: 'saving', service: 'ordinary', label: '普通' },
    { smarthr: 'checking', service: 'current', label: '当座' },
    { smarthr: 'deposit', service: 'saving', label: '貯蓄' },
  ]),
  padded(names('account-number', '口座番号', 'account_number', 'account_number'), 7),
  holder,
]

/** for conversions that ask for none */
const NO_CONTEXT: ConvertContext = { today: '', settings: {}, present: [] }

/** The width of a sign or blank is no difference between two holders' names. */
const alike = (one: Scalar | undefined, other: Scalar) =>
  one === other ||
  (typeof one === 'string' && typeof other === 'string' && one.normalize('NFKC') === other.normalize('NFKC'))

const sent = (converted: Converted) =>
  converted !== 'keep' && 'set' in converted ? Object.values(converted.set)[0] : undefined

/** One part, compared alone and sent only with all others: parts of two accounts together would be a third one. */
function inWholeAccount(pair: FieldPair): FieldPair {
  const ownFirst = [pair, ...parts.filter(other => other !== pair)]
  const whole =
    (convert: 'toService' | 'toSmarthr', source: string): FieldPair['toService'] =>
    (values, context) => {
      const [own, ...others] = values.map((value, index) => ownFirst[index]?.[convert]([value], context) ?? 'keep')
      if (own === undefined || sent(own) === undefined) return own ?? 'keep'
      const missing = others.flatMap((part, index) =>
        sent(part) === undefined ? (ownFirst[index + 1]?.label ?? []) : [],
      )
      if (missing.length === 0) return own
      const show = convert === 'toService' ? pair.showSmarthr : pair.showService
      return unsent(pair.label, show([values[0] ?? null]), `口座情報の${missing.join('、')}が登録されていない`, source)
    }
  return {
    ...pair,
    smarthr: ownFirst.flatMap(part => part.smarthr),
    service: ownFirst.flatMap(part => part.service),
    reads: ownFirst.slice(1).flatMap(part => [...part.smarthr, ...part.service]),
    ...(pair !== parts[0] && parts[0] && { follows: parts[0].id }),
    same: ([ours = null], [theirs = null]) =>
      (!isBlank(theirs) && alike(sent(pair.toService([ours], NO_CONTEXT)), theirs)) ||
      (!isBlank(ours) && alike(sent(pair.toSmarthr([theirs], NO_CONTEXT)), ours)),
    toService: whole('toService', SMARTHR),
    toSmarthr: whole('toSmarthr', PRODUCT),
    showSmarthr: ([own = null]) => pair.showSmarthr([own]),
    showService: ([own = null]) => pair.showService([own]),
  }
}

export const bankAccount: readonly FieldPair[] = parts.map(inWholeAccount)
