import { accountPart, HOLDER_NAME, wholeAccount } from '../../contract/bank-account.js'
import type { FieldPair } from '../../contract/contract.js'
import { fullWidthKana, hiraganaShifted, numberOf, textOf } from '../../contract/conversions.js'
import { field } from '../../contract/fields.js'
import { isBlank } from '../../contract/unsent.js'
import { category, SMARTHR, text } from './fields.js'
import { PRODUCT } from './errors.js'

/** 銀行口座1 and SmartHR's main account. */

const names = (id: string, label: string, smarthr: string, service: string) =>
  accountPart(id, label, smarthr, `bank_account_rule.${service}`)

/** A bank number of a fixed length; shorter ones lost their leading zeros somewhere. */
const padded = (of: ReturnType<typeof names>, length: number): FieldPair =>
  field(of, (path, value) => {
    if (isBlank(value)) return 'keep'
    const digits = numberOf(value)
    return digits === null || digits.length > length
      ? { problem: `${of.label}は${length}桁以内の数字で入力してください` }
      : { set: { [path]: digits.padStart(length, '0') } }
  })

const HOLDER = names('account-holder', '名義(カタカナ)', 'account_holder_name', 'account_name')

/** 英字カナ (freee §3.2) */
const holder: FieldPair = {
  ...text(HOLDER, { max: 50, fromFreee: fullWidthKana }),
  toService([value]) {
    const name = textOf(value)
    if (name === null) return 'keep'
    const kana = hiraganaShifted(name)
    if (!HOLDER_NAME.test(kana)) return { problem: '口座名義は、カタカナまたは英数字で入力してください' }
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

export const bankAccount = wholeAccount(parts, { smarthr: SMARTHR, service: PRODUCT })
