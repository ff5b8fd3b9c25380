import type { Directory, Entry } from './contract.js'

const never = () => Promise.reject(new Error('this side is only listed'))

/** A side that is read from its first page to its last, and neither asked about one record nor written to. */
export const listingOnly = <E extends Entry>(listing: Pick<Directory<E>, 'pageSize' | 'list'>): Directory<E> => ({
  ...listing,
  keysUnique: true,
  exists: never,
  reread: never,
  create: never,
  update: never,
  findCreated: never,
})
