import type { Directory } from './contract.js'

const never = () => Promise.reject(new Error('this side is only read'))

/** The writing half of a side that is never written to. */
export const neverWritten: Pick<Directory, 'create' | 'update' | 'findCreated'> = {
  create: never,
  update: never,
  findCreated: () => Promise.resolve(new Map()),
}

/** A side that is read from its first page to its last, and neither asked about one record nor written to. */
export const listingOnly = (listing: Pick<Directory, 'pageSize' | 'list'>): Directory => ({
  ...listing,
  ...neverWritten,
  keysUnique: true,
  exists: never,
  reread: never,
})
