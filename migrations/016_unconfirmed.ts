import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- 要確認: a create was sent, and nobody knows what became of it.
    alter table run_items drop constraint run_items_outcome_check;
    alter table run_items add constraint run_items_outcome_check
      check (outcome in ('succeeded', 'failed', 'unconfirmed', 'not_run'));
    alter table runs add column unconfirmed_count integer not null default 0;
    -- how often its record was looked for in vain since it was last sent
    alter table run_items add column looks integer not null default 0;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    -- the release before counted them among the failures
    update runs set failed_count = failed_count + unconfirmed_count where unconfirmed_count > 0;
    update runs set retry_outcome = 'failed' where retry_outcome = 'unconfirmed';
    update run_items set outcome = 'failed' where outcome = 'unconfirmed';
    alter table runs drop column unconfirmed_count;
    alter table run_items drop column looks;
    alter table run_items drop constraint run_items_outcome_check;
    alter table run_items add constraint run_items_outcome_check
      check (outcome in ('succeeded', 'failed', 'not_run'));
  `)
}
