import type { Directory, EntryOf, Person } from '../contract/contract.js'
import type { CrewDocument } from '../contract/documents.js'
import { objectsOf } from '../contract/conversions.js'
import { VendorMissing } from '../errors.js'
import type { Http } from '../calls/call.js'
import { createAccountOrder, inAccountOrder, type AccountOrder } from './crew-accounts.js'
import { personOf, type Crew } from './crew.js'
import { createCrewDirectory } from './crews.js'
import { neverWritten } from '../contract/listing.js'
import { rereadBy } from '../contract/lookups.js'
import { everyRow, inPages, listing, PAGE, pageOf, type Json } from './pages.js'

/**
 * SmartHR's crews with their family, each handed on whole as a CrewDocument; 在籍状況 beside it says who takes part. For
 * services that fetch whole records from us.
 */

type DocumentedPerson = Person & EntryOf<CrewDocument>

/** Attributes that are taken as they are. */
const PLAIN = [
  'emp_code',
  'last_name',
  'first_name',
  'last_name_yomi',
  'first_name_yomi',
  'birth_at',
  'gender',
  'tel_number',
  'entered_at',
  'resigned_at',
  'resigned_reason',
  'occupation',
  'soc_ins_qualified_at',
  'soc_ins_disqualified_at',
  'health_insurance_qualified_at',
  'health_insurance_disqualified_at',
  'employees_pension_insurance_qualified_at',
  'employees_pension_insurance_disqualified_at',
  'hel_ins_insured_person_number',
  'soc_ins_insured_person_number',
  'basic_pension_number',
  'monthly_standard_income_updated_at',
  'monthly_standard_income_hel',
  'emp_ins_qualified_at',
  'emp_ins_insured_person_number',
  'emp_ins_disqualified_at',
  'handicapped_type',
  'working_student_flag',
  'widow_type',
  'foreign_resident_card_number',
  'nationality_code',
  'resident_status_type',
  'resident_end_at',
] as const

/** Of files only whether there is one: their addresses are signed anew at every reading (§4.6). */
const FILES = ['foreign_resident_card_image1', 'foreign_resident_card_image2'] as const

const NESTED = ['address', 'employment_type', 'departments', 'positions', 'bank_accounts'] as const

const FIELDS = ['id', 'emp_status', ...PLAIN, ...FILES, ...NESTED].join(',')

const ADDRESS = ['zip_code', 'pref', 'city', 'street', 'building'] as const
const ACCOUNT = ['bank_code', 'bank_branch_code', 'account_number', 'account_holder_name'] as const
const DEPENDENT = [
  'relation_name',
  'last_name',
  'first_name',
  'last_name_yomi',
  'first_name_yomi',
  'birth_at',
  'live_together_type',
  'tax_law_support_type',
  'tax_deduction_income',
  'handicapped_type',
] as const

/** Calls for family members in flight at once (the reference advises at most 4 per connection). */
const AT_ONCE = 4

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

const part = (value: unknown, names: readonly string[]): Json | null =>
  isObject(value) ? Object.fromEntries(names.map(name => [name, value[name] ?? null])) : null

/** Slots may be empty and stay in their places (§4.2). */
const slots = (value: unknown) => (Array.isArray(value) ? value.map(slot => part(slot, ['name'])) : [])

const accountsOf = (crew: Crew, order: AccountOrder) =>
  inAccountOrder(objectsOf(crew.bank_accounts), order).map(account => part(account, ACCOUNT))

const crewPart = (crew: Crew, order: AccountOrder) => ({
  ...part(crew, PLAIN),
  ...Object.fromEntries(FILES.map(name => [name, isObject(crew[name]) ? true : null])),
  address: part(crew.address, ADDRESS),
  employment_type: part(crew.employment_type, ['name', 'preset_type']),
  departments: slots(crew.departments),
  positions: slots(crew.positions),
  bank_accounts: accountsOf(crew, order),
})

const dependentPart = (dependent: Json) => ({
  ...part(dependent, DEPENDENT),
  relation: part(dependent.relation, ['name']),
})

/** Read only. Two listings' worth of calls: one per page of crews and one (or more) per crew for the family. */
export function createCrewDocuments({ http }: { http: Http }): Directory<DocumentedPerson> {
  const call = { path: '/api/v1/crews', query: { fields: FIELDS } }
  const accountOrder = createAccountOrder(http)

  const documentOf = async (crew: Crew, order: AccountOrder): Promise<DocumentedPerson> => {
    const person = personOf(crew, order)
    try {
      const dependents = await everyRow(http, {
        path: `/api/v1/crews/${encodeURIComponent(crew.id)}/dependents`,
        pathTemplate: '/api/v1/crews/{crew_id}/dependents',
      })
      return {
        ...person,
        values: { emp_status: person.values.emp_status ?? null },
        payload: { crew: crewPart(crew, order), dependents: dependents.map(dependentPart) },
      }
    } catch (error) {
      if (!(error instanceof VendorMissing)) throw error
      return {
        ...person,
        excluded: '取得中に、SmartHRから従業員が削除されました。',
        values: {},
        payload: { crew: crewPart(crew, order), dependents: [] },
      }
    }
  }

  const documents = async (crews: readonly Crew[]): Promise<DocumentedPerson[]> => {
    const order = await accountOrder(crews)
    const people: DocumentedPerson[] = []
    for (let at = 0; at < crews.length; at += AT_ONCE) {
      people.push(...(await Promise.all(crews.slice(at, at + AT_ONCE).map(crew => documentOf(crew, order)))))
    }
    return people
  }

  const { exists } = createCrewDirectory({ http, paths: [] })

  return {
    pageSize: PAGE,
    keysUnique: true,
    // A stable order: page numbers over a moving one would skip people (§2.3).
    list: (_asOf, from) => listing(http, { ...call, query: { ...call.query, sort: 'created_at' } }, from, documents),
    exists,

    async present(ids) {
      const found = new Map<string, null>()
      for (const asked of inPages(ids)) {
        const { rows } = await pageOf(
          http,
          { path: call.path, query: { fields: 'id', id: asked.join(',') } },
          { page: 1, limit: PAGE },
        )
        for (const row of rows) found.set(String(row.id), null)
        // A list that is too short is no proof.
        for (const id of asked) if (!found.has(id) && (await exists(id))) found.set(id, null)
      }
      return found
    },

    reread: rereadBy({
      async *search(ids) {
        for (const asked of inPages(ids)) {
          const query = { ...call.query, id: asked.join(',') }
          yield documents((await pageOf<Crew>(http, { ...call, query }, { page: 1, limit: PAGE })).rows)
        }
      },
    }),

    ...neverWritten,
  }
}
