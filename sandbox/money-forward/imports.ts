import { bankAccountsOf } from './banks.js'
import { acknowledge, pull, PullFailed } from './feed.js'
import {
  declarationKey,
  stampOf,
  type ImportKind,
  type ImportResult,
  type Json,
  type Office,
  type Outcome,
} from './store.js'

const IMPORTS_KEPT = 20

export interface ImportRequest {
  kind: ImportKind
  /** of `year_end` */
  year: number | null
  perPage: number
  /** whether the feed hears what became of people */
  acknowledge: boolean
  stopAfterPages: number
}

/** What became of the people read; `stopped` says why nobody at all was stored. */
interface Stored {
  outcomes: Outcome[]
  stopped: string | null
}

/**
 * Fetches everything from SmartHR's side, stores it and acknowledges it: 従業員 (［取り込む］ and ［更新］) or
 * 年末調整結果. Everything is read before anything is stored. What goes wrong is in the result, which the office keeps.
 */
export async function runImport(office: Office, request: ImportRequest, now: () => Date): Promise<ImportResult> {
  const { kind, year, perPage, stopAfterPages } = request
  const { connection } = office
  let pages = 0
  let outcomes: Outcome[] = []
  let status: ImportResult['status'] = 'succeeded'
  let error: string | null = null
  try {
    if (!connection) throw new PullFailed('SmartHRと連携されていません。［連携設定］で登録してください。')
    const resource = kind === 'year_end' ? `year_end_adjustments/${year}` : 'employees'
    const { snapshot, rows, whole } = await pull(connection, resource, {
      perPage,
      stopAfterPages,
      onPage: () => (pages += 1),
    })
    const stored =
      kind === 'year_end'
        ? storeDeclarations(office, rows, Number(year))
        : storeEmployees(office, rows, kind === 'employees_update')
    outcomes = stored.outcomes
    if (request.acknowledge) await acknowledge(connection, snapshot, outcomes)
    if (stored.stopped !== null) throw new PullFailed(stored.stopped)
    if (!whole) status = 'stopped'
  } catch (failure) {
    if (!(failure instanceof PullFailed)) throw failure
    status = 'failed'
    error = failure.message
  }
  const count = (wanted: Outcome['status']) => outcomes.filter(outcome => outcome.status === wanted).length
  const result: ImportResult = {
    kind,
    year,
    finished_at: stampOf(now()),
    status,
    pages,
    created: count('created'),
    updated: count('updated'),
    skipped: count('skipped'),
    failed: count('failed'),
    error,
    results: outcomes,
  }
  office.imports = [...office.imports.slice(1 - IMPORTS_KEPT), result]
  return result
}

/** Without these an employee is not taken (§3.2). */
const REQUIRED = { employee_code: '従業員番号', hired_on: '入社年月日', last_name: '姓', first_name: '名' }
/** Without these in a dependent, nobody is taken (§3.2). */
const REQUIRED_OF_DEPENDENT = { last_name: '姓', first_name: '名', birth_date: '生年月日' }

const lacking = (row: Json, required: Readonly<Record<string, string>>) =>
  Object.entries(required).flatMap(([key, label]) =>
    row[key] === null || row[key] === undefined || row[key] === '' ? [label] : [],
  )

const codeOf = (row: Json) => (typeof row.employee_code === 'string' ? row.employee_code : '')
const outcomeOf = (row: Json, status: Outcome['status'], message: string | null = null): Outcome => ({
  employee_code: codeOf(row),
  status,
  message,
})

/** `dependents` and `bank_accounts` are null when the token is not for them: what is known then stays. */
const listOf = (value: unknown): Json[] | null => (Array.isArray(value) ? (value as Json[]) : null)

function storeEmployees({ employees }: Office, rows: readonly Json[], onlyKnown: boolean): Stored {
  const spoilt = new Map(
    rows.flatMap(row => {
      const missing = (listOf(row.dependents) ?? []).flatMap(dependent => lacking(dependent, REQUIRED_OF_DEPENDENT))
      return missing.length > 0 ? [[row, `家族情報の${[...new Set(missing)].join('、')}を入力してください。`]] : []
    }),
  )
  if (spoilt.size > 0) {
    const others = '家族情報に不備のある従業員がいるため、取り込みを中止しました。'
    return { outcomes: rows.map(row => outcomeOf(row, 'failed', spoilt.get(row) ?? others)), stopped: others }
  }
  const outcomes = rows.map(row => {
    const missing = lacking(row, REQUIRED)
    if (missing.length > 0) return outcomeOf(row, 'failed', `${missing.join('、')}を入力してください。`)
    const known = employees.get(codeOf(row))
    if (!known && onlyKnown) return outcomeOf(row, 'skipped', '従業員情報に登録されていません。')
    const accounts = listOf(row.bank_accounts)
    employees.set(codeOf(row), {
      ...row,
      bank_accounts: accounts ? bankAccountsOf(accounts) : (known?.bank_accounts ?? []),
      dependents: listOf(row.dependents) ?? known?.dependents ?? [],
    })
    return outcomeOf(row, known ? 'updated' : 'created')
  })
  return { outcomes, stopped: null }
}

function storeDeclarations({ employees, declarations }: Office, rows: readonly Json[], year: number): Stored {
  const outcomes = rows.map(row => {
    if (!employees.has(codeOf(row)))
      return outcomeOf(row, 'skipped', '従業員情報に登録されていません。先に従業員を取り込んでください。')
    // §6.4: SmartHR's people who are 対象外 for whichever reason are not imported.
    if (row.status !== '対象') return outcomeOf(row, 'skipped', `年末調整の${String(row.status)}です。`)
    const key = declarationKey(year, codeOf(row))
    const known = declarations.has(key)
    declarations.set(key, row)
    return outcomeOf(row, known ? 'updated' : 'created')
  })
  return { outcomes, stopped: null }
}
