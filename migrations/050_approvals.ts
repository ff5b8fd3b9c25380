import type { Knex } from 'knex'

/** See migrations/036_mail_recipients.ts. */
const inCheckJob = (from: string, to: string) => `
  do $$ begin
    execute replace(pg_get_functiondef('check_job'::regproc), $x$${from}$x$, $x$${to}$x$);
  end $$;`
const KNOWN = `when 'mail.copy' then 'mailId'`
const APPROVALS = `${KNOWN} when 'mail.approval' then 'mailId'`

const ownedByTenant = (table: string) => `
  alter table ${table} enable row level security;
  alter table ${table} force row level security;
  create policy tenant_only on ${table}
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());`

/**
 * 承認. `approval_rules`: which flows of a company begin only after a second administrator has agreed; a rule that is made
 * weaker holds as it was until `next_from`. `approvals`: what was asked of the others about one plan of a run. Whatever
 * changes the plan, of whichever release, makes a request void, and no release begins a run without what the rule asks:
 * both are decided here. What the release before would begin stays `ready`, or is planned anew.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table approval_rules (
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      flow text not null,
      mode text not null check (mode in ('off', 'dangerous', 'always')),
      updated_by uuid not null references admins,
      updated_at timestamptz not null,
      -- a weaker one that was asked for: by whom, when, and from when on it holds
      next_mode text check (next_mode in ('off', 'dangerous')),
      next_by uuid references admins,
      next_at timestamptz,
      next_from timestamptz,
      primary key (tenant_id, connector, flow),
      check ((next_mode is null) = (next_by is null) and (next_mode is null) = (next_from is null))
    );
    create index approval_rules_updated_by on approval_rules (updated_by);
    create index approval_rules_next_by on approval_rules (next_by);

    create table approvals (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      run_id uuid not null references runs on delete cascade,
      -- the plan and the ticks that were looked at, and what else the dialog was sent with
      revision integer not null,
      mark text not null,
      confirmation jsonb not null,
      requested_by uuid not null references admins,
      requested_at timestamptz not null,
      expires_at timestamptz not null,
      state text not null default 'open'
        check (state in ('open', 'approved', 'returned', 'withdrawn', 'void', 'expired')),
      decided_by uuid references admins,
      decided_at timestamptz,
      -- why it was sent back; sealed
      comment text
    );
    create unique index one_open_approval on approvals (run_id) where state = 'open';
    create index approvals_of_run on approvals (run_id, requested_at desc);
    create index approvals_open on approvals (tenant_id) where state = 'open';
    create index approvals_requested_by on approvals (requested_by);
    create index approvals_decided_by on approvals (decided_by);
    ${['approval_rules', 'approvals'].map(ownedByTenant).join('')}
    create policy due on approvals for select to current_user using (current_setting('app.due', true) = 'on');

    -- that the rule was asked for when this plan was begun
    alter table runs add column cleared_revision integer;

    create function runs_need_approval() returns trigger language plpgsql set search_path = public, pg_temp as $$
    declare
      rule approval_rules;
      present timestamptz := coalesce(greatest(new.queued_at, new.fetched_at, new.published_at), now());
    begin
      select * into rule from approval_rules
        where tenant_id = new.tenant_id and connector = new.connector and flow = new.flow;
      if not found then return new; end if;
      if rule.next_from <= present then rule.mode := rule.next_mode; end if;
      -- where nobody is written, there is nothing to agree to
      if rule.mode = 'off' or new.selected_count = 0 then return new; end if;
      if new.cleared_revision is distinct from new.revision then return null; end if;
      if rule.mode = 'always' and not exists (
        select from approvals where run_id = new.id and revision = new.revision and state = 'approved') then
        return null;
      end if;
      return new;
    end $$;
    create trigger runs_need_approval before update of state, published_at on runs for each row
      when ((new.state = 'queued' and old.state is distinct from 'queued')
        or (new.published_at is not null and old.published_at is null))
      execute function runs_need_approval();

    create function runs_void_approvals() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      update approvals set
          state = case when new.state = 'expired' and expires_at <= new.ended_at then 'expired' else 'void' end,
          decided_at = coalesce(new.ended_at, now())
        where run_id = new.id and state = 'open';
      return null;
    end $$;
    create trigger runs_void_approvals after update of state, revision, ticks, ticked, options on runs for each row
      when (old.state = 'ready' and (new.state is distinct from old.state or new.revision is distinct from old.revision
        or new.ticks is distinct from old.ticks or new.ticked is distinct from old.ticked
        or new.options is distinct from old.options))
      execute function runs_void_approvals();

    create function forget_comments() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      update approvals set comment = null where run_id = new.id and comment is not null;
      return null;
    end $$;
    create trigger forget_comments after update of people_deleted_at on runs for each row
      when (new.people_deleted_at is not null) execute function forget_comments();
    ${inCheckJob(KNOWN, APPROVALS)}
  `)
  for (const [name, from, behind] of changed) await replaceIn(knex, name, from, from + behind)
}

export async function down(knex: Knex): Promise<void> {
  for (const [name, from, behind] of changed) await replaceIn(knex, name, from + behind, from)
  await knex.raw(`
    ${inCheckJob(APPROVALS, KNOWN)}
    delete from graphile_worker._private_jobs where key like 'mail.approval:%';
    drop trigger forget_comments on runs;
    drop function forget_comments();
    drop trigger runs_void_approvals on runs;
    drop function runs_void_approvals();
    drop trigger runs_need_approval on runs;
    drop function runs_need_approval();
    alter table runs drop column cleared_revision;
    -- The policies of a company bind the owner, too.
    alter table mails no force row level security;
    delete from mails where kind like 'approval-%';
    alter table mails force row level security;
    drop table approvals;
    drop table approval_rules;
  `)
}

/** Functions, and what is put behind which of their texts; see migrations/043_scopes.ts. */
const changed: readonly [name: string, from: string, behind: string][] = [
  [
    'key_counts()',
    `union all select 'runs', scope_sealed from public.runs where scope_sealed is not null`,
    `
            union all select 'approvals', a.comment from public.approvals a where a.comment is not null`,
  ],
  [
    'due_reseal(text, text[])',
    `where not starts_with(x.scope_sealed, sealed_now) and split_part(x.scope_sealed, '.', 2) = any (known) limit 500)`,
    `
            union all
            (select x.tenant_id from public.approvals x
              where not starts_with(x.comment, sealed_now) and split_part(x.comment, '.', 2) = any (known) limit 500)`,
  ],
]

async function replaceIn(knex: Knex, name: string, from: string, to: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { sql: string }[] }>(
    `select pg_get_functiondef('${name}'::regprocedure) as sql`,
  )
  const sql = rows[0]?.sql ?? ''
  if (!sql.includes(from)) throw new Error(`${name} is not as it was`)
  // A question mark would be a binding.
  await knex.raw(sql.replace(from, () => to).replaceAll('?', '\\?'))
}
