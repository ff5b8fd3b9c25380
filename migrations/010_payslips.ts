import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs
      -- the days the records are for: { from, to }
      add column period jsonb,
      -- the payroll made for this run in SmartHR; the intent holds the like ones that were there before
      add column group_id text,
      add column group_intent jsonb,
      -- payslip items nobody has registered here yet: [{ name, kind }]
      add column new_items jsonb not null default '[]';
    alter table run_items
      -- what must be equal for records to be written together; label → value, nothing personal
      add column group_key jsonb,
      -- the same record of the source was imported by an earlier run
      add column repeated boolean not null default false;
    create index items_by_source on run_items (tenant_id, source_id) where outcome = 'succeeded';

    -- How a company wants the items of a service's statements in SmartHR.
    create table payslip_items (
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      account_id text not null,
      name text not null,
      kind text not null,
      -- false: not sent, so that employees do not see it
      shown boolean not null,
      created_at timestamptz not null,
      primary key (tenant_id, connector, account_id, name)
    );
    alter table payslip_items enable row level security;
    alter table payslip_items force row level security;
    create policy tenant_only on payslip_items
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table payslip_items;
    drop index items_by_source;
    alter table run_items drop column group_key, drop column repeated;
    alter table runs drop column period, drop column group_id, drop column group_intent, drop column new_items;
  `)
}
