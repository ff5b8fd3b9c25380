import type { Knex } from 'knex'

/**
 * What a big run has just stored, the database knows nothing of: it takes the day's partition for the small one it was, and
 * looks through all of a side for every few hundred people. Autovacuum comes too late for that.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Looks at the day that a run's people stand in. Who can't have the lock at once leaves it to autovacuum.
    create function know_run(run uuid) returns void
      language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
    declare
      part regclass;
    begin
      -- the caller's company's rows alone, as everywhere
      for part in
        (select tableoid::regclass from public.run_staging where run_id = run limit 1)
        union all (select tableoid::regclass from public.run_items where run_id = run limit 1)
      loop
        execute format('analyze %s', part);
      end loop;
    exception when lock_not_available or deadlock_detected then
      return;
    end $$;

    do $$ begin
      if exists (select from pg_roles where rolname = 'renkei_app') then
        revoke execute on function know_run(uuid) from public;
        grant execute on function know_run(uuid) to renkei_app;
      end if;
    end $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function know_run(uuid)')
}
