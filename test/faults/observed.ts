/** What is seen of a run from outside: the rows, both services, every call, the mails and the logs. */

type Json = Readonly<Record<string, unknown>>

export interface RunRow {
  id: string
  state: string
  failure: string | null
  selected_count: number
  succeeded_count: number
  failed_count: number
}

export interface ItemRow {
  class: string
  key: string
  source_id: string
  selected: boolean
  outcome: string | null
  reason: string | null
  creates: number
}

export interface Call {
  method: string
  path: string
  body: unknown
  /** 0: its answer never left */
  status: number
}

export interface Mail {
  text: string
  messageId: string
}

/** Somebody as one side holds them. The facts are in one form for all services; null where a service has none. */
export interface Held {
  key: string
  facts: Readonly<Record<string, string | null>>
}

export interface Observed {
  run: RunRow
  items: readonly ItemRow[]
  source: readonly Held[]
  before: readonly Held[]
  after: readonly Held[]
  /** what the target received since the run began */
  calls: readonly Call[]
  /** every run that was, this one among them */
  runs: readonly string[]
  mails: readonly Mail[]
  logs: string
  /** processes that ended although nobody had told them to */
  ended: readonly string[]
  /** texts that must be in no log */
  secrets: readonly string[]
  names: readonly string[]
}

/** How a target is read: its people, and what the calls it receives are about. */
export interface Service {
  name: string
  people(state: Json): Held[]
  /** the keys of the records that a call creates; null: it creates none */
  creates(call: Call): string[] | null
  /** whether a call changes a record, and belongs to one person's way into the target */
  updates(call: Call): boolean
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
const list = (value: unknown) => (Array.isArray(value) ? value : []) as Json[]
const digits = (value: unknown) => text(value).replace(/\D/g, '') || null
const day = (value: unknown) => digits(value)

const midori = (state: Json) => list(state.tenants).find(({ subdomain }) => subdomain === 'midori-shokai') ?? {}

/** The newest version of something that freee keeps month by month. */
const newest = (versions: unknown) => (list(versions).at(-1)?.value ?? {}) as Json

export const freee: Service = {
  name: 'freee',
  people: state =>
    list(list(state.companies).find(({ id }) => id === 123)?.employees).map(employee => {
      const { profile, bank } = (employee.payroll ?? {}) as Json
      const { phone1, phone2, phone3, last_name, first_name } = newest(profile)
      return {
        key: text(employee.num),
        facts: {
          name: text(last_name) + text(first_name),
          birth: day(employee.birthDate),
          entered: day(employee.entryDate),
          phone: digits([phone1, phone2, phone3].map(text).join('')),
          account: digits(newest(bank).account_number),
        },
      }
    }),
  creates: ({ method, path, body }) =>
    method === 'POST' && path === '/hr/api/v1/employees'
      ? [text(((body as Json | null)?.employee as Json | undefined)?.num)]
      : null,
  updates: ({ method, path }) => method === 'PUT' && path.startsWith('/hr/api/v1/employees/'),
}

const crewsBy = (key: 'emp_code' | 'email') => (state: Json) =>
  list(midori(state).crews).map(crew => ({
    key: text(crew[key]),
    facts: {
      name: text(crew.last_name) + text(crew.first_name),
      birth: day(crew.birth_at),
      entered: day(crew.entered_at),
      phone: digits(crew.tel_number),
      account: digits(list(crew.bank_accounts)[0]?.account_number),
    },
  }))

export const smarthr: Service = {
  name: 'smarthr',
  people: crewsBy('emp_code'),
  creates: ({ method, path, body }) =>
    method === 'POST' && path.endsWith('/api/v1/crews') ? [text((body as Json | null)?.emp_code)] : null,
  updates: ({ method, path }) => /^P(UT|ATCH)$/.test(method) && path.includes('/api/v1/crews/'),
}

/** SmartHR's people, as ミキワメ knows them: by their mail address. */
export const smarthrByMail: Service = { ...smarthr, people: crewsBy('email') }

export const pca: Service = {
  name: 'pca',
  people: state =>
    list(list((state.products as Json | undefined)?.Pay20)[0]?.employees).map(employee => ({
      key: text(employee.Code).trim(),
      facts: {
        name: text(employee.LastName) + text(employee.FirstName),
        birth: day(employee.BirthDate),
        entered: day(employee.EnterDate),
        phone: null,
        account: null,
      },
    })),
  creates: ({ method, path, body }) =>
    method === 'POST' && /\/Create\/\w+$/.test(path)
      ? [...JSON.stringify(body ?? {}).matchAll(/"Code":"([^"]*)"/g)].map(([, code = '']) => code.trim())
      : null,
  updates: ({ method, path }) => method === 'POST' && /\/Modify\/\w+$/.test(path),
}

export const mikiwame: Service = {
  name: 'mikiwame',
  people: state =>
    list(list(state.companies)[0]?.employees).map(employee => ({
      key: text(employee.email),
      facts: {
        name: text(employee.last_name) + text(employee.first_name),
        birth: day(employee.birth_on),
        entered: day(employee.joined_on),
        phone: null,
        account: null,
      },
    })),
  creates: ({ method, path, body }) =>
    method === 'POST' && path.endsWith('/employees')
      ? [text((((body as Json | null)?.employee ?? body) as Json | null)?.email)]
      : null,
  updates: ({ method, path }) => /^P(UT|ATCH)$/.test(method) && path.includes('/employees/'),
}

/** SmartHR's payslips: a person is held once when one payslip of the run's payroll is theirs. */
export const payslips: Service = {
  name: 'smarthr',
  people(state) {
    const { crews, payslips: slips } = midori(state)
    const codes = new Map(list(crews).map(({ id, emp_code }) => [id, text(emp_code)]))
    return list(slips).map(slip => ({
      key: codes.get(slip.crew_id) ?? '',
      facts: { name: null, birth: null, entered: null, phone: null, account: null },
    }))
  },
  creates: ({ method, path, body }) =>
    method === 'POST' && /\/payslips(\/bulk)?$/.test(path)
      ? [...JSON.stringify(body ?? {}).matchAll(/"crew_id":"([^"]*)"/g)].map(([, id = '']) => id)
      : null,
  updates: () => false,
}

/** The people of a state under every name they have, for the search in the logs. */
export const namesIn = (people: readonly Held[]): string[] => [
  ...new Set(people.flatMap(({ facts: { name, phone, account } }) => [name, phone, account].filter(isLong))),
]

/** Shorter ones stand in sentences and figures that are nobody's. */
const isLong = (value: string | null | undefined): value is string => value != null && value.length >= 3
