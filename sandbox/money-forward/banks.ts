import type { Json } from './store.js'

/** As many of the 金融機関 as the made-up people have accounts with. */
const BANKS: Readonly<Record<string, string>> = {
  '0001': 'みずほ銀行',
  '0005': '三菱UFJ銀行',
  '0009': '三井住友銀行',
  '0010': 'りそな銀行',
  '0017': '埼玉りそな銀行',
  '0033': 'PayPay銀行',
  '0116': '北海道銀行',
  '0138': '横浜銀行',
  '0149': '静岡銀行',
  '0155': '百五銀行',
}
const BRANCHES: Readonly<Record<string, string>> = { '001': '本店', '002': '東京支店', '003': '大阪支店' }

const MOST_ACCOUNTS = 4

/**
 * 口座情報 as クラウド給与 keeps it (reference §6.1): names instead of codes, 口座名 made of them, at most four accounts
 * and none without bank, branch and number. A code that is not in our small tables stands for its name.
 */
export function bankAccountsOf(rows: readonly Json[]): Json[] {
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  return rows
    .filter(row => row.bank_code && row.branch_code && row.account_number)
    .slice(0, MOST_ACCOUNTS)
    .map(row => {
      const [bankCode, branchCode] = [text(row.bank_code), text(row.branch_code)]
      const bank = BANKS[bankCode] ?? bankCode
      const branch = BRANCHES[branchCode] ?? branchCode
      return {
        account_name: `${bank} ${branch}`,
        bank_name: bank,
        branch_name: branch,
        holder_kana: row.holder_kana,
        account_number: row.account_number,
      }
    })
}
