import type { Knex } from 'knex'

/**
 * Which fields were written stays when the people of a run are forgotten, so that 変更者一覧 can still name them: their ids, or
 * a payslip's items, and no value. Rows of days that an earlier release has dropped name none.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table run_outcomes add column changed_fields text[] not null default '{}'`)
  await viewWith(knex, /'\{\}'::text\[\](?: AS \w+)?/, 'run_outcomes.changed_fields')
  for (const [from, to] of COPIED) await replaceIn(knex, from, to)
}

export async function down(knex: Knex): Promise<void> {
  for (const [from, to] of COPIED) await replaceIn(knex, to, from)
  await viewWith(knex, /run_outcomes\.changed_fields/, `'{}'::text[]`)
  await knex.raw('alter table run_outcomes drop column changed_fields')
}

/** Where forget_people copies a dropped day: its columns, and what goes into them. The rest stays as earlier migrations say. */
const COPIED: readonly (readonly [from: string, to: string])[] = [
  [`outcome, reason, applied_at)`, `outcome, reason, applied_at, changed_fields)`],
  [
    `applied_at
           from run_days.run_items_%s where`,
    `applied_at,
             case outcome when ''succeeded'' then changed_fields else array[]::text[] end
           from run_days.run_items_%s where`,
  ],
]

async function replaceIn(knex: Knex, from: string, to: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { sql: string }[] }>(
    `select pg_get_functiondef('forget_people(timestamptz)'::regprocedure) as sql`,
  )
  const sql = rows[0]?.sql ?? ''
  if (!sql.includes(from)) throw new Error('forget_people is not as it was')
  // A question mark would be a binding.
  await knex.raw(sql.replace(from, () => to).replaceAll('?', '\\?'))
}

/** The view of a run's people with another column in its half of those who are forgotten. */
async function viewWith(knex: Knex, from: RegExp, to: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { sql: string }[] }>(`select pg_get_viewdef('run_results'::regclass) as sql`)
  const [kept = '', forgotten = ''] = (rows[0]?.sql ?? '').split(/(?=UNION ALL)/)
  if (!from.test(forgotten)) throw new Error('run_results is not as it was')
  await knex.raw(
    `create or replace view run_results with (security_invoker = true) as ${kept}${forgotten.replace(from, to)}`,
  )
}
