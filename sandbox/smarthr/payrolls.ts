import { randomUUID } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import { isRealDate } from './dates.js'
import { badRequest, invalid, notFound, refusedState, type Detail } from './errors.js'
import { paged, textParam } from './paging.js'
import type { Json, Payroll, Tenant } from './store.js'

const LABELS = {
  payment_type: '支給タイプ',
  paid_at: '支給日',
  period_start_at: '対象期間（From）',
  period_end_at: '対象期間（To）',
  numeral_system_handle_type: '記数法',
  name_for_admin: '給与明細グループの名前（管理者向け）',
  name_for_crew: '給与明細グループの名前（従業員向け）',
} as const
type Attribute = keyof typeof LABELS

const CHOICES: Partial<Record<Attribute, readonly string[]>> = {
  payment_type: ['salary', 'bonus'],
  numeral_system_handle_type: ['as_is', 'force_sexagesimal', 'force_decimal'],
}
const NAMES: readonly Attribute[] = ['name_for_admin', 'name_for_crew']

const problem = (field: Attribute, words: string) => invalid('Payroll', field, `${LABELS[field]}${words}`)

function problemOf(field: Attribute, value: unknown): Detail[] {
  if (value === undefined || value === null || value === '') return [problem(field, 'を入力してください。')]
  if (typeof value !== 'string') return [problem(field, 'は正しい形式で入力してください。')]
  const choices = CHOICES[field]
  if (choices) return choices.includes(value) ? [] : [problem(field, 'は一覧にありません。')]
  if (NAMES.includes(field)) return [...value].length > 255 ? [problem(field, 'は255文字以内で入力してください。')] : []
  return isRealDate(value) ? [] : [problem(field, 'は正しい形式で入力してください。')]
}

const bodyOf = (req: Request): Json => {
  const body = (req.body ?? {}) as unknown
  if (typeof body !== 'object' || Array.isArray(body)) throw badRequest()
  return body as Json
}

/** The attributes of a new payroll, all of them required (SmartHR API reference, §3.10); throws with every problem. */
function attributesOf(body: Json): Record<Attribute, string> {
  const fields = Object.keys(LABELS) as Attribute[]
  const problems = fields.flatMap(field => problemOf(field, body[field]))
  // assumed: what ends before it begins is refused
  if (problems.length === 0 && String(body.period_end_at) < String(body.period_start_at))
    problems.push(problem('period_end_at', 'は対象期間（From）以降の日付を入力してください。'))
  if (problems.length > 0) throw badRequest(problems)
  return Object.fromEntries(fields.map(field => [field, body[field]])) as Record<Attribute, string>
}

/** 確定. Refused when it has been done: nobody says what SmartHR does then. */
export function fixPayroll(payroll: Payroll): void {
  if (payroll.status === 'fixed') throw refusedState('給与はすでに確定されています')
  payroll.status = 'fixed'
}

/** Back to 未確定; what was published is so no longer. */
export function unfixPayroll(payroll: Payroll): void {
  if (payroll.status !== 'fixed') throw refusedState('給与が確定されていません')
  Object.assign(payroll, { status: 'wip', published_at: null, notify_with_publish: false })
}

const monthAfter = (date: Date) => {
  const later = new Date(date)
  later.setUTCMonth(later.getUTCMonth() + 1)
  return later
}

/** 公開, now or at most a month ahead. A reservation may be changed as long as its time has not come (§3.10). */
export function publishPayroll(payroll: Payroll, body: Json, now: Date): void {
  if (payroll.status !== 'fixed') throw refusedState('給与が確定されていません')
  if (payroll.published_at !== null && new Date(payroll.published_at) <= now)
    throw refusedState('給与はすでに公開されています')
  const { published_at: asked = null, notify_with_publish: notify = null } = body
  const at = asked === null ? now : new Date(typeof asked === 'string' ? asked : NaN)
  const wrong = (words: string) => invalid('Payroll', 'published_at', `公開時刻${words}`)
  const problems = [
    ...(Number.isNaN(at.getTime())
      ? [wrong('は正しい形式で入力してください。')]
      : at < now
        ? [wrong('に過去の日時は指定できません。')]
        : at > monthAfter(now)
          ? [wrong('は1ヶ月以内の日時を指定してください。')]
          : []),
    ...(notify !== null && typeof notify !== 'boolean'
      ? [invalid('Payroll', 'notify_with_publish', '公開と同時に通知を行なうは正しい形式で入力してください。')]
      : []),
  ]
  if (problems.length > 0) throw badRequest(problems)
  Object.assign(payroll, { published_at: at.toISOString(), notify_with_publish: notify ?? false })
}

/** The payroll of the path, for the API and for its payslips. */
export function payrollOf(tenant: Tenant, id: unknown): Payroll {
  const found = tenant.payrolls.find(payroll => payroll.id === String(id).toLowerCase())
  if (!found) throw notFound()
  return found
}

function filtered(req: Request, payrolls: readonly Payroll[]): Payroll[] {
  const date = (name: string) => {
    const text = textParam(req, name)
    if (text !== undefined && !isRealDate(text))
      throw badRequest([invalid('Request', name, `${name}は正しい形式で入力してください。`)])
    return text
  }
  const [from = '', to = '9999-12-31'] = [date('paid_at_from'), date('paid_at_to')]
  const type = textParam(req, 'payment_type')
  if (type !== undefined && !CHOICES.payment_type?.includes(type))
    throw badRequest([invalid('Request', 'payment_type', 'payment_typeは一覧にありません。')])
  return payrolls.filter(
    payroll =>
      payroll.paid_at >= from && payroll.paid_at <= to && (type === undefined || payroll.payment_type === type),
  )
}

/** 給与明細グループ (§3.10): create, list, 確定, 公開. */
export function payrollsRouter(tenantOf: (res: Response) => Tenant, now: () => Date): Router {
  const router = Router()
  const found = (req: Request, res: Response) => payrollOf(tenantOf(res), req.params.id)

  router.get('/payrolls', (req, res) => {
    res.json(paged(req, res, filtered(req, tenantOf(res).payrolls)))
  })
  router.post('/payrolls', (req, res) => {
    const { payment_type, paid_at, period_start_at, period_end_at, ...rest } = attributesOf(bodyOf(req))
    const payroll: Payroll = {
      id: randomUUID(),
      payment_type,
      paid_at,
      period_start_at,
      period_end_at,
      source_type: 'api',
      status: 'wip',
      published_at: null,
      notify_with_publish: false,
      ...rest,
    }
    tenantOf(res).payrolls.push(payroll)
    res.status(201).json(payroll)
  })
  router.get('/payrolls/:id', (req, res) => {
    res.json(found(req, res))
  })
  router.patch('/payrolls/:id', (req, res) => {
    const payroll = found(req, res)
    // Nothing else can be changed; other keys are ignored.
    const names = Object.fromEntries(Object.entries(bodyOf(req)).filter(([key]) => NAMES.includes(key as Attribute)))
    const problems = Object.entries(names).flatMap(([name, value]) => problemOf(name as Attribute, value))
    if (problems.length > 0) throw badRequest(problems)
    res.json(Object.assign(payroll, names))
  })
  router.delete('/payrolls/:id', (req, res) => {
    const payroll = found(req, res)
    const tenant = tenantOf(res)
    if (payroll.status === 'fixed') throw refusedState('確定された給与は削除できません')
    tenant.payrolls = tenant.payrolls.filter(candidate => candidate !== payroll)
    tenant.payslips.delete(payroll.id)
    res.status(204).end()
  })

  const step = (name: string, take: (payroll: Payroll, body: Json, at: Date) => void) =>
    router.patch(`/payrolls/:id/${name}`, (req, res) => {
      const payroll = found(req, res)
      take(payroll, bodyOf(req), now())
      res.json(payroll)
    })
  step('fix', fixPayroll)
  step('unfix', unfixPayroll)
  step('publish', publishPayroll)
  return router
}
