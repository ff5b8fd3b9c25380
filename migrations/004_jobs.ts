import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- graphile-worker's tables are closed to the app's role, so that it can add jobs but neither read nor change them.
    create function enqueue_job(task text, payload json, run_at timestamptz, job_key text) returns void
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        perform graphile_worker.add_job(task, payload, run_at => run_at, max_attempts => 25, job_key => job_key);
      end $$;

    -- Signs of life of worker processes: a pool silent for some seconds is taken for dead and its jobs go to others.
    create table worker_heartbeats (
      worker_id text primary key,
      seen_at timestamptz not null default clock_timestamp()
    );

    -- One line per credential: the time of its next free call (platform/limiter.ts).
    create table rate_limits (
      key text primary key,
      tat timestamptz not null
    );
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table rate_limits;
    drop table worker_heartbeats;
    drop function enqueue_job(text, json, timestamptz, text);
  `)
}
