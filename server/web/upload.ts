/** Forms with a file: what stands in them is read as it comes, and nothing of it is kept here. */
import { pipeline } from 'node:stream/promises'
import busboy from 'busboy'
import type { Request } from 'express'
import { Conflict } from '../errors.js'
import { checkCsrf, isUpload } from './csrf.js'

/** A file as a browser sends it. */
export interface SentFile {
  /** its bytes, no more than are taken */
  bytes: AsyncIterable<Buffer>
  /** asked once the bytes are read: there are more */
  isTooBig(): boolean
}

const BROKEN_OFF =
  'ファイルの送信が途中で終わったため、読み取れませんでした。通信の状態を確認し、もう一度ファイルを選択してください。'

/** A form without a boundary can't be read at all. */
function formOf<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new Conflict(BROKEN_OFF, { cause: error })
  }
}

/** None came: nothing was chosen, or the form is no form with a file. */
export type NoFile = 'none'

/**
 * Hands the file in the field of this name to `use`. The form's token comes before the file, and is asked for before a
 * byte of it is read. Throws Forbidden without it, and whatever `use` throws.
 */
export async function takeFile<T>(
  req: Request,
  { field, maxBytes }: { field: string; maxBytes: number },
  use: (file: SentFile) => Promise<T>,
): Promise<T | NoFile> {
  if (!isUpload(req)) return 'none'
  // A file that reaches the limit counts as cut off.
  const limits = { files: 1, fields: 10, fieldSize: 1000, parts: 12, fileSize: maxBytes + 1 }
  const form = formOf(() => busboy({ headers: req.headers, limits }))
  let token: string | undefined
  let work: Promise<T | NoFile> | undefined
  form.on('field', (name, value) => {
    if (name === '_csrf') token = value
  })
  form.on('file', (name, stream, { filename }) => {
    const take = async (): Promise<T | NoFile> => {
      checkCsrf(req, token)
      // A browser sends a nameless, empty file where nothing was chosen.
      if (name !== field || !filename) return 'none'
      return use({ bytes: stream as AsyncIterable<Buffer>, isTooBig: () => stream.truncated === true })
    }
    work = take().finally(() => stream.resume())
    // It is awaited below, when the whole form was read.
    work.catch(() => undefined)
  })
  try {
    await pipeline(req, form)
  } catch (error) {
    await work?.catch(() => undefined)
    throw new Conflict(BROKEN_OFF, { cause: error })
  }
  if (work === undefined) checkCsrf(req, token)
  return (await work) ?? 'none'
}
