import { randomUUID } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import { badRequest, invalid, notFound, undeletable, type Detail } from './errors.js'
import { paged, textParam } from './paging.js'
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
  /** PUT erases what is not named (§2.7) */
  putErases?: boolean
  required?: readonly string[]
  check?(tenant: Tenant, body: Json): Detail[]
  undeletable?(master: Master): boolean
}

const ranked =
  (resource: string) =>
  (_tenant: Tenant, { rank }: Json) =>
    rank === undefined || rank === null || (Number.isInteger(rank) && Number(rank) >= 1 && Number(rank) <= 99_999)
      ? []
      : [invalid(resource, 'rank', 'ランクは正しい形式で入力してください。')]

const TYPES = ['date', 'decimal', 'enum', 'file', 'string', 'text']
const ACCESS = ['read_and_update', 'hidden', 'read_and_update_values', 'read_and_update_only_origin']

const RESOURCES: readonly Resource[] = [
  {
    path: 'departments',
    list: 'departments',
    resource: 'Department',
    writable: ['name', 'position', 'code', 'parent_id', 'company_id'],
    putErases: true,
    required: ['name'],
    check: (tenant, { name, parent_id: parent }) => [
      ...(typeof name === 'string' && name.includes('/')
        ? [invalid('Department', 'name', '部署名に「/」は使用できません。')]
        : []),
      ...(parent && !tenant.departments.some(department => department.id === parent)
        ? [invalid('Department', 'parent_id', '親部署は一覧にありません。')]
        : []),
    ],
  },
  {
    path: 'employment_types',
    list: 'employmentTypes',
    resource: 'EmploymentType',
    writable: ['name', 'code'],
    putErases: true,
    required: ['name'],
    undeletable: ({ preset_type: preset }) => preset !== null && preset !== undefined,
  },
  {
    path: 'job_titles',
    list: 'jobTitles',
    resource: 'JobTitle',
    writable: ['name', 'rank', 'code'],
    check: ranked('JobTitle'),
  },
  { path: 'grades', list: 'grades', resource: 'Grade', writable: ['name', 'rank'], check: ranked('Grade') },
  { path: 'job_categories', list: 'jobCategories', resource: 'JobCategory', writable: ['name'] },
  {
    path: 'recruitment_types',
    list: 'recruitmentTypes',
    resource: 'RecruitmentType',
    writable: ['name'],
    required: ['name'],
  },
  { path: 'payment_periods', list: 'paymentPeriods', resource: 'PaymentPeriod' },
  { path: 'biz_establishments', list: 'bizEstablishments', resource: 'BizEstablishment' },
  { path: 'companies', list: 'companies', resource: 'Company' },
  { path: 'bank_account_settings', list: 'bankAccountSettings', resource: 'BankAccountSetting' },
  {
    path: 'crew_custom_field_template_groups',
    list: 'templateGroups',
    resource: 'CrewCustomFieldTemplateGroup',
    writable: ['name', 'position', 'access_type'],
    putErases: true,
    required: ['name'],
    check: (_tenant, { access_type: access }) =>
      access === undefined || ACCESS.some(known => known === access)
        ? []
        : [invalid('CrewCustomFieldTemplateGroup', 'access_type', 'アクセス種別は一覧にありません。')],
  },
  {
    path: 'crew_custom_field_templates',
    list: 'templates',
    resource: 'CrewCustomFieldTemplate',
    writable: ['name', 'type', 'elements', 'group_id', 'hint', 'scale', 'separated_by_commas', 'position'],
    putErases: true,
    required: ['name', 'type'],
    check: (tenant, { type, group_id: group }) => [
      ...(type !== undefined && !TYPES.some(known => known === type)
        ? [invalid('CrewCustomFieldTemplate', 'type', '種類は一覧にありません。')]
        : []),
      ...(group !== undefined && group !== null && !tenant.templateGroups.some(candidate => candidate.id === group)
        ? [invalid('CrewCustomFieldTemplate', 'group_id', 'グループは一覧にありません。')]
        : []),
    ],
  },
]

/** `parent_id` becomes the parent object, elements get ids. */
function completed(tenant: Tenant, list: ListName, fields: Json): Json {
  const { parent_id: parentId, elements, ...rest } = fields
  if (list === 'departments') {
    const parent = tenant.departments.find(department => department.id === parentId) ?? null
    const name = String(rest.name)
    return { ...rest, parent, full_name: parent ? `${String(parent.full_name)}/${name}` : name, children: [] }
  }
  if (list === 'templates') {
    const rows = Array.isArray(elements) ? (elements as Json[]) : null
    return {
      ...rest,
      elements: rows?.map(element => ({ physical_name: null, ...element, id: element.id ?? randomUUID() })) ?? null,
    }
  }
  return rest
}

const stamp = (now: Date) => now.toISOString()

function writesOf(router: Router, resource: Resource, tenantOf: (res: Response) => Tenant, now: () => Date): void {
  const { path, list, writable } = resource
  if (!writable) return
  const fieldsOf = (req: Request): Json =>
    Object.fromEntries(Object.entries((req.body ?? {}) as Json).filter(([key]) => writable.includes(key)))
  const check = (tenant: Tenant, fields: Json, whole: boolean) => {
    const blank = (resource.required ?? []).filter(name => (whole || name in fields) && !fields[name])
    const problems = [
      ...blank.map(name => invalid(resource.resource, name, '名前を入力してください。')),
      ...(resource.check?.(tenant, fields) ?? []),
    ]
    if (problems.length > 0) throw badRequest(problems)
  }
  const find = (req: Request, res: Response): Master => {
    const found = tenantOf(res)[list].find(master => master.id === req.params.id)
    if (!found) throw notFound()
    return found
  }

  router.post(`/${path}`, (req, res) => {
    const tenant = tenantOf(res)
    const fields = fieldsOf(req)
    check(tenant, fields, true)
    const blanks = Object.fromEntries(writable.filter(name => name !== 'parent_id').map(name => [name, null]))
    const created = {
      ...blanks,
      ...(list === 'templates' && { separated_by_commas: false }),
      ...(list === 'employmentTypes' || list === 'recruitmentTypes' ? { preset_type: null } : {}),
      position: tenant[list].length + 1,
      ...completed(tenant, list, fields),
      id: randomUUID(),
      updated_at: stamp(now()),
      created_at: stamp(now()),
    } as unknown as Master
    tenant[list].push(created)
    res.status(201).json(created)
  })

  const update = (whole: boolean) => (req: Request, res: Response) => {
    const tenant = tenantOf(res)
    const found = find(req, res)
    const given = fieldsOf(req)
    const erased = whole && resource.putErases ? Object.fromEntries(writable.map(name => [name, null])) : {}
    const fields = { ...erased, ...given }
    check(tenant, fields, whole)
    Object.assign(found, completed(tenant, list, { ...found, ...fields }), { id: found.id, updated_at: stamp(now()) })
    res.json(found)
  }
  router.patch(`/${path}/:id`, update(false))
  router.put(`/${path}/:id`, update(true))

  router.delete(`/${path}/:id`, (req, res) => {
    const tenant = tenantOf(res)
    const found = find(req, res)
    if (resource.undeletable?.(found)) throw undeletable()
    tenant[list].splice(tenant[list].indexOf(found), 1)
    // A group takes its templates and every value with it (§3.6).
    const goes = (template: Master) =>
      list === 'templateGroups' ? template.group_id === found.id : list === 'templates' && template.id === found.id
    const gone = new Set(tenant.templates.filter(goes).map(template => template.id)).add(
      list === 'templates' ? found.id : '',
    )
    tenant.templates = tenant.templates.filter(template => !gone.has(template.id))
    for (const crew of tenant.crews.values()) {
      crew.custom_fields = (crew.custom_fields as { template: Master }[]).filter(field => !gone.has(field.template.id))
    }
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
      const rows = tenantOf(res)[list].filter(master => code === undefined || master.code === code)
      res.json(paged(req, res, rows))
    })
    // Companies have no GET by id (§3.5).
    if (path !== 'companies' && path !== 'bank_account_settings') {
      router.get(`/${path}/:id`, (req, res) => {
        const found = tenantOf(res)[list].find(master => master.id === req.params.id)
        if (!found) throw notFound()
        res.json(found)
      })
    }
    writesOf(router, resource, tenantOf, now)
  }
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
