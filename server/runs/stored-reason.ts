import { isAddress } from '../contract/keys.js'
import type { Reason } from '../errors.js'

const NAMED = '個人を特定できる内容を含むため、保存期間の終了とともに理由を削除しました。'

/** A reason as it is stored: what stands in clear, and the whole where that has to be sealed. */
export function storedReason(reason: Reason | null): { kept: string | null; sealed: string | null } {
  if (reason === null || (typeof reason === 'string' && !isAddress(reason))) return { kept: reason, sealed: null }
  const { shown, kept } = typeof reason === 'string' ? { shown: reason, kept: NAMED } : reason
  return { kept: isAddress(kept) ? NAMED : kept, sealed: shown }
}
