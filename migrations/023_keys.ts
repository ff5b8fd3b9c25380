import type { Knex } from 'knex'

/** Keys that seal: which has been the current one, and whether anything sealed with an older one is left. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table seal_keys (
      id text primary key,
      current_since timestamptz not null default clock_timestamp(),
      -- since when nothing was found that another key has sealed
      settled_at timestamptz
    );

    -- see migrations/017_due.ts
    create policy due on run_items for select to current_user using (current_setting('app.due', true) = 'on');
    create policy due on run_staging for select to current_user using (current_setting('app.due', true) = 'on');

    -- What each key has sealed, by table.
    create function key_counts() returns table (place text, key text, bound boolean, values_sealed bigint)
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        perform set_config('app.due', 'on', true);
        return query
          select t.name, split_part(t.sealed, '.', 2), not starts_with(t.sealed, 'v1.'), count(*) from (
            select 'smarthr_grants' as name, credentials as sealed from public.smarthr_grants
            union all select 'connections', credentials from public.connections where credentials is not null
            union all select 'runs', session from public.runs where session is not null
            union all select 'run_items', r.sealed from public.run_items r where r.sealed is not null
            union all select 'run_staging', s.sealed from public.run_staging s where s.sealed is not null) t
          group by 1, 2, 3 order by 1, 2, 3;
        perform set_config('app.due', '', true);
      end $$;

    -- Companies with values that one of the known keys has sealed otherwise than what begins with sealed_now. People are
    -- looked through until none is left, and not again: whatever an older process adds later goes with its run.
    create function due_reseal(sealed_now text, known text[]) returns setof uuid
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$
      declare
        current_key text := split_part(sealed_now, '.', 2);
        due uuid[]; settled boolean; is_new boolean; added integer;
      begin
        if public.current_tenant() is not null then
          raise exception 'asked of all companies, or not at all' using errcode = 'insufficient_privilege';
        end if;
        select not exists (select from public.seal_keys where id = current_key)
          and exists (select from public.seal_keys) into is_new;
        insert into public.seal_keys (id) values (current_key) on conflict do nothing;
        get diagnostics added = row_count;
        if is_new and added = 1 then
          insert into public.audit_events (actor, act, details)
            values ('operator', 'keys.rotated', jsonb_build_object('name', current_key));
        end if;
        select settled_at is not null into settled from public.seal_keys where id = current_key;

        perform set_config('app.due', 'on', true);
        due := array(
          select distinct t.tenant_id from (
            (select g.tenant_id from public.smarthr_grants g
              where not starts_with(g.credentials, sealed_now) and split_part(g.credentials, '.', 2) = any (known) limit 500)
            union all
            (select c.tenant_id from public.connections c
              where not starts_with(c.credentials, sealed_now) and split_part(c.credentials, '.', 2) = any (known) limit 500)
            union all
            (select r.tenant_id from public.runs r
              where not starts_with(r.session, sealed_now) and split_part(r.session, '.', 2) = any (known) limit 500)) t);
        if not settled and cardinality(due) = 0 then
          due := array(
            select distinct t.tenant_id from (
              (select i.tenant_id from public.run_items i
                where not starts_with(i.sealed, sealed_now) and split_part(i.sealed, '.', 2) = any (known) limit 5000)
              union all
              (select s.tenant_id from public.run_staging s
                where not starts_with(s.sealed, sealed_now) and split_part(s.sealed, '.', 2) = any (known) limit 5000)) t);
          if cardinality(due) = 0 then
            update public.seal_keys set settled_at = clock_timestamp() where id = current_key;
            update public.seal_keys set settled_at = null where id <> current_key;
          end if;
        end if;
        perform set_config('app.due', '', true);
        return query select unnest(due);
      end $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function due_reseal(text, text[]);
    drop function key_counts();
    drop policy due on run_staging;
    drop policy due on run_items;
    drop table seal_keys;
  `)
}
