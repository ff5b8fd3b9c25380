import type { Knex } from 'knex'

/**
 * A company of SmartHR is found again by its own id, which users/me may or may not tell, and by the ids of the companies
 * that its tokens see.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table tenants add column company_ids text[] not null default '{}';
    -- Where only a company was known, it is the key.
    update tenants set company_ids = array[substr(smarthr_id, 9)] where starts_with(smarthr_id, 'company:');
    create index tenants_by_companies on tenants using gin (company_ids);

    -- The company as SmartHR names it today; a new one is added. named: its id there, null where SmartHR tells none.
    -- A company that has an id of its own is never taken for one with another id, whatever companies both have; null where
    -- the companies alone do not tell which one it is.
    create function remember_company(named text, companies text[], its_subdomain text, its_name text) returns uuid
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$
      declare
        key text := coalesce(named, 'company:' || companies[1]);
        -- What the release before has added has no other ids.
        keys text[] := array(select 'company:' || one from unnest(companies) one);
        its_id uuid;
      begin
        if key is null or starts_with(named, 'company:') then
          raise exception 'a company without an id' using errcode = 'invalid_parameter_value';
        end if;
        -- Two first sign-ins at once find each other.
        perform pg_advisory_xact_lock(74153003);
        if named is null and 1 < (
          select count(*) from public.tenants t
            where t.company_ids && companies and not starts_with(t.smarthr_id, 'company:'))
        then
          return null;
        end if;
        select t.id into its_id from public.tenants t
          where t.smarthr_id = named or t.smarthr_id = any (keys)
            or (t.company_ids && companies and (named is null or starts_with(t.smarthr_id, 'company:')))
          -- One that SmartHR has named goes before one that it has not.
          order by t.smarthr_id = named desc nulls last, starts_with(t.smarthr_id, 'company:'), t.smarthr_id = key desc,
            t.created_at, t.id
          limit 1;
        if its_id is null then
          insert into public.tenants (smarthr_id, subdomain, name, company_ids)
            values (key, its_subdomain, its_name, companies)
            -- The release before adds without our lock.
            on conflict (smarthr_id) do update set company_ids = excluded.company_ids
            returning id into its_id;
        else
          update public.tenants set
              smarthr_id = coalesce(named, smarthr_id),
              subdomain = its_subdomain,
              name = its_name,
              -- none: nobody could be asked
              company_ids = case when cardinality(companies) > 0 then companies else company_ids end,
              updated_at = now()
            where id = its_id;
        end if;
        return its_id;
      end $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function remember_company(text, text[], text, text);
    drop index tenants_by_companies;
    alter table tenants drop column company_ids;
  `)
}
