import { randomUUID } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import { badRequest, invalid, notFound, refusedState, type Detail } from './errors.js'
import { paged, textParam } from './paging.js'
import { payrollOf } from './payrolls.js'
import { checkTotalsRegistered } from './payslip-items.js'
import { contentsOf } from './payslip-values.js'
import type { Json, Payroll, Payslip, SmarthrStore, Tenant } from './store.js'

const BULK = 100

const problem = (field: string, message: string): Detail => invalid('Payslip', field, message)

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Who has one in this payroll already; grows with the payslips of one call. */
function crewProblems(tenant: Tenant, crewId: unknown, taken: Set<string>): Detail[] {
  if (typeof crewId !== 'string' || crewId === '') return [problem('crew_id', '従業員IDを入力してください。')]
  const id = crewId.toLowerCase()
  if (!tenant.crews.has(id)) return [problem('crew_id', '従業員IDは一覧にありません。')]
  // assumed: one payslip for a person in a payroll (§3.11)
  if (taken.has(id)) return [problem('crew_id', 'この従業員の給与明細はすでに登録されています。')]
  taken.add(id)
  return []
}

/** All the payslips of a call are stored, or none (assumed); throws with every problem of every one. */
function register({ switches }: SmarthrStore, tenant: Tenant, payroll: Payroll, given: readonly unknown[]): Payslip[] {
  if (payroll.status === 'fixed') throw refusedState('確定された給与には給与明細を登録できません')
  checkTotalsRegistered(tenant)
  const before = tenant.payslips.get(payroll.id) ?? []
  const taken = new Set(before.map(payslip => payslip.crew_id))
  // Names registered by this call are so only when all of it is taken.
  const items = new Map(tenant.payslipItems.map(item => [item.name, item]))
  const problems: Detail[] = []
  const payslips = given.map((entry): Payslip => {
    const { crew_id: crewId, memo = null, company_id: companyId = null, values } = isObject(entry) ? entry : {}
    problems.push(...crewProblems(tenant, crewId, taken))
    if (memo !== null && typeof memo !== 'string')
      problems.push(problem('memo', '備考は正しい形式で入力してください。'))
    if (companyId !== null && !tenant.companies.some(({ id }) => id === companyId))
      problems.push(problem('company_id', '会社は一覧にありません。'))
    const contents = contentsOf(values, items, {
      registers: switches.unknownPayslipItems === 'register',
      numerals: payroll.numeral_system_handle_type,
    })
    problems.push(...contents.problems)
    return {
      id: randomUUID(),
      crew_id: String(crewId).toLowerCase(),
      payroll_id: payroll.id,
      memo,
      mismatch: contents.mismatch,
      last_notified_at: null,
      company_id: companyId,
      ...contents.lists,
    }
  })
  if (problems.length > 0) throw badRequest(problems)
  tenant.payslipItems = [...items.values()]
  tenant.payslips.set(payroll.id, [...before, ...payslips])
  return payslips
}

/** With `embed=company`, the company stands where `company_id` stood. */
function shown(tenant: Tenant, req: Request): (payslip: Payslip) => Json {
  if (textParam(req, 'embed') !== 'company') return payslip => payslip
  return ({ company_id: id, ...rest }) => ({
    ...rest,
    company: tenant.companies.find(company => company.id === id) ?? null,
  })
}

/** 給与明細 (SmartHR API reference, §3.11). There is no update: delete and post again. */
export function payslipsRouter(store: () => SmarthrStore, tenantOf: (res: Response) => Tenant): Router {
  const router = Router()
  const path = '/payrolls/:payroll_id/payslips'
  const placeOf = (req: Request, res: Response) => {
    const tenant = tenantOf(res)
    const payroll = payrollOf(tenant, req.params.payroll_id)
    return { tenant, payroll, payslips: tenant.payslips.get(payroll.id) ?? [] }
  }
  const found = (req: Request, payslips: readonly Payslip[]) => {
    const payslip = payslips.find(({ id }) => id === String(req.params.id).toLowerCase())
    if (!payslip) throw notFound()
    return payslip
  }

  router.get(path, (req, res) => {
    const { tenant, payslips } = placeOf(req, res)
    const wanted = textParam(req, 'crew_id')
      ?.split(',')
      .map(id => id.trim().toLowerCase())
    const rows = payslips.filter(({ crew_id: id }) => wanted === undefined || wanted.includes(id))
    res.json(paged(req, res, rows).map(shown(tenant, req)))
  })
  router.post(path, (req, res) => {
    const { tenant, payroll } = placeOf(req, res)
    const [payslip] = register(store(), tenant, payroll, [req.body])
    res.status(201).json(payslip)
  })
  router.post(`${path}/bulk`, (req, res) => {
    const { tenant, payroll } = placeOf(req, res)
    const { payslips: given } = isObject(req.body) ? req.body : {}
    if (!Array.isArray(given) || given.length === 0)
      throw badRequest([problem('payslips', '給与明細情報を入力してください。')])
    if (given.length > BULK) throw badRequest([problem('payslips', `給与明細情報は${BULK}件以内で入力してください。`)])
    const payslips = register(store(), tenant, payroll, given)
    res.status(201).json(store().switches.bulkAnswer === 'one' ? payslips[0] : payslips)
  })
  router.get(`${path}/:id`, (req, res) => {
    const { tenant, payslips } = placeOf(req, res)
    res.json(shown(tenant, req)(found(req, payslips)))
  })
  router.delete(`${path}/:id`, (req, res) => {
    const { tenant, payroll, payslips } = placeOf(req, res)
    const payslip = found(req, payslips)
    if (payroll.status === 'fixed') throw refusedState('確定された給与の給与明細は削除できません')
    tenant.payslips.set(
      payroll.id,
      payslips.filter(candidate => candidate !== payslip),
    )
    res.status(204).end()
  })
  return router
}
