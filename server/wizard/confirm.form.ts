import { MAX_NAME, NAME_LABELS, type PayrollNames } from '../payslips/payroll-names.js'
import { parseIdPlace } from '../runs/id-place.js'
import { notTyped, revisionOf, textField, ticked, type FieldErrors } from '../web/form.js'
import { one } from '../web/fields.js'
import { parseCount } from './guard.form.js'
import { parseTicks } from './select.form.js'

/** What the dialog showed, and what was typed there. */
export interface Confirmation {
  revision: number
  mark: string
  names: PayrollNames | null
  /** ticked: records that were imported before are imported again */
  again: boolean
  /** ticked: a side lists far fewer people than before, and that is right */
  fewer: boolean
  /** how many people are selected, as typed where the guard asks for it */
  count: string
  /** the button asked for another administrator's agreement */
  asks: boolean
}

/** What the confirm page showed: the plan and the ticks that 同期 is for. */
export function parseConfirmation(body: unknown): Omit<Confirmation, 'names'> {
  const fields = (body ?? {}) as Record<string, unknown>
  return {
    revision: revisionOf(body),
    mark: one(fields.selection),
    again: ticked(body, 'again'),
    fewer: ticked(body, 'fewer'),
    count: parseCount(body).count,
    asks: one(fields.asks) === 'yes',
  }
}

/** Ticks that the dialog asks for one by one, and whether the button beside them was pressed. */
export function parseOwnTicks(body: unknown): { shown: string[]; chosen: string[]; pressed: boolean } {
  const fields = (body ?? {}) as Record<string, unknown>
  const { shown, chosen } = parseTicks(body)
  return { shown, chosen, pressed: one(fields.op) === 'own-ticks' }
}

/** A button that shows other people of the dialog: another page of them, or those of a field alone. */
export function parseTurn(body: unknown): { turns: boolean; place: ReturnType<typeof parseIdPlace>; field: string } {
  const fields = (body ?? {}) as Record<string, unknown>
  const place = parseIdPlace(body)
  if (typeof fields.show === 'string') return { turns: true, place: {}, field: one(fields.show) }
  return { turns: (place.after ?? place.before) !== undefined, place, field: one(fields.field) }
}

/** The names of a payroll, as typed in the dialog. */
export function parseNames(body: unknown): { typed: PayrollNames; errors: FieldErrors } {
  // As typed: a name may hold full-width signs.
  const typed = {
    admin: textField(body, 'name_for_admin').typed.trim(),
    crew: textField(body, 'name_for_crew').typed.trim(),
  }
  const errors: Record<string, string> = {}
  const check = (field: string, label: string, value: string) => {
    if (value === '') errors[field] = notTyped(label)
    else if ([...value].length > MAX_NAME) errors[field] = `${label}は、${MAX_NAME}文字以内で入力してください。`
  }
  check('name_for_admin', NAME_LABELS.admin, typed.admin)
  check('name_for_crew', NAME_LABELS.crew, typed.crew)
  return { typed, errors }
}
