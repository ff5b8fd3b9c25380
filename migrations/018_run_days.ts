import type { Knex } from 'knex'

/**
 * A run's people and what it has read stand in partitions by the day in Japan on which the run was begun, so that
 * forgetting a day drops two tables. Days, because RETENTION_DAYS counts in them: whole weeks would keep people too long.
 *
 *   run_items, run_staging          what everybody names; their partitions stand in the schema run_days, which the app's
 *                                   role can't enter: row-level security is the parent's alone
 *   run_days.run_items_20261127     a day; made ahead by make_run_days, dropped by forget_people
 *   run_days.run_items_earlier      runs from before this migration: their ids (version 4) are above those of any day
 *   run_days.run_items_rest         whatever has no partition: a day that was not made in time, young runs of a dropped
 *                                   day. Kept small, since each new day looks through it
 *   run_outcomes                    what history keeps of the people of a dropped day
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ids)
  await knex.raw(partitions)
  await knex.raw(outcomes)
  await knex.raw(helpers)
  await knex.raw(makeDays)
  await knex.raw(forget)
  await knex.raw(`
    do $$ begin
      if exists (select from pg_roles where rolname = 'renkei_app') then
        revoke execute on function make_run_days(integer), forget_people(timestamptz) from public;
        grant execute on function make_run_days(integer), forget_people(timestamptz) to renkei_app;
      end if;
    end $$;
    select make_run_days(3);
  `)
}

/** gen_random_uuid() with the time in front: the version's bits turn 4 into 7. */
const ids = `
  create function uuid_v7(moment timestamptz default clock_timestamp()) returns uuid language sql volatile as $$
    select encode(set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from moment) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid $$;

  -- Ids of runs begun at this instant or later are not below it.
  create function first_run_id(moment timestamptz) returns uuid language sql immutable as $$
    select rpad(lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0'), 32, '0')::uuid $$;

  alter table runs alter column id set default uuid_v7();
`

/**
 * The tables of before become partitions as they are: no row of theirs is written again but the one in a hundred whose
 * id lies below the year 2100 of version 7.
 */
const partitions = `
  create schema run_days;

  create function run_days.columns(parent text) returns text language sql stable as $$
    select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
    where attrelid = ('public.' || parent)::regclass and attnum > 0 and not attisdropped and attgenerated = '' $$;

  do $$
  declare
    parent text; index_of_parent text; next_id bigint;
    after_all_days uuid := first_run_id('2100-01-01 00:00+00');
  begin
    next_id := nextval(pg_get_serial_sequence('run_items', 'id'));
    drop index items_of_run;
    alter table run_items alter column id drop identity, drop constraint run_items_pkey,
      add constraint run_items_pkey primary key (run_id, id);

    foreach parent in array array['run_items', 'run_staging'] loop
      execute format('drop policy tenant_only on %I', parent);
      execute format('alter table %I disable row level security, no force row level security', parent);
      if exists (select from pg_roles where rolname = 'renkei_app') then
        execute format('revoke all on %I from renkei_app', parent);
      end if;
      execute format('alter table %1$I rename to %1$s_earlier', parent);
      execute format('alter table %s_earlier set schema run_days', parent);
      execute format(
        'create table public.%1$I (like run_days.%1$s_earlier including all excluding indexes excluding identity)
         partition by range (run_id)', parent);
    end loop;

    alter table public.run_items add constraint run_items_pkey primary key (run_id, id), add unique (run_id, source_id);
    execute format('alter table public.run_items alter id add generated always as identity (start with %s)', next_id);
    alter table public.run_staging add constraint run_staging_pkey primary key (run_id, side, record_id);

    foreach parent in array array['run_items', 'run_staging'] loop
      for index_of_parent in
        select pg_get_indexdef(indexrelid) from pg_index
        where indrelid = format('run_days.%s_earlier', parent)::regclass
          and not exists (select from pg_constraint where conindid = indexrelid)
      loop
        execute replace(index_of_parent, format(' ON run_days.%s_earlier ', parent), format(' ON public.%s ', parent));
      end loop;
      execute format(
        'alter table public.%I add foreign key (run_id) references public.runs on delete cascade,
           add foreign key (tenant_id) references public.tenants on delete cascade', parent);
      execute format('create table run_days.%1$s_rest partition of public.%1$I default', parent);
      execute format(
        'with moved as (delete from run_days.%1$s_earlier where run_id < %2$L returning *)
         insert into run_days.%1$s_rest (%3$s) overriding system value select %3$s from moved',
        parent, after_all_days, run_days.columns(parent));
      execute format(
        'alter table public.%1$I attach partition run_days.%1$s_earlier for values from (%2$L) to (maxvalue)',
        parent, after_all_days);
      execute format('alter table public.%I enable row level security, force row level security', parent);
      execute format(
        'create policy tenant_only on public.%I
         using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', parent);
    end loop;
  end $$;
`

const outcomes = `
  create table run_outcomes (
    tenant_id uuid not null references tenants on delete cascade,
    run_id uuid not null references runs on delete cascade,
    id bigint not null,
    class text not null,
    source_id text not null,
    target_id text,
    outcome text not null,
    reason text,
    applied_at timestamptz,
    primary key (run_id, id)
  );
  create index outcomes_by_source on run_outcomes (tenant_id, source_id) where outcome = 'succeeded';
  alter table run_outcomes enable row level security;
  alter table run_outcomes force row level security;
  create policy tenant_only on run_outcomes
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

  -- The people of a run, whether they are still known or forgotten. A row stands in one of the two.
  create view run_results with (security_invoker = true) as
    select tenant_id, run_id, id, class, excluded_reason, source_id, target_id, target_page, key, name, kana, department,
      changed_fields, sealed, blocked, own_tick, repeated, selected, intent_at, creates, looks, outcome, reason,
      applied_at, unwritable
    from run_items
    union all
    select tenant_id, run_id, id, class, null, source_id, target_id, null, '', '', '', '',
      '{}', null, false, false, false, true, null, 0, 0, outcome, reason,
      applied_at, 0
    from run_outcomes;
`

const helpers = `
  create function run_days.ends(day date) returns timestamptz language sql immutable as $$
    select (day + 1)::timestamp at time zone 'Asia/Tokyo' $$;

  -- The partition of a day, with those of its rows that have gone to the rest because it was not there.
  create function run_days.make(parent text, day date) returns void language plpgsql as $$
  declare
    made text := format('run_days.%s_%s', parent, to_char(day, 'YYYYMMDD'));
    first uuid := public.first_run_id(run_days.ends(day - 1));
    behind uuid := public.first_run_id(run_days.ends(day));
  begin
    execute format('lock table run_days.%s_rest in access exclusive mode', parent);
    execute format('create table %s (like public.%I including all excluding identity)', made, parent);
    -- before there are rows: checking them later would see none of the runs, which row-level security hides
    execute format(
      'alter table %s add foreign key (run_id) references public.runs on delete cascade,
         add foreign key (tenant_id) references public.tenants on delete cascade', made);
    execute format(
      'with moved as (delete from run_days.%1$s_rest where run_id >= %2$L and run_id < %3$L returning *)
       insert into %4$s (%5$s) select %5$s from moved', parent, first, behind, made, run_days.columns(parent));
    execute format(
      'alter table public.%I attach partition %s for values from (%L) to (%L)', parent, made, first, behind);
  end $$;

  -- Takes a day away. Those of its rows that are not due go to the rest.
  create function run_days.drop(parent text, part text, due uuid[]) returns void language plpgsql as $$
  begin
    execute format('alter table public.%1$I detach partition run_days.%1$s_%2$s', parent, part);
    execute format(
      'insert into run_days.%1$s_rest (%3$s) overriding system value
       select %3$s from run_days.%1$s_%2$s where run_id <> all ($1)', parent, part, run_days.columns(parent)) using due;
    execute format('drop table run_days.%s_%s', parent, part);
  end $$;
`

/** Number of an advisory lock: one process at a time makes and drops partitions. */
const LOCK = 74_153_018

const makeDays = `
  -- Makes the partitions of today and of so many days ahead, where they are missing; gives how many it has made. Whoever
  -- uses the tables goes first: without the locks it makes none, and the next minute asks again.
  create function make_run_days(ahead integer) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
  declare
    today date := (clock_timestamp() at time zone 'Asia/Tokyo')::date;
    parent text; day date; made integer := 0;
  begin
    if ahead is null or ahead not between 0 and 31 then
      raise exception 'make_run_days: 0 to 31 days ahead, not %', ahead;
    end if;
    for parent, day in
      select p, today + n from unnest(array['run_items', 'run_staging']) as p, generate_series(0, ahead) as n
      where to_regclass(format('run_days.%s_%s', p, to_char(today + n, 'YYYYMMDD'))) is null order by n, p
    loop
      exit when made = 0 and not pg_try_advisory_xact_lock(${LOCK});
      perform run_days.make(parent, day);
      made := made + 1;
    end loop;
    return made;
  exception when lock_not_available or deadlock_detected or duplicate_table then
    return 0;
  end $$;
`

const forget = `
  -- Forgets people of runs that ended before the given instant: of one day with all who are in it, or of all in the
  -- rest. Ids, outcomes and reasons go to run_outcomes. A day goes with the last midnight before the first of its runs is
  -- due: those that ended on it are then up to a day early, those that ended later move to the rest. False: nothing is to
  -- be done, or the locks were not to be had.
  create function forget_people(ended_before timestamptz) returns boolean
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
  declare
    asked_as text := coalesce(current_setting('app.tenant_id', true), '');
    parts text[]; part text; company record; theirs uuid[]; due uuid[]; held boolean; kept_from timestamptz;
  begin
    if ended_before is null then
      raise exception 'forget_people: before when?';
    end if;
    if not pg_try_advisory_xact_lock(${LOCK}) then
      return false;
    end if;
    -- the last two days stay in any case, whatever the caller's clock says
    parts := array(
      select to_char(day, 'YYYYMMDD')
      from pg_class, lateral (select to_date(right(relname, 8), 'YYYYMMDD') as day) as d
      where relnamespace = 'run_days'::regnamespace and relname ~ '^run_items_\\d{8}$'
        and run_days.ends(day) <= least(ended_before + interval '1 day', clock_timestamp() - interval '1 day')
      order by day) || 'rest'::text;

    foreach part in array parts loop
      kept_from := case part when 'rest' then ended_before else run_days.ends(to_date(part, 'YYYYMMDD')) end;
      due := '{}';
      held := false;
      -- Company by company, as the app does: row-level security binds the owner of the tables, too.
      for company in execute format(
        'select tenant_id as id, array_agg(run_id) as runs from (
           select tenant_id, run_id from run_days.run_items_%1$s
           union select tenant_id, run_id from run_days.run_staging_%1$s) as held group by tenant_id', part)
      loop
        held := true;
        perform set_config('app.tenant_id', company.id::text, true);
        with forgotten as (
          update public.runs set people_deleted_at = coalesce(people_deleted_at, clock_timestamp())
          where tenant_id = company.id and id = any (company.runs)
            -- nothing is kept of people of whom nothing was written, and plans that expired would all have to move
            and (ended_at < kept_from or (part <> 'rest' and ended_at is not null and queued_at is null))
          returning id)
        select array_agg(id) into theirs from forgotten;
        continue when theirs is null;
        execute format(
          'insert into public.run_outcomes
             (tenant_id, run_id, id, class, source_id, target_id, outcome, reason, applied_at)
           select tenant_id, run_id, id, class, source_id, target_id, outcome, reason, applied_at
           from run_days.run_items_%s where run_id = any ($1) and outcome is not null', part) using theirs;
        delete from public.run_pages where tenant_id = company.id and run_id = any (theirs);
        due := due || theirs;
      end loop;
      perform set_config('app.tenant_id', asked_as, true);
      continue when due = '{}' and (held or part = 'rest');

      if part = 'rest' then
        delete from run_days.run_items_rest where run_id = any (due);
        delete from run_days.run_staging_rest where run_id = any (due);
      else
        perform run_days.drop('run_items', part, due), run_days.drop('run_staging', part, due);
      end if;
      return true;
    end loop;
    return false;
  exception when lock_not_available or deadlock_detected then
    return false;
  end $$;
`

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function forget_people(timestamptz);
    drop function make_run_days(integer);
    drop view run_results;
    alter table run_outcomes no force row level security;
    alter table run_items no force row level security;
    alter table run_staging no force row level security;
    alter table run_items detach partition run_days.run_items_earlier;
    alter table run_staging detach partition run_days.run_staging_earlier;

    do $$
    declare
      parent text; next_id bigint;
    begin
      next_id := nextval(pg_get_serial_sequence('run_items', 'id'));
      -- as a run that is forgotten row by row
      insert into run_days.run_items_earlier
          (tenant_id, run_id, id, class, source_id, target_id, key, name, kana, department, search, selected, outcome,
           reason, applied_at)
        select tenant_id, run_id, id, class, source_id, target_id, '', '', '', '', '', true, outcome, reason, applied_at
        from run_outcomes;
      foreach parent in array array['run_items', 'run_staging'] loop
        execute format('insert into run_days.%1$s_earlier (%2$s) select %2$s from public.%1$I',
          parent, run_days.columns(parent));
        execute format('drop table public.%I', parent);
        execute format('alter table run_days.%s_earlier set schema public', parent);
        execute format('alter table public.%1$s_earlier rename to %1$I', parent);
        execute format('alter table public.%I enable row level security, force row level security', parent);
        execute format(
          'create policy tenant_only on public.%I
           using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', parent);
        if exists (select from pg_roles where rolname = 'renkei_app') then
          execute format('grant select, insert, update, delete on public.%I to renkei_app', parent);
        end if;
      end loop;
      alter table run_items drop constraint run_items_pkey, add constraint run_items_pkey primary key (id);
      create index items_of_run on run_items (run_id, id);
      execute format('alter table run_items alter id add generated always as identity (start with %s)', next_id);
    end $$;

    drop table run_outcomes;
    drop schema run_days cascade;
    alter table runs alter column id set default gen_random_uuid();
    drop function first_run_id(timestamptz);
    drop function uuid_v7(timestamptz);
  `)
}
