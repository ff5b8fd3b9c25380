import type { Knex } from 'knex'

/**
 * Files that runs read: uploaded in sealed parts, and gone when the run ends, whichever code ends it. A file belongs to
 * a run once all its parts are there and it was looked through (run_files); parts of one that was broken off go with
 * the next file, or with the run.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table run_files (
      run_id uuid primary key references runs on delete cascade,
      tenant_id uuid not null references tenants on delete cascade,
      file uuid not null,
      parts integer not null,
      rows integer not null,
      -- the names of its columns: somebody may stand there, where a file has no heading
      sealed text not null
    );
    create table run_file_parts (
      run_id uuid not null references runs on delete cascade,
      tenant_id uuid not null references tenants on delete cascade,
      file uuid not null,
      part integer not null,
      sealed text not null,
      primary key (run_id, file, part)
    );
    create index run_files_of_tenant on run_files (tenant_id);
    create index run_file_parts_of_tenant on run_file_parts (tenant_id);
    -- What is sealed is no shorter for another try.
    alter table run_file_parts alter column sealed set storage external;
    ${['run_files', 'run_file_parts'].map(ownedByTenant).join('')}

    -- A worker of the release before ends runs, too.
    create function delete_run_files() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      delete from run_file_parts where tenant_id = new.tenant_id and run_id = new.id;
      delete from run_files where tenant_id = new.tenant_id and run_id = new.id;
      return null;
    end $$;
    create trigger delete_run_files after update of state on runs for each row
      when (old.state is distinct from new.state and new.state in
        ('succeeded', 'partly_failed', 'failed', 'aborted', 'cancelled', 'expired'))
      execute function delete_run_files();
  `)
  for (const [name, from, to] of changed) await replaceIn(knex, name, from, from + to)
}

export async function down(knex: Knex): Promise<void> {
  for (const [name, from, to] of changed) await replaceIn(knex, name, from + to, from)
  await knex.raw(`
    drop trigger delete_run_files on runs;
    drop function delete_run_files();
    drop table run_file_parts;
    drop table run_files;
  `)
}

const ownedByTenant = (table: string) => `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant_only on ${table}
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
    create policy due on ${table} for select to current_user using (current_setting('app.due', true) = 'on');`

const COUNTED = `union all select 'runs', session from public.runs where session is not null`
const RESEALED = `where not starts_with(s.sealed, sealed_now) and split_part(s.sealed, '.', 2) = any (known) limit 5000)`
const due = (table: string) => `
              union all
              (select x.tenant_id from public.${table} x
                where not starts_with(x.sealed, sealed_now) and split_part(x.sealed, '.', 2) = any (known) limit 500)`

/** Functions, and what is put behind which of their texts; see migrations/026_said.ts. */
const changed: readonly [name: string, from: string, behind: string][] = [
  [
    'key_counts()',
    COUNTED,
    `
            union all select 'run_files', x.sealed from public.run_files x
            union all select 'run_file_parts', y.sealed from public.run_file_parts y`,
  ],
  ['due_reseal(text, text[])', RESEALED, due('run_files') + due('run_file_parts')],
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
