import { SCOPE } from '../contract/scope.js'
import { SCOPE_GONE, type ScopeOption } from '../connections/scopes.store.js'
import type { Run } from '../runs/run.js'
import type { ScopeChoice } from '../runs/run-settings.js'
import { notChosen, notReadable, textField } from '../web/form.js'
import type { Field } from '../web/page.js'

/** 対象範囲 on the page before the fetch. Pure. */

const NAME = 'scope'
const EVERYBODY = 'everybody'

/** What is offered, and what was chosen last or is wrong with it. */
export interface ScopeAsked {
  options: readonly ScopeOption[]
  typed: string
  error: string | null
}

const presetOf = (options: readonly ScopeOption[]): string => options.find(({ isPreset }) => isPreset)?.id ?? EVERYBODY

/** As the page begins: with what the run was read by, or with the flow's preset. */
export const scopeAsked = (options: readonly ScopeOption[], run?: Pick<Run, 'scope' | 'fetchBegunAt'>): ScopeAsked => ({
  options,
  typed: run?.fetchBegunAt ? (run.scope?.id ?? EVERYBODY) : presetOf(options),
  error: null,
})

/** The field; null where a company has no scope. One that is gone is not shown as everybody: then none is chosen. */
export const scopeField = ({ options, typed, error }: ScopeAsked): Field | null =>
  options.length === 0 && error === null
    ? null
    : {
        id: NAME,
        label: SCOPE,
        kind: 'choice',
        value: typed,
        error: error ?? undefined,
        help: `対象範囲の外の従業員は、対象外になります。どちらのサービスにも書き込みません。`,
        options: [{ value: EVERYBODY, label: '全員' }, ...options.map(({ id, name }) => ({ value: id, label: name }))],
        required: true,
      }

/** What is wrong with a scope, under the name of its field. */
export const scopeErrors = ({ error }: ScopeAsked): Readonly<Record<string, string>> =>
  error === null ? {} : { [NAME]: error }

/** What a page's answer comes to, and the field as it stands when the page is shown again. */
export interface ParsedScope {
  asked: ScopeAsked
  /** absent where something is wrong, and where a run keeps what it had */
  scope?: ScopeChoice
}

/**
 * What was chosen. A form without the field is the button that reads a run once more: it keeps what the run had. Where a
 * company has scopes, nothing chosen is never everybody.
 */
export function parseScope(
  body: unknown,
  options: readonly ScopeOption[],
  run?: Pick<Run, 'scope' | 'fetchBegunAt'>,
): ParsedScope {
  const isAsked = (body as Record<string, unknown> | undefined)?.[NAME] !== undefined
  const { value, broken } = textField(body, NAME)
  if (!isAsked && run?.fetchBegunAt) return { asked: scopeAsked(options, run) }
  const wrong = (error: string): ParsedScope => ({ asked: { options, typed: '', error } })
  const chosen = (scope: ScopeChoice, typed: string): ParsedScope => ({ scope, asked: { options, typed, error: null } })
  if (broken) return wrong(notReadable(SCOPE))
  if (value === EVERYBODY || (value === '' && options.length === 0)) return chosen('everybody', EVERYBODY)
  if (value === '') return wrong(notChosen(SCOPE))
  return options.some(({ id }) => id === value) ? chosen({ id: value }, value) : wrong(SCOPE_GONE)
}
