import type { Knex } from 'knex'

/**
 * Who gets the mails about the checks of a schedule; null: whoever gets the service's result mails. The release before
 * writes nothing here and tells those of the service. Somebody who is no administrator any more is passed over when told.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table schedules add column recipients uuid[] check (cardinality(recipients) > 0)')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table schedules drop column recipients')
}
