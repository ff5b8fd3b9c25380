import type { EmployeeTable } from './table.js'

/** Product codes as they stand in the URL: 給与 and 給与hyper (reference §4.1). */
export const PRODUCTS = ['Pay20', 'PayHyper20'] as const
export type Product = (typeof PRODUCTS)[number]

/** Everything the stand-in remembers. One object, so that a reset replaces it and a test can look at it. */
export interface PcaStore {
  services: readonly Service[]
  products: Record<Product, { areas: Area[] }>
  /** Every token pair ever issued; the ones no longer valid stay, marked. */
  grants: Grant[]
  /** Who is logged on, by log-on; each holds a CAL. */
  sessions: Map<number, Session>
  /** What was called, with the area it went to. */
  journal: JournalEntry[]
  switches: PcaSwitches
}

/** A contract: サービスID and the users of the PCA application below it. */
export interface Service {
  id: string
  password: string
  users: readonly { name: string; password: string }[]
}

/** A データ領域: one company in one year. */
export interface Area {
  Name: string
  CompanyCode: string
  CompanyName: string
  CompanyKana: string
  /** 期 */
  CompanyTerm: number
  /** yyyymmdd */
  CompanyTermStart: number
  CompanyTermEnd: number
  UpdateTime: string
  /** In the order of their codes: the first is used when a create names none. */
  departments: readonly { Code: string; Name: string }[]
  /** What a new 社員コード may look like. */
  codes: { length: number; letters: boolean }
  employees: EmployeeTable
}

/** An employee under the names of the Web-API (reference §5.1, §6); dates as yyyymmdd, 0 is blank. */
export interface Employee {
  Id: number
  Code: string
  LastName: string
  FirstName: string
  LastKana: string
  FirstKana: string
  BirthDate: number
  Gender: Gender
  EnterDate: number
  RetireDate: number
  WorkingState: WorkingState
  MaidenName: string
  MaidenKana: string
  NameChangeDate: number
  MyNumberManageNo: string
  DepartmentCode: string
  /** The update stamp: local time without zone, whole seconds. */
  UpdateTime: string
}

/** In the order of their numbers (FlagFormat=Number). */
export const GENDERS = ['Male', 'Female'] as const
export type Gender = (typeof GENDERS)[number]
export const WORKING_STATES = ['Working', 'Leave', 'Retired'] as const
export type WorkingState = (typeof WORKING_STATES)[number]

export interface Grant {
  accessToken: string
  refreshToken: string
  product: Product
  serviceId: string
  user: string
  /** The same through all refreshes: a refreshed token continues the log-on and its CAL. */
  logOn: number
  /** Bound by SelectDataArea to this access token alone. */
  area: string | null
  /** Milliseconds. */
  accessUntil: number
  refreshUntil: number
  ended: 'refreshed' | 'logged out' | null
}

export interface Session {
  serviceId: string
  user: string
  product: Product
  /** Milliseconds. */
  openedAt: number
  usedAt: number
  /** Lists being paged through, as they were when the first page was asked for. */
  snapshots: Map<string, readonly Employee[]>
}

export interface JournalEntry {
  time: string
  product: Product
  method: string
  area: string | null
  /** 社員コード of the elements written or of the filter; the request log masks everything called `Code`. */
  codes: string[]
  /** 0: not answered */
  status: number
}

export interface Problem {
  ErrorCode: string
  ErrorMessage: string
}

export interface PcaSwitches {
  /** Whether the service has bought the Web-API option. */
  contracted: boolean
  /** False: the stored passwords were changed in PCA; neither log-on nor refresh works. */
  credentialsValid: boolean
  /** CALs per サービスID. */
  cals: number
  /** Everything answers 503. */
  maintenance: boolean
  /** Areas that no longer exist, by name. */
  deletedAreas: readonly string[]
  /** How dates are written in answers; both forms are read. */
  dates: 'object' | 'string'
  /** What stands for a blank date: 0, or no key at all. */
  blankDates: 'zero' | 'missing'
  /** What Modify does to keys that were not sent: blanks them (reference §5.2) or leaves them. */
  unsent: 'blank' | 'keep'
  /** 社員コード somebody else saves right before the next Modify that contains them; each once. */
  editDuringRun: readonly string[]
  /** Elements that fail, by 社員コード. */
  failElements: Readonly<Record<string, Problem>>
  /** The element of every write that fails, counted from 1. */
  failElement: number | null
}

export const DEFAULT_SWITCHES: Readonly<PcaSwitches> = {
  contracted: true,
  credentialsValid: true,
  cals: 2,
  maintenance: false,
  deletedAreas: [],
  dates: 'object',
  blankDates: 'zero',
  unsent: 'blank',
  editDuringRun: [],
  failElements: {},
  failElement: null,
}

/** The areas of a product that (still) exist, the current year first. */
export const areasOf = (store: PcaStore, product: Product): Area[] =>
  store.products[product].areas.filter(area => !store.switches.deletedAreas.includes(area.Name))
