import { randomUUID } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import {
  completeTemplate,
  dropLostValues,
  groupProblems,
  groupShown,
  removeGroup,
  removeTemplate,
  templateProblems,
  templateShown,
} from './custom-fields.js'
import {
  checkDiscontinued,
  completeDepartment,
  departmentProblems,
  departmentsShown,
  removeDepartment,
} from './departments.js'
import { renameOnCrews } from './employment-types.js'
import { badRequest, invalid, notFound, undeletable, type Detail } from './errors.js'
import { paged, sorted, textParam } from './paging.js'
import { inJapan } from './records.js'
import type { Json, Master, SmarthrStore, Tenant, User } from './store.js'

type ListName = {
  [Name in keyof Tenant]: Tenant[Name] extends Master[] ? Name : never
}[keyof Tenant]

interface Resource {
  path: string
  list: ListName
  resource: string
  /** what a write may carry; read-only lists have none */
  writable?: readonly string[]
  /** what a PUT may carry, where that is less */
  puttable?: readonly string[]
  /** PUT erases what is not named (§2.7) */
  putErases?: boolean
  required?: Readonly<Record<string, string>>
  sortable?: boolean
  check?(tenant: Tenant, body: Json, before: Master | null): Detail[]
  /** what a write stores, from what it carries; `whole` with PUT */
  complete?(tenant: Tenant, fields: Json, before: Master | null, whole: boolean): Json
  /** after an update */
  updated?(tenant: Tenant, master: Master): void
  remove?(tenant: Tenant, master: Master): void
  undeletable?(master: Master): boolean
  /** as answers show it; called once per answer */
  shown?(tenant: Tenant, req: Request): (master: Master) => Json
}

const ranked =
  (resource: string) =>
  (_tenant: Tenant, { rank }: Json) =>
    rank === undefined || rank === null || (Number.isInteger(rank) && Number(rank) >= 1 && Number(rank) <= 99_999)
      ? []
      : [invalid(resource, 'rank', 'ランクは正しい形式で入力してください。')]

const isPreset = ({ preset_type: preset }: Master) => preset !== null && preset !== undefined

const RESOURCES: readonly Resource[] = [
  {
    path: 'departments',
    list: 'departments',
    resource: 'Department',
    writable: ['name', 'position', 'code', 'parent_id', 'company_id'],
    putErases: true,
    required: { name: '名前' },
    sortable: true,
    check: departmentProblems,
    complete: completeDepartment,
    remove: removeDepartment,
    shown: departmentsShown,
  },
  {
    path: 'employment_types',
    list: 'employmentTypes',
    resource: 'EmploymentType',
    writable: ['name', 'code'],
    puttable: ['name'],
    required: { name: '名前' },
    // The system's own names stay (§3.3); the text is assumed.
    check: (_tenant, { name }, before) =>
      before && isPreset(before) && name !== undefined && name !== before.name
        ? [invalid('EmploymentType', 'name', 'システム標準の雇用形態の名称は変更できません。')]
        : [],
    updated: renameOnCrews,
    undeletable: isPreset,
  },
  {
    path: 'job_titles',
    list: 'jobTitles',
    resource: 'JobTitle',
    writable: ['name', 'rank', 'code'],
    sortable: true,
    check: ranked('JobTitle'),
  },
  { path: 'grades', list: 'grades', resource: 'Grade', writable: ['name', 'rank'], check: ranked('Grade') },
  { path: 'job_categories', list: 'jobCategories', resource: 'JobCategory', writable: ['name'] },
  {
    path: 'recruitment_types',
    list: 'recruitmentTypes',
    resource: 'RecruitmentType',
    writable: ['name'],
    required: { name: '名前' },
  },
  { path: 'payment_periods', list: 'paymentPeriods', resource: 'PaymentPeriod', sortable: true },
  { path: 'biz_establishments', list: 'bizEstablishments', resource: 'BizEstablishment' },
  { path: 'companies', list: 'companies', resource: 'Company' },
  { path: 'bank_account_settings', list: 'bankAccountSettings', resource: 'BankAccountSetting' },
  {
    path: 'crew_custom_field_template_groups',
    list: 'templateGroups',
    resource: 'CrewCustomFieldTemplateGroup',
    writable: ['name', 'position', 'access_type'],
    putErases: true,
    required: { name: '名前' },
    check: groupProblems,
    remove: removeGroup,
    shown: (tenant, req) => group => groupShown(tenant, group, textParam(req, 'embed')),
  },
  {
    path: 'crew_custom_field_templates',
    list: 'templates',
    resource: 'CrewCustomFieldTemplate',
    writable: ['name', 'type', 'elements', 'group_id', 'hint', 'scale', 'separated_by_commas', 'position'],
    putErases: true,
    // as the schema requires; the examples of the text send less (§3.6)
    required: { name: '名前', type: '種類', group_id: 'グループ', position: '順番' },
    check: templateProblems,
    complete: (_tenant, fields, before, whole) => completeTemplate(fields, before, whole),
    updated: dropLostValues,
    remove: removeTemplate,
    shown: (tenant, req) => template => templateShown(tenant, template, textParam(req, 'embed')),
  },
]

const isBlank = (value: unknown) => value === undefined || value === null || value === ''

function writesOf(router: Router, resource: Resource, tenantOf: (res: Response) => Tenant, now: () => Date): void {
  const { path, list, writable } = resource
  if (!writable) return
  const fieldsOf = (req: Request, taken = writable): Json =>
    Object.fromEntries(Object.entries((req.body ?? {}) as Json).filter(([key]) => taken.includes(key)))
  const check = (tenant: Tenant, fields: Json, before: Master | null, whole: boolean) => {
    const blank = Object.entries(resource.required ?? {}).filter(
      ([name]) => (whole || name in fields) && isBlank(fields[name]),
    )
    const problems = [
      ...blank.map(([name, label]) => invalid(resource.resource, name, `${label}を入力してください。`)),
      ...(resource.check?.(tenant, fields, before) ?? []),
    ]
    if (problems.length > 0) throw badRequest(problems)
  }
  const find = (req: Request, res: Response): Master => {
    const found = tenantOf(res)[list].find(master => master.id === req.params.id)
    if (!found) throw notFound()
    return found
  }
  const complete = resource.complete ?? ((_tenant, fields: Json) => fields)
  const stamp = () => now().toISOString()
  const answer = (req: Request, res: Response, master: Master) =>
    res.json(resource.shown?.(tenantOf(res), req)(master) ?? master)

  router.post(`/${path}`, (req, res) => {
    const tenant = tenantOf(res)
    const fields = fieldsOf(req)
    check(tenant, fields, null, true)
    const blanks = Object.fromEntries(writable.map(name => [name, null]))
    const created: Master = {
      ...complete(tenant, blanks, null, true),
      ...(list === 'templates' && { separated_by_commas: false }),
      ...(list === 'employmentTypes' || list === 'recruitmentTypes' ? { preset_type: null } : {}),
      ...complete(tenant, fields, null, true),
      name: String(fields.name),
      position: fields.position ?? tenant[list].length + 1,
      id: randomUUID(),
      updated_at: stamp(),
      created_at: stamp(),
    }
    tenant[list].push(created)
    answer(req, res.status(201), created)
  })

  const update = (whole: boolean) => (req: Request, res: Response) => {
    const tenant = tenantOf(res)
    const found = find(req, res)
    const taken = whole ? (resource.puttable ?? writable) : writable
    const erased = whole && resource.putErases ? Object.fromEntries(writable.map(name => [name, null])) : {}
    const fields = { ...erased, ...fieldsOf(req, taken) }
    check(tenant, fields, found, whole)
    Object.assign(found, complete(tenant, fields, found, whole), { id: found.id, updated_at: stamp() })
    resource.updated?.(tenant, found)
    answer(req, res, found)
  }
  router.patch(`/${path}/:id`, update(false))
  router.put(`/${path}/:id`, update(true))

  router.delete(`/${path}/:id`, (req, res) => {
    const tenant = tenantOf(res)
    const found = find(req, res)
    if (resource.undeletable?.(found)) throw undeletable()
    if (resource.remove) resource.remove(tenant, found)
    else tenant[list].splice(tenant[list].indexOf(found), 1)
    res.status(204).end()
  })
}

export const userShown = (user: User, more: Json = {}): Json => ({
  id: user.id,
  email: user.email,
  notification_email: user.email,
  admin: user.admin,
  role: {
    id: user.admin ? '0f4d0000-0000-4000-a000-000000000001' : '0f4d0000-0000-4000-a000-000000000002',
    name: user.admin ? '管理者' : 'メンバー',
    description: null,
    crews_scope: user.admin ? 'crews_scope_all' : 'crews_scope_own',
    crews_scope_query: null,
    session_timeout_in: null,
    preset_type: user.admin ? 'admin' : 'member',
  },
  agreement_for_electronic_delivery: true,
  crew_id: user.crewId,
  ...more,
  invitation_created_at: null,
  invitation_opened_at: null,
  invitation_accepted_at: null,
  invitation_answered_at: null,
  suppressed_email_logs: [],
  has_password: true,
  updated_at: '2026-06-30T12:34:56.789+09:00',
  created_at: '2024-04-01T09:00:00.000+09:00',
})

/** Lists and masters (§3.2–3.6, §3.8). */
export function mastersRouter(
  _store: () => SmarthrStore,
  tenantOf: (res: Response) => Tenant,
  now: () => Date,
): Router {
  const router = Router()
  for (const resource of RESOURCES) {
    const { path, list } = resource
    router.get(`/${path}`, (req, res) => {
      const code = path === 'departments' ? textParam(req, 'code') : undefined
      const tenant = tenantOf(res)
      const rows = tenant[list].filter(master => code === undefined || master.code === code)
      const page = paged(req, res, sorted(rows, resource.sortable ? textParam(req, 'sort') : undefined))
      const shown = resource.shown?.(tenant, req)
      res.json(shown ? page.map(shown) : page)
    })
    // Companies have no GET by id (§3.5).
    if (path !== 'companies' && path !== 'bank_account_settings') {
      router.get(`/${path}/:id`, (req, res) => {
        const found = tenantOf(res)[list].find(master => master.id === req.params.id)
        if (!found) throw notFound()
        res.json(resource.shown?.(tenantOf(res), req)(found) ?? found)
      })
    }
    writesOf(router, resource, tenantOf, now)
  }
  router.post('/departments/:id/discontinue', (req, res) => {
    const tenant = tenantOf(res)
    const found = tenant.departments.find(department => department.id === req.params.id)
    if (!found) throw notFound()
    checkDiscontinued((req.body as Json | undefined)?.discontinued_date, inJapan(now()).slice(0, 10))
    removeDepartment(tenant, found)
    res.status(204).end()
  })
  router.get('/users', (req, res) => {
    res.json(
      paged(
        req,
        res,
        tenantOf(res).users.map(user => userShown(user)),
      ),
    )
  })
  router.get('/users/:id', (req, res) => {
    const user = tenantOf(res).users.find(candidate => candidate.id === req.params.id)
    if (!user) throw notFound()
    res.json(userShown(user))
  })
  return router
}
