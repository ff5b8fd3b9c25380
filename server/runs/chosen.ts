import type { Knex } from 'knex'
import type { Chosen } from './run.js'

/** A person whose tick has just changed. */
export interface Flipped {
  class: string
  repeated: boolean
  doomed: boolean
  changedFields: readonly string[]
  selected: boolean
}

/** The choice of a run as its rows have it: for a column of runs, or to be asked for. */
export const chosenInRows = (db: Knex, tenantId: string, runId: string): Knex.Raw =>
  db.raw(
    `(select jsonb_build_object(
        'total', count(*), 'new', count(*) filter (where class = 'new'),
        'changed', count(*) filter (where class = 'changed'), 'repeated', count(*) filter (where repeated),
        'doomed', count(*) filter (where doomed),
        'fields', (select coalesce(jsonb_object_agg(field, people), '{}') from (
          select field, count(*) as people from run_items, unnest(changed_fields) as field
          where tenant_id = :tenantId and run_id = :runId and selected and class = 'changed' group by field) as counted))
      from run_items where tenant_id = :tenantId and run_id = :runId and selected)`,
    { tenantId, runId },
  )

/** A choice after some ticks have changed. Pure. */
export function withFlipped(chosen: Chosen, flipped: readonly Flipped[]): Chosen {
  const now = { ...chosen, fields: { ...chosen.fields } }
  for (const person of flipped) {
    const one = person.selected ? 1 : -1
    now.total += one
    if (person.class === 'new') now.new += one
    if (person.repeated) now.repeated += one
    if (person.doomed) now.doomed += one
    if (person.class !== 'changed') continue
    now.changed += one
    for (const field of person.changedFields) now.fields[field] = (now.fields[field] ?? 0) + one
  }
  return now
}
