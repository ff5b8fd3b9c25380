/** People made of what a mapping names: for the directories of connectors. Pure. */
import type { FieldPair, Person, Scalar, Values } from './contract.js'
import { dateOf, joinFilled, katakana, keyOf } from './conversions.js'
import { crew } from './crew-fields.js'

/** Every path that the mapping reads or writes on the service's side, with its value; blanks as null. */
export const mappedValues = (mapping: readonly FieldPair[], read: (path: string) => Scalar): Values =>
  Object.fromEntries(mapping.flatMap(pair => pair.service).map(path => [path, read(path)]))

/** A person of the service: key, names and employment stand in the mapping's fields of those ids. */
export function personFrom(mapping: readonly FieldPair[], id: string, values: Values, detail = ''): Person {
  const valueOf = (field: { id: string }): Scalar =>
    values[mapping.find(pair => pair.id === field.id)?.service[0] ?? ''] ?? null
  return {
    id,
    key: keyOf(valueOf(crew.employeeNumber)),
    name: joinFilled([crew.lastName, crew.firstName].map(valueOf)),
    kana: joinFilled([crew.lastNameKana, crew.firstNameKana].map(valueOf).map(katakana)),
    detail,
    employedFrom: dateOf(valueOf(crew.hireDate)),
    employedUntil: dateOf(valueOf(crew.leavingDate)),
    values,
  }
}
