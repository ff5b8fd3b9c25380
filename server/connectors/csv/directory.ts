import { Conflict } from '../../errors.js'
import type { Columns, Directory, Examination, FileContent, Person, UploadedFile } from '../../contract/contract.js'
import { FILE_GONE } from '../../contract/file.js'
import { listingOnly } from '../../contract/listing.js'
import { columns, folded } from './columns.js'
import { FileFault } from './fault.js'
import { chosenColumns, personOf } from './people.js'
import { headingOf, MOST_ROWS, rowsOf } from './rows.js'

/** People per page of the listing. */
const PAGE = 200

export const HEADING =
  '1行目に、列の見出し（社員番号、姓、名など）がありません。見出しの行があるCSVファイルを選択してください。'
export const NOBODY = '見出しの行のほかに、従業員の行がありません。従業員の行があるファイルを選択してください。'
export const TOO_MANY = `行が多すぎます。1つのファイルに入れられる従業員は、${MOST_ROWS.toLocaleString('ja-JP')}行までです。ファイルを分けてください。`

/** Looks through the whole file, a row at a time. */
async function examined(file: FileContent): Promise<{ columns: readonly string[]; rows: number }> {
  let heading: readonly string[] | undefined
  let rows = 0
  for await (const row of rowsOf(file)) {
    if (heading === undefined) {
      heading = headingOf(row)
      const known = heading.filter(name => columns.some(column => column.known.includes(folded(name))))
      if (known.length === 0) throw new FileFault(HEADING)
      continue
    }
    rows += 1
    if (rows > MOST_ROWS) throw new FileFault(TOO_MANY)
  }
  if (heading === undefined || rows === 0) throw new FileFault(heading === undefined ? HEADING : NOBODY)
  return { columns: heading.filter(name => name !== ''), rows }
}

/** What a file holds, or why it can't be taken. */
export async function examine(file: FileContent): Promise<Examination> {
  try {
    return await examined(file)
  } catch (error) {
    if (error instanceof FileFault) return { fault: error.shown }
    throw error
  }
}

/** The people of one file, in the order of its rows. */
export function openFile(file: UploadedFile | null, chosen: Columns): Directory<Person> {
  return listingOnly({
    pageSize: PAGE,
    async *list(_asOf, from) {
      if (!file) throw new Conflict(FILE_GONE)
      const { rows: total } = file
      const before = Number(from ?? 0)
      let read = 0
      let people: Person[] = []
      let heading: readonly string[] | undefined
      let columns: ReturnType<typeof chosenColumns> = []
      for await (const row of rowsOf(file)) {
        if (heading === undefined) {
          heading = headingOf(row)
          columns = chosenColumns(heading, chosen)
          continue
        }
        read += 1
        if (read <= before) continue
        people.push(personOf(row, heading, columns))
        if (people.length < PAGE || read === total) continue
        yield { people, next: String(read), total }
        people = []
      }
      yield { people, next: null, total }
    },
  })
}
