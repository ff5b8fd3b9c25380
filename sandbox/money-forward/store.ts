/** What クラウド給与 keeps. What its API shows is named as there (assumed contract, reference §5). */
export type PaymentType = 'salary' | 'bonus'
export type RunState = 'draft' | 'calculated' | 'finalized'

export interface Item {
  id: string
  kind: 'attendance' | 'payment' | 'deduction' | 'total'
  name: string
  unit?: 'days' | 'hours'
  numeral_system?: 'decimal' | 'sexagesimal'
}

export interface Payslip {
  employee_code: string
  employee_name: string
  memo: string
  /** by item id */
  values: Record<string, string>
}

export interface Run {
  id: string
  payment_type: PaymentType
  state: RunState
  paid_on: string
  period_start_on: string
  period_end_on: string
  finalized_at: string | null
  items: Item[]
  payslips: Payslip[]
}

/** A row of the feed or what became of it: one employee, one declaration. */
export type Json = Record<string, unknown>

/** ［連携設定］> SmartHR: where employees and year-end results are fetched. */
export interface Connection {
  subdomain: string
  accessToken: string
  /** the feed's origin */
  url: string
}

export type ImportKind = 'employees_new' | 'employees_update' | 'year_end'

/** What became of one person of an import; `created` and `updated` are success. */
export interface Outcome {
  employee_code: string
  status: 'created' | 'updated' | 'skipped' | 'failed'
  message: string | null
}

export interface ImportResult {
  kind: ImportKind
  year: number | null
  finished_at: string
  /** `stopped`: told to read only the first pages; people on these were stored */
  status: 'succeeded' | 'failed' | 'stopped'
  /** pages read, those of a pull that had to start again too */
  pages: number
  created: number
  updated: number
  skipped: number
  failed: number
  /** why the whole import ended early */
  error: string | null
  results: Outcome[]
}

export interface Office {
  name: string
  /** ［API KEY］, the `office_api_key` of the API */
  apiKey: string
  /** who may log in to the admin site */
  owner: string
  /** oldest first: whoever wants the newest first has to sort */
  runs: Run[]
  /** 従業員情報 by 従業員コード */
  employees: Map<string, Json>
  /** 年末調整 by year and 従業員コード, see `declarationKey` */
  declarations: Map<string, Json>
  connection: Connection | null
  imports: ImportResult[]
}

export interface MoneyForwardSwitches {
  /** every call of the API answers 503 */
  maintenance: boolean
  /** the partner's API access identifier has been withdrawn, 401 */
  refuseIdentifier: boolean
  /** no source IP is registered any more, 403 */
  refuseIp: boolean
}

export interface MoneyForwardStore {
  offices: Office[]
  switches: MoneyForwardSwitches
}

export const DEFAULT_SWITCHES: Readonly<MoneyForwardSwitches> = {
  maintenance: false,
  refuseIdentifier: false,
  refuseIp: false,
}

export const declarationKey = (year: number, code: string) => `${year} ${code}`

/** The moment as クラウド給与 writes it: Japanese time, to the second. */
export const stampOf = (at: Date) =>
  `${new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)}+09:00`
