import type { Choice } from '../contract/contract.js'
import { notChosen, revisionOf, textField, type FieldErrors } from '../web/form.js'

export interface OptionsForm {
  revision: number
  chosen: Record<string, Choice>
  typed: Record<string, string>
  errors: FieldErrors
}

/** What came of these options, whatever the target's lists say. */
export const typedOptions = (options: readonly { name: string }[], body: unknown): Record<string, string> =>
  Object.fromEntries(options.map(({ name }) => [name, textField(body, name).typed]))

/** The values for new people. Only what the target's list holds now can be chosen. */
export function parseOptions(
  options: readonly { name: string; label: string; choices: readonly Choice[] }[],
  body: unknown,
): OptionsForm {
  const chosen: Record<string, Choice> = {}
  const typed: Record<string, string> = {}
  const errors: Record<string, string> = {}
  for (const { name, label, choices } of options) {
    const { typed: value } = textField(body, name)
    const choice = choices.find(candidate => candidate.value === value)
    typed[name] = value
    if (choice) chosen[name] = { value: choice.value, label: choice.label }
    else if (value === '') errors[name] = notChosen(label)
    else errors[name] = `選択した${label}が見つかりません。選択し直してください。`
  }
  return { revision: revisionOf(body), chosen, typed, errors }
}
