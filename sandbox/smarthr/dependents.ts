import { Router, type Request, type Response } from 'express'
import { isSpouse } from './dependent-relations.js'
import { badRequest, invalid, notFound } from './errors.js'
import { paged, textParam } from './paging.js'
import { inJapan } from './records.js'
import type { Crew, Dependent, Json, Master, Tenant } from './store.js'

/** Attributes that are blank unless said otherwise (SmartHR API reference, §3.7). */
const BLANK =
  'last_name first_name last_name_yomi first_name_yomi birth_at moved_at gender job basic_pension_number basic_pension_number_image live_together_type address tel_number handicapped_type handicapped_note_type handicapped_note_delivery_at handicapped_image remittance_to_relative remittance_image1 remittance_image2 remittance_image3 international_student international_student_image social_insurance_support_type income monthly_income soc_ins_qualified_at soc_ins_qualified_reason soc_ins_disqualified_at disqualified_reason_type disqualified_reason tax_law_support_type tax_deduction_income tax_deduction_qualified_at tax_deduction_qualified_reason tax_deduction_disqualified_at tax_deduction_disqualified_reason_type tax_deduction_disqualified_reason maternity_handbook_image kinship_image code spouse_dependent_qualification_reason_type spouse_dependent_disqualification_reason_type spouse_dependent_disqualification_dead_at spouse_dependent_disqualification_reason'.split(
    ' ',
  )

/** A family member with every key, blank ones as null; `supported` twice, as SmartHR does unless told otherwise. */
export function dependentOf(crew: Crew, id: string, relation: Master, attributes: Json): Dependent {
  const at = inJapan(new Date('2025-04-01T00:00:00Z'))
  return {
    ...Object.fromEntries(BLANK.map(name => [name, null])),
    social_insurance_support_type: 'supported',
    tax_law_support_type: 'supported',
    live_together_type: 'living_together',
    custom_fields: [],
    ...attributes,
    id,
    crew_id: crew.id,
    relation_name: relation.name,
    relation,
    is_spouse: isSpouse(relation),
    created_at: at,
    updated_at: at,
  }
}

/** 家族情報 and 続柄, for reading (§3.7). */
export function dependentsRouter(tenantOf: (res: Response) => Tenant): Router {
  const router = Router()
  const familyOf = (req: Request, res: Response): Dependent[] => {
    const { crews, dependents } = tenantOf(res)
    const crew = crews.get(String(req.params.crew_id).toLowerCase())
    if (!crew) throw notFound()
    return dependents.get(crew.id) ?? []
  }
  router.get('/crews/:crew_id/dependents', (req, res) => {
    res.json(paged(req, res, familyOf(req, res)))
  })
  router.get('/crews/:crew_id/dependents/:id', (req, res) => {
    const found = familyOf(req, res).find(({ id }) => id === String(req.params.id).toLowerCase())
    if (!found) throw notFound()
    res.json(found)
  })
  router.get('/dependent_relations', (req, res) => {
    const filter = textParam(req, 'filter')
    if (filter !== undefined && filter !== 'spouse')
      throw badRequest([invalid('Request', 'filter', 'filterは一覧にありません。')])
    const relations = tenantOf(res).dependentRelations
    res.json(paged(req, res, filter === undefined ? relations : relations.filter(isSpouse)))
  })
  return router
}
