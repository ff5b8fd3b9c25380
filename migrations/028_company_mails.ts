import type { Knex } from 'knex'

/**
 * Who has been told of a company's end: the mail and the recipient's place → 'sent', or how often nobody knew whether it
 * had gone out.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table company_ends add column told jsonb not null default '{}'`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table company_ends drop column told')
}
