import type { Knex } from 'knex'

/**
 * A session's id is stored as a hash and its content sealed: neither the table nor a copy of it opens anything. In clear
 * stands whose it is, so that one person's others can be ended.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Ids and tokens in clear, of the release before: who was signed in signs in once more.
    delete from sessions;
    alter table sessions
      add column tenant_id uuid references tenants on delete cascade,
      add column admin_id uuid;
    create index sessions_of_admin on sessions (tenant_id, admin_id) where tenant_id is not null;

    -- Only a new session is added: what another request has ended meanwhile does not come back.
    create function session_write(id text, content json, ends_at timestamptz, tenant uuid, admin uuid, is_new boolean)
      returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as
      $$ begin
        if id !~ '^[0-9a-f]{64}$' or json_typeof(content) <> 'string'
          or ends_at > clock_timestamp() + interval '1 day' then
          raise exception 'no hash of a session id, not sealed, or for too long' using errcode = 'invalid_parameter_value';
        end if;
        if is_new then
          insert into public.sessions (sid, sess, expire, tenant_id, admin_id)
            values (id, content, ends_at, tenant, admin)
          on conflict (sid) do update set sess = excluded.sess, expire = excluded.expire,
            tenant_id = excluded.tenant_id, admin_id = excluded.admin_id;
        else
          update public.sessions set sess = content, expire = ends_at, tenant_id = tenant, admin_id = admin
            where sid = id;
        end if;
      end $$;

    -- Of one's own company alone; all but the one that asks.
    create function sessions_end_others(admin uuid, kept text) returns bigint
      language sql security definer set search_path = pg_catalog, pg_temp as
      $$
        with ended as (
          delete from public.sessions
            where tenant_id = public.current_tenant() and admin_id = admin and sid <> kept returning 1
        )
        select count(*) from ended
      $$;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function sessions_end_others(uuid, text);
    drop function session_write(text, json, timestamptz, uuid, uuid, boolean);
    delete from sessions;
    alter table sessions drop column tenant_id, drop column admin_id;
  `)
}
