import type { Knex } from 'knex'

/** See migrations/036_mail_recipients.ts. */
const within = (name: string, from: string, to: string) => `
  do $$ begin
    execute replace(pg_get_functiondef('${name}'::regproc), $x$${from}$x$, $x$${to}$x$);
  end $$;`

const PAUSES = ['stopped', 'owner-left', 'unlinked', 'unused']
const pauses = (all: readonly string[]) => `
  alter table schedules drop constraint schedules_paused_check;
  alter table schedules add constraint schedules_paused_check check (paused in (${all.map(one => `'${one}'`).join(', ')}));`

const PLANS = `r.state = 'ready' and r.fetched_at < plans_before`
const OPENED = `r.state = 'ready' and coalesce(r.opened_at, r.fetched_at) < plans_before`

const CHECKED = `r.state = 'checked' and r.fetched_at < plans_before`
/** A plan that is to be gone on with stays for seven days; plans_before is a day ago. See server/schedule/check.store.ts. */
const KEPT = `r.state = 'checked' and r.fetched_at < plans_before and (r.fetched_at < plans_before - interval '6 days'
            or not exists (select from public.checks k join public.schedules s on s.id = k.schedule_id
              where k.run_id = r.id and s.mode <> 'notify' and s.paused is null))`

/** What a check does with what it finds: 知らせるだけ, 確認して同期, 自動で同期; and whom it looks at. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ${pauses([...PAUSES, 'not-offered'])}
    alter table schedules add column mode text not null default 'notify' check (mode in ('notify', 'confirm', 'auto')),
      -- 自動で同期: since when, and into which account
      add column auto_since timestamptz,
      add column auto_account text,
      -- why it has ended by itself; null: it has not, or somebody has saved the schedule since
      add column auto_off text check (auto_off in ('failed', 'another-account')),
      -- 対象範囲; no foreign key, since one that is deleted must not become everybody
      add column scope_id uuid;

    alter table checks add column automatic text check (automatic in ('started', 'held'));

    -- a check has started it, or would have: then it waits for an administrator (確認待ち)
    alter table runs add column automatic boolean not null default false,
      -- since when a check's plan is somebody's to go on with: from then on it has its day
      add column opened_at timestamptz;

    ${within('due_work', PLANS, OPENED)}
    ${within('due_checks', CHECKED, KEPT)}
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${within('due_checks', KEPT, CHECKED)}
    ${within('due_work', OPENED, PLANS)}
    alter table runs drop column opened_at, drop column automatic;
    alter table checks drop column automatic;
    -- The policies of a company bind the owner, too.
    alter table schedules no force row level security;
    update schedules set paused = 'stopped' where paused = 'not-offered';
    alter table schedules force row level security;
    ${pauses(PAUSES)}
    alter table schedules drop column scope_id, drop column auto_off, drop column auto_account, drop column auto_since,
      drop column mode;
  `)
}
