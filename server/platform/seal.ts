import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

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
  /** Throws when the value was changed, moved, or sealed with a key that is gone. */
  open(sealed: string, place: string, row: string): string
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

/**
 * `v2.<key id>.<iv>.<ciphertext+tag>`, AES-256-GCM; the first key seals, all keys open. `v1` is what earlier releases
 * sealed: bound to its place, not to its row.
 */
export function createSealer(keys: readonly SealKey[]): Sealer {
  const current = keys[0]
  if (!current) throw new Error('a sealer needs a key')
  const byId = new Map(keys.map(key => [key.id, key.key]))
  const hashKey = Buffer.from(hkdfSync('sha256', current.key, '', 'hash', 32))
  const currentHash = `@${current.id}.`
  return {
    keyIds: keys.map(key => key.id),
    current: `${VERSION}.${current.id}.`,
    currentHash,
    hash: (plain, place) => currentHash + createHmac('sha256', hashKey).update(`${place}|${plain}`).digest('base64url'),
    seal(plain, place, row) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(ALGORITHM, current.key, iv, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(`${place}|${row}`))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${VERSION}.${current.id}.${iv.toString('base64url')}.${sealed.toString('base64url')}`
    },
    open(value, place, row) {
      const [version, id = '', iv = '', body = ''] = value.split('.')
      const key = byId.get(id)
      if ((version !== 'v1' && version !== VERSION) || !key) throw new KeyMissing(id)
      const bytes = Buffer.from(body, 'base64url')
      const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64url'), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(version === 'v1' ? place : `${place}|${row}`))
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
      return decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
    needsReseal: sealed => !sealed.startsWith(`${VERSION}.${current.id}.`),
  }
}
