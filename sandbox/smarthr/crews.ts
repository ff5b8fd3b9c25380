import { randomUUID } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import { createLateListing } from '../core/late.js'
import { departmentOfCrew, fullName } from './departments.js'
import { badRequest, invalid, notFound } from './errors.js'
import { createCrew, updateCrew } from './crew-writes.js'
import { paged, sorted, textParam } from './paging.js'
import { withPreferred } from './records.js'
import { removeCrew, type Crew, type Json, type Master, type SmarthrStore, type Tenant } from './store.js'

const HOUR = 3_600_000

/** A future 退職年月日 turns into 退職済 at 01:00 Japan time of the day after (§2.5). */
export function retireInTime(tenant: Tenant, now: Date): void {
  const anHourAgoInJapan = new Date(now.getTime() + 8 * HOUR).toISOString().slice(0, 10)
  for (const crew of tenant.crews.values()) {
    const last = crew.resigned_at as string | null
    if (crew.booked_retirement === true && last !== null && last < anHourAgoInJapan) {
      crew.emp_status = 'retired'
      delete crew.booked_retirement
    }
  }
}

const list = (value: string | undefined) => value?.split(',').map(entry => entry.trim().toLowerCase())

function matches(req: Request): (crew: Crew) => boolean {
  const equal = ['emp_code', 'emp_status', 'gender', 'emp_type'].flatMap(name => {
    const value = textParam(req, name)
    return value === undefined ? [] : [(crew: Crew) => crew[name] === value]
  })
  const ranges = ['entered_at', 'resigned_at'].flatMap(name => {
    const from = textParam(req, `${name}_from`)
    const to = textParam(req, `${name}_to`)
    const at = (crew: Crew) => crew[name] as string | null
    return [
      ...(from === undefined ? [] : [(crew: Crew) => (at(crew) ?? '') >= from]),
      ...(to === undefined ? [] : [(crew: Crew) => at(crew) !== null && String(at(crew)) <= to]),
    ]
  })
  const among = (name: string, read: (crew: Crew) => unknown[]) => {
    const wanted = list(textParam(req, name))
    return wanted === undefined
      ? []
      : [(crew: Crew) => read(crew).some(value => wanted.includes(String(value).toLowerCase()))]
  }
  const ids = (value: unknown) => (value as (Json | null)[]).flatMap(entry => (entry ? [entry.id] : []))
  const words = textParam(req, 'q')?.replace(/\s+/g, '')
  const named = (crew: Crew) =>
    [crew.last_name, crew.first_name, crew.business_last_name, crew.business_first_name, crew.department, crew.position]
      .map(part => (typeof part === 'string' ? part : ''))
      .join('')
  const all = [
    ...equal,
    ...ranges,
    ...among('employment_type_id', crew => [(crew.employment_type as Json | null)?.id]),
    ...among('user_id', crew => [crew.user_id]),
    ...among('department_id', crew => ids(crew.departments)),
    ...among('position_id', crew => ids(crew.positions)),
    ...(words === undefined ? [] : [(crew: Crew) => named(crew).includes(words)]),
  ]
  return crew => all.every(fits => fits(crew))
}

/** What goes out: forbidden attributes as null, `fields` only, no inner marks. */
function shown(store: SmarthrStore, req: Request, crew: Crew): Json {
  const out: Json = withPreferred(crew)
  delete out.booked_retirement
  const departments = crew.departments as (Master | null)[]
  out.departments = departments.map(department => department && departmentOfCrew(department))
  // 部署1 alone, as a path (§4.2)
  out.department = departments[0] ? fullName(departments[0]) : null
  for (const name of store.switches.forbiddenAttributes.read) if (name in out) out[name] = null
  const fields = textParam(req, 'fields')?.split(',')
  // `id` is returned only when named: nobody says otherwise (§2.4).
  return fields ? Object.fromEntries(fields.flatMap(name => (name in out ? [[name, out[name]]] : []))) : out
}

export function crewsRouter(store: () => SmarthrStore, tenantOf: (res: Response) => Tenant, now: () => Date): Router {
  const router = Router()
  const late = createLateListing(() => store().switches.listedAfterMs)
  const find = (req: Request, res: Response): Crew => {
    const crew = tenantOf(res).crews.get(String(req.params.id).toLowerCase())
    if (!crew) throw notFound()
    return crew
  }
  const bodyOf = (req: Request): Json => {
    const body = req.body as unknown
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      throw badRequest([invalid('Crew', 'base', 'リクエストの形式が不正です。')])
    }
    return body as Json
  }
  /** Marks a retirement that lies in the future, so that 01:00 finds it. */
  const book = (crew: Crew, body: Json) => {
    const today = new Date(now().getTime() + 9 * HOUR).toISOString().slice(0, 10)
    if (!('resigned_at' in body)) return
    if (typeof crew.resigned_at === 'string' && crew.resigned_at >= today) crew.booked_retirement = true
    else delete crew.booked_retirement
  }

  router.get('/', (req, res) => {
    const tenant = tenantOf(res)
    retireInTime(tenant, now())
    const ids = list(textParam(req, 'id'))
    const from = ids ? ids.flatMap(id => tenant.crews.get(id) ?? []) : [...tenant.crews.values()]
    const crews = sorted(
      from.filter(matches(req)).filter(crew => late.isListed(crew.id)),
      textParam(req, 'sort'),
    )
    res.json(paged(req, res, crews).map(crew => shown(store(), req, crew)))
  })

  router.post('/', (req, res) => {
    const body = bodyOf(req)
    const crew = createCrew(store(), tenantOf(res), randomUUID(), body, now())
    late.made(crew.id)
    book(crew, body)
    res
      .location(`${req.baseUrl}/${crew.id}`)
      .status(201)
      .json(shown(store(), req, crew))
  })

  router.get('/:id', (req, res) => {
    retireInTime(tenantOf(res), now())
    res.json(shown(store(), req, find(req, res)))
  })

  const patch = (req: Request, res: Response) => {
    const body = bodyOf(req)
    const crew = updateCrew(store(), tenantOf(res), find(req, res), body, now())
    book(crew, body)
    res.json(shown(store(), req, crew))
  }
  router.patch('/:id', patch)
  // PUT has been an alias of PATCH since 2020-12-16 (§2.7).
  router.put('/:id', patch)

  router.delete('/:id', (req, res) => {
    removeCrew(tenantOf(res), find(req, res))
    res.status(204).end()
  })
  router.delete('/:id/departments', (req, res) => {
    Object.assign(find(req, res), { departments: [], department: null })
    res.status(204).end()
  })
  return router
}
