import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs
      -- the area of the account this run works in: { value, label }
      add column area jsonb,
      -- the run's own log-in at the service, sealed; there only while somebody works on the run
      add column session text;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop column area, drop column session')
}
