/** A value that can't be sent is told, never dropped: the sentence, and the step that mappings take. */
import { textOf } from './conversions.js'
import type { Converted, Scalar } from './contract.js'

export const isBlank = (value: Scalar | undefined): boolean => textOf(value) === null

/** Why a value is not sent and where to correct it; `why` stands before 「ため」, `source` is the product it comes from. */
export const unsent = (label: string, value: Scalar | undefined, why: string, source: string): Converted => ({
  unsent: `${label}「${textOf(value) ?? ''}」は、${why}ため連携されません。${source}の従業員情報で修正してください。`,
})

/** The converted value at its path; without one, nothing where the source is blank, else what is told. */
export function setOrTell(
  path: string,
  converted: Scalar,
  source: Scalar | undefined,
  told: () => Converted,
): Converted {
  if (converted !== null) return { set: { [path]: converted } }
  return isBlank(source) ? 'keep' : told()
}

export const WRONG_FORM = '正しい形式ではない'
