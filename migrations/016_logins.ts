import type { Knex } from 'knex'

/**
 * What the app's login may do without a company, or beyond one, it does by these functions alone: they look at their
 * arguments. Who may call them, and all other rights, stand in server/platform/rights.ts.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Sessions, one at a time and by their id: nobody can list them.
    create function session_read(id text) returns json
      language sql stable security definer set search_path = pg_catalog, pg_temp as
      $$ select sess from public.sessions where sid = id and expire > clock_timestamp() $$;

    create function session_write(id text, content json, ends_at timestamptz) returns void
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        if length(id) < 20 or ends_at > clock_timestamp() + interval '1 day' then
          raise exception 'no session id, or one for too long' using errcode = 'invalid_parameter_value';
        end if;
        insert into public.sessions (sid, sess, expire) values (id, content, ends_at)
        on conflict (sid) do update set sess = excluded.sess, expire = excluded.expire;
      end $$;

    create function session_touch(id text, ends_at timestamptz) returns void
      language sql security definer set search_path = pg_catalog, pg_temp as
      $$ update public.sessions set expire = least(ends_at, clock_timestamp() + interval '1 day') where sid = id $$;

    create function session_end(id text) returns void
      language sql security definer set search_path = pg_catalog, pg_temp as
      $$ delete from public.sessions where sid = id $$;

    create function sessions_prune() returns void
      language sql security definer set search_path = pg_catalog, pg_temp as
      $$ delete from public.sessions where expire < clock_timestamp() $$;

    -- A job is the company's own, of a kind we know, and named after the one thing it is about.
    create function check_job(task text, payload json, job_key text) returns void
      language plpgsql set search_path = pg_catalog, pg_temp as
      $$
      declare
        about text := payload ->> case task when 'run.fetch' then 'runId' when 'run.apply' then 'runId'
          when 'mail.result' then 'mailId' end;
      begin
        if about is null or (payload ->> 'tenantId')::uuid is distinct from public.current_tenant()
          or job_key is distinct from task || ':' || about
          or (select count(*) from json_object_keys(payload)) <> 2 then
          raise exception 'a job of another company, or none of ours' using errcode = 'insufficient_privilege';
        end if;
      end $$;

    create or replace function enqueue_job(task text, payload json, run_at timestamptz, job_key text) returns void
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        perform public.check_job(task, payload, job_key);
        perform graphile_worker.add_job(task, payload, run_at => run_at, max_attempts => 25, job_key => job_key);
      end $$;

    -- Looked up across companies, written by the one it is about.
    do $$ declare t text; begin
      foreach t in array array['account_owners', 'access_token_hashes'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy found on %I for select using (true)', t);
        execute format('create policy added on %I for insert with check (tenant_id = current_tenant())', t);
        execute format('create policy ended on %I for delete using (tenant_id = current_tenant())', t);
      end loop;
    end $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$ declare t text; begin
      foreach t in array array['account_owners', 'access_token_hashes'] loop
        execute format('drop policy found on %I', t);
        execute format('drop policy added on %I', t);
        execute format('drop policy ended on %I', t);
        execute format('alter table %I no force row level security', t);
        execute format('alter table %I disable row level security', t);
      end loop;
    end $$;
    create or replace function enqueue_job(task text, payload json, run_at timestamptz, job_key text) returns void
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        perform graphile_worker.add_job(task, payload, run_at => run_at, max_attempts => 25, job_key => job_key);
      end $$;
    grant execute on function enqueue_job(text, json, timestamptz, text), job_stands(text) to public;
    drop function check_job(text, json, text);
    drop function session_read(text);
    drop function session_write(text, json, timestamptz);
    drop function session_touch(text, timestamptz);
    drop function session_end(text);
    drop function sessions_prune();
    -- The release before knew no rights but these.
    do $$ begin
      if exists (select from pg_roles where rolname = 'renkei_app') then
        grant select, insert, update, delete on all tables in schema public to renkei_app;
      end if;
    end $$;
  `)
}
