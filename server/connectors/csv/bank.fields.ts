import { accountPart, wholeAccount } from '../../contract/bank-account.js'
import { fullWidthKana } from '../../contract/conversions.js'
import { choiceField, textField } from '../../contract/fields.js'

/** 給与振込口座1, part by part; cells come read (columns.ts). */

const FILE = 'CSVファイル'

const part = (id: string, label: string, smarthr: string) => accountPart(id, label, smarthr, `bank-${id}`)

export const bank = {
  code: part('code', '銀行コード', 'bank_code'),
  branch: part('branch-code', '支店コード', 'bank_branch_code'),
  type: part('account-type', '預金種別', 'account_type'),
  number: part('account-number', '口座番号', 'account_number'),
  holder: part('account-holder', '名義（カタカナ）', 'account_holder_name'),
} as const

/** What files call SmartHR's kinds of accounts. */
export const ACCOUNT_TYPES = [
  { smarthr: 'saving', service: 'saving', label: '普通' },
  { smarthr: 'checking', service: 'checking', label: '当座' },
  { smarthr: 'deposit', service: 'deposit', label: '貯蓄' },
] as const

const holder = textField(bank.holder)

export const bankAccount = wholeAccount(
  [
    textField(bank.code),
    textField(bank.branch),
    choiceField(bank.type, ACCOUNT_TYPES, FILE),
    textField(bank.number),
    { ...holder, toService: ([name = null], context) => holder.toService([fullWidthKana(name)], context) },
  ],
  { smarthr: 'SmartHR', service: FILE },
)
