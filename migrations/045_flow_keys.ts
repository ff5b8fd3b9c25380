import type { Knex } from 'knex'

/** Functions that several migrations change: only this one's part is put in, or taken out. A question mark would be a binding. */
async function replaceIn(knex: Knex, name: string, from: string, to: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { sql: string }[] }>(
    `select pg_get_functiondef('${name}'::regprocedure) as sql`,
  )
  const sql = rows[0]?.sql ?? ''
  if (!sql.includes(from)) throw new Error(`${name} is not as it was`)
  await knex.raw(sql.replace(from, () => to).replaceAll('?', '\\?'))
}

const PENDING = `where c.state = 'pending' and c.created_at < pending_before`

/** Functions, and what is put behind which of their texts. */
const changed: readonly [name: string, from: string, behind: string][] = [
  ['check_job(text, json, text)', `when 'mail.result' then 'mailId'`, ` when 'keys.compare' then 'comparisonId'`],
  [
    'due_work(timestamptz, timestamptz, timestamptz, jsonb, jsonb)',
    PENDING,
    `
          union select k.tenant_id, 'pending' from public.key_comparisons k where k.created_at < pending_before`,
  ],
  [
    'key_counts()',
    `union all select 'runs', session from public.runs where session is not null`,
    `
            union all select 'key_comparisons', k.sealed from public.key_comparisons k where k.sealed is not null`,
  ],
  [
    'due_reseal(text, text[])',
    `where not starts_with(s.sealed, sealed_now) and split_part(s.sealed, '.', 2) = any (known) limit 5000)`,
    `
              union all
              (select k.tenant_id from public.key_comparisons k
                where not starts_with(k.sealed, sealed_now) and split_part(k.sealed, '.', 2) = any (known) limit 500)`,
  ],
]

const ownedByTenant = (table: string) => `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant_only on ${table}
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());`

/**
 * By what a company has people told apart, per account of a service; without a row by 社員番号. A run keeps what it was
 * read by: `key_by` of the reading that has made `key_of` its revision, `keyed_revision` that of a plan that went by it.
 * The release before takes a new revision without a word of them. What a change would do is read and told first
 * (key_comparisons): people of both sides, sealed, gone after half an hour.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table flow_keys (
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      account_id text not null,
      -- null: 社員番号, chosen again
      key text,
      updated_by uuid not null references admins,
      updated_at timestamptz not null default now(),
      primary key (tenant_id, connector, account_id)
    );
    create table key_comparisons (
      id uuid primary key default gen_random_uuid(),
      tenant_id uuid not null references tenants on delete cascade,
      connection_id uuid not null references connections on delete cascade,
      connector text not null,
      account_id text not null,
      admin_id uuid not null references admins,
      key_now text,
      key_then text,
      -- null: both sides are being read
      sealed text,
      created_at timestamptz not null,
      unique (tenant_id, connector, account_id)
    );
    ${['flow_keys', 'key_comparisons'].map(ownedByTenant).join('')}
    create policy due on key_comparisons for select to current_user using (current_setting('app.due', true) = 'on');

    alter table runs add column key_by text, add column key_of integer, add column keyed_revision integer;
    alter table run_staging add column number text;
    create index staging_by_number on run_staging (run_id, side, number) where number is not null;
  `)
  for (const [name, from, behind] of changed) await replaceIn(knex, name, from, from + behind)
}

export async function down(knex: Knex): Promise<void> {
  for (const [name, from, behind] of changed) await replaceIn(knex, name, from + behind, from)
  await knex.raw(`
    drop index staging_by_number;
    alter table run_staging drop column number;
    alter table runs drop column key_by, drop column key_of, drop column keyed_revision;
    drop table key_comparisons;
    drop table flow_keys;
  `)
}
