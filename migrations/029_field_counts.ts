import type { Knex } from 'knex'

/** How many people of a plan each field changes for, by the field's id: the selection page begins with it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table runs add column field_counts jsonb not null default '{}'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop column field_counts')
}
