/** A file that an administrator uploads instead of a service that is asked. */
import type { Choice } from './directory.js'

/** A file as it was uploaded, read as often as it is needed and a part at a time. */
export interface FileContent {
  bytes(): AsyncIterable<Uint8Array>
}

/** A file that is on hand for a run. */
export interface UploadedFile extends FileContent {
  /** records in it */
  rows: number
}

/** What a look through a whole file gives: its columns, or why it can't be taken as it is, with what to do. */
export type Examination = { columns: readonly string[]; rows: number } | { fault: string }

/** Which field a column holds, by the column's name; '' for one that is not taken. */
export type Columns = Readonly<Record<string, string>>

/** How a connector takes files. */
export interface FileSource {
  maxBytes: number
  /** what is said of a larger one */
  tooBig: string
  /** what a browser's dialog offers */
  accept: string
  examine(file: FileContent): Promise<Examination>
  /** what a column may hold */
  fields: readonly Choice[]
  /** What each column holds, from its name; `remembered`: what the company has said of columns before. */
  propose(columns: readonly string[], remembered: Columns): Columns
  /** What is wrong with a choice, by column, and as a whole (''). */
  check(chosen: Columns): Readonly<Record<string, string>>
}

/** What is said where a run's file is no longer kept. */
export const FILE_GONE =
  'ファイルは、同期が終わったか、期限が切れたため、削除されています。ファイルを選択し直してください。'
