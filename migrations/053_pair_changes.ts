import type { Knex } from 'knex'

/**
 * What became of pairs (`links`): an administrator has given somebody of SmartHR another record of a service, or a run has
 * found that one of the two is gone. A row of `links` says only what counts now; here stands what it said before, from when
 * on and by whom. The release before notes nothing.
 *
 *   before_…   the record that was the person's, since when, and who or which run had made that pair; null: none
 *   after_id   the record that is the person's from then on; null: none, the pair has ended
 *   …_key      社員番号 of the record in the service, emptied as soon as people of runs that ended then are
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table pair_changes (
      id bigint generated always as identity primary key,
      tenant_id uuid not null references tenants on delete cascade,
      connector text not null,
      account_id text not null,
      smarthr_id text not null,
      at timestamptz not null,
      admin_id uuid,
      run_id uuid,
      before_id text,
      before_key text,
      before_since timestamptz,
      before_admin_id uuid,
      before_run_id uuid,
      after_id text,
      after_key text
    );
    create index pair_changes_of_person on pair_changes (tenant_id, smarthr_id);
    create index pair_changes_with_keys on pair_changes (at) where before_key is not null or after_key is not null;
    alter table pair_changes enable row level security;
    alter table pair_changes force row level security;
    create policy tenant_only on pair_changes
      using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
    create policy due on pair_changes for select to current_user using (current_setting('app.due', true) = 'on');
  `)
  await knex.raw(duePeople(OF_PAIRS))
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(duePeople(''))
  await knex.raw('drop table pair_changes')
}

const OF_PAIRS = `
          union select p.tenant_id from public.pair_changes p
            where (p.before_key is not null or p.after_key is not null) and p.at < ended_before`

/** As migration 017 has made it, and with what is due of pairs. */
const duePeople = (also: string) => `
    create or replace function due_people(ended_before timestamptz) returns setof uuid
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        perform set_config('app.due', 'on', true);
        return query
          select r.tenant_id from public.runs r
            where r.people_deleted_at is null and r.ended_at is not null and r.ended_at < ended_before
          union select r.tenant_id from public.runs r
            where r.people_deleted_at is null and r.state = 'cancelled'${also};
        perform set_config('app.due', '', true);
      end $$`
