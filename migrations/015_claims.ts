import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- A refresh is claimed, sent without a transaction, and stored: nobody waits with a connection in hand. Until when it
    -- is under way, and until when callers take a failed one for their own answer.
    alter table smarthr_grants add column refreshing_until timestamptz, add column refresh_failed_until timestamptz;
    alter table connections add column refreshing_until timestamptz, add column refresh_failed_until timestamptz;

    -- The same for a mail: until when somebody is speaking to the mail server about it.
    alter table mails add column sending_until timestamptz;

    -- Whether a job of this key is at work or will be. The app's role can't read graphile-worker's tables.
    create function job_stands(job_key text) returns boolean
      language sql stable security definer set search_path = pg_catalog, pg_temp as
      $$ select exists (
        select from graphile_worker.jobs
        where key = job_key and (attempts < max_attempts or locked_at is not null)) $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function job_stands(text);
    alter table mails drop column sending_until;
    alter table smarthr_grants drop column refreshing_until, drop column refresh_failed_until;
    alter table connections drop column refreshing_until, drop column refresh_failed_until;
  `)
}
