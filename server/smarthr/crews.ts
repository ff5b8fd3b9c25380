import type { Directory, ListPage, Person, Scalar, UncertainCreate, Values } from '../contract/contract.js'
import { dateOf, joinFilled, katakana, keyOf, scalarOf, textOf } from '../contract/conversions.js'
import { Uncertain, VendorBlocked, VendorMissing, VendorRefused } from '../errors.js'
import type { Http } from '../calls/call.js'
import { spellingsOf } from '../contract/keys.js'
import { everyRow, listing, PAGE, pageOf } from './pages.js'

/** Our own writes must not come back as webhooks (§2.8). */
const NO_WEBHOOK = { skip_sending_webhook: true }

const SCALARS = [
  'emp_code',
  'emp_status',
  'last_name',
  'first_name',
  'last_name_yomi',
  'first_name_yomi',
  'business_last_name',
  'business_first_name',
  'business_last_name_yomi',
  'business_first_name_yomi',
  'email',
  'birth_at',
  'gender',
  'entered_at',
  'resigned_at',
  'having_spouse',
  'working_student_flag',
  'widow_type',
  'handicapped_type',
  'tel_number',
  'emp_ins_insured_person_number',
  'basic_pension_number',
  'hel_ins_insured_person_number',
  'soc_ins_insured_person_number',
  'monthly_standard_income_hel',
  'monthly_standard_income_pns',
  'biz_establishment_id',
] as const

/** The attributes' names on SmartHR's screens (§3.1.2), for sentences. */
const LABELS: Readonly<Record<string, string>> = {
  emp_code: '社員番号',
  emp_status: '在籍状況',
  last_name: '姓',
  first_name: '名',
  last_name_yomi: '姓（カタカナ）',
  first_name_yomi: '名（カタカナ）',
  business_last_name: 'ビジネスネーム：姓',
  business_first_name: 'ビジネスネーム：名',
  business_last_name_yomi: 'ビジネスネーム：姓（カタカナ）',
  business_first_name_yomi: 'ビジネスネーム：名（カタカナ）',
  email: 'メールアドレス',
  birth_at: '生年月日',
  gender: '戸籍上の性別',
  entered_at: '入社年月日',
  resigned_at: '退職年月日',
  having_spouse: '配偶者の有無',
  working_student_flag: '勤労学生',
  widow_type: '寡婦・ひとり親',
  handicapped_type: '障害者区分',
  tel_number: '電話番号',
  emp_ins_insured_person_number: '雇用保険の被保険者番号',
  basic_pension_number: '基礎年金番号',
  hel_ins_insured_person_number: '健康保険の被保険者整理番号',
  soc_ins_insured_person_number: '厚生年金保険の被保険者整理番号',
  monthly_standard_income_hel: '健康保険の標準報酬月額',
  monthly_standard_income_pns: '厚生年金の標準報酬月額',
  biz_establishment_id: '事業所',
  address: '現住所',
  resident_card_address: '住民票住所',
  bank_accounts: '口座情報',
  positions: '役職',
}

const ADDRESSES = ['address', 'resident_card_address'] as const
const ADDRESS_FIELDS = ['country_number', 'zip_code', 'pref', 'city', 'street', 'building', 'literal_yomi'] as const

const ACCOUNT = 'bank_accounts.0'
const ACCOUNT_FIELDS = [
  'bank_code',
  'bank_branch_code',
  'account_type',
  'account_number',
  'account_holder_name',
] as const
/** carried along unchanged when an account is written back */
const ACCOUNT_KEEP = [
  'transfer_type',
  'specified_transfer_amount',
  'transfer_category',
  'bank_account_setting_id',
] as const
/**
 * Which of somebody's accounts the main one is; the others follow as `bank_accounts.1` and so on in their order, since the
 * list is written whole.
 */
const ACCOUNT_PLACE = `${ACCOUNT}.place`
const accountAt = (slot: number) => `bank_accounts.${slot}`
const SETTING = 'bank_account_setting_id'

const TITLE = 'positions.0.name'
/** 兼務 titles beside the first; carried along, since a list is written whole */
const titleAt = (slot: number) => `positions.${slot}.name`

/** Master lists that new people's values may be chosen from: path → the attribute that names an entry. */
const MASTERS: Readonly<Record<string, string>> = { biz_establishments: 'name' }

/** Read for the other side's sake and never written here. */
const READ_ONLY = /^(departments|employment_type|custom_fields)\./

/** What every run reads of a crew: who it is, and when they are employed. */
const ALWAYS = [
  'id',
  'created_at',
  'departments',
  'emp_code',
  'emp_status',
  'last_name',
  'first_name',
  'last_name_yomi',
  'first_name_yomi',
  'entered_at',
  'resigned_at',
]

/** The attributes that hold these paths: a full crew has 145 (§4.6), and what a flow does not map is none of its business. */
const attributesOf = (paths: readonly string[]): string =>
  [...new Set([...ALWAYS, ...paths.map(path => path.split('.')[0] ?? path)])].join(',')

const UNREADABLE =
  'SmartHRからの応答を読み取れませんでした。時間をおいて、やり直してください。続く場合は、SmartHRの障害情報を確認してください。'

type Json = Record<string, unknown>

/** By which attribute people are known to the other side. */
export interface CrewKey {
  path: string
  normalise(value: Scalar | undefined): string | null
}

const byNumber: CrewKey = { path: 'emp_code', normalise: keyOf }

/** The path of a カスタム従業員項目. */
export const customField = (name: string): string => `custom_fields.${name}`

/** A choice is given by its id or its physical name (§3.6); people know it by name. */
function choiceOf(template: unknown, value: unknown): Scalar {
  const chosen = objects((template as Json | null)?.elements).find(
    element => element.id === value || element.physical_name === value,
  )
  return scalarOf(chosen ? chosen.name : value)
}

export interface Crew extends Json {
  id: string
  emp_code: string | null
  created_at?: string
}

const objects = (value: unknown): Json[] =>
  Array.isArray(value)
    ? value.flatMap(entry => (typeof entry === 'object' && entry !== null ? [entry as Json] : []))
    : []

/** 給与振込口座1: the account whose setting has the lowest number; without settings, the first. */
function mainAccount(accounts: readonly Json[], order: ReadonlyMap<string, number>): Json | undefined {
  const rank = (account: Json) => order.get(String(account[SETTING])) ?? Number.MAX_SAFE_INTEGER
  return [...accounts].sort((a, b) => rank(a) - rank(b))[0]
}

/** All of somebody's accounts as values: the main one first, the others behind it. */
function accountValues(accounts: readonly Json[], order: ReadonlyMap<string, number>): Values {
  const main = mainAccount(accounts, order)
  const values: Record<string, Scalar> = { [ACCOUNT_PLACE]: main ? accounts.indexOf(main) : null }
  const read = (slot: number, account: Json) => {
    for (const field of [...ACCOUNT_FIELDS, ...ACCOUNT_KEEP]) {
      values[`${accountAt(slot)}.${field}`] = scalarOf(account[field])
    }
  }
  read(0, main ?? {})
  accounts.filter(account => account !== main).forEach((account, index) => read(index + 1, account))
  return values
}

/** The accounts as SmartHR takes them, in the order it has them. Pictures of bankbooks are not given back, so not sent. */
function accountsOf(values: Values): Json[] {
  const read = (slot: number): Json => {
    const at = (field: string) => values[`${accountAt(slot)}.${field}`] ?? null
    const kept = ACCOUNT_KEEP.flatMap(field => (at(field) === null ? [] : [[field, at(field)] as const]))
    return Object.fromEntries([...ACCOUNT_FIELDS.map(field => [field, at(field)] as const), ...kept])
  }
  const others = Object.keys(values).flatMap(path => /^bank_accounts\.([1-9]\d*)\.bank_code$/.exec(path)?.[1] ?? [])
  const accounts = others.map(slot => read(Number(slot)))
  accounts.splice(Number(values[ACCOUNT_PLACE] ?? 0), 0, read(0))
  // Either every account names its setting or none does (§3.1.3); without names they are matched by order.
  if (accounts.every(account => SETTING in account)) return accounts
  return accounts.map(account => Object.fromEntries(Object.entries(account).filter(([field]) => field !== SETTING)))
}

/** One crew as the engine knows people: legal names, 部署1 only, blanks as null. */
export function personOf(crew: Crew, accountOrder: ReadonlyMap<string, number>, key: CrewKey = byNumber): Person {
  const values: Record<string, Scalar> = {}
  for (const field of SCALARS) values[field] = scalarOf(crew[field])
  for (const address of ADDRESSES) {
    const read = (crew[address] ?? {}) as Json
    for (const field of ADDRESS_FIELDS) values[`${address}.${field}`] = scalarOf(read[field])
  }
  Object.assign(values, accountValues(objects(crew.bank_accounts), accountOrder))
  // Slots may be empty: 部署1 and 役職1 are index 0, never the first that is filled (§4.2).
  const [department] = Array.isArray(crew.departments) ? (crew.departments as (Json | null)[]) : []
  const positions = Array.isArray(crew.positions) ? (crew.positions as (Json | null)[]) : []
  values[TITLE] = scalarOf(positions[0]?.name)
  for (const field of ['code', 'name'] as const) values[`departments.0.${field}`] = scalarOf(department?.[field])
  values['employment_type.name'] = scalarOf((crew.employment_type as Json | null | undefined)?.name)
  for (const { template, value } of objects(crew.custom_fields)) {
    values[customField(textOf(scalarOf((template as Json | null)?.name)) ?? '')] = choiceOf(template, value)
  }
  positions.forEach((position, slot) => {
    if (slot > 0 && position) values[titleAt(slot)] = scalarOf(position.name)
  })
  return {
    id: crew.id,
    key: key.normalise(values[key.path]),
    name: joinFilled([values.last_name, values.first_name]),
    kana: joinFilled([values.last_name_yomi, values.first_name_yomi].map(katakana)),
    detail: textOf(scalarOf(department?.full_name ?? department?.name)) ?? '',
    employedFrom: dateOf(values.entered_at),
    employedUntil: dateOf(values.resigned_at),
    values,
  }
}

/** The slots of 兼務 titles. */
const otherSlots = (values: Values): number[] =>
  Object.keys(values).flatMap(path => {
    const slot = Number(/^positions\.([1-9]\d*)\.name$/.exec(path)?.[1] ?? 0)
    return slot > 0 && textOf(values[path]) !== null ? [slot] : []
  })

/** The first empty slot in front of another title, which would move up if the list were written; null without one. */
export function emptySlot(values: Values): number | null {
  const filled = [...(textOf(values[TITLE]) === null ? [] : [0]), ...otherSlots(values)]
  const gap = filled.findIndex((slot, index) => slot !== index)
  return gap === -1 ? null : gap
}

/** Flat paths → the body SmartHR takes. Nested objects go whole, so that what we do not sync stays as it is. */
export function bodyOf(set: Values, current: Values): Json {
  const body: Json = {}
  for (const field of SCALARS) if (field in set) body[field] = set[field]
  const merged: Values = { ...current, ...set }
  for (const address of ADDRESSES) {
    if (!ADDRESS_FIELDS.some(field => `${address}.${field}` in set)) continue
    body[address] = Object.fromEntries(ADDRESS_FIELDS.map(field => [field, merged[`${address}.${field}`] ?? null]))
  }
  if (ACCOUNT_FIELDS.some(field => `${ACCOUNT}.${field}` in set)) body.bank_accounts = accountsOf(merged)
  if (TITLE in set) {
    // assumed: the list replaces the old one and takes no empty slots; see emptySlot
    body.positions = [TITLE, ...otherSlots(merged).map(titleAt)].flatMap(path => textOf(merged[path]) ?? [])
  }
  return body
}

const ACCOUNT_LABELS: Readonly<Record<string, string>> = {
  bank_code: '銀行コード',
  bank_branch_code: '支店コード',
  account_type: '預金種別',
  account_number: '口座番号',
  account_holder_name: '名義（カタカナ）',
}

/**
 * SmartHR's crews. Writes are one call each: POST for somebody new, PATCH with what changes. `department` and `position`
 * as strings are never sent, since SmartHR would create master data from a typo (§3.1.3). `paths`: what is read.
 */
export function createCrewDirectory({
  http,
  paths,
  key = byNumber,
  before = () => Promise.resolve(),
}: {
  http: Http
  paths: readonly string[]
  key?: CrewKey
  /** what must hold before anybody is listed; throws when it does not */
  before?: () => Promise<void>
}): Directory<Person> {
  const fields = attributesOf(paths)
  let accountSettings: Promise<ReadonlyMap<string, number>> | undefined
  let titles: Promise<ReadonlySet<string>> | undefined

  const all = (path: string) => everyRow(http, { path })

  /** Order of the bank account settings; only companies with several accounts per person need it. */
  const accountOrder = () =>
    (accountSettings ??= all('/api/v1/bank_account_settings').then(
      rows => new Map(rows.map(row => [String(row.id), Number(row.number)])),
    ))

  const people = async (crews: readonly Crew[]): Promise<Person[]> => {
    const several = crews.some(crew => objects(crew.bank_accounts).length > 1)
    const order = several ? await accountOrder() : new Map<string, number>()
    return crews.map(crew => personOf(crew, order, key))
  }

  const call = (query: Record<string, string>) => ({ path: '/api/v1/crews', query: { fields, ...query } })

  /** The crews that fit a filter for so few that one page holds them. */
  const some = async (filter: Record<string, string>) =>
    (await pageOf(http, call(filter), { page: 1, limit: PAGE })).rows as Crew[]

  /** A 役職 must exist: what SmartHR does with an unknown name is not said, and master data is not ours to make. */
  const checkTitle = async (set: Values, current: Values = {}): Promise<void> => {
    const empty = TITLE in set ? emptySlot({ ...current, ...set }) : null
    if (empty !== null) {
      throw new VendorRefused(
        `SmartHRの役職${empty + 1}が空白で、そのまま更新すると後ろの役職が繰り上がるため、更新していません。SmartHRの従業員情報で役職${empty + 1}を登録してから、再度同期してください。`,
      )
    }
    const title = textOf(set[TITLE])
    if (title === null) return
    titles ??= all('/api/v1/job_titles').then(rows => new Set(rows.map(row => String(row.name))))
    if (!(await titles).has(title)) {
      throw new VendorRefused(
        `役職「${title}」は、SmartHRに登録されていません。SmartHRの［共通設定］>［役職］で登録してから、再度同期してください。`,
      )
    }
  }

  /** A bank account is taken only whole, and all of them together. */
  const checkAccount = (body: Json): void => {
    const accounts = objects(body.bank_accounts)
    accounts.forEach((account, index) => {
      const missing = ACCOUNT_FIELDS.filter(field => account[field] === null)
      if (missing.length === 0) return
      const which = accounts.length > 1 ? `口座情報（${index + 1}件目）` : '口座情報'
      throw new VendorRefused(
        `${which}の${missing.map(field => ACCOUNT_LABELS[field]).join('、')}が入力されていないため、登録できません。口座情報をすべて入力して、再度同期してください。`,
      )
    })
  }

  /**
   * What was sent and came back as it was: an attribute we may not update is ignored without an error (§4.5). Whatever
   * else comes back is SmartHR's own way of writing it.
   */
  const ignoredOf = (set: Values, before: Values, taken: Values): Values =>
    Object.fromEntries(
      Object.entries(set).filter(([path, value]) => {
        const [wanted, was, is] = [value ?? '', before[path] ?? '', taken[path] ?? '']
        return !READ_ONLY.test(path) && is !== wanted && (is === was || is === '')
      }),
    )

  const checkTaken = (set: Values, before: Values, crew: Crew, order: ReadonlyMap<string, number>): void => {
    const ignored = Object.keys(ignoredOf(set, before, personOf(crew, order).values)).map(
      path => LABELS[path.split('.')[0] ?? ''] ?? path,
    )
    if (ignored.length === 0) return
    throw new VendorRefused(
      `SmartHRで更新できない項目がありました（${[...new Set(ignored)].join('、')}）。アプリの従業員項目のアクセス許可を、SmartHRの管理者が確認してください。`,
    )
  }

  const patch = async (id: string, body: Json): Promise<Crew> => {
    const answer = await http.request<Crew>({
      method: 'PATCH',
      path: `/api/v1/crews/${encodeURIComponent(id)}`,
      pathTemplate: '/api/v1/crews/{id}',
      query: NO_WEBHOOK,
      body,
      kind: 'update',
    })
    return answer.body
  }

  return {
    pageSize: PAGE,
    keysUnique: true,

    async choices(list) {
      const named = MASTERS[list]
      if (!named) throw new Error(`no list ${list}`)
      return (await all(`/api/v1/${list}`)).map(row => ({
        value: String(row.id),
        label: textOf(scalarOf(row[named])) ?? '',
      }))
    },

    async *list(_asOf, from): AsyncIterable<ListPage<Person>> {
      await before()
      // A stable order: page numbers over a moving one would skip people (§2.3).
      yield* listing(http, call({ sort: 'created_at' }), from, rows => people(rows as Crew[]))
    },

    async exists(id) {
      try {
        await http.request({
          method: 'GET',
          path: `/api/v1/crews/${encodeURIComponent(id)}`,
          pathTemplate: '/api/v1/crews/{id}',
          query: { fields: 'id' },
          kind: 'read',
        })
        return true
      } catch (error) {
        if (error instanceof VendorMissing) return false
        if (error instanceof VendorBlocked) return true
        throw error
      }
    },

    async reread(ids) {
      const found = new Map<string, Person>()
      for (let at = 0; at < ids.length; at += PAGE) {
        const crews = await some({ id: ids.slice(at, at + PAGE).join(',') })
        for (const person of await people(crews)) found.set(person.id, person)
      }
      return found
    },

    async create(values) {
      await checkTitle(values)
      const known = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
      const body = bodyOf(known, {})
      checkAccount(body)
      const { body: crew } = await http.request<Crew | null>({
        method: 'POST',
        path: '/api/v1/crews',
        query: NO_WEBHOOK,
        body,
        kind: 'create',
      })
      // Taken, but not said as whom: it has to be looked up, never sent again.
      if (typeof crew?.id !== 'string') throw new Uncertain(UNREADABLE)
      const current = personOf(crew, new Map()).values
      // The record exists whatever was ignored: sending the rest as an update says so by name.
      return { id: crew.id, current, left: ignoredOf(known, {}, current) }
    },

    async update({ id, set, current }) {
      const body = bodyOf(set, current)
      if (Object.keys(body).length === 0) return
      await checkTitle(set, current)
      checkAccount(body)
      const crew = await patch(id, body)
      const several = objects(crew.bank_accounts).length > 1
      checkTaken(set, current, crew, several ? await accountOrder() : new Map())
    },

    async findCreated(creates: readonly UncertainCreate[]) {
      const found = new Map<string, readonly string[]>()
      for (const { ref, key: wanted, values, at } of creates) {
        const words = joinFilled([values.last_name, values.first_name])
        const crews: Crew[] = []
        if (wanted === null) crews.push(...(await some({ q: words, sort: '-created_at' })))
        // The filter is exact: somebody is found by what was sent, or by what SmartHR made of it.
        else for (const code of spellingsOf(values.emp_code, wanted)) crews.push(...(await some({ emp_code: code })))
        const same = (crew: Crew) =>
          wanted === null
            ? scalarOf(crew.birth_at) === (values.birth_at ?? null) &&
              scalarOf(crew.last_name) === (values.last_name ?? null) &&
              scalarOf(crew.first_name) === (values.first_name ?? null) &&
              new Date(crew.created_at ?? 0).getTime() >= at.getTime() - CLOCK_SKEW_MS
            : keyOf(crew.emp_code) === wanted
        found.set(ref, [...new Set(crews.filter(same).map(crew => crew.id))])
      }
      return found
    },
  }
}

/** SmartHR's clock and ours may differ; whoever was there at the plan is ruled out anyway. */
const CLOCK_SKEW_MS = 15 * 60_000
