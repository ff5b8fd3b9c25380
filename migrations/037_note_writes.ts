import type { Knex } from 'knex'

/**
 * What a run notes of its writes, in one statement that is a transaction of its own: a worker notes it for every person,
 * and three of four statements would only begin, name the company and end. The caller's own rights count, and row-level
 * security. Raises RK001, and stores nothing, when an intent can't be stored: the run is another worker's, or the person
 * has an outcome; see ledger.ts. Gives how many pairs were remembered that were not known.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function note_writes(company uuid, run uuid, holder uuid, at timestamptz, intents bigint[], made bigint[],
      targets text[], service text, account text, smarthr_ids text[], service_ids text[]) returns integer
    language plpgsql set search_path = public, pg_temp as $$
    declare
      noted integer;
    begin
      perform set_config('app.tenant_id', company::text, true);
      if cardinality(intents) > 0 then
        update run_items set intent_at = at, creates = creates + 1, looks = 0
          where tenant_id = company and run_id = run and id = any (intents) and outcome is null
            and (class = 'changed' or target_id is null)
            and exists (select from runs where tenant_id = company and id = run and lease = holder and state = 'running');
        get diagnostics noted = row_count;
        if noted < cardinality(intents) then
          raise exception 'an intent is not ours to store' using errcode = 'RK001';
        end if;
      end if;
      update run_items i set target_id = m.target from unnest(made, targets) as m (id, target)
        where i.tenant_id = company and i.run_id = run and i.id = m.id;
      insert into links (tenant_id, connector, account_id, smarthr_id, service_id)
        select company, service, account, l.smarthr_id, l.service_id
          from unnest(smarthr_ids, service_ids) as l (smarthr_id, service_id)
        on conflict do nothing;
      get diagnostics noted = row_count;
      return noted;
    end $$`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    'drop function note_writes(uuid, uuid, uuid, timestamptz, bigint[], bigint[], text[], text, text, text[], text[])',
  )
}
