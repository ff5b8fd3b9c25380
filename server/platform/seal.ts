import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

export interface SealKey {
  id: string
  /** 32 bytes */
  key: Buffer
}

/** Seals secrets and personal data for the database. `aad` = `tenant|column`: a value moved elsewhere does not open. */
export interface Sealer {
  seal(plain: string, aad: string): string
  /** Throws when the value was changed, moved, or sealed with a key that is gone. */
  open(sealed: string, aad: string): string
  /** whether the value was sealed with an older key */
  needsReseal(sealed: string): boolean
}

/** `v1.<key id>.<iv>.<ciphertext+tag>`, AES-256-GCM; the first key seals, all keys open. */
export function createSealer(keys: readonly SealKey[]): Sealer {
  const current = keys[0]
  if (!current) throw new Error('a sealer needs a key')
  const byId = new Map(keys.map(key => [key.id, key.key]))
  return {
    seal(plain, aad) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(ALGORITHM, current.key, iv, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(aad))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `v1.${current.id}.${iv.toString('base64url')}.${sealed.toString('base64url')}`
    },
    open(value, aad) {
      const [version, id = '', iv = '', body = ''] = value.split('.')
      const key = byId.get(id)
      if (version !== 'v1' || !key) throw new Error('sealed with an unknown key')
      const bytes = Buffer.from(body, 'base64url')
      const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64url'), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.from(aad))
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
      return decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    },
    needsReseal: sealed => sealed.split('.')[1] !== current.id,
  }
}
