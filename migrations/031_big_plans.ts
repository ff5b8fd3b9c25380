import type { Knex } from 'knex'

/**
 * What pages and files about a plan of 100,000 people would otherwise look through all of them for.
 *
 * `runs.chosen`: who is ticked, in numbers, kept with every tick; `runs.ticks` grows with each, so that what was confirmed
 * is known again. The release before counts its ticks in `ticked`: a number there says that `chosen` is older.
 *
 * `run_items.sealed_key`, `said_key`: which key has sealed a person's values, in clear. Whether a file can be opened to its
 * end is asked before it begins, and reading the sealed texts for it takes half a second. Kept by the database, so that it
 * holds for whatever a release writes. Null beside something sealed: a row from before this migration.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs add column chosen jsonb, add column ticks integer not null default 0;
    alter table run_items add column sealed_key text, add column said_key text;

    -- The dialog and the report show the chosen by id. After a tick for many the table's statistics still say that nobody
    -- is, and without the index everybody is looked at and sorted.
    create index items_selected on run_items (run_id, id) where selected;

    create function keep_seal_keys() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
      begin
        new.sealed_key := split_part(new.sealed, '.', 2);
        new.said_key := split_part(new.said, '.', 2);
        return new;
      end $$;
    create trigger keep_seal_keys before insert or update of sealed, said on run_items
      for each row execute function keep_seal_keys();
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger keep_seal_keys on run_items;
    drop function keep_seal_keys();
    drop index items_selected;
    alter table run_items drop column sealed_key, drop column said_key;
    alter table runs drop column chosen, drop column ticks;
  `)
}
