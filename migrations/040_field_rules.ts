import type { Knex } from 'knex'

/**
 * 項目の設定: what a company has chosen for each field of a service, by the field's id, per account. A field that is not
 * named there is newer than what was saved. A run keeps what it was read by: `field_rules` of the reading that has made
 * `field_rules_of` its revision, `ruled_revision` that of a plan that went by them. The release before reads and plans
 * without knowing of them, and takes a new revision for it: nobody says that its plans go by rules.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table field_rules (
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      account_id text not null,
      rules jsonb not null,
      updated_by uuid not null references admins,
      updated_at timestamptz not null default now(),
      primary key (tenant_id, connector, account_id)
    );
    alter table field_rules enable row level security;
    alter table field_rules force row level security;
    create policy tenant_only on field_rules
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

    alter table runs add column field_rules jsonb, add column field_rules_of integer,
      add column ruled_revision integer;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table runs drop column field_rules, drop column field_rules_of, drop column ruled_revision;
    drop table field_rules;
  `)
}
