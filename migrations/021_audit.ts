import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- 操作履歴: who did what, when and from where. The app's login may add and read; the time is the database's. Events of
    -- no company are the operator's. Nothing here names an employee.
    create table audit_events (
      id bigint generated always as identity primary key,
      tenant_id uuid references tenants on delete cascade,
      at timestamptz not null default clock_timestamp(),
      actor text not null check (actor in ('admin', 'person', 'service', 'system', 'operator')),
      -- no reference: what was done stays told, whatever becomes of the administrator
      admin_id uuid,
      admin_name text,
      address text,
      agent text,
      act text not null,
      connector text,
      run_id uuid,
      about text,
      details jsonb not null default '{}'
    );
    create index audit_of_company on audit_events (tenant_id, id desc);
    alter table audit_events enable row level security;
    alter table audit_events force row level security;
    create policy seen on audit_events for select using (tenant_id is not distinct from current_tenant());
    create policy added on audit_events for insert with check (tenant_id is not distinct from current_tenant());
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table audit_events')
}
