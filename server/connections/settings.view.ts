import type { ConnectorSettings } from '../contract/contract.js'
import type { FieldErrors } from '../web/form.js'
import type { Field, Page } from '../web/page.js'
import type { SinceShown } from '../web/since-shown.js'

/** The connector's own settings (エクスポート設定). */
export interface SettingsPage extends Page {
  lead: string
  fields: Field[]
  errors: FieldErrors
  since: SinceShown
}

export const settingsPage = (
  settings: ConnectorSettings,
  { typed, errors, since }: { typed: Readonly<Record<string, string>>; errors: FieldErrors; since: SinceShown },
): SettingsPage => ({
  title: settings.title,
  hasErrors: Object.keys(errors).length > 0,
  lead: settings.lead,
  fields: settings.fields.map(({ name, label, kind, help, options, suffix }) => ({
    id: name,
    label,
    kind,
    value: typed[name] ?? '',
    error: errors[name],
    help,
    options,
    suffix,
  })),
  errors,
  since,
})
