import type { Knex } from 'knex'

/** A company may have any number of departments; so many can be chosen from. */
const MOST = 200

const taken = `not blocked and not own_tick and not doomed`

const perClass = `'takeable', jsonb_build_object('new', count(*) filter (where class = 'new' and ${taken}),
    'changed', count(*) filter (where class = 'changed' and ${taken})),
  'new', count(*) filter (where class = 'new'), 'changed', count(*) filter (where class = 'changed'),
  'same', count(*) filter (where class = 'same'), 'excluded', count(*) filter (where class = 'excluded')`

const values = (column: string) => `(select coalesce(jsonb_agg(one order by people desc, name), '[]') from (
  select ${column} as name, count(*) as people, jsonb_build_object('name', ${column}, ${perClass}) as one
  from run_items where tenant_id = :tenantId and run_id = :runId group by ${column}
  order by people desc, name limit ${MOST}) as counted)`

/** What a list can be narrowed by, counted once of a plan that is stored: for a column of runs. */
export const facetsInRows = (db: Knex, tenantId: string, runId: string): Knex.Raw =>
  db.raw(
    `jsonb_build_object('revision', runs.revision, 'departments', ${values('crew_department')},
      'employmentTypes', ${values('employment_type')},
      'warned', (select jsonb_build_object(${perClass}) from run_items
        where tenant_id = :tenantId and run_id = :runId and warned))`,
    { tenantId, runId },
  )

/** Those of the plan that stands; null where the release before has made it. */
export const FACETS = `case when (facets ->> 'revision')::int = revision then facets - 'revision' end as facets`
