import type { Admin } from '../install/admin.store.js'
import type { Field } from '../web/page.js'

/** Who gets the mails about a schedule's checks, by their ids; null: whoever gets the service's result mails. */
export type CheckRecipients = readonly string[] | null

const AS_RESULTS = '結果メールの送信先と同じ'

const HELP =
  '選択した管理者に、差分・失敗・確認待ちのお知らせを送ります。1人も選択しないときは、結果メールの送信先に送ります。「自動で同期」の結果は、どちらの場合も、結果メールの送信先に送ります。'

/** Ids in one text, as the form's field holds them; always in the same order. */
export const joined = (ids: readonly string[]): string =>
  [...new Set(ids)]
    .filter(id => id !== '')
    .sort()
    .join(' ')
/** … and the other way round. */
export const apart = (text: string): string[] => text.split(' ').filter(id => id !== '')

/** Those of them who are administrators still; null: none of them is, or none was chosen. */
export function stillThere(recipients: CheckRecipients, administrators: readonly Pick<Admin, 'id'>[]): CheckRecipients {
  const ids = (recipients ?? []).filter(id => administrators.some(admin => admin.id === id))
  return ids.length === 0 ? null : ids
}

/** The field; none for a company with one administrator, who is told in any case. */
export const recipientFields = (
  field: Pick<Field, 'id' | 'label' | 'value' | 'error'>,
  administrators: readonly Admin[],
): Field[] =>
  administrators.length < 2
    ? []
    : [
        {
          ...field,
          kind: 'ticks',
          help: HELP,
          options: administrators.map(({ id, name, email }) => ({ value: id, label: `${name}（${email}）` })),
        },
      ]

/** As the form was sent: null where none is ticked, undefined where somebody is no administrator of the company. */
export function chosenRecipients(
  typed: string,
  administrators: readonly Pick<Admin, 'id'>[],
): CheckRecipients | undefined {
  const ids = apart(typed)
  if (ids.length === 0) return null
  return ids.every(id => administrators.some(admin => admin.id === id)) ? ids : undefined
}

export const recipientsText = (recipients: CheckRecipients, administrators: readonly Admin[]): string => {
  const ids = stillThere(recipients, administrators)
  const named = administrators.filter(({ id }) => ids?.includes(id)).map(({ name }) => name)
  return named.length === 0 ? AS_RESULTS : named.join('、')
}
