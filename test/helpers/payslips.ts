import type { Visitor } from './visitor.js'
import { decode, wordsOf } from './visitor.js'
import { eventually, whenRead } from './waiting.js'
import { toSelection } from './walking.js'
import type { World } from './world.js'

export interface Payslip {
  id: string
  crew_id: string
  payroll_id: string
  memo: string | null
  mismatch: boolean
  allowances: { name: string; amount: number }[]
  deductions: { name: string; amount: number }[]
  attendances: { name: string; amount: number; numeral_system_type: string }[]
  payroll_aggregates: { name: string; aggregate_type: string; amount: number | null }[]
}

export interface Payroll extends Record<string, unknown> {
  id: string
  status: string
  /** 社員番号 of everybody who has a payslip in it, sorted */
  people: string[]
  payslips: Payslip[]
}

interface Tenant {
  subdomain: string
  crews: { id: string; emp_code: string | null }[]
  payrolls: Record<string, unknown>[]
  payslipItems: { name: string }[]
  payslips: Payslip[]
}

const midoriOf = async (world: World): Promise<Tenant> => {
  const { tenants } = (await world.control('GET', '/state?service=smarthr')) as { tenants: Tenant[] }
  const found = tenants.find(tenant => tenant.subdomain === 'midori-shokai')
  if (!found) throw new Error("SmartHR's stand-in has no みどり商会")
  return found
}

/** What SmartHR holds: its payrolls, oldest first, each with its payslips. */
export async function payrollsIn(world: World): Promise<Payroll[]> {
  const { crews, payrolls, payslips } = await midoriOf(world)
  const codes = new Map(crews.map(crew => [crew.id, crew.emp_code ?? '']))
  return payrolls.map(payroll => {
    const mine = payslips.filter(payslip => payslip.payroll_id === payroll.id)
    return { ...payroll, people: mine.map(slip => codes.get(slip.crew_id) ?? '').sort(), payslips: mine } as Payroll
  })
}

/** The payslip of one person in a payroll. */
export async function payslipOf(world: World, payroll: Payroll | undefined, code: string): Promise<Payslip> {
  const { crews } = await midoriOf(world)
  const id = crews.find(crew => crew.emp_code === code)?.id
  const found = payroll?.payslips.find(payslip => payslip.crew_id === id)
  if (!found) throw new Error(`${code} has no payslip`)
  return found
}

/** SmartHR loses a person, as an administrator there would delete one. */
export async function deleteCrew(world: World, code: string): Promise<void> {
  const id = (await midoriOf(world)).crews.find(crew => crew.emp_code === code)?.id
  await inSmarthr(world, 'DELETE', `/crews/${id}`)
}

/** A call of SmartHR's API by the administrator, as another program of the company might make it. */
export async function inSmarthr(world: World, method: string, path: string): Promise<void> {
  const { rows } = await world.container.ownerPool.query<{ tenant_id: string; admin_id: string }>(
    'select tenant_id, admin_id from smarthr_grants limit 1',
  )
  const [grant] = rows
  if (!grant) throw new Error('nobody has signed in')
  const token = await world.container.grants.of(grant.tenant_id, grant.admin_id).token()
  const answer = await fetch(`${world.sandboxUrl}/smarthr/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
}

/** The rows of the selection page by 社員番号: the box's id, null where it can't be ticked, and the row's words. */
export function rowsOf(html: string): Map<string, { id: string | null; words: string }> {
  const rows = [...html.matchAll(/<tr>\s*<td class="tick">[\s\S]*?<\/tr>/g)].flatMap(([row]) =>
    row.includes('class="key"') ? [row] : [],
  )
  return new Map(
    rows.map(row => [
      decode(/<span class="key">([^<]*)</.exec(row)?.[1] ?? ''),
      { id: /name="id" value="(\d+)"/.exec(row)?.[1] ?? null, words: wordsOf(row) },
    ]),
  )
}

/** Ticks exactly these people of the page at hand and presses a button. */
export function choose(visitor: Visitor, codes: readonly string[], button = '確認') {
  const rows = rowsOf(visitor.page().html)
  const id = codes.map(code => {
    const box = rows.get(code)?.id
    if (!box) throw new Error(`${code} can't be chosen: ${rows.get(code)?.words ?? 'not listed'}`)
    return box
  })
  return visitor.press(button, { id })
}

/** From the dashboard to the dialog with these people. `month`: 2026-10. */
export async function toDialog(
  visitor: Visitor,
  month: string,
  codes: readonly string[] | 'all',
  flow = 'salary-payslips',
): Promise<string> {
  const runId = await toSelection(visitor, flow, month)
  if (codes === 'all') {
    await visitor.press(visitor.page().html.includes('value="select-all"') ? 'select-all' : 'select-page')
    await visitor.press('確認')
  } else await choose(visitor, codes)
  return runId
}

/** The bonuses' first page, then as above. */
export async function toBonusSelection(
  visitor: Visitor,
  month: string,
  period: { from: string; to: string } = { from: '2025-12-01', to: '2026-05-31' },
): Promise<string> {
  await visitor.begin('/freee/runs/new?flow=bonus-payslips')
  await visitor.press('次へ', period)
  await visitor.press('次へ', { referenceDate: month })
  return planned(visitor)
}

/** Waits until the statements are listed; the run's id. */
export async function planned(visitor: Visitor): Promise<string> {
  const runId = /\/runs\/([0-9a-f-]{36})/.exec(visitor.page().url)?.[1] ?? ''
  const page = await whenRead(visitor, runId)
  if (!page.url.includes('/select')) throw new Error(`no selection at ${page.url}: ${page.text.slice(0, 300)}`)
  return runId
}

/** The mail about a run, once it is there; lines end with a mere line feed. */
export const mailOf = (world: World, runId: string) =>
  eventually('the mail', async () => {
    const mail = (await world.mails()).find(({ text }) => text.includes(`/runs/${runId}`))
    return mail && { ...mail, text: mail.text.replaceAll('\r\n', '\n') }
  })

/** A misbehaviour of SmartHR's next matching calls. */
export const fault = (world: World, description: object) =>
  world.control('POST', '/faults', { service: 'smarthr', ...description })

export const switches = (world: World, service: 'freee' | 'smarthr', patch: object) =>
  world.control('PUT', '/switches', { service, ...patch })

/** POSTs that SmartHR saw below this path. */
export const postsOf = async (world: World, path: RegExp) =>
  (await world.calls('smarthr')).filter(call => call.method === 'POST' && path.test(call.path))

/** The names of SmartHR's 給与明細項目. */
export const itemsIn = async (world: World): Promise<string[]> =>
  (await midoriOf(world)).payslipItems.map(({ name }) => name)
