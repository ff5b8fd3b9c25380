import type { Knex } from 'knex'

/**
 * How many of the people that the source listed are compared already, while a plan is made (差分を確認中). Null: the plan is not
 * being made, or by the release before, which does not count.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table runs add column planned integer')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop column planned')
}
