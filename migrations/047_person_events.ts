import type { Knex } from 'knex'

/**
 * How it was known that nobody was registered twice: what was asked and sent about somebody new, and when. No value of
 * anybody's stands here; the item says whom it is about.
 *
 *   looked   the target was asked for the person before the create, or after an answer that never came; `found`: there
 *            was somebody
 *   sent     the create left
 *   made     its record is known
 *
 * Partitioned by the month (UTC) in which it was: run_days.person_events_202611, made ahead and dropped after 13 months by
 * keep_person_months. run_days.person_events_rest holds what has no partition.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(table)
  await knex.raw(keepMonths)
  await knex.raw(`
    do $$ begin
      if exists (select from pg_roles where rolname = 'renkei_app') then
        revoke execute on function keep_person_months(timestamptz) from public;
        grant execute on function keep_person_months(timestamptz) to renkei_app;
      end if;
    end $$;
    select keep_person_months(now() - interval '13 months');
  `)
  await replaceNoteWrites(knex, PARAMETERS, told)
}

export async function down(knex: Knex): Promise<void> {
  await replaceNoteWrites(
    knex,
    PARAMETERS_WITH_LOOKS,
    told.map(([from, to]) => [to, from] as const),
  )
  await knex.raw(`
    drop function keep_person_months(timestamptz);
    drop table person_events;
  `)
}

const table = `
  create table person_events (
    nth bigint generated always as identity,
    tenant_id uuid not null references tenants on delete cascade,
    run_id uuid not null,
    item_id bigint not null,
    at timestamptz not null,
    what text not null check (what in ('looked', 'sent', 'made')),
    found boolean
  ) partition by range (at);
  create index person_events_of_item on person_events (run_id, item_id);
  create index person_events_of_tenant on person_events (tenant_id);
  create table run_days.person_events_rest partition of person_events default;
  alter table person_events enable row level security;
  alter table person_events force row level security;
  create policy tenant_only on person_events
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
`

/** The lock of make_run_days and forget_people: one process at a time makes and drops partitions. */
const LOCK = 74_153_018

const keepMonths = `
  -- Makes the partitions of this month and the next, where they are missing, and drops those that ended before the given
  -- instant; the last two months stay in any case. Gives how many it made or dropped. Without the locks it does neither,
  -- and the next minute asks again.
  create function keep_person_months(since timestamptz) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '500ms' as $$
  declare
    this_month timestamp := date_trunc('month', clock_timestamp() at time zone 'UTC');
    month timestamp; made text; gone text; changed integer := 0;
  begin
    if since is null then
      raise exception 'keep_person_months: since when?';
    end if;
    for month in
      select m from unnest(array[this_month, this_month + interval '1 month']) as m
      where to_regclass('run_days.person_events_' || to_char(m, 'YYYYMM')) is null order by m
    loop
      if changed = 0 and not pg_try_advisory_xact_lock(${LOCK}) then
        return 0;
      end if;
      made := 'run_days.person_events_' || to_char(month, 'YYYYMM');
      lock table run_days.person_events_rest in access exclusive mode;
      execute format('create table %s (like public.person_events including all excluding identity)', made);
      execute format('alter table %s add foreign key (tenant_id) references public.tenants on delete cascade', made);
      execute format(
        'with moved as (delete from run_days.person_events_rest where at >= %2$L and at < %3$L returning *)
         insert into %1$s select * from moved',
        made, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
      execute format('alter table public.person_events attach partition %s for values from (%L) to (%L)',
        made, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
      changed := changed + 1;
    end loop;
    for gone in
      select relname from pg_class, lateral (select to_date(right(relname, 6), 'YYYYMM')::timestamp as m) as d
      where relnamespace = 'run_days'::regnamespace and relkind = 'r' and relname ~ '^person_events_[0-9]{6}$'
        and (m + interval '1 month') at time zone 'UTC'
          <= least(since, (this_month - interval '1 month') at time zone 'UTC')
      order by 1
    loop
      if changed = 0 and not pg_try_advisory_xact_lock(${LOCK}) then
        return 0;
      end if;
      execute format('drop table run_days.%I', gone);
      changed := changed + 1;
    end loop;
    delete from run_days.person_events_rest where at < since;
    return changed;
  exception when lock_not_available or deadlock_detected or duplicate_table then
    return 0;
  end $$;
`

const PARAMETERS = 'uuid, uuid, uuid, timestamptz, bigint[], bigint[], text[], text, text, text[], text[]'
const PARAMETERS_WITH_LOOKS = `${PARAMETERS}, timestamptz[]`

/** A run notes all of it with the statement it makes anyway; the release before names no looks. */
const told: readonly (readonly [from: string, to: string])[] = [
  [
    'service_ids text[])',
    `service_ids text[], looked timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[])`,
  ],
  [
    'update run_items set intent_at = at, creates = creates + 1, looks = 0',
    'with begun as (update run_items set intent_at = at, creates = creates + 1, looks = 0',
  ],
  [
    `and state = 'running');
        get diagnostics noted = row_count;`,
    `and state = 'running')
          returning id, class),
        told as (
          insert into person_events (tenant_id, run_id, item_id, at, what, found)
          select company, run, begun.id, e.at, e.what, e.found
          from begun left join unnest(intents, looked) as l (id, looked_at) on l.id = begun.id,
            lateral (values (l.looked_at, 'looked', false), (note_writes.at, 'sent', null)) as e (at, what, found)
          where begun.class = 'new' and e.at is not null)
        select count(*) into noted from begun;`,
  ],
  [
    'where i.tenant_id = company and i.run_id = run and i.id = m.id;',
    `where i.tenant_id = company and i.run_id = run and i.id = m.id;
      if cardinality(made) > 0 then
        insert into person_events (tenant_id, run_id, item_id, at, what)
          select company, run, m.id, note_writes.at, 'made' from unnest(made) as m (id);
      end if;`,
  ],
]

/** The function with other texts in it; of whatever else earlier migrations say, nothing changes. */
async function replaceNoteWrites(
  knex: Knex,
  parameters: string,
  changes: readonly (readonly [from: string, to: string])[],
): Promise<void> {
  const { rows } = await knex.raw<{ rows: { sql: string }[] }>(
    `select pg_get_functiondef('note_writes(${parameters})'::regprocedure) as sql`,
  )
  let sql = rows[0]?.sql ?? ''
  for (const [from, to] of changes) {
    if (!sql.includes(from)) throw new Error('note_writes is not as it was')
    sql = sql.replace(from, () => to)
  }
  await knex.raw(`drop function note_writes(${parameters})`)
  // A question mark would be a binding.
  await knex.raw(sql.replaceAll('?', '\\?'))
}
