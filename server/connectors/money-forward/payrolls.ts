import { createHash } from 'node:crypto'
import { Forbidden, ListingBroken, ReconnectNeeded } from '../../errors.js'
import { keyOf, slashed } from '../../contract/conversions.js'
import type { Http } from '../../calls/call.js'
import { byNumber, everyRowOf, pagesOf } from '../../contract/paging.js'
import type { Area, CredentialsForm, Directory, EntryOf, ListPage } from '../../contract/contract.js'
import { listingOnly } from '../../contract/listing.js'
import { statementEntry, type ItemKind, type Statement, type StatementItem } from '../../contract/statement.js'
import { PRODUCT, WRONG_KEY } from './errors.js'

/**
 * クラウド給与's API v2 as far as it is used. Endpoint, identifier and the API KEY in the path are documented. Every body is
 * assumed and stands here alone, so that the vendor's JSON Schema can replace it.
 */

const PAGE = 100
const PAYROLLS_PAGE = 50

export const UNREADABLE = `${PRODUCT}からの応答を読み取れませんでした。時間をおいて、やり直してください。`

export interface Payroll {
  id: string
  payment_type: 'salary' | 'bonus'
  state: string
  paid_on: string
  period_start_on: string
  period_end_on: string
  employees_count: number
}

export interface Item {
  id: string
  kind: string
  name: string
}

export interface Payslip {
  employee_code: string
  employee_name: string
  memo: string | null
  values: Readonly<Record<string, string>>
}

/** `{token}` is the API KEY: the document puts it into the path. */
const OFFICE = '/offices/{token}'

/** 8-4-4-4-12 hexadecimal digits, as the document's `office_api_key` */
const KEY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The office a key opens. Its name tells offices apart: a key that was issued anew opens the same one. */
export const keyForm: CredentialsForm = {
  title: `${PRODUCT}連携`,
  lead: `${PRODUCT}の［連携設定］＞［外部システム連携用識別子］に表示されるAPI KEYを貼り付けてください。`,
  fields: [{ name: 'apiKey', label: 'API KEY', help: '36文字の英数字とハイフンです。', secret: true, max: 100 }],
  button: '登録',
  edit: '編集',
  async check({ apiKey = '' }, { http: httpWith }) {
    const key = apiKey.normalize('NFKC').toLowerCase()
    if (!KEY.test(key)) throw new Forbidden(WRONG_KEY)
    try {
      const { body } = await httpWith(key).request<{ office?: { name?: unknown } } | null>({
        method: 'GET',
        path: OFFICE,
        kind: 'read',
      })
      const name = body?.office?.name
      if (typeof name !== 'string') throw new Forbidden(UNREADABLE)
      const id = createHash('sha256').update(name).digest('hex').slice(0, 32)
      return {
        // The key itself is a secret: only its end is shown.
        account: { id, code: `…${key.slice(-4)}`, name },
        token: { accessToken: key, refreshToken: null, expiresIn: null, raw: {} },
      }
    } catch (error) {
      if (error instanceof ReconnectNeeded) throw new Forbidden(WRONG_KEY, { cause: error })
      throw error
    }
  },
}

async function payrollsOf(http: Http, paymentType: string): Promise<Payroll[]> {
  const all = await everyRowOf<Payroll>({
    most: PAYROLLS_PAGE,
    stretch: byNumber,
    idOf: row => row.id,
    name: PRODUCT,
    async ask({ page, limit }) {
      const { body } = await http.request<{ payrolls?: Payroll[]; total_count?: number } | null>({
        method: 'GET',
        path: `${OFFICE}/payrolls`,
        query: { payment_type: paymentType, state: 'finalized', page, per_page: limit },
        kind: 'read',
      })
      if (!Array.isArray(body?.payrolls)) throw new ListingBroken(UNREADABLE)
      return { rows: body.payrolls, total: typeof body.total_count === 'number' ? body.total_count : null }
    },
  })
  // The filter is the vendor's; what is not 確定 must not be offered whatever it answers.
  return all.filter(payroll => payroll.state === 'finalized')
}

const japanese = (date: string) => {
  const [year, month, day] = date.split('-').map(Number)
  return `${year}年${month}月${day}日`
}

/** ［取り込む明細］: what was confirmed, newest first. */
export async function listPayrolls(http: Http): Promise<Area[]> {
  const all = [...(await payrollsOf(http, 'salary')), ...(await payrollsOf(http, 'bonus'))]
  return all
    .sort((a, b) => (a.paid_on === b.paid_on ? b.id.localeCompare(a.id) : b.paid_on.localeCompare(a.paid_on)))
    .map(payroll => ({
      value: payroll.id,
      label: `${japanese(payroll.paid_on)}支給（${slashed(payroll.period_start_on)}〜${slashed(payroll.period_end_on)}）`,
      detail: `${payroll.employees_count}名`,
      kind: payroll.payment_type,
    }))
}

const SUFFIX = /\((支給|控除)\)$/

const written = (name: string): string => name.normalize('NFKC').trim()

/** A name without the suffix of its kind. */
const bareName = (name: string): string => written(name).replace(SUFFIX, '')

/**
 * The items' names in SmartHR, by id, without the suffix of their kind (SmartHR help 360026264053). The suffix stays
 * where it alone tells two items apart. Pure.
 */
export function namesOf(items: readonly Item[]): Map<string, string> {
  const bare = items.map(({ name }) => bareName(name))
  return new Map(
    items.map(({ id, name }) => {
      const short = bareName(name)
      const alone = bare.indexOf(short) === bare.lastIndexOf(short)
      return [id, alone ? short : written(name)] as const
    }),
  )
}

/** Employer-side items that are no part of a payslip (SmartHR help 360026264053). */
const LEFT_OUT: ReadonlySet<string> = new Set(['扶養人数', '税額表', '健保標準報酬', '子ども・子育て拠出金(会社)'])

const TOTALS: Readonly<Record<string, ItemKind>> = {
  差引支給額: 'net',
  支給合計: 'gross',
  控除合計: 'deductions',
}

function kindOf({ kind, name }: Item): ItemKind {
  if (kind === 'attendance' || kind === 'payment' || kind === 'deduction') return kind
  return TOTALS[name] ?? 'other'
}

/** One payslip of a run in SmartHR's words. Values stay as they are: yen, days, hours as `12:30`. Pure. */
export function statementOfPayslip(payroll: Payroll, items: readonly Item[], payslip: Payslip): Statement {
  const taken = items.filter(item => !LEFT_OUT.has(written(item.name)))
  const names = namesOf(taken)
  return {
    paymentType: payroll.payment_type,
    paidAt: payroll.paid_on,
    periodStart: payroll.period_start_on,
    periodEnd: payroll.period_end_on,
    memo: payslip.memo ?? '',
    group: { 支給日: slashed(payroll.paid_on) },
    items: taken.map((item): StatementItem => ({
      kind: kindOf({ ...item, name: bareName(item.name) }),
      name: names.get(item.id) ?? bareName(item.name),
      value: (payslip.values[item.id] ?? '').trim(),
    })),
  }
}

/** The payslips of one confirmed run. Read only. */
export function openPayroll({ http, payrollId }: { http: Http; payrollId: string }): Directory<EntryOf<Statement>> {
  const path = `${OFFICE}/payrolls/${encodeURIComponent(payrollId)}`
  return listingOnly({
    pageSize: PAGE,
    async *list(_asOf, from): AsyncIterable<ListPage<EntryOf<Statement>>> {
      const { body: found } = await http.request<{ payroll?: Payroll } | null>({
        method: 'GET',
        path,
        pathTemplate: `${OFFICE}/payrolls/{id}`,
        kind: 'read',
      })
      const payroll = found?.payroll
      if (!payroll) throw new ListingBroken(UNREADABLE)
      let items: readonly Item[] = []
      const pages = pagesOf<Payslip>({
        most: PAGE,
        stretch: byNumber,
        idOf: row => row.employee_code,
        name: PRODUCT,
        from,
        async ask({ page, limit }) {
          const { body } = await http.request<{ items?: Item[]; payslips?: Payslip[]; total_count?: number } | null>({
            method: 'GET',
            path: `${path}/payslips`,
            pathTemplate: `${OFFICE}/payrolls/{id}/payslips`,
            query: { page, per_page: limit },
            kind: 'read',
          })
          const { payslips, total_count: total } = body ?? {}
          if (!Array.isArray(body?.items) || !Array.isArray(payslips) || typeof total !== 'number')
            throw new ListingBroken(UNREADABLE)
          items = body.items
          return { rows: payslips, total }
        },
      })
      for await (const { rows, ...rest } of pages) {
        const people = rows.map(payslip =>
          statementEntry(
            {
              id: `${payroll.id}:${payslip.employee_code}`,
              // Leading zeros count (SmartHR help 360026264053).
              key: keyOf(payslip.employee_code),
              name: payslip.employee_name,
            },
            statementOfPayslip(payroll, items, payslip),
            `${slashed(payroll.paid_on)}支給`,
          ),
        )
        yield { people, ...rest }
      }
    },
  })
}
