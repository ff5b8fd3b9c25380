import type { Scalar, Values } from '../contract/contract.js'
import { objectsOf, scalarOf } from '../contract/conversions.js'
import type { Http } from '../calls/call.js'
import { everyRow, type Json } from './pages.js'

/** Bank accounts of a crew. The main one is compared and written; SmartHR's list of them is written whole. */

const ACCOUNT = 'bank_accounts.0'
const FIELDS: Readonly<Record<string, string>> = {
  bank_code: '銀行コード',
  bank_branch_code: '支店コード',
  account_type: '預金種別',
  account_number: '口座番号',
  account_holder_name: '名義（カタカナ）',
}
const FIELD_NAMES = Object.keys(FIELDS)
/** carried along unchanged when an account is written back */
const KEPT = ['transfer_type', 'specified_transfer_amount', 'transfer_category', 'bank_account_setting_id'] as const
/**
 * Which of a person's accounts the main one is. The others follow in their order as `bank_accounts.1` and so on, since
 * the list is written whole.
 */
const PLACE = `${ACCOUNT}.place`
const accountAt = (slot: number) => `bank_accounts.${slot}`
const SETTING = 'bank_account_setting_id'

/** Number of each bank account setting by its id. */
export type AccountOrder = ReadonlyMap<string, number>

/** By the number of the account's setting; without settings, as they come. */
export function inAccountOrder(accounts: readonly Json[], order: AccountOrder): Json[] {
  const rank = (account: Json) => order.get(String(account[SETTING])) ?? Number.MAX_SAFE_INTEGER
  return [...accounts].sort((a, b) => rank(a) - rank(b))
}

const several = (crew: Json) => objectsOf(crew.bank_accounts).length > 1

/** The order of accounts, read once and only when one of the crews has several. */
export function createAccountOrder(http: Http) {
  let settings: Promise<AccountOrder> | undefined
  return (crews: readonly Json[]): Promise<AccountOrder> => {
    if (!crews.some(several)) return Promise.resolve(new Map())
    return (settings ??= everyRow(http, { path: '/api/v1/bank_account_settings' }).then(
      rows => new Map(rows.map(row => [String(row.id), Number(row.number)])),
    ))
  }
}

/** All accounts of a person as values: the main one (給与振込口座1) first, the others behind it. */
export function accountValues(accounts: readonly Json[], order: AccountOrder): Values {
  const [main] = inAccountOrder(accounts, order)
  const values: Record<string, Scalar> = { [PLACE]: main ? accounts.indexOf(main) : null }
  const read = (slot: number, account: Json) => {
    for (const field of [...FIELD_NAMES, ...KEPT]) values[`${accountAt(slot)}.${field}`] = scalarOf(account[field])
  }
  read(0, main ?? {})
  accounts.filter(account => account !== main).forEach((account, index) => read(index + 1, account))
  return values
}

/** Whether the main account is among what changes. */
export const changesAccount = (set: Values): boolean => FIELD_NAMES.some(field => `${ACCOUNT}.${field}` in set)

/** The accounts as SmartHR takes them, in the order it has them. Pictures of bankbooks are not given back, so not sent. */
export function accountsOf(values: Values): Json[] {
  const read = (slot: number): Json => {
    const at = (field: string) => values[`${accountAt(slot)}.${field}`] ?? null
    const kept = KEPT.flatMap(field => (at(field) === null ? [] : [[field, at(field)] as const]))
    return Object.fromEntries([...FIELD_NAMES.map(field => [field, at(field)] as const), ...kept])
  }
  const others = Object.keys(values).flatMap(path => /^bank_accounts\.([1-9]\d*)\.bank_code$/.exec(path)?.[1] ?? [])
  const accounts = others.map(slot => read(Number(slot)))
  accounts.splice(Number(values[PLACE] ?? 0), 0, read(0))
  // Either every account names its setting or none does (§3.1.3); without names they are matched by order.
  if (accounts.every(account => SETTING in account)) return accounts
  return accounts.map(account => Object.fromEntries(Object.entries(account).filter(([field]) => field !== SETTING)))
}

/** Why these accounts can't be written: each is taken only whole. Null: they can. */
export function accountProblem(accounts: readonly Json[]): string | null {
  for (const [index, account] of accounts.entries()) {
    const missing = FIELD_NAMES.filter(field => account[field] === null)
    if (missing.length === 0) continue
    const which = accounts.length > 1 ? `口座情報（${index + 1}件目）` : '口座情報'
    return `${which}の${missing.map(field => FIELDS[field]).join('、')}が入力されていないため、登録できません。口座情報をすべて入力して、再度同期してください。`
  }
  return null
}
