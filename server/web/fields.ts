export const NUL = '\u0000'

/** Longest search text taken; longer ones are cut, since a search can't do harm. */
export const MAX_WORDS = 100

export const one = (value: unknown): string => (typeof value === 'string' ? value.replaceAll(NUL, '') : '')

export const many = (value: unknown): string[] =>
  [value ?? []].flat().flatMap(entry => (typeof entry === 'string' ? [entry] : []))
