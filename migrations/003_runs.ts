import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table runs (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      connection_id uuid not null references connections,
      connector text not null,
      flow text not null,
      admin_id uuid not null references admins,
      state text not null check (state in (
        'draft', 'fetching', 'ready', 'queued', 'running',
        'succeeded', 'partly_failed', 'failed', 'aborted', 'cancelled', 'expired')),
      -- grows with every fetch: a page drawn before it is stale
      revision integer not null default 1,
      reference_date date,
      -- the run whose failed items this one repeats
      retry_of uuid references runs,
      -- people read so far, and how many there are said to be
      fetched integer not null default 0,
      fetch_total integer,
      -- the plan's counts
      new_count integer not null default 0,
      changed_count integer not null default 0,
      same_count integer not null default 0,
      excluded_count integer not null default 0,
      left_out_count integer not null default 0,
      -- the apply's counts
      selected_count integer not null default 0,
      succeeded_count integer not null default 0,
      failed_count integer not null default 0,
      -- who works on it: written before each create, so that a worker taken for dead cannot go on
      lease uuid,
      attempts integer not null default 0,
      waiting_until timestamptz,
      waiting_reason text,
      cancel_requested_at timestamptz,
      -- why the whole run ended in failed, in words for the administrator
      failure text,
      created_at timestamptz not null default now(),
      fetched_at timestamptz,
      queued_at timestamptz,
      started_at timestamptz,
      ended_at timestamptz,
      people_deleted_at timestamptz
    );
    create unique index one_apply_per_connection on runs (connection_id) where state in ('queued', 'running');
    create index runs_of_connector on runs (tenant_id, connector, created_at desc);
    create index runs_open on runs (state, created_at)
      where state in ('draft', 'fetching', 'ready', 'queued', 'running');

    -- What a fetch has read, page by page. Sealed values go when the plan is made; the ids of the target stay until the
    -- run ends, because a record that was there before cannot be the result of an uncertain create.
    create table run_staging (
      run_id uuid not null references runs on delete cascade,
      tenant_id uuid not null references tenants on delete cascade,
      side text not null check (side in ('source', 'target')),
      position integer not null,
      record_id text not null,
      key text,
      employed_from date,
      employed_until date,
      sealed text,
      primary key (run_id, side, record_id)
    );
    create index staging_by_position on run_staging (run_id, side, position);
    create index staging_by_key on run_staging (run_id, side, key) where key is not null;

    create table run_pages (
      run_id uuid not null references runs on delete cascade,
      tenant_id uuid not null references tenants on delete cascade,
      side text not null,
      next text,
      total integer,
      primary key (run_id, side)
    );

    create table run_items (
      id bigint generated always as identity primary key,
      tenant_id uuid not null references tenants on delete cascade,
      run_id uuid not null references runs on delete cascade,
      class text not null check (class in ('new', 'changed', 'same', 'excluded')),
      class_rank smallint not null generated always as
        (case class when 'new' then 1 when 'changed' then 2 when 'same' then 3 else 4 end) stored,
      excluded_reason text,
      source_id text not null,
      target_id text,
      -- listing page of the target, for re-reading it together with its neighbours
      target_page integer,
      -- the only personal data in clear: what the selection page searches and sorts by ('' = none)
      key text not null,
      name text not null,
      kana text not null,
      department text not null,
      changed_fields text[] not null default '{}',
      -- source, target, what to set, before → after
      sealed text,
      selected boolean not null default false,
      -- set before a create is sent; without an outcome it means: look it up first
      intent_at timestamptz,
      creates integer not null default 0,
      outcome text check (outcome in ('succeeded', 'failed', 'not_run')),
      reason text,
      applied_at timestamptz,
      unique (run_id, source_id)
    );
    create index items_of_run on run_items (run_id, id);
    create index items_by_key on run_items (run_id, key, id);
    create index items_by_kana on run_items (run_id, kana, id);
    create index items_by_class on run_items (run_id, class_rank, id);
    create index items_to_do on run_items (run_id, target_page, id) where selected and outcome is null;
    create index items_failed on run_items (run_id, id) where outcome = 'failed';

    do $$ declare t text; begin
      foreach t in array array['runs', 'run_staging', 'run_pages', 'run_items'] loop
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
    drop table run_items;
    drop table run_pages;
    drop table run_staging;
    drop table runs;
  `)
}
