import type { Knex } from 'knex'

/**
 * Which run this one takes back: it is planned from what that one has written, not from the other side. `undone_revision`:
 * the revision of such a plan. A worker of the release before compares both sides as ever, and does not set it.
 * `taken_back_at`: when the payroll that a run has made was removed again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs add column undo_of uuid references runs, add column undone_revision integer,
      add column taken_back_at timestamptz;
    create index runs_undo_of on runs (undo_of) where undo_of is not null;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table runs drop column undo_of, drop column undone_revision, drop column taken_back_at')
}
