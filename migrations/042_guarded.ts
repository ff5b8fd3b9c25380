import type { Knex } from 'knex'

/** What the guard has counted of a run's selection, and ids of its examples, with the mark of the choice it holds for. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table runs add column guarded jsonb')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop column guarded')
}
