import type { Knex } from 'knex'

/**
 * 対応表: what a company has saved of a table, per account. No row ever changes: the last one counts, and a run names those
 * that it goes by (`value_tables` of the reading that has made `value_tables_of` its revision, `tabled_revision` that of a
 * plan that went by them). The release before reads and plans without knowing of them. It must not begin what was planned by
 * them either: such a plan has rules of fields, at least empty ones, and no `ruled_revision`, which that release refuses.
 * `table_heads`: how many people of a plan have each value of a table's source.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table value_tables (
      id bigint generated always as identity primary key,
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      account_id text not null,
      name text not null,
      used text not null check (used in ('none', 'new', 'all')),
      entries jsonb not null,
      saved_by uuid not null references admins,
      saved_at timestamptz not null default now()
    );
    create index value_tables_current on value_tables (tenant_id, connector, account_id, name, id desc);
    alter table value_tables enable row level security;
    alter table value_tables force row level security;
    create policy tenant_only on value_tables
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

    alter table runs add column value_tables jsonb, add column value_tables_of integer,
      add column tabled_revision integer, add column table_heads jsonb;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs drop column value_tables, drop column value_tables_of, drop column tabled_revision,
      drop column table_heads;
    drop table value_tables;
  `)
}
