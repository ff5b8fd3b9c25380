import type { Knex } from 'knex'

/**
 * What the selection page says of a whole plan, counted once: `fields`: how many people of 差分あり each field changes for,
 * `takeable`: whom a button for many takes, by class, `ownTicks`: who needs a tick of their own. `ticked`: how many are
 * selected now. Null: a plan of the release before, which is counted whenever its page is drawn.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs add column tallies jsonb, add column ticked integer;
    create index items_unwritable on run_items (run_id, id) where unwritable > 0;
    create index items_with_reason on run_items (run_id, id) where reason is not null;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index items_unwritable;
    drop index items_with_reason;
    alter table runs drop column tallies, drop column ticked;
  `)
}
