import { isAddress, lookAlikeOf } from '../contract/keys.js'
import type { Sealer } from '../platform/seal.js'

/** Keys as they are staged: an address of mail as a hash, which is another in each run. */
export function stagedKeys(tenantId: string, sealer: Sealer) {
  const staged = (runId: string, key: string, column: 'key' | 'look_alike' = 'key') =>
    isAddress(key) ? sealer.hash(key, `${tenantId}|run_staging.${column}|${runId}`) : key
  const alike = (runId: string, key: string) => staged(runId, lookAlikeOf(key), 'look_alike')
  return {
    staged,
    keysOf: (runId: string, key: string | null) =>
      key === null ? { key: null, look_alike: null } : { key: staged(runId, key), look_alike: alike(runId, key) },
    /** What these keys, and what they look like, are staged as → what they are. */
    asked: (runId: string, keys: readonly string[]) => new Map(keys.map(key => [staged(runId, key), key])),
    askedAlike: (runId: string, keys: readonly string[]) =>
      new Map(keys.map(key => [alike(runId, key), lookAlikeOf(key)])),
  }
}
