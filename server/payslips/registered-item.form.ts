import { type ItemKind, itemKinds, TOTALS } from '../contract/statement.js'
import { notChosen, revisionOf, type FieldErrors } from '../web/form.js'
import { one } from '../web/fields.js'
import type { RegisteredItem } from './statement-items.js'

export interface ItemsForm {
  revision: number
  items: RegisteredItem[]
  errors: FieldErrors
}

const totals: readonly ItemKind[] = TOTALS

/** 項目登録画面: for each new item what it is and whether employees see it. A total can be there only once. */
export function parseItems(
  newItems: readonly { name: string; kind: ItemKind }[],
  registered: Iterable<RegisteredItem>,
  body: unknown,
): ItemsForm {
  const fields = (body ?? {}) as Record<string, unknown>
  const errors: Record<string, string> = {}
  const seen = new Map([...registered].filter(item => item.shown).map(item => [item.kind, item.name]))
  const items = newItems.map(({ name, kind }, index): RegisteredItem => {
    const typed = one(fields[`kind-${index}`])
    const chosen = (Object.keys(itemKinds) as ItemKind[]).find(candidate => candidate === typed)
    const shown = one(fields[`shown-${index}`]) === '1'
    if (!chosen) errors[`kind-${index}`] = notChosen(`「${name}」の種別`)
    else if (shown && totals.includes(chosen)) {
      const other = seen.get(chosen)
      if (other !== undefined)
        errors[`kind-${index}`] =
          `${itemKinds[chosen]}にできる項目は1つだけです。すでに「${other}」が登録されています。ほかの種別を選択してください。`
      seen.set(chosen, name)
    }
    return { name, kind: chosen ?? kind, shown }
  })
  const missing = TOTALS.filter(kind => !seen.has(kind)).map(kind => itemKinds[kind])
  if (Object.keys(errors).length === 0 && missing.length > 0)
    errors['kind-0'] =
      `${missing.join('、')}の項目がありません。給与明細には、差引支給額・支給合計・控除合計の3つが必要です。該当する項目にチェックを入れ、種別を選択してください。`
  return { revision: revisionOf(body), items, errors }
}
