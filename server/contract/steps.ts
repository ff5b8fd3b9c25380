/** The pages of a flow, each with its own data. */
import type { Choice, PlainDate } from './directory.js'

/** The first and the last day that the records of a run are for. */
export interface Period {
  from: PlainDate
  to: PlainDate
}

/** The file that the run reads is chosen; see Connector.file. */
export interface UploadStep {
  kind: 'upload'
  heading: string
  lead: string
  /** what the field for the file is called */
  label: string
  help: string
  notes: readonly string[]
}

/** Which column of the file holds what. */
export interface ColumnsStep {
  kind: 'columns'
  heading: string
  lead: string
  notes: readonly string[]
}

/** What the records are for. */
export interface PeriodStep {
  kind: 'period'
  heading: string
  from: string
  to: string
  lead: string
}

/** The reference date's page. A month stands for its first day, a year for its last. */
export interface DateStep {
  kind: 'date'
  heading: string
  /** default: day */
  unit?: 'month' | 'year'
  /** default: about the reference date of people */
  lead?: string
  help: string
  notes: readonly string[]
  yearsBack?: number
  yearsAhead?: number
  /** the sentence for a date outside that range; default: names the two limits */
  outOfRange?: string
}

/** An area as the service names it. */
export interface Area extends Choice {
  detail: string
  kind?: string
}

/** Where an account keeps several books of people, one is chosen for every run. */
export interface AreaStep {
  kind: 'area'
  heading: string
  /** where areas are of several kinds: what a kind is called; see Area.kind */
  kinds?: { label: string; options: readonly Choice[] }
  /** what is decided already and shown above: label and value */
  given?: readonly [string, string]
  /** what such a thing is called */
  label: string
  lead: string
  /** there is none to choose from */
  empty: string
  /** default: 次へ */
  button?: string
}

/** Both sides are read. */
export interface FetchStep {
  kind: 'fetch'
  /** where it is watched: in the wizard, which goes on by itself, or in the report, which waits for ［同期を開始→］ */
  shownIn: 'wizard' | 'report'
}

/** Payslip items that are new here. */
export interface ItemsStep {
  kind: 'items'
}

/** The choice of people. Without this page, all people who can be written are. */
export interface SelectStep {
  kind: 'select'
  /** leads to the next page */
  button: string
}

/** The list of the source that a 対応表 begins with. */
export interface TableSource {
  /** see Directory.choices */
  list: string
  label: string
  /** where a person's value stands in the source's record, and where its name does */
  path: string
  shown: string
}

/** A value that every new person of a run gets, chosen from a list of the target. */
export interface CreateOption {
  /** in rows and URLs: never changes; no other flow of the connector has the same */
  name: string
  label: string
  help: string
  /** which of the target's lists; see Directory.choices */
  list: string
  /** where the value goes in the target's record */
  path: string
  /** a company may say by a 対応表 which value of the source's list stands for which of the target's instead */
  from?: TableSource
  /** the target keeps the value by days: a change counts from 情報取得基準日 on, which is not before the plan's month */
  dated?: true
}

/** Values for new people: asked once, when a new person is selected; never part of an update. */
export interface OptionsStep {
  kind: 'options'
  options: readonly CreateOption[]
  /** what to know before they are chosen */
  notes: readonly string[]
}

/** The dialog's own words, where 「従業員を同期しますか？」 does not fit; `{date}` = what the run is for, as a page prints it. */
export interface DialogWords {
  title: string
  button: string
  /** what will happen, before the counts; `{n}` = how many */
  summary: string
  /** the message after the button */
  started: string
}

/** The dialog. */
export interface ConfirmStep {
  kind: 'confirm'
  dialog?: DialogWords
}

/** A page of the wizard. */
export type Step =
  | UploadStep
  | ColumnsStep
  | PeriodStep
  | DateStep
  | AreaStep
  | FetchStep
  | ItemsStep
  | SelectStep
  | OptionsStep
  | ConfirmStep

export type StepKind = Step['kind']

export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>

/** In the order of the wizard. */
export type Steps = readonly [Step, ...Step[]]

/** The flow's page of this kind; undefined where it has none. */
export const stepOf = <Kind extends StepKind>({ steps }: { steps: Steps }, kind: Kind): StepOf<Kind> | undefined =>
  steps.find((step): step is StepOf<Kind> => step.kind === kind)

/** Whether its records come in a file, which goes when the run ends: nothing of it can be read once more then. */
export const readsFile = (flow: { steps: Steps }): boolean => stepOf(flow, 'upload') !== undefined

/** Whether people are chosen; elsewhere all who can be written are. */
export const hasSelection = (flow: { steps: Steps }): boolean => stepOf(flow, 'select') !== undefined

/** What is asked for new people; nothing where the flow has no such page. */
export const createOptionsOf = (flow: { steps: Steps }): readonly CreateOption[] =>
  stepOf(flow, 'options')?.options ?? []
