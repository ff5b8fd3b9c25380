import type { CredentialsForm } from '../contract/contract.js'
import { notReadable, notTyped, textField, type FieldErrors } from '../web/form.js'

export interface TypedCredentials {
  /** what may be shown again: no secrets */
  typed: Record<string, string>
  values: Record<string, string>
  errors: FieldErrors
}

/** A service's credentials as typed. Secrets are taken character for character, but for what copying adds around them. */
export function parseCredentials({ fields }: CredentialsForm, body: unknown): TypedCredentials {
  const typed: Record<string, string> = {}
  const values: Record<string, string> = {}
  const errors: Record<string, string> = {}
  for (const { name, label, secret, max } of fields) {
    const field = textField(body, name)
    const value = secret ? field.typed.trim() : field.value
    if (!secret) typed[name] = field.typed
    values[name] = value
    if (field.broken) errors[name] = notReadable(label)
    else if (value === '') errors[name] = notTyped(label)
    else if (value.length > max) errors[name] = `${label}は${max}文字以内で入力してください。`
  }
  return { typed, values, errors }
}
