import type { Knex } from 'knex'

/** Companies that go: because an administrator asked for it, or because SmartHR has refused us for a week. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table company_ends (
      tenant_id uuid primary key references tenants on delete cascade,
      reason text not null check (reason in ('asked', 'uninstalled')),
      noticed_at timestamptz not null default clock_timestamp(),
      due_at timestamptz not null,
      -- the mail that says what will be, and the one that says what went
      notice_sent_at timestamptz,
      final_sent_at timestamptz,
      -- until when somebody is speaking to the mail server about it
      mailing_until timestamptz
    );
    alter table company_ends enable row level security;
    alter table company_ends force row level security;
    create policy tenant_only on company_ends
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
    -- see migrations/017_due.ts
    create policy due on company_ends for select to current_user using (current_setting('app.due', true) = 'on');
    create policy due on admins for select to current_user using (current_setting('app.due', true) = 'on');
    create index grants_idle on smarthr_grants (updated_at) where state = 'active';

    -- Companies that go, should be told, or have been refused by SmartHR for a week; a few whose authorisations nobody has
    -- used for as long, to be asked about. Days count by the database's clock.
    create function due_ends(idle_at_most integer) returns table (tenant_id uuid, chore text)
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$
      #variable_conflict use_column
      declare week_ago timestamptz := clock_timestamp() - interval '7 days';
      begin
        perform set_config('app.due', 'on', true);
        return query
          select e.tenant_id, case when e.due_at <= clock_timestamp() then 'deletion' else 'notice' end
            from public.company_ends e where e.due_at <= clock_timestamp() or e.notice_sent_at is null
          union all
          select t.id, 'uninstalled' from public.tenants t
            -- Somebody's authorisation is refused. Where there is none at all, nobody knows.
            where exists (select from public.smarthr_grants g where g.tenant_id = t.id)
              and not exists (
                select from public.smarthr_grants g
                where g.tenant_id = t.id and (g.state = 'active' or g.updated_at > week_ago))
              and not exists (select from public.company_ends e where e.tenant_id = t.id)
              and (select max(a.signed_in_at) from public.admins a where a.tenant_id = t.id) < week_ago
          union all
          (select distinct i.tenant_id, 'idle' from (
            select g.tenant_id from public.smarthr_grants g
            where g.state = 'active' and g.updated_at < week_ago
            order by g.updated_at limit least(idle_at_most, 100)) i);
        perform set_config('app.due', '', true);
      end $$;

    -- Deletes everything of the caller's company, once its time has come and nothing is at work for it; null until then.
    -- Gives how much it was. What stays is an event of no company.
    create function delete_company(company uuid, named text) returns jsonb
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$
      declare
        its_subdomain text; told jsonb;
      begin
        if company is null or company is distinct from public.current_tenant() then
          raise exception 'another company, or none' using errcode = 'insufficient_privilege';
        end if;
        select subdomain into its_subdomain from public.tenants where id = company and name = named for update;
        if not found or not exists (
          select from public.company_ends where tenant_id = company and due_at <= clock_timestamp())
        then
          raise exception 'nobody has asked for the deletion of this company' using errcode = 'insufficient_privilege';
        end if;
        if exists (
          select from public.runs where tenant_id = company and state in ('fetching', 'queued', 'running'))
        then
          return null;
        end if;
        told := public.company_counts(company);
        delete from graphile_worker._private_jobs where payload ->> 'tenantId' = company::text;
        delete from public.rate_limits r
          where strpos(r.key, company::text) > 0
            or exists (select from public.connections c where c.tenant_id = company and strpos(r.key, c.id::text) > 0);
        delete from public.sign_in_limits l where strpos(l.key, company::text) > 0;
        delete from public.tenants where id = company;
        perform set_config('app.tenant_id', '', true);
        insert into public.audit_events (actor, act, details)
          values ('system', 'company.deleted', told || jsonb_build_object('subdomain', its_subdomain));
        perform set_config('app.tenant_id', company::text, true);
        return told;
      end $$;

    -- How much there is of the caller's company, by what the page of the deletion calls it.
    create function company_counts(company uuid) returns jsonb
      language sql stable set search_path = pg_catalog, pg_temp as
      $$ select jsonb_build_object(
        'admins', (select count(*) from public.admins where tenant_id = company),
        'connections', (select count(*) from public.connections where tenant_id = company),
        'runs', (select count(*) from public.runs where tenant_id = company),
        'people', (select count(*) from public.run_results where tenant_id = company),
        'links', (select count(*) from public.links where tenant_id = company),
        'tokens', (select count(*) from public.access_tokens where tenant_id = company),
        'events', (select count(*) from public.audit_events where tenant_id = company)) $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function delete_company(uuid, text);
    drop function company_counts(uuid);
    drop function due_ends(integer);
    drop index grants_idle;
    drop policy due on admins;
    drop table company_ends;
  `)
}
