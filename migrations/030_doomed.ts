import type { Knex } from 'knex'

/** Whether the plan already knows that somebody can't be written: counted and shown apart before anything is sent. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table run_items add column doomed boolean not null default false;
    create index items_doomed on run_items (run_id, key, id) where doomed;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index items_doomed; alter table run_items drop column doomed')
}
