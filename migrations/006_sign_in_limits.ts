import type { Knex } from 'knex'

/** rate-limiter-flexible's table, made here because the app's role makes none. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table sign_in_limits (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    )
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table sign_in_limits')
}
