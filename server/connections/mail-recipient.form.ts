import type { Admin } from '../install/admin.store.js'
import { notChosen, textField, type FieldErrors } from '../web/form.js'
import type { Recipients, Wants } from './mail-recipient.store.js'

export const WANTS: readonly { value: Wants; label: string }[] = [
  { value: 'all', label: '結果をすべて' },
  { value: 'failures', label: '失敗のみ' },
  { value: 'none', label: '受け取らない' },
]

/** The field of whoever started, and those of the administrators. */
export const STARTER = 'starter'
const PREFIX = 'to-'
export const fieldOf = ({ id }: Pick<Admin, 'id'>): string => `${PREFIX}${id}`

/** Who was chosen is no administrator of the company, or is none any more. */
export const UNKNOWN_RECIPIENT =
  '送信先の管理者が見つかりません。管理者でなくなったか、別の企業アカウントの管理者です。表示されている管理者から選択してください。'
const NOBODY = '送信先が選択されていません。だれにも届かないと失敗に気づけないため、1人以上を送信先にしてください。'

export type ParsedRecipients =
  { ok: true; recipients: Recipients } | { ok: false; typed: Record<string, string>; errors: FieldErrors }

/** Who is to be told, as chosen on the page; only administrators of the company can be. */
export function parseRecipients(administrators: readonly Admin[], body: unknown): ParsedRecipients {
  const known = new Map(administrators.map(admin => [fieldOf(admin), admin]))
  const typed: Record<string, string> = {}
  const errors: Record<string, string> = {}
  const chosen = (name: string, label: string): Wants => {
    const { value } = textField(body, name)
    typed[name] = value
    const wants = WANTS.find(want => want.value === value)?.value
    if (!wants) errors[name] = notChosen(`${label}に送るメール`)
    return wants ?? 'none'
  }
  const starter = chosen(STARTER, '同期を開始した管理者')
  const admins = new Map(
    administrators
      // Somebody who came after the page was drawn stands in no field of it.
      .filter(admin => textField(body, fieldOf(admin)).typed !== '')
      .map(admin => [admin.id, chosen(fieldOf(admin), admin.name)] as const),
  )
  const strangers = Object.keys((body ?? {}) as object).filter(name => name.startsWith(PREFIX) && !known.has(name))
  if (strangers.length > 0) errors[STARTER] = UNKNOWN_RECIPIENT
  else if (starter === 'none' && [...admins.values()].every(wants => wants === 'none')) errors[STARTER] ??= NOBODY
  return Object.keys(errors).length > 0 ? { ok: false, typed, errors } : { ok: true, recipients: { starter, admins } }
}
