/** People made of what a mapping names: for the directories of connectors. Pure. */
import type { FieldPair, Person, Scalar, Values } from './contract.js'
import { dateOf, joinFilled, katakana, keyOf } from './conversions.js'
import { crew } from './crew-fields.js'

/** Every path that the mapping reads or writes on the service's side, with its value; blanks as null. */
export const mappedValues = (mapping: readonly FieldPair[], read: (path: string) => Scalar): Values =>
  Object.fromEntries(mapping.flatMap(pair => pair.service).map(path => [path, read(path)]))

type Parts = readonly (Scalar | undefined)[]

/** 姓 and 名 in one text, and their kana in full width. */
export const namesFrom = (parts: Parts, kana: Parts): Pick<Person, 'name' | 'kana'> => ({
  name: joinFilled(parts),
  kana: joinFilled(kana.map(katakana)),
})

/** A person of the service: key, names and employment stand in the mapping's fields of those ids. */
export function personFrom(mapping: readonly FieldPair[], id: string, values: Values, detail = ''): Person {
  const valueOf = (field: { id: string }): Scalar => {
    const path = mapping.find(pair => pair.id === field.id)?.service[0]
    return path === undefined ? null : (values[path] ?? null)
  }
  return {
    id,
    key: keyOf(valueOf(crew.employeeNumber)),
    ...namesFrom([crew.lastName, crew.firstName].map(valueOf), [crew.lastNameKana, crew.firstNameKana].map(valueOf)),
    detail,
    employedFrom: dateOf(valueOf(crew.hireDate)),
    employedUntil: dateOf(valueOf(crew.leavingDate)),
    values,
  }
}
