import { Readable, type PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** A file inside an archive; its content is asked for when its turn has come. */
export interface ZipPart {
  name: string
  content: AsyncIterable<string>
}

/** The same content makes the same file. */
const mtime = new Date('1980-01-01T00:00:00')

/**
 * A zip archive, as its parts are made: one chunk at a time is in memory, and compressing is done beside the event loop.
 * Who stops reading stops the making.
 */
export function zip(parts: AsyncIterable<ZipPart>): Readable {
  const archive = new ZipFile()
  const output = archive.outputStream as PassThrough
  let part: Readable | undefined
  output.once('close', () => part?.destroy())
  const make = async () => {
    for await (const { name, content } of parts) {
      if (output.destroyed) return
      part = Readable.from(bytesOf(content), { objectMode: false })
      archive.addReadStream(part, name, { mtime })
      // Only then the next one is known: how many sheets there are says the list's end.
      await finished(part)
    }
    archive.end()
  }
  make().catch((error: unknown) => output.destroy(error as Error))
  return output
}

async function* bytesOf(content: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of content) yield Buffer.from(text)
}
