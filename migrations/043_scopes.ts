import type { Knex } from 'knex'

/**
 * 対象範囲: whom a company's runs may write, by name. The conditions are sealed, since exclusions name people and reasons.
 * `scope_presets`: what a flow's first page begins with. A run keeps its own copy: `scope` (id, name, digest, and what it
 * asks of people), `scope_sealed` the conditions, until its people are forgotten, and `scoped_revision`, that of a plan
 * that went by them. The release before reads and plans without knowing of them; the check keeps such a plan from being
 * started by any release.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table scopes (
      tenant_id uuid not null references tenants on delete cascade,
      id uuid not null default gen_random_uuid(),
      connector text not null,
      name text not null,
      sealed text not null,
      digest text not null,
      updated_by uuid not null references admins,
      updated_at timestamptz not null default now(),
      primary key (tenant_id, id),
      unique (tenant_id, connector, name)
    );
    create table scope_presets (
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      flow text not null,
      scope_id uuid not null,
      primary key (tenant_id, connector, flow),
      -- what a flow begins with goes for nobody before another is chosen
      foreign key (tenant_id, scope_id) references scopes (tenant_id, id)
    );
    create index scope_presets_scope on scope_presets (tenant_id, scope_id);
    ${['scopes', 'scope_presets'].map(ownedByTenant).join('')}
    create policy due on scopes for select to current_user using (current_setting('app.due', true) = 'on');

    alter table runs add column scope jsonb, add column scope_sealed text, add column scoped_revision integer;
    alter table runs add constraint planned_by_scope check (
      scope is null or state not in ('queued', 'running') or scoped_revision is not distinct from revision) not valid;

    -- Whichever code forgets the people, of whichever release.
    create function forget_run_scope() returns trigger language plpgsql set search_path = public, pg_temp as $$
    begin
      new.scope_sealed := null;
      return new;
    end $$;
    create trigger forget_run_scope before update of people_deleted_at on runs for each row
      when (new.people_deleted_at is not null and new.scope_sealed is not null)
      execute function forget_run_scope();
  `)
  for (const [name, from, behind] of changed) await replaceIn(knex, name, from, from + behind)
}

export async function down(knex: Knex): Promise<void> {
  for (const [name, from, behind] of changed) await replaceIn(knex, name, from + behind, from)
  await knex.raw(`
    drop trigger forget_run_scope on runs;
    drop function forget_run_scope();
    alter table runs drop constraint planned_by_scope;
    alter table runs drop column scope, drop column scope_sealed, drop column scoped_revision;
    drop table scope_presets;
    drop table scopes;
  `)
}

const ownedByTenant = (table: string) => `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant_only on ${table}
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());`

const due = (table: string, column: string) => `
            union all
            (select x.tenant_id from public.${table} x
              where not starts_with(x.${column}, sealed_now) and split_part(x.${column}, '.', 2) = any (known) limit 500)`

/** Functions, and what is put behind which of their texts; see migrations/026_said.ts. */
const changed: readonly [name: string, from: string, behind: string][] = [
  [
    'key_counts()',
    `union all select 'runs', session from public.runs where session is not null`,
    `
            union all select 'runs', scope_sealed from public.runs where scope_sealed is not null
            union all select 'scopes', z.sealed from public.scopes z`,
  ],
  [
    'due_reseal(text, text[])',
    `where not starts_with(c.credentials, sealed_now) and split_part(c.credentials, '.', 2) = any (known) limit 500)`,
    due('scopes', 'sealed') + due('runs', 'scope_sealed'),
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
