import type { FieldRule, FieldRules, RuledField } from '../contract/field-rules.js'
import { presetRule } from '../contract/field-rules.js'
import { notChosen, textField, ticked, type FieldErrors } from '../web/form.js'
import type { Pairs } from '../web/since-shown.js'

/** The names of a field's three choices in the form. */
export const nameOf = {
  way: (id: string) => `way-${id}`,
  blanks: (id: string) => `blanks-${id}`,
  newOnly: (id: string) => `new-${id}`,
}
const PREFIXES = Object.values(nameOf).map(name => name(''))

const UNKNOWN =
  '設定できない項目が含まれているため、保存していません。画面が古い可能性があります。開き直してから、もう一度保存してください。'
const NOTHING =
  'すべての項目が「しない」になっています。同期する項目がなくなるため、1つ以上の項目の向きを選択してください。'
const cannotErase = (label: string) =>
  `${label}は、空白にできない項目です。空白のときの動作は「何もしない」を選択してください。`
const isLocked = (label: string) => `${label}は、設定を変更できない項目です。画面を開き直してから、保存してください。`

/** Whether a rule can be chosen for a field: it tells who is who, or goes along with another one, otherwise. */
export const isChosen = ({ id, locked, lead }: RuledField): boolean => locked !== 'key' && lead === id

/** Rules as the form's fields; a box is 'yes' or blank. */
export const rulePairs = (fields: readonly RuledField[], rules: FieldRules): Pairs =>
  fields.filter(isChosen).flatMap(field => {
    const { way, blanks, newOnly } = rules[field.id] ?? presetRule(field)
    return [
      [nameOf.way(field.id), way],
      [nameOf.blanks(field.id), blanks],
      [nameOf.newOnly(field.id), newOnly ? 'yes' : ''],
    ] as const
  })

/** … and the other way round; what is no choice of a field is off. */
export function rulesOf(fields: readonly RuledField[], pairs: Pairs): FieldRules {
  const values = new Map(pairs)
  return Object.fromEntries(
    fields.map(field => {
      if (!isChosen(field)) return [field.id, presetRule(field)]
      const { id, ways } = field
      const rule: FieldRule = {
        way: ways.find(way => way === values.get(nameOf.way(id))) ?? 'none',
        blanks: values.get(nameOf.blanks(id)) === 'erase' ? 'erase' : 'keep',
        newOnly: values.get(nameOf.newOnly(id)) === 'yes',
      }
      return [id, rule]
    }),
  )
}

export type ParsedFieldRules = { ok: true; rules: FieldRules } | { ok: false; typed: FieldRules; errors: FieldErrors }

/** What was chosen for each field; those that can't be chosen for have what is preset. */
export function parseFieldRules(fields: readonly RuledField[], body: unknown): ParsedFieldRules {
  const errors: Record<string, string> = {}
  const chosen = fields.filter(isChosen)
  const typed: Record<string, FieldRule> = Object.fromEntries(fields.map(field => [field.id, presetRule(field)]))
  for (const field of chosen) typed[field.id] = parseOne(field, body, errors)

  const first = chosen[0] ? nameOf.way(chosen[0].id) : ''
  const open = new Set(chosen.map(({ id }) => id))
  const given = Object.keys((body ?? {}) as object).flatMap(name => {
    const prefix = PREFIXES.find(start => name.startsWith(start))
    return prefix === undefined ? [] : [name.slice(prefix.length)]
  })
  for (const id of given.filter(id => !open.has(id))) {
    const label = fields.find(field => field.id === id)?.label
    errors[first] = label === undefined ? UNKNOWN : isLocked(label)
  }
  const isOff = chosen.filter(({ locked }) => locked === null).every(({ id }) => typed[id]?.way === 'none')
  if (Object.keys(errors).length === 0 && isOff) errors[first] = NOTHING
  return Object.keys(errors).length > 0 ? { ok: false, typed, errors } : { ok: true, rules: typed }
}

function parseOne({ id, label, ways, erasing }: RuledField, body: unknown, errors: Record<string, string>): FieldRule {
  const { value: typedWay } = textField(body, nameOf.way(id))
  const way = ways.find(one => one === typedWay)
  if (!way) errors[nameOf.way(id)] = notChosen(`${label}を同期する向き`)
  const { typed } = textField(body, nameOf.blanks(id))
  const blanks = typed === 'erase' || typed === 'keep' ? typed : null
  if (erasing.length === 0 && typed !== '' && blanks !== 'keep') errors[nameOf.way(id)] ??= cannotErase(label)
  if (erasing.length > 0 && blanks === null) errors[nameOf.blanks(id)] = notChosen(`${label}が空白のときの動作`)
  return {
    way: way ?? 'none',
    blanks: (erasing.length > 0 ? blanks : null) ?? 'keep',
    newOnly: ticked(body, nameOf.newOnly(id)),
  }
}
