import type { Flow } from '../contract/contract.js'
import { modesOf, type ApprovalMode } from '../runs/approval.js'
import { notChosen, textField, type FieldErrors } from '../web/form.js'

export const fieldOf = ({ id }: Pick<Flow, 'id'>): string => `mode-${id}`

/** The hidden field that says what the page has shown of a flow; that of the release before has none. */
export const shownField = ({ id }: Pick<Flow, 'id'>): string => `shown-${id}`

export type ParsedRules =
  | { ok: true; modes: ReadonlyMap<Flow, ApprovalMode> }
  | { ok: false; typed: Readonly<Record<string, string>>; errors: FieldErrors }

/** One of the flow's own choices for each that was changed on the page: the others are as somebody else may have left them. */
export function parseRules(flows: readonly Flow[], body: unknown): ParsedRules {
  const modes = new Map<Flow, ApprovalMode>()
  const typed: Record<string, string> = {}
  const errors: Record<string, string> = {}
  for (const flow of flows) {
    const field = fieldOf(flow)
    const { value } = textField(body, field)
    if (value !== '' && value === textField(body, shownField(flow)).value) continue
    typed[field] = value
    const mode = modesOf(flow).find(one => one === value)
    if (mode) modes.set(flow, mode)
    else errors[field] = notChosen(`「${flow.panel.title}」の承認`)
  }
  return Object.keys(errors).length > 0 ? { ok: false, typed, errors } : { ok: true, modes }
}
