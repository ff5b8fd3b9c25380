/** What every page object tells the layout around it. */
export interface Page {
  title: string
  /** something is wrong or missing in what was typed; the title begins with 「エラー：」 */
  hasErrors?: boolean
  /** room for a table */
  wide?: boolean
  /** it waits: without JavaScript it is asked for anew after so many seconds */
  refresh?: number
  /** what stands in front of the page; the view is then the dialog's content */
  dialog?: Dialog
}

export interface Dialog {
  title: string
  /** names its content for a screen reader */
  content: string
  action: string
  /** sent with the form beside its fields */
  hidden: Readonly<Record<string, string | number>>
  cancel: string
  /** null: there is nothing to agree to */
  button: string | null
  /** something is wrong in what was typed: said beside the button, too, since its field may be out of sight */
  hasErrors?: boolean
  /** what is asked beside the button, and stays in sight with it */
  asked?: Field | null
  /** narrow, with a red button and the focus on キャンセル */
  dangerous: boolean
}

/** A word with a colour: the state of a run, a class, an outcome. */
export interface Label {
  label: string
  /** see status.css */
  look: string
}

/** A term and what it says, as a page lists them. */
export type Fact = readonly [term: string, text: string]

/** A table's caption, the name of the frame it scrolls in, and its headings. */
export interface Table {
  caption: { table: string; region: string }
  columns: readonly { label: string; look?: string }[]
}

export interface PageLink {
  href: string
  label: string
}

/** What a choice, one of several radio buttons or a box to tick says. */
export interface FieldOption {
  value: string
  label: string
  /** of a radio button: what it does */
  help?: string | undefined
  /** … and why it can't be pressed now */
  unavailable?: string | undefined
}

/** A field of a form, as partials/field.ejs draws it. */
export interface Field {
  id: string
  label: string
  kind: 'text' | 'long' | 'password' | 'integer' | 'date' | 'file' | 'choice' | 'radio' | 'ticks'
  /** of ticks: those that are ticked, with a space between */
  value: string
  error: string | undefined
  help?: string | undefined
  example?: string | undefined
  /** what a choice, radio buttons or ticks offer */
  options?: readonly FieldOption[] | undefined
  /** of a date: the first and the last day that is taken */
  min?: string | undefined
  max?: string | undefined
  /** of a file: what a browser's dialog offers */
  accept?: string | undefined
  /** a unit after the field */
  suffix?: string | undefined
  /** marked as 必須 */
  required?: boolean
  /** the page opens here */
  focus?: boolean
}

/** A box to tick, as partials/checkbox.ejs draws it. */
export interface Checkbox {
  name: string
  value: string
  label: string
  checked: boolean
  error: string | undefined
  /** the box's id, where a summary of errors leads to it */
  boxId?: string
  /** the page opens here */
  focus?: boolean
}
