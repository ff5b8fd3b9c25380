import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- the key without what people overlook; see server/contract/keys.ts
    alter table run_staging add column look_alike text;
    create index staging_by_look_alike on run_staging (run_id, side, look_alike) where look_alike is not null;

    -- no button that takes many takes this one: somebody has to look at the row and tick it
    alter table run_items add column own_tick boolean not null default false;

    alter table runs
      -- how many each side listed; and where that is far fewer than before, with both numbers
      add column source_listed integer,
      add column target_listed integer,
      add column shortfalls jsonb not null default '[]',
      -- the database's own order of reading and writing: processes' clocks differ
      add column read_from timestamptz,
      add column written_until timestamptz;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs drop column source_listed, drop column target_listed, drop column shortfalls,
      drop column read_from, drop column written_until;
    alter table run_items drop column own_tick;
    drop index staging_by_look_alike;
    alter table run_staging drop column look_alike;
  `)
}
