import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index runs_gone_well on runs (connection_id, ended_at desc) where state in ('succeeded', 'partly_failed');

    -- see migrations/017_due.ts
    create policy due on smarthr_grants for select to current_user using (current_setting('app.due', true) = 'on');

    -- Figures over all companies for /metrics: counts, ages and ids, nothing about people.
    create function operator_figures() returns table (name text, labels jsonb, value double precision)
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$
      #variable_conflict use_column
      declare present timestamptz := clock_timestamp();
      begin
        perform set_config('app.due', 'on', true);
        return query
          with jobs as (
            select task_identifier as task, present - run_at as age,
              locked_at is null and attempts < max_attempts and run_at <= present as waits,
              locked_at is null and attempts >= max_attempts as given_up
            from graphile_worker.jobs),
          limits as (select extract(epoch from tat - present) as wait from public.rate_limits where tat > present)
          select 'renkei_jobs_waiting', jsonb_build_object('task', task), count(*)::float8 from jobs where waits group by task
          union all select 'renkei_job_age_seconds', jsonb_build_object('task', task), extract(epoch from max(age))::float8
            from jobs where waits group by task
          union all select 'renkei_jobs_given_up', jsonb_build_object('task', task), count(*)::float8
            from jobs where given_up group by task
          union all select 'renkei_worker_pools', '{}'::jsonb, count(*)::float8
            from public.worker_heartbeats where seen_at > present - interval '10 seconds'
          union all select 'renkei_runs_at_work', jsonb_build_object('connector', connector, 'state', state), count(*)::float8
            from public.runs where state in ('fetching', 'queued', 'running') and published_at is null
            group by connector, state
          union all select 'renkei_runs_put_aside', jsonb_build_object('connector', connector), count(*)::float8
            from public.runs
            where state in ('fetching', 'queued', 'running') and published_at is null and waiting_until is not null
            group by connector
          union all select 'renkei_runs_ended_in_a_day', jsonb_build_object('connector', connector, 'state', state),
              count(*)::float8
            from public.runs
            where people_deleted_at is null and ended_at > present - interval '1 day' and state <> 'cancelled'
            group by connector, state
          union all select 'renkei_unconfirmed_in_a_day', jsonb_build_object('connector', connector),
              sum(unconfirmed_count)::float8
            from public.runs where people_deleted_at is null and ended_at > present - interval '1 day'
            group by connector
          union all select 'renkei_limiter_longest_wait_seconds', '{}'::jsonb, coalesce(max(wait), 0)::float8 from limits
          union all select 'renkei_limiter_credentials_waiting', '{}'::jsonb, count(*)::float8 from limits where wait > 1
          union all select 'renkei_connections', jsonb_build_object('connector', connector, 'state', state), count(*)::float8
            from public.connections where state in ('active', 'reconnect_needed') group by connector, state
          union all select 'renkei_connections_ending_in_14_days', jsonb_build_object('connector', connector), count(*)::float8
            from public.connections
            where state = 'active' and valid_until between present and present + interval '14 days' group by connector
          union all select 'renkei_smarthr_grants', jsonb_build_object('state', state), count(*)::float8
            from public.smarthr_grants group by state
          union all select 'renkei_connection_last_success_seconds',
              jsonb_build_object('connector', c.connector, 'connection', c.id), extract(epoch from last.ended_at)::float8
            from public.connections c
            cross join lateral (
              select ended_at from public.runs r
              where r.connection_id = c.id and r.state in ('succeeded', 'partly_failed')
              order by ended_at desc limit 1) last
            where c.state in ('active', 'reconnect_needed');
        perform set_config('app.due', '', true);
      end $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function operator_figures();
    drop policy due on smarthr_grants;
    drop index runs_gone_well;
  `)
}
