import { notReadable, notTyped, textField, type FieldErrors } from '../web/form.js'
import { one } from '../web/fields.js'

export const COMMENT = 'comment'
export const MAX_COMMENT = 500

/** What was pressed on the page of a request. */
export type Decision = 'approve' | 'return' | 'withdraw'

const decisions: readonly string[] = ['approve', 'return', 'withdraw'] satisfies Decision[]

export interface ParsedDecision {
  /** null: none of the page's buttons */
  op: Decision | null
  /** the request that the page showed */
  id: string
  /** as typed, to be shown again */
  typed: string
  comment: string
  errors: FieldErrors
}

/** A comment is needed where it is sent back, and taken nowhere else. */
export function parseDecision(body: unknown): ParsedDecision {
  const fields = (body ?? {}) as Record<string, unknown>
  const pressed = one(fields.op)
  const op = decisions.includes(pressed) ? (pressed as Decision) : null
  const { broken } = textField(body, COMMENT)
  // As typed, with its line breaks: people write to people.
  const given = typeof fields.comment === 'string' ? fields.comment.replaceAll('\r\n', '\n').replaceAll('\0', '') : ''
  const comment = given.trim()
  const errors: Record<string, string> = {}
  if (op === 'return') {
    if (broken) errors[COMMENT] = notReadable('コメント')
    else if (comment === '') errors[COMMENT] = notTyped('コメント')
    else if ([...comment].length > MAX_COMMENT)
      errors[COMMENT] = `コメントは、${MAX_COMMENT}文字以内で入力してください。`
  }
  return { op, id: one(fields.approval), typed: given, comment, errors }
}
