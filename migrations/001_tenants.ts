import type { Knex } from 'knex'

/**
 * The role every query of the app runs as: it owns nothing, so row-level security cannot be passed by. Roles belong to
 * the whole server, hence "if not exists"; where the migrating user may not create roles, forced policies on its own
 * tables still hold.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$ begin
      if not exists (select from pg_roles where rolname = 'renkei_app') then
        create role renkei_app nologin;
      end if;
      execute format('grant renkei_app to %I', current_user);
    exception
      when insufficient_privilege then raise notice 'no role renkei_app: policies are forced on the owner';
      when duplicate_object or unique_violation then null;
    end $$;

    create function current_tenant() returns uuid language sql stable as
      $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

    do $$ begin
      if exists (select from pg_roles where rolname = 'renkei_app') then
        grant usage on schema public to renkei_app;
        alter default privileges in schema public grant select, insert, update, delete on tables to renkei_app;
        alter default privileges in schema public grant usage on sequences to renkei_app;
      end if;
    end $$;

    -- The directory of companies: ids and names only, found before a tenant is known, so without a policy.
    create table tenants (
      id uuid primary key default gen_random_uuid(),
      smarthr_id text not null unique,
      subdomain text,
      name text not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    create table admins (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      smarthr_user_id text not null,
      email text not null,
      name text not null,
      created_at timestamptz not null default now(),
      signed_in_at timestamptz not null default now(),
      unique (tenant_id, smarthr_user_id)
    );
    alter table admins enable row level security;
    alter table admins force row level security;
    create policy tenant_only on admins using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

    -- connect-pg-simple's table
    create table sessions (
      sid varchar primary key collate "default",
      sess json not null,
      expire timestamptz not null
    );
    create index sessions_expire on sessions (expire);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table sessions;
    drop table admins;
    drop table tenants;
    drop function current_tenant();
  `)
}
