import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createDeflateRaw } from 'node:zlib'

/** A file inside an archive; its content is asked for when its turn has come. */
export interface ZipPart {
  name: string
  content: AsyncIterable<string>
}

/** Names are UTF-8; checksum and sizes follow the content, since nobody knows them before. */
const FLAGS = 0x0808
const DEFLATED = 8
/** 1980-01-01: the same content makes the same file. */
const DATE = 0x0021
const VERSION = 20

interface Written {
  name: Buffer
  offset: number
  checksum: number
  packed: number
  size: number
}

/** What stands before a part: 30 bytes and its name. */
function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(VERSION, 4)
  header.writeUInt16LE(FLAGS, 6)
  header.writeUInt16LE(DEFLATED, 8)
  header.writeUInt16LE(DATE, 12)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, name])
}

function descriptor({ checksum, packed, size }: Written): Buffer {
  const behind = Buffer.alloc(16)
  behind.writeUInt32LE(0x08074b50, 0)
  behind.writeUInt32LE(checksum, 4)
  behind.writeUInt32LE(packed, 8)
  behind.writeUInt32LE(size, 12)
  return behind
}

function directoryEntry({ name, offset, checksum, packed, size }: Written): Buffer {
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(VERSION, 4)
  entry.writeUInt16LE(VERSION, 6)
  entry.writeUInt16LE(FLAGS, 8)
  entry.writeUInt16LE(DEFLATED, 10)
  entry.writeUInt16LE(DATE, 14)
  entry.writeUInt32LE(checksum, 16)
  entry.writeUInt32LE(packed, 20)
  entry.writeUInt32LE(size, 24)
  entry.writeUInt16LE(name.length, 28)
  entry.writeUInt32LE(offset, 42)
  return Buffer.concat([entry, name])
}

function end(entries: number, size: number, offset: number): Buffer {
  const last = Buffer.alloc(22)
  last.writeUInt32LE(0x06054b50, 0)
  last.writeUInt16LE(entries, 8)
  last.writeUInt16LE(entries, 10)
  last.writeUInt32LE(size, 12)
  last.writeUInt32LE(offset, 16)
  return last
}

/**
 * A zip archive, as its parts are made: one chunk at a time is in memory, and compressing is done beside the event loop.
 * Archives above 4 GB are not made (a writeUInt32 throws). Who stops reading stops the making.
 */
export async function* zip(parts: AsyncIterable<ZipPart>): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let at = 0
  for await (const { name, content } of parts) {
    const part: Written = { name: Buffer.from(name), offset: at, checksum: 0, packed: 0, size: 0 }
    const header = localHeader(part.name)
    yield header
    const measured = async function* () {
      for await (const text of content) {
        const bytes = Buffer.from(text)
        part.checksum = crc32(bytes, part.checksum)
        part.size += bytes.length
        yield bytes
      }
    }
    const deflate = createDeflateRaw()
    const fed = pipeline(Readable.from(measured(), { highWaterMark: 1 }), deflate)
    // What it ends with is thrown by the loop.
    fed.catch(() => undefined)
    for await (const chunk of deflate as AsyncIterable<Buffer>) {
      part.packed += chunk.length
      yield chunk
    }
    await fed
    const behind = descriptor(part)
    yield behind
    written.push(part)
    at += header.length + part.packed + behind.length
  }
  const directory = Buffer.concat(written.map(directoryEntry))
  yield directory
  yield end(written.length, directory.length, at)
}
