import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Tokens by which a service fetches what a company publishes for it. The token itself is kept nowhere.
    create table access_tokens (
      id uuid primary key,
      tenant_id uuid not null references tenants on delete cascade,
      connection_id uuid not null references connections on delete cascade,
      connector text not null,
      name text not null,
      memo text not null,
      resources text[] not null,
      -- items that may be read; null: all of them, also those that are added later
      attributes text[],
      created_by uuid not null references admins,
      created_at timestamptz not null,
      last_used_at timestamptz,
      revoked_at timestamptz
    );
    create index tokens_of_connector on access_tokens (tenant_id, connector, created_at desc);
    create index tokens_in_force on access_tokens (connection_id) where revoked_at is null;
    alter table access_tokens enable row level security;
    alter table access_tokens force row level security;
    create policy tenant_only on access_tokens
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

    -- SHA-256 → whose token it is: looked up before a company is known, so without a policy; hashes and ids only. The
    -- row goes when the token is revoked.
    create table access_token_hashes (
      hash bytea primary key,
      tenant_id uuid not null references tenants on delete cascade,
      token_id uuid not null references access_tokens on delete cascade
    );
    create index hashes_of_token on access_token_hashes (token_id);

    alter table runs
      -- a snapshot is on offer from here on; what the service has fetched of it, when last, and by which token
      add column published_at timestamptz,
      add column pulled_count integer not null default 0,
      add column pulled_at timestamptz,
      add column pulled_with uuid references access_tokens on delete set null;
    -- A snapshot may wait for days and keeps nothing else from running; a flow has one at a time.
    drop index one_apply_per_connection;
    create unique index one_apply_per_connection on runs (connection_id)
      where state in ('queued', 'running') and published_at is null;
    drop index one_run_per_flow;
    create unique index one_run_per_flow on runs (tenant_id, connector, flow)
      where (state in ('queued', 'running') and published_at is null) or (state = 'fetching' and at_once);
    create unique index one_snapshot_per_flow on runs (connection_id, flow)
      where state = 'running' and published_at is not null;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    -- what is on offer can't be fetched any more
    update run_items i set outcome = 'not_run', reason = '公開を終了しました。' from runs r
      where r.id = i.run_id and r.state = 'running' and r.published_at is not null and i.selected and i.outcome is null;
    update runs set state = 'aborted', ended_at = now() where state = 'running' and published_at is not null;
    drop index one_snapshot_per_flow;
    drop index one_run_per_flow;
    drop index one_apply_per_connection;
    alter table runs drop column published_at, drop column pulled_count, drop column pulled_at, drop column pulled_with;
    create unique index one_apply_per_connection on runs (connection_id) where state in ('queued', 'running');
    create unique index one_run_per_flow on runs (tenant_id, connector, flow)
      where state in ('queued', 'running') or (state = 'fetching' and at_once);
    drop table access_token_hashes;
    drop table access_tokens;
  `)
}
