import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomFillSync } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

/** What a packed value ends with; a packed one is sealed for a place of its own, so the sign can't be put on or taken off. */
const PACKED = 'z'
/** Records of some kB: a larger window or a higher level finds nothing more in them. */
const PACKING = { level: 1, windowBits: 13, memLevel: 5 }

/** Asking the system for each IV takes longer than sealing a record does. */
const IVS_AT_ONCE = 256

export interface SealKey {
  id: string
  /** 32 bytes */
  key: Buffer
}

/** Sealed with a key that TOKEN_KEYS does not hold (any more). */
export class KeyMissing extends Error {
  constructor(readonly keyId: string) {
    super(`sealed with an unknown key: ${keyId}`)
    this.name = 'KeyMissing'
  }
}

/**
 * Seals secrets and personal data for the database. `place` = `tenant|table.column`, `row` says which row of it: a value
 * moved elsewhere does not open.
 */
export interface Sealer {
  seal(plain: string, place: string, row: string): string
  /** The same for a record, whose many names repeat: compressed first, it takes a third of the room. */
  sealPacked(plain: string, place: string, row: string): string
  /** Throws when the value was changed, moved, or sealed with a key that is gone. */
  open(sealed: string, place: string, row: string): string
  /** Sealed once more, with the current key, and packed if it was. */
  anew(sealed: string, place: string, row: string): string
  /**
   * Tells only whether two texts of a place are the same, and that to nobody without the current key. With another key it
   * is another: for what is compared within hours.
   */
  hash(plain: string, place: string): string
  /** whether the value was sealed with an older key, or not bound to its row */
  needsReseal(sealed: string): boolean
  /** what a value begins with that needs no new seal */
  readonly current: string
  /** what a hash of the current key begins with; there is an @ in every hash, and in no other key of a person */
  readonly currentHash: string
  /** the ids of all keys, the current one first */
  readonly keyIds: readonly string[]
}

const VERSION = 'v2'

/** Random IVs, each given once. */
function createIvs(): () => Buffer {
  const drawn = Buffer.alloc(IV_BYTES * IVS_AT_ONCE)
  let used = drawn.length
  return () => {
    if (used === drawn.length) {
      randomFillSync(drawn)
      used = 0
    }
    used += IV_BYTES
    return Buffer.from(drawn.subarray(used - IV_BYTES, used))
  }
}

/** What a value is bound to. v1 is what earlier releases sealed: bound to its place, not to its row. */
const boundTo = (version: string, place: string, row: string, packed: boolean) =>
  Buffer.from(version === 'v1' ? place : `${place}|${row}${packed ? `|${PACKED}` : ''}`)

/**
 * `v2.<key id>.<iv>.<ciphertext+tag>`, and `.z` behind it where it is packed: AES-256-GCM; the first key seals, all keys
 * open.
 */
export function createSealer(keys: readonly SealKey[]): Sealer {
  const current = keys[0]
  if (!current) throw new Error('a sealer needs a key')
  const byId = new Map(keys.map(key => [key.id, key.key]))
  const hashKey = Buffer.from(hkdfSync('sha256', current.key, '', 'hash', 32))
  const currentHash = `@${current.id}.`
  const nextIv = createIvs()

  const sealBytes = (plain: Buffer, place: string, row: string, packed: boolean): string => {
    const iv = nextIv()
    const cipher = createCipheriv(ALGORITHM, current.key, iv, { authTagLength: TAG_BYTES })
    cipher.setAAD(boundTo(VERSION, place, row, packed))
    const body = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url')
    return `${VERSION}.${current.id}.${iv.toString('base64url')}.${body}${packed ? `.${PACKED}` : ''}`
  }
  const seal = (plain: string, place: string, row: string) => sealBytes(Buffer.from(plain), place, row, false)
  const sealPacked = (plain: string, place: string, row: string) =>
    sealBytes(deflateRawSync(plain, PACKING), place, row, true)

  const open = (value: string, place: string, row: string): string => {
    const [version = '', id = '', iv = '', body = '', sign] = value.split('.')
    const key = byId.get(id)
    if ((version !== 'v1' && version !== VERSION) || !key) throw new KeyMissing(id)
    const packed = sign === PACKED
    const bytes = Buffer.from(body, 'base64url')
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64url'), { authTagLength: TAG_BYTES })
    decipher.setAAD(boundTo(version, place, row, packed))
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES)), decipher.final()])
    return (packed ? inflateRawSync(plain) : plain).toString('utf8')
  }

  return {
    keyIds: keys.map(key => key.id),
    current: `${VERSION}.${current.id}.`,
    currentHash,
    hash: (plain, place) => currentHash + createHmac('sha256', hashKey).update(`${place}|${plain}`).digest('base64url'),
    seal,
    sealPacked,
    open,
    anew: (value, place, row) =>
      (value.endsWith(`.${PACKED}`) ? sealPacked : seal)(open(value, place, row), place, row),
    needsReseal: sealed => !sealed.startsWith(`${VERSION}.${current.id}.`),
  }
}
