import type { FeedPermission } from '../../contract/contract.js'
import type { FeedEmployee } from './employees.feed.js'
import { ALWAYS, RESOURCES } from './feed.schema.js'
import * as tables from './tables.js'
import type { FeedDeclaration } from './year-end.feed.js'

/** What of a record an access token gets to see. */

/** The people a declaration names beside the employee. */
const FAMILY = ['spouse', 'dependents']

/** Whether the token reads of spouses at all: of employees among the family, of declarations item by item as well. */
const readsSpouses = (ofEmployee: boolean, { attributes, resources }: FeedPermission): boolean =>
  resources.includes('dependents') &&
  (ofEmployee || attributes === null || attributes.some(path => path.startsWith('spouse.')))

/** A record that does not tell whether the employee is, or was, married: the same for either. */
function withoutMarriage<T extends FeedEmployee | FeedDeclaration>(record: T): T {
  if (!('status' in record))
    return { ...record, income_tax: { ...record.income_tax, widow: null, single_parent: null } }
  return {
    ...record,
    person: { ...record.person, householder_relationship: null, widow: null, single_parent: null },
    // Null, as even an empty spouse would tell that there is one.
    spouse: null,
    dependents:
      record.dependents
        ?.filter(({ relationship }) => relationship === null || !tables.SPOUSES.includes(relationship))
        .map(dependent =>
          dependent.relationship !== null && tables.IN_LAWS.includes(dependent.relationship)
            ? { ...dependent, relationship: tables.OTHER }
            : dependent,
        ) ?? null,
  }
}

/**
 * The record with null for everything the token does not permit. Fails closed: an item that is not named is not given.
 * Whether the token may read such records at all is the caller's question.
 */
export function limited(
  whole: FeedEmployee | FeedDeclaration,
  permission: FeedPermission,
): Readonly<Record<string, unknown>> {
  const { attributes, resources } = permission
  const ofEmployee = !('status' in whole)
  const record = readsSpouses(ofEmployee, permission) ? whole : withoutMarriage(whole)
  const kept = (path: string, value: unknown) => (attributes === null || attributes.includes(path) ? value : null)
  const permitted = (name: string, value: unknown): unknown => {
    if (ALWAYS.includes(name)) return value
    // The family is a resource of its own, in an employee's record and in a declaration.
    if (!ofEmployee && FAMILY.includes(name) && !resources.includes('dependents')) return null
    if (ofEmployee && RESOURCES.includes(name)) return resources.includes(name) ? value : null
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return kept(name, value)
    return Object.fromEntries(
      Object.entries(value).map(([part, at]: [string, unknown]) => [part, kept(`${name}.${part}`, at)]),
    )
  }
  return Object.fromEntries(
    Object.entries(record).map(([name, value]: [string, unknown]) => [name, permitted(name, value)]),
  )
}
