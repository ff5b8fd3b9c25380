import type { Knex } from 'knex'

/**
 * Of those who differ, how many fail as they are: the plan knows. A worker of the release before leaves it at 0, and
 * nothing is said.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table checks add column doomed_count integer not null default 0')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table checks drop column doomed_count')
}
