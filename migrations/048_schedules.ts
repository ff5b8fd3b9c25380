import type { Knex } from 'knex'

const STATES = [
  'draft',
  'fetching',
  'ready',
  'queued',
  'running',
  'succeeded',
  'partly_failed',
  'failed',
  'aborted',
  'cancelled',
  'expired',
]
const OF_CHECKS = ['checking', 'checked']

/** See migrations/036_mail_recipients.ts. */
const inCheckJob = (from: string, to: string) => `
  do $$ begin
    execute replace(pg_get_functiondef('check_job'::regproc), $x$${from}$x$, $x$${to}$x$);
  end $$;`
const KNOWN = `when 'mail.copy' then 'mailId'`
const CHECKS = `${KNOWN} when 'check.fetch' then 'runId' when 'mail.check' then 'mailId'`

const states = (all: readonly string[]) => `
  alter table runs drop constraint runs_state_check;
  alter table runs add constraint runs_state_check check (state in (${all.map(one => `'${one}'`).join(', ')}));`

const ownedByTenant = (table: string) => `
  alter table ${table} enable row level security;
  alter table ${table} force row level security;
  create policy tenant_only on ${table}
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
  create policy due on ${table} for select to current_user using (current_setting('app.due', true) = 'on');`

/**
 * 定期チェック. A check is a run that reads and plans and stops: it has states of its own and a job of its own, so that the
 * release before neither takes it for a run that somebody prepared, nor works on it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ${states([...STATES, ...OF_CHECKS])}
    -- of the plan of this revision only those who differ are stored, and the rest are numbers
    alter table runs add column differing_revision integer,
      -- ... and what differs of each of them, as a hash by the source's id
      add column differing jsonb;

    create table schedules (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      flow text not null,
      rule text not null check (rule in ('daily', 'weekdays', 'weekly', 'monthly')),
      -- of a weekly one: 1 Monday ... 7 Sunday
      weekday smallint not null default 1 check (weekday between 1 and 7),
      -- of a monthly one; a month that is shorter has it on its last day
      day smallint not null default 1 check (day between 1 and 31),
      hour smallint not null check (hour between 0 and 23),
      reference text not null check (reference in ('today', 'month-end', 'next-month')),
      -- whoever saved it: the check reads with this administrator's authorisation
      admin_id uuid not null references admins,
      -- the time by the rule, and when it is tried: later where something was in the way
      slot_at timestamptz not null,
      next_at timestamptz not null,
      tries smallint not null default 0,
      -- a run of the flow has ended since: the figure is worked out again
      recount_at timestamptz,
      paused text check (paused in ('stopped', 'owner-left', 'unlinked', 'unused')),
      paused_at timestamptz,
      -- what was told last, and when: the same is told again on Mondays at most
      told_fingerprint text,
      told_at timestamptz,
      -- checks that failed one after the other for the same cause
      failures smallint not null default 0,
      updated_at timestamptz not null default now(),
      unique (tenant_id, connector, flow)
    );
    create index schedules_due on schedules (next_at) where paused is null;
    create index schedules_to_recount on schedules (recount_at) where paused is null and recount_at is not null;

    create table checks (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      schedule_id uuid not null references schedules on delete cascade,
      run_id uuid references runs on delete set null,
      -- null: worked out again after a run
      slot_at timestamptz,
      begun_at timestamptz not null,
      ended_at timestamptz,
      -- missed: nobody was there at its time; put_off: something was in the way, and it comes later
      state text not null check (state in ('reading', 'done', 'failed', 'missed', 'put_off')),
      new_count integer not null default 0,
      changed_count integer not null default 0,
      same_count integer not null default 0,
      excluded_count integer not null default 0,
      -- how many people each field changes for, by its id
      fields jsonb not null default '{}',
      fingerprint text,
      -- those who differed when they were read first; read once more, only the same is told
      first_read jsonb,
      cause text
    );
    create index checks_of_schedule on checks (schedule_id, begun_at desc);
    create index checks_of_tenant on checks (tenant_id);
    create index checks_old on checks (begun_at);
    create index checks_reading on checks (run_id) where state = 'reading';
    alter table mails add column schedule_id uuid references schedules on delete cascade;
    create index runs_checked on runs (fetched_at) where state = 'checked';
    ${ownedByTenant('schedules')}
    ${ownedByTenant('checks')}

    -- What somebody begins goes first: a check of the same connection gives way and comes later. After a run the figure
    -- is another. Whichever release begins or ends the run, it is noticed here.
    create function runs_before_checks() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      if new.state in ('fetching', 'queued') then
        update runs set state = 'cancelled', ended_at = coalesce(new.queued_at, new.fetch_begun_at, new.created_at),
            lease = null
          where tenant_id = new.tenant_id and connection_id = new.connection_id and state = 'checking';
      elsif new.queued_at is not null then
        update schedules set recount_at = new.ended_at
          where tenant_id = new.tenant_id and connector = new.connector and flow = new.flow;
      end if;
      return null;
    end $$;
    create trigger runs_before_checks_begun after insert on runs for each row
      when (new.state in ('fetching', 'queued')) execute function runs_before_checks();
    create trigger runs_before_checks after update of state on runs for each row
      when (old.state is distinct from new.state and new.state in
        ('fetching', 'queued', 'succeeded', 'partly_failed', 'failed', 'aborted'))
      execute function runs_before_checks();

    -- Companies whose checks are due, have lost their job, gave way, or are out of date.
    create function due_checks(present timestamptz, plans_before timestamptz, checks_before timestamptz)
      returns setof uuid
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        perform set_config('app.due', 'on', true);
        return query
          select s.tenant_id from public.schedules s where s.paused is null and s.next_at <= present
          union select s.tenant_id from public.schedules s where s.paused is null and s.recount_at <= present
          union select k.tenant_id from public.checks k join public.runs r on r.id = k.run_id
            where k.state = 'reading' and (r.state <> 'checking' or not public.job_stands('check.fetch:' || r.id))
          union select r.tenant_id from public.runs r where r.state = 'checked' and r.fetched_at < plans_before
          union select k.tenant_id from public.checks k where k.begun_at < checks_before;
        perform set_config('app.due', '', true);
      end $$;
    ${inCheckJob(KNOWN, CHECKS)}
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${inCheckJob(CHECKS, KNOWN)}
    delete from graphile_worker._private_jobs where key like 'check.fetch:%' or key like 'mail.check:%';
    drop function due_checks(timestamptz, timestamptz, timestamptz);
    drop trigger runs_before_checks on runs;
    drop trigger runs_before_checks_begun on runs;
    drop function runs_before_checks();
    alter table mails no force row level security;
    delete from mails where schedule_id is not null;
    alter table mails force row level security;
    alter table mails drop column schedule_id;
    drop table checks;
    drop table schedules;
    drop index runs_checked;
    -- The policies of a company bind the owner, too.
    alter table runs no force row level security;
    update runs set state = 'cancelled' where state in (${OF_CHECKS.map(one => `'${one}'`).join(', ')});
    alter table runs force row level security;
    ${states(STATES)}
    alter table runs drop column differing_revision, drop column differing;
  `)
}
