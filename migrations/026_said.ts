import type { Knex } from 'knex'

/**
 * What a service has said in its own words, whole and sealed: `run_items.reason` and `runs.failure` hold in clear what may
 * stay when the people are forgotten, `said` holds what is shown until then.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table run_items add column said text; alter table runs add column said text')
  await showSaid(knex)
  for (const [name, changes] of changed) for (const [from, to] of changes) await replaceIn(knex, name, from, to)
}

export async function down(knex: Knex): Promise<void> {
  for (const [name, changes] of changed) for (const [from, to] of changes) await replaceIn(knex, name, to, from)
  await hideSaid(knex)
  await knex.raw('alter table run_items drop column said; alter table runs drop column said')
}

const FORGOTTEN = 'update public.runs set people_deleted_at = coalesce(people_deleted_at, clock_timestamp())'
/** What the release before has stored as the failure holds all that was said. */
const WITHOUT_WORDS = `, said = null, failure = public.reason_to_keep(failure, '', '', '')`

const SESSIONS = `union all select 'runs', session from public.runs where session is not null`
const COUNTED = `
            union all select 'runs', said from public.runs where said is not null
            union all select 'run_items', w.said from public.run_items w where w.said is not null`

const STAGED = `where not starts_with(s.sealed, sealed_now) and split_part(s.sealed, '.', 2) = any (known) limit 5000)`
const RESEALED = `
              union all
              (select w.tenant_id from public.run_items w
                where not starts_with(w.said, sealed_now) and split_part(w.said, '.', 2) = any (known) limit 5000)
              union all
              (select f.tenant_id from public.runs f
                where not starts_with(f.said, sealed_now) and split_part(f.said, '.', 2) = any (known) limit 500)`

/** Functions, and what is put behind which of their texts; the rest stays as earlier migrations say. */
const changed: readonly [name: string, changes: readonly [from: string, to: string][]][] = [
  ['forget_people(timestamptz)', [[FORGOTTEN, FORGOTTEN + WITHOUT_WORDS]]],
  ['key_counts()', [[SESSIONS, SESSIONS + COUNTED]]],
  ['due_reseal(text, text[])', [[STAGED, STAGED + RESEALED]]],
]

async function replaceIn(knex: Knex, name: string, from: string, to: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { sql: string }[] }>(
    `select pg_get_functiondef('${name}'::regprocedure) as sql`,
  )
  const sql = rows[0]?.sql ?? ''
  if (!sql.includes(from)) throw new Error(`${name} is not as it was`)
  // A question mark would be a binding.
  await knex.raw(sql.replace(from, () => to).replaceAll('?', '\\?'))
}

const viewNow = async (knex: Knex): Promise<string> =>
  (await knex.raw<{ rows: [{ sql: string }] }>(`select pg_get_viewdef('run_results'::regclass) as sql`)).rows[0].sql

async function showSaid(knex: Knex): Promise<void> {
  const sql = (await viewNow(knex))
    .replace(/\n\s*FROM run_items\b/, ',\n run_items.said$&')
    .replace(/\n\s*FROM run_outcomes\b/, ',\n null::text$&')
  await knex.raw(`create or replace view run_results with (security_invoker = true) as ${sql}`)
}

/** A view loses a column by being made anew. Its rights come with the release. */
async function hideSaid(knex: Knex): Promise<void> {
  const sql = (await viewNow(knex))
    .replace(/,\s*run_items\.said\b/, '')
    .replace(/,\s*NULL::text(?: AS said)?(?=\s+FROM run_outcomes)/, '')
  await knex.raw(`drop view run_results; create view run_results with (security_invoker = true) as ${sql}`)
  await knex.raw(`
    do $$ begin
      if exists (select from pg_roles where rolname = 'renkei_app') then
        grant select on run_results to renkei_app;
      end if;
    end $$`)
}
