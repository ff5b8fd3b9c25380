import type { Knex } from 'knex'

/**
 * One person's story: what was done about somebody of SmartHR, whichever run did it.
 *
 * `crew_id`: whose a record is that has an id of its own, a payslip or a year-end result. Everybody else is found by the
 * record's own ids. Null also in rows of the release before, which are then in no story.
 *
 * `runs.person`: the run is about this one person, of whom both sides are asked alone. A worker of the release before reads
 * everybody, and says so in `source_listed`.
 *
 * `links.run_id`, `admin_id`: which run, or which administrator by hand, has made a pair. Null: not known.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table run_items add column crew_id text;
    alter table run_outcomes add column crew_id text;
    alter table runs add column person jsonb;
    alter table links add column run_id uuid, add column admin_id uuid;

    create index items_of_source on run_items (source_id);
    create index items_of_target on run_items (target_id) where target_id is not null;
    create index items_of_crew on run_items (crew_id) where crew_id is not null;
    create index outcomes_of_source on run_outcomes (tenant_id, source_id);
    create index outcomes_of_target on run_outcomes (tenant_id, target_id) where target_id is not null;
    create index outcomes_of_crew on run_outcomes (tenant_id, crew_id) where crew_id is not null;
  `)
  await showCrew(knex)
  for (const [name, from, to] of changed) await replaceIn(knex, name, from, to)
}

export async function down(knex: Knex): Promise<void> {
  for (const [name, from, to] of changed) await replaceIn(knex, name, to, from)
  await hideCrew(knex)
  await knex.raw(`
    alter table runs drop column person;
    alter table links drop column run_id, drop column admin_id;
    alter table run_outcomes drop column crew_id;
    alter table run_items drop column crew_id;
    drop index items_of_source, items_of_target, outcomes_of_source, outcomes_of_target;
  `)
}

const NOTE = 'note_writes(uuid, uuid, uuid, timestamptz, bigint[], bigint[], text[], text, text, text[], text[])'

/** Functions, and which of their texts become which; the rest stays as earlier migrations say. */
const changed: readonly [name: string, from: string, to: string][] = [
  [
    'forget_people(timestamptz)',
    'outcome, reason, applied_at, changed_fields)',
    'outcome, reason, applied_at, changed_fields, crew_id)',
  ],
  [
    'forget_people(timestamptz)',
    `when ''succeeded'' then changed_fields else array[]::text[] end`,
    `when ''succeeded'' then changed_fields else array[]::text[] end, crew_id`,
  ],
  [
    NOTE,
    'insert into links (tenant_id, connector, account_id, smarthr_id, service_id)',
    'insert into links (tenant_id, connector, account_id, smarthr_id, service_id, run_id)',
  ],
  [
    NOTE,
    'select company, service, account, l.smarthr_id, l.service_id',
    'select company, service, account, l.smarthr_id, l.service_id, note_writes.run',
  ],
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

async function showCrew(knex: Knex): Promise<void> {
  const sql = (await viewNow(knex))
    .replace(/\n\s*FROM run_items\b/, ',\n run_items.crew_id$&')
    .replace(/\n\s*FROM run_outcomes\b/, ',\n run_outcomes.crew_id$&')
  await knex.raw(`create or replace view run_results with (security_invoker = true) as ${sql}`)
}

/** A view loses a column by being made anew. Its rights come with the release. */
async function hideCrew(knex: Knex): Promise<void> {
  const sql = (await viewNow(knex)).replace(/,\s*run_items\.crew_id\b/, '').replace(/,\s*run_outcomes\.crew_id\b/, '')
  await knex.raw(`drop view run_results; create view run_results with (security_invoker = true) as ${sql}`)
  await knex.raw(`
    do $$ begin
      if exists (select from pg_roles where rolname = 'renkei_app') then
        grant select on run_results to renkei_app;
      end if;
    end $$`)
}
