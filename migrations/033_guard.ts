import type { Knex } from 'knex'

/**
 * What the guard before 同期 counts of somebody whose record changes: ids of fields and keyed digests, no value. Null:
 * nothing changes, or a plan of the release before. And the limits a company has tightened.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table run_items add column guard jsonb;

    create table guard_limits (
      tenant_id uuid primary key references tenants on delete cascade,
      limits jsonb not null,
      updated_by uuid not null references admins,
      updated_at timestamptz not null default now()
    );
    alter table guard_limits enable row level security;
    alter table guard_limits force row level security;
    create policy tenant_only on guard_limits
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table guard_limits; alter table run_items drop column guard')
}
