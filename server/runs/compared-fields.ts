import type { FieldPair, SyncFlow } from '../contract/contract.js'
import { ruledMapping } from '../contract/field-rules.js'
import { tableFields, usedOptions } from '../contract/value-tables.js'
import { without } from './omitting.js'
import type { Run } from './run.js'

/** What the plan of a run has compared of a record that was there: nobody may have changed it since. Pure. */
export function comparedFields(
  flow: SyncFlow,
  { ruled, tabled, omitted }: Pick<Run, 'ruled' | 'tabled' | 'omitted'>,
): readonly FieldPair[] {
  const byTables = new Set(usedOptions(flow, tabled, 'all').map(({ name }) => name))
  return without(
    [...ruledMapping(flow, ruled).ofKnown, ...tableFields(flow).filter(({ id }) => byTables.has(id))],
    omitted,
  )
}
