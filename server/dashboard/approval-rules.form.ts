import type { Flow } from '../contract/contract.js'
import { modesOf, type ApprovalMode, type NextRule } from '../runs/approval.js'
import { notChosen, textField, type FieldErrors } from '../web/form.js'

export const fieldOf = ({ id }: Pick<Flow, 'id'>): string => `mode-${id}`

/** The hidden field that says what the page has shown of a flow; that of the release before has none. */
export const shownField = ({ id }: Pick<Flow, 'id'>): string => `shown-${id}`

/** What stands there: the rule, and a weaker one that waits. */
export const shownRule = ({
  mode,
  next,
}: {
  mode: ApprovalMode
  next: Pick<NextRule, 'mode' | 'at'> | null
}): string => (next === null ? mode : `${mode} ${next.mode} ${next.at.toISOString()}`)

/** A rule that was chosen, and what the page has shown before; null: that of the release before. */
export interface ChosenRule {
  mode: ApprovalMode
  shown: string | null
}

export type ParsedRules =
  | { ok: true; modes: ReadonlyMap<Flow, ChosenRule> }
  | { ok: false; typed: Readonly<Record<string, string>>; errors: FieldErrors }

/** One of the flow's own choices for each that was changed on the page: the others are as somebody else may have left them. */
export function parseRules(flows: readonly Flow[], body: unknown): ParsedRules {
  const modes = new Map<Flow, ChosenRule>()
  const typed: Record<string, string> = {}
  const errors: Record<string, string> = {}
  for (const flow of flows) {
    const field = fieldOf(flow)
    const { value } = textField(body, field)
    const shown = textField(body, shownField(flow)).value
    if (value !== '' && value === shown.split(' ')[0]) continue
    typed[field] = value
    const mode = modesOf(flow).find(one => one === value)
    if (mode) modes.set(flow, { mode, shown: shown === '' ? null : shown })
    else errors[field] = notChosen(`「${flow.panel.title}」の承認`)
  }
  return Object.keys(errors).length > 0 ? { ok: false, typed, errors } : { ok: true, modes }
}
