import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs
      -- settings that shape the plan, as they stood when both sides were read
      add column settings jsonb not null default '{}',
      -- what everybody new gets: option name → { value, label }
      add column options jsonb not null default '{}',
      add column fetch_begun_at timestamptz;
    -- new or changed, but the target would not take it as it is: can't be chosen
    alter table run_items add column blocked boolean not null default false;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table run_items drop column blocked;
    alter table runs drop column settings, drop column options, drop column fetch_begun_at;
  `)
}
