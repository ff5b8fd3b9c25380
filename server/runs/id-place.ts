import { z } from 'zod'

export const id = z.string().regex(/^\d{1,18}$/)

/** Place in a list by id: `after` or `before` a row. */
export function parseIdPlace(query: unknown): { after?: string; before?: string } {
  const fields = (query ?? {}) as Record<string, unknown>
  const after = id.safeParse(fields.after)
  const before = id.safeParse(fields.before)
  if (after.success) return { after: after.data }
  return before.success ? { before: before.data } : {}
}
