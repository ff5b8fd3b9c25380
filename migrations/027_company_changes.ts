import type { Knex } from 'knex'

/**
 * What a company is called is SmartHR's to say, and the database can't ask there. So whatever writes it has to have the
 * shape of what a sign-in brings, and leaves an event in 操作履歴 that the app's login can't take back. Rows from before
 * stay as they are.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table tenants
      add constraint id_of_smarthr check (smarthr_id <> '' and smarthr_id !~ '[[:cntrl:]]' and length(smarthr_id) <= 300)
        not valid,
      add constraint label_of_a_host check (subdomain ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])\\?$') not valid,
      add constraint name_to_show check (length(name) <= 1000) not valid,
      add constraint ids_of_companies check (array_position(company_ids, null) is null and '' <> all (company_ids))
        not valid;

    create function company_changed() returns trigger
      language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$
      declare
        caller text := coalesce(current_setting('app.tenant_id', true), '');
        changes jsonb;
      begin
        select jsonb_agg(jsonb_build_object('label', label, 'before', was, 'after', is_now)) into changes
          from (values
            ('企業名', old.name, new.name),
            ('サブドメイン', coalesce(old.subdomain, ''), coalesce(new.subdomain, '')),
            ('SmartHRの企業ID', old.smarthr_id, new.smarthr_id),
            ('SmartHRの法人ID',
              array_to_string(array(select unnest(old.company_ids) order by 1), '、'),
              array_to_string(array(select unnest(new.company_ids) order by 1), '、'))) c (label, was, is_now)
          -- Companies that are seen for the first time are no change.
          where was <> is_now and not (label = 'SmartHRの法人ID' and was = '');
        if changes is null then
          return null;
        end if;
        perform set_config('app.tenant_id', new.id::text, true);
        insert into public.audit_events (tenant_id, actor, act, details)
          values (new.id, 'system', 'company.changed', jsonb_build_object('changes', changes));
        perform set_config('app.tenant_id', caller, true);
        return null;
      end $$;
    create trigger company_changed after update on tenants for each row execute function company_changed();
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger company_changed on tenants;
    drop function company_changed();
    alter table tenants
      drop constraint id_of_smarthr,
      drop constraint label_of_a_host,
      drop constraint name_to_show,
      drop constraint ids_of_companies;
  `)
}
