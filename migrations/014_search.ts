import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table run_items
      -- what the selection page shows of a record, folded as typed words are (sync/folding.ts); personal data in clear,
      -- as key, name, kana and department are. Null: written by the release before, which is searched as it was then.
      add column search text,
      -- signs in it that a file in Shift_JIS has no room for
      add column unwritable integer not null default 0;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table run_items drop column search, drop column unwritable;')
}
