import { z } from 'zod'
import { wellFormed } from '../platform/odd-text.js'
import { wrong, type WrongParameter } from './problem.js'

/** Records per page, and results per acknowledgement, at most. */
export const MOST = 100
export const LONGEST_MESSAGE = 500

export interface PageOrder {
  page: number
  perPage: number
  /** the snapshot of the pull's first page; null: the pull begins */
  snapshot: string | null
}

const MESSAGES = {
  page: '1以上の整数を指定してください。',
  per_page: `1から${MOST}までの整数を指定してください。`,
  snapshot: 'スナップショットのIDを指定してください。',
  year: '西暦4桁で指定してください。',
} as const

const MOST_PAGES = 1_000_000

const whole = (most: number) =>
  z
    .string()
    .regex(/^\d{1,7}$/)
    .transform(Number)
    .pipe(z.number().int().min(1).max(most))

const pageOrder = z.object({
  page: whole(MOST_PAGES).default(1),
  per_page: whole(MOST).default(MOST),
  snapshot: z.uuid().nullable().default(null),
})

const parametersOf = (error: z.ZodError, sentence: (parameter: string) => string): WrongParameter[] =>
  error.issues.map(issue => {
    const parameter = issue.path.join('.')
    return { parameter, message: sentence(parameter) }
  })

/** Throws Problem with every parameter that is wrong. */
export function parsePage(query: unknown): PageOrder {
  const parsed = pageOrder.safeParse(query)
  if (!parsed.success) {
    throw wrong(...parametersOf(parsed.error, name => MESSAGES[name as keyof typeof pageOrder.shape]))
  }
  const { page, per_page: perPage, snapshot } = parsed.data
  return { page, perPage, snapshot }
}

/** The year of the path. Throws Problem. */
export function parseYear(text: unknown): number {
  if (typeof text !== 'string' || !/^\d{4}$/.test(text)) throw wrong({ parameter: 'year', message: MESSAGES.year })
  return Number(text)
}

const acknowledgement = z.object({
  snapshot: z.uuid(),
  results: z
    .array(
      z.object({
        // The database takes neither a NUL nor half a sign: nobody has such a code.
        employee_code: z
          .string()
          .min(1)
          .max(200)
          .refine(code => !code.includes('\0') && wellFormed(code) === code),
        status: z.enum(['created', 'updated', 'skipped', 'failed']),
        message: z
          .string()
          .refine(text => [...text].length <= LONGEST_MESSAGE)
          .nullish(),
      }),
    )
    .min(1)
    .max(MOST),
})

export interface Acknowledged {
  code: string
  status: 'created' | 'updated' | 'skipped' | 'failed'
  message: string | null
}

const sentenceFor = (path: string): string =>
  path === 'snapshot'
    ? MESSAGES.snapshot
    : path.endsWith('.message')
      ? `${LONGEST_MESSAGE}文字以内の文字列またはnullを指定してください。`
      : path.endsWith('.status')
        ? 'created、updated、skipped、failedのいずれかを指定してください。'
        : path.endsWith('.employee_code')
          ? '従業員コードを指定してください。'
          : path === 'results'
            ? `1件から${MOST}件までの配列を指定してください。`
            : 'JSONのオブジェクトを指定してください。'

/** What a person may read: without signs that no screen shows. PostgreSQL takes no NUL. */
const readable = (text: string | null | undefined): string | null =>
  wellFormed(text ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim() || null

/** Throws Problem with everything that is wrong. */
export function parseAcknowledgement(body: unknown): { snapshot: string; results: Acknowledged[] } {
  const parsed = acknowledgement.safeParse(body ?? null)
  if (!parsed.success) throw wrong(...parametersOf(parsed.error, sentenceFor))
  const { snapshot, results } = parsed.data
  return {
    snapshot,
    results: results.map(({ employee_code, status, message }) => ({
      code: employee_code,
      status,
      message: readable(message),
    })),
  }
}
