import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The outbox: a mail is written with the end of its run in one transaction and sent by a job.
    create table mails (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      run_id uuid not null references runs on delete cascade,
      kind text not null,
      attempts integer not null default 0,
      last_error text,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      unique (run_id, kind)
    );
    alter table mails enable row level security;
    alter table mails force row level security;
    create policy tenant_only on mails using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table mails')
}
