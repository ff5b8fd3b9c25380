import type { Knex } from 'knex'

/**
 * Fields that an administrator leaves out of a run, by their ids: `omit` is what the next plan is to leave out, `omitted`
 * what the plan of `omitted_revision` has left out. The release before plans without knowing of it and takes a new
 * revision for that: its plans leave out nothing, and nobody says that they do.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs add column omit text[] not null default '{}', add column omitted text[] not null default '{}',
      add column omitted_revision integer;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop column omit, drop column omitted, drop column omitted_revision')
}
