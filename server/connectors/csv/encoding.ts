/** What a file's bytes say: UTF-8, with or without its mark, or CP932 (Shift_JIS as Windows has it). */
import iconv from 'iconv-lite'
import type { FileContent } from '../../contract/contract.js'
import { FileFault } from './fault.js'

const SAVE_AS =
  '表計算ソフトで「CSV UTF-8」または「CSV（コンマ区切り）」を選んで保存し、そのファイルを選択してください。'

/** What other files begin with. */
export const OTHERS: readonly [start: string, fault: string][] = [
  ['504b0304', `Excelブックなど、CSVではない形式のファイルです。${SAVE_AS}`],
  ['d0cf11e0', `Excelブックなど、CSVではない形式のファイルです。${SAVE_AS}`],
  ['25504446', `PDFファイルは読み取れません。${SAVE_AS}`],
  ['fffe', `文字コードがUTF-16のため、読み取れません。${SAVE_AS}`],
  ['feff', `文字コードがUTF-16のため、読み取れません。${SAVE_AS}`],
]

export const UNREADABLE = `文字コードがUTF-8でもShift_JISでもないため、読み取れません。${SAVE_AS}`
const MARK = 'efbbbf'

/** What no text holds: NUL, signs that CP932 has no letter for, and what decodes to nothing. */
const NO_TEXT = /[\0\u0080-\u009f\ufffd\uf8f0-\uf8f3]/

/** Whether it is UTF-8 from its first byte to its last. Throws FileFault for what is another kind of file. */
async function isUtf8(file: FileContent): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let isFirst = true
  let marked = false
  let good = true
  for await (const bytes of file.bytes()) {
    if (isFirst) {
      const start = Buffer.from(bytes.subarray(0, 4)).toString('hex')
      const other = OTHERS.find(([sign]) => start.startsWith(sign))
      if (other) throw new FileFault(other[1])
      marked = start.startsWith(MARK)
      isFirst = false
    }
    if (bytes.includes(0)) throw new FileFault(UNREADABLE)
    try {
      if (good) decoder.decode(bytes, { stream: true })
    } catch {
      good = false
    }
  }
  try {
    if (good) decoder.decode()
  } catch {
    good = false
  }
  if (marked && !good) throw new FileFault(UNREADABLE)
  return good
}

/** The file's text, a part at a time. Throws FileFault for what can't be read in either encoding. */
export async function* textOfFile(file: FileContent): AsyncGenerator<string> {
  if (await isUtf8(file)) {
    const decoder = new TextDecoder('utf-8')
    for await (const bytes of file.bytes()) yield decoder.decode(bytes, { stream: true })
    yield decoder.decode()
    return
  }
  const decoder = iconv.getDecoder('cp932')
  const checked = (text: string) => {
    if (NO_TEXT.test(text)) throw new FileFault(UNREADABLE)
    return text
  }
  for await (const bytes of file.bytes()) yield checked(decoder.write(Buffer.from(bytes)))
  yield checked(decoder.end() ?? '')
}
