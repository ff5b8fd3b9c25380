import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What an administrator let us do in SmartHR: one per person, so that every write is attributable.
    create table smarthr_grants (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      admin_id uuid not null references admins on delete cascade,
      state text not null check (state in ('active', 'reconnect_needed')),
      credentials text not null,
      expires_at timestamptz,
      updated_at timestamptz not null default now(),
      unique (tenant_id, admin_id)
    );

    -- A tenant's link to a service. 'pending' is the time between consent and ［連携する］.
    create table connections (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      state text not null check (state in ('pending', 'active', 'reconnect_needed', 'ended')),
      account_id text not null,
      account_code text not null,
      account_name text not null,
      credentials text,
      expires_at timestamptz,
      created_by uuid not null references admins,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      ended_at timestamptz,
      check ((state = 'ended') = (credentials is null))
    );
    create unique index one_connection_per_service on connections (tenant_id, connector)
      where state in ('active', 'reconnect_needed');
    create unique index one_pending_per_admin on connections (tenant_id, connector, created_by) where state = 'pending';

    -- The connector's own settings, per account of the service: another account has other names and groups.
    create table connection_settings (
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      account_id text not null,
      settings jsonb not null,
      updated_by uuid not null references admins,
      updated_at timestamptz not null default now(),
      primary key (tenant_id, connector, account_id)
    );

    -- The remembered pairs. A dead link is a tombstone: its two records are never matched by number again.
    create table links (
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      account_id text not null,
      smarthr_id text not null,
      service_id text not null,
      dead boolean not null default false,
      created_at timestamptz not null default now(),
      primary key (tenant_id, connector, account_id, smarthr_id, service_id)
    );
    create unique index one_live_link_per_crew on links (tenant_id, connector, account_id, smarthr_id) where not dead;
    create unique index one_live_link_per_record on links (tenant_id, connector, account_id, service_id) where not dead;
    create index links_by_record on links (tenant_id, connector, account_id, service_id);

    do $$ declare t text; begin
      foreach t in array array['smarthr_grants', 'connections', 'connection_settings', 'links'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
          'create policy tenant_only on %I using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', t);
      end loop;
    end $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table links;
    drop table connection_settings;
    drop table connections;
    drop table smarthr_grants;
  `)
}
