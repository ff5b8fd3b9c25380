import type { Knex } from 'knex'

const NOBODY = '00000000-0000-0000-0000-000000000000'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table connections
      -- the administrator whose own link it is; null: the company's
      add column owner uuid references admins,
      -- a link of limited life ends here
      add column valid_until timestamptz,
      -- when its owner was told by mail that it is about to end
      add column warned_at timestamptz;
    drop index one_connection_per_service;
    create unique index one_connection_per_service
      on connections (tenant_id, connector, coalesce(owner, '${NOBODY}')) where state in ('active', 'reconnect_needed');

    -- Which company an account of a service belongs to, where it may belong to one only. Ids alone, looked up across
    -- companies, so without a policy.
    create table account_owners (
      connector text not null,
      account_id text not null,
      tenant_id uuid not null references tenants on delete cascade,
      primary key (connector, account_id)
    );

    -- started by one click: nobody selects, whatever can be written is
    alter table runs add column at_once boolean not null default false;
    create unique index one_run_per_flow on runs (tenant_id, connector, flow)
      where state in ('queued', 'running') or (state = 'fetching' and at_once);

    alter table mails alter column run_id drop not null;
    alter table mails add column connection_id uuid references connections on delete cascade;
    create unique index one_mail_per_link on mails (connection_id, kind, created_at) where connection_id is not null;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from mails where run_id is null;
    drop index one_mail_per_link;
    alter table mails drop column connection_id;
    alter table mails alter column run_id set not null;
    drop index one_run_per_flow;
    alter table runs drop column at_once;
    drop table account_owners;
    drop index one_connection_per_service;
    create unique index one_connection_per_service on connections (tenant_id, connector)
      where state in ('active', 'reconnect_needed');
    alter table connections drop column owner, drop column valid_until, drop column warned_at;
  `)
}
