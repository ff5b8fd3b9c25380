import type { Change } from '../audit/acts.js'
import type { Admin } from '../install/admin.store.js'
import type { FieldErrors } from '../web/form.js'
import type { Field, Page } from '../web/page.js'
import type { SinceShown } from '../web/since-shown.js'
import { fieldOf, STARTER, WANTS } from './mail-recipient.form.js'
import type { Recipients, Wants } from './mail-recipient.store.js'

const STARTED = '同期を開始した管理者'

/** ［結果メールの送信先］ */
export interface MailRecipientsPage extends Page {
  lead: string
  fields: Field[]
  errors: FieldErrors
  since: SinceShown
}

/** What is stored, as the fields of the page. */
export const storedFields = (
  { starter, admins }: Recipients,
  administrators: readonly Admin[],
): Record<string, string> =>
  Object.fromEntries<string>([
    [STARTER, starter],
    ...administrators.map(admin => [fieldOf(admin), admins.get(admin.id) ?? 'none'] as const),
  ])

export function mailRecipientsPage(input: {
  administrators: readonly Admin[]
  typed: Readonly<Record<string, string>>
  errors: FieldErrors
  since: SinceShown
}): MailRecipientsPage {
  const { administrators, typed, errors, since } = input
  const field = (id: string, label: string, help?: string): Field => ({
    id,
    label,
    kind: 'radio',
    value: typed[id] ?? 'none',
    error: errors[id],
    help,
    options: WANTS,
  })
  return {
    title: '結果メールの送信先',
    hasErrors: Object.keys(errors).length > 0,
    lead: '終わったときのメールを、だれに送るかを選択してください。「失敗のみ」は、成功以外で終わったとき（一部失敗、失敗、要確認、中止、期限切れ）に送ります。',
    fields: [
      field(STARTER, STARTED, 'ボタンを押した管理者に送ります（同期ごとに変わります）。'),
      ...administrators.map(admin => field(fieldOf(admin), `${admin.name}（${admin.email}）`)),
    ],
    errors,
    since,
  }
}

const labelOf = (wants: Wants | undefined) => WANTS.find(({ value }) => value === (wants ?? 'none'))?.label ?? ''

/** What was chosen and was different before, in the words of the page. */
export function recipientChanges(before: Recipients, after: Recipients, administrators: readonly Admin[]): Change[] {
  const all: [label: string, before: Wants | undefined, after: Wants | undefined][] = [
    [STARTED, before.starter, after.starter],
    ...administrators.map(({ id, name }): [string, Wants | undefined, Wants | undefined] => [
      name,
      before.admins.get(id),
      after.admins.get(id),
    ]),
  ]
  return all
    .map(([label, was, is]) => ({ label, before: labelOf(was), after: labelOf(is) }))
    .filter(change => change.before !== change.after)
}
