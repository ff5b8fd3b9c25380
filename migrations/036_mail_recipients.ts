import type { Knex } from 'knex'

/** Kinds of jobs are listed in a function that several migrations change: only this one is put in, or taken out. */
const inCheckJob = (from: string, to: string) => `
  do $$ begin
    execute replace(pg_get_functiondef('check_job'::regproc), $x$${from}$x$, $x$${to}$x$);
  end $$;`
const KNOWN = `when 'mail.result' then 'mailId'`
const COPIES = `${KNOWN} when 'mail.copy' then 'mailId'`

/**
 * Who gets the mails about a service's runs; without a row, whoever started the run. A mail to somebody else is a mail of
 * its own, and its job is of a kind of its own: the release before would send it to whoever started.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table mail_recipients (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      -- null: whoever started
      admin_id uuid references admins on delete cascade,
      wants text not null check (wants in ('all', 'failures', 'none')),
      updated_at timestamptz not null default now(),
      unique nulls not distinct (tenant_id, connector, admin_id)
    );
    alter table mail_recipients enable row level security;
    alter table mail_recipients force row level security;
    create policy tenant_only on mail_recipients
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

    alter table mails add column recipient uuid references admins on delete cascade;
    ${inCheckJob(KNOWN, COPIES)}
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${inCheckJob(COPIES, KNOWN)}
    delete from mails where recipient is not null;
    alter table mails drop column recipient;
    drop table mail_recipients;
  `)
}
