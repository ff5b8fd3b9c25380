import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What housekeeping asks for every minute, over all companies at once: each index holds only what may be due.
    create index runs_at_work on runs (tenant_id)
      where state in ('fetching', 'queued', 'running') and published_at is null;
    create index runs_ready on runs (fetched_at) where state = 'ready';
    create index runs_drafted on runs (created_at) where state = 'draft';
    create index runs_on_offer on runs (published_at) where state = 'running' and published_at is not null;
    create index runs_with_people on runs (ended_at) where people_deleted_at is null and ended_at is not null;
    create index runs_given_up on runs (tenant_id) where people_deleted_at is null and state = 'cancelled';
    create index connections_pending on connections (created_at) where state = 'pending';
    create index connections_to_warn on connections (valid_until)
      where warned_at is null and owner is not null and state in ('active', 'reconnect_needed');

    -- Row-level security binds a plain owner, too. It sees every company's rows inside the two functions below and
    -- nowhere else; they give ids of companies, and no other role is let through.
    create policy due on runs for select to current_user using (current_setting('app.due', true) = 'on');
    create policy due on connections for select to current_user using (current_setting('app.due', true) = 'on');

    create function due_work(
      present timestamptz, plans_before timestamptz, pending_before timestamptz, snapshots jsonb, links jsonb
    ) returns table (tenant_id uuid, chore text)
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$
      #variable_conflict use_column
      begin
        perform set_config('app.due', 'on', true);
        return query
          select r.tenant_id, 'stranded' from public.runs r
            where r.state in ('fetching', 'queued', 'running') and r.published_at is null
              and not public.job_stands(case r.state when 'fetching' then 'run.fetch' else 'run.apply' end || ':' || r.id)
          union select r.tenant_id, 'plans' from public.runs r
            where r.state = 'ready' and r.fetched_at < plans_before
          union select r.tenant_id, 'plans' from public.runs r
            where r.state = 'draft' and r.created_at < plans_before
          union select r.tenant_id, 'snapshots'
            from jsonb_to_recordset(snapshots) as s (connector text, flow text, before timestamptz)
            join public.runs r on r.connector = s.connector and r.flow = s.flow
            where r.state = 'running' and r.published_at is not null and r.published_at <= s.before
          union select c.tenant_id, 'links'
            from jsonb_to_recordset(links) as l (connector text, until timestamptz)
            join public.connections c on c.connector = l.connector
            where c.warned_at is null and c.owner is not null and c.state in ('active', 'reconnect_needed')
              and c.valid_until > present and c.valid_until <= l.until
          union select c.tenant_id, 'pending' from public.connections c
            where c.state = 'pending' and c.created_at < pending_before;
        perform set_config('app.due', '', true);
      end $$;

    -- Companies with ended runs whose people are kept no longer.
    create function due_people(ended_before timestamptz) returns setof uuid
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        perform set_config('app.due', 'on', true);
        return query
          select r.tenant_id from public.runs r
            where r.people_deleted_at is null and r.ended_at is not null and r.ended_at < ended_before
          union select r.tenant_id from public.runs r
            where r.people_deleted_at is null and r.state = 'cancelled';
        perform set_config('app.due', '', true);
      end $$;

    -- 'long': not for the places that are kept for what somebody waits for (server/jobs/worker.ts).
    create function enqueue_job(
      task text, payload json, run_at timestamptz, job_key text, is_long boolean, priority integer
    ) returns void
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        perform public.check_job(task, payload, job_key);
        perform graphile_worker.add_job(task, payload, run_at => run_at, max_attempts => 25, job_key => job_key,
          priority => priority, flags => case when is_long then array['long'] end);
      end $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function enqueue_job(text, json, timestamptz, text, boolean, integer);
    drop function due_people(timestamptz);
    drop function due_work(timestamptz, timestamptz, timestamptz, jsonb, jsonb);
    drop policy due on connections;
    drop policy due on runs;
    drop index connections_to_warn, connections_pending, runs_given_up, runs_with_people, runs_on_offer, runs_drafted,
      runs_ready, runs_at_work;
  `)
}
