import type { Choice, ConnectorSettings, SettingField } from '../contract/contract.js'
import { amount } from '../contract/conversions.js'
import { notChosen, notOffered, notReadable, notTyped, textField, type FieldErrors } from '../web/form.js'

export type ParsedSettings =
  { ok: true; settings: Record<string, string> } | { ok: false; typed: Record<string, string>; errors: FieldErrors }

/** Names must match the service's character for character, so texts are trimmed and nothing else is changed. */
function parseField(field: SettingField, body: unknown): { typed: string; value: string; error: string | null } {
  const { typed, value: normal, broken } = textField(body, field.name)
  const value = field.kind === 'text' ? typed.trim() : normal.replaceAll(',', '')
  const error = broken
    ? notReadable(field.label)
    : value === ''
      ? (['choice', 'radio'].includes(field.kind) ? notChosen : notTyped)(field.label)
      : problemOf(field, value)
  return { typed, value, error }
}

function problemOf({ kind, label, max, options }: SettingField, value: string): string | null {
  switch (kind) {
    case 'text':
      return [...value].length > max
        ? `${max}文字を超える${label}は登録できません。${max}文字以内で入力してください。`
        : null
    case 'choice':
    case 'radio':
      return options?.some(option => option.value === value) ? null : notOffered(label)
    case 'integer':
      return /^\d{1,12}$/.test(value) && Number(value) <= max
        ? null
        : `${label}は、0から${amount(max)}までの整数で入力してください。`
  }
}

/** The connector's settings form. */
export function parseSettings({ fields }: ConnectorSettings, body: unknown): ParsedSettings {
  const parsed = fields.map(field => [field.name, parseField(field, body)] as const)
  const errors = Object.fromEntries(parsed.flatMap(([name, { error }]) => (error === null ? [] : [[name, error]])))
  if (Object.keys(errors).length > 0) {
    return { ok: false, typed: Object.fromEntries(parsed.map(([name, { typed }]) => [name, typed])), errors }
  }
  const settings = parsed.map(([name, { value }], index): [string, string] => [
    name,
    fields[index]?.kind === 'integer' ? String(Number(value)) : value,
  ])
  return { ok: true, settings: Object.fromEntries(settings) }
}

/** What holds while nothing is saved. */
export const presetsOf = (settings: ConnectorSettings): Record<string, string> =>
  Object.fromEntries(settings.fields.map(field => [field.name, field.preset ?? '']))

/** Saved settings as people read them, by the field's name. */
export const settingChoices = (
  { fields }: ConnectorSettings,
  saved: Readonly<Record<string, string>>,
): Record<string, Choice> =>
  Object.fromEntries(
    fields.map(({ name, kind, options, suffix = '' }) => {
      const value = saved[name] ?? ''
      const text = kind === 'integer' ? amount(Number(value)) : value
      return [name, { value, label: `${options?.find(option => option.value === value)?.label ?? text}${suffix}` }]
    }),
  )
