import type { Knex } from 'knex'

/**
 * Two roles hold every right of the product; logins are members of one of them. Web's login needs the first. The
 * worker's needs the second, which has what the first has and works on everybody's jobs.
 */
export const APP_ROLE = 'renkei_app'
export const WORKER_ROLE = 'renkei_worker'

/**
 * Roles belong to the whole server: another database may have brought them, and a dump brings none. An owner may take
 * them on, as npm start does with the one login it is given.
 */
export async function ensureRoles(owner: Knex): Promise<void> {
  for (const role of [APP_ROLE, WORKER_ROLE])
    await owner.raw(`
      do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then
          create role ${role} nologin;
          grant ${role} to current_user;
        end if;
      exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
          raise exception 'The role ${role} does not exist, and % may not make it: give % CREATEROLE, or create the role.',
            current_user, current_user using errcode = 'insufficient_privilege';
      end $$`)
  await owner.raw(`
    do $$ begin
      if not pg_has_role('${WORKER_ROLE}', '${APP_ROLE}', 'usage') then
        grant ${APP_ROLE} to ${WORKER_ROLE};
      end if;
    end $$`)
}

/** Gives logins their role, where they have none of the two. */
export async function giveRoles(owner: Knex, roleOf: Readonly<Record<string, string>>): Promise<void> {
  for (const [login, role] of Object.entries(roleOf)) {
    const { rows } = await owner.raw<{ rows: { has: boolean }[] }>(
      `select pg_has_role(oid, '${APP_ROLE}', 'usage') as has from pg_roles where rolname = ?`,
      [login],
    )
    if (!rows[0]) throw new Error(`The login ${login} of DATABASE_URL does not exist: create role … login password …`)
    if (!rows[0].has) await owner.raw('grant ?? to ??', [role, login])
  }
}

/** What the app may call of that which the owner made to be called by others. */
const FUNCTIONS = [
  'remember_company',
  'enqueue_job',
  'job_stands',
  'session_read',
  'session_write',
  'session_touch',
  'session_end',
  'sessions_prune',
  'sessions_end_others',
  'due_work',
  'due_people',
  'make_run_days',
  'keep_person_months',
  'forget_people',
  'know_run',
  'operator_figures',
  'due_ends',
  'delete_company',
  'due_reseal',
  'key_counts',
  'due_checks',
]

/**
 * Every right, said anew at each release: a database restored on another server has none left, and its policies that
 * name a role are missing. Tables of later migrations belong to companies until they are named here.
 */
const RIGHTS = `
  grant usage on schema public to ${APP_ROLE};
  alter default privileges in schema public grant select, insert, update, delete on tables to ${APP_ROLE};
  alter default privileges in schema public grant usage on sequences to ${APP_ROLE};
  grant select, insert, update, delete on all tables in schema public to ${APP_ROLE};
  grant usage on all sequences in schema public to ${APP_ROLE};

  revoke all on knex_migrations, knex_migrations_lock, worker_heartbeats, sessions, seal_keys from ${APP_ROLE};
  -- What belongs to no company, or is looked up before one is known.
  revoke all on tenants, account_owners, access_token_hashes, rate_limits, sign_in_limits from ${APP_ROLE};
  -- What was done is told once and stays told; when, the database says.
  revoke all on audit_events from ${APP_ROLE};
  grant select, insert (tenant_id, actor, admin_id, admin_name, address, agent, act, connector, run_id, about, details)
    on audit_events to ${APP_ROLE};
  -- What a run goes by stays as it was.
  revoke update, delete on value_tables from ${APP_ROLE};
  -- What was asked and sent stays told, too.
  revoke update, delete on person_events, pair_changes from ${APP_ROLE};
  grant update (before_key, after_key) on pair_changes to ${APP_ROLE};
  -- Companies are added and renamed by remember_company alone, at a sign-in.
  grant select on tenants to ${APP_ROLE};
  grant select, insert, delete on account_owners, access_token_hashes to ${APP_ROLE};
  grant select, insert, update on rate_limits, sign_in_limits to ${APP_ROLE};
  grant delete on sign_in_limits to ${APP_ROLE};
  grant select, insert, update, delete on worker_heartbeats to ${WORKER_ROLE};

  grant usage on schema graphile_worker to ${WORKER_ROLE};
  grant select, insert, update, delete on all tables in schema graphile_worker to ${WORKER_ROLE};
  grant usage on all sequences in schema graphile_worker to ${WORKER_ROLE};
  do $$ declare t regclass; begin
    for t in select oid from pg_class c
      where relnamespace = 'graphile_worker'::regnamespace and relrowsecurity
        and not exists (select from pg_policy where polrelid = c.oid and polname = '${WORKER_ROLE}')
    loop
      execute format('create policy ${WORKER_ROLE} on %s to ${WORKER_ROLE} using (true) with check (true)', t);
    end loop;
  end $$;

  -- Functions that do more than their caller may.
  do $$ declare f regprocedure; begin
    for f in select oid from pg_proc where pronamespace = 'public'::regnamespace and prosecdef loop
      execute format('revoke all on function %s from public, ${APP_ROLE}', f);
    end loop;
    for f in select oid from pg_proc where pronamespace = 'public'::regnamespace and proname in ('${FUNCTIONS.join("','")}') loop
      execute format('grant execute on function %s to ${APP_ROLE}', f);
    end loop;
  end $$;
`

/** Says anew what the roles may do in this database. */
export const grantRights = (owner: Knex) => owner.raw(RIGHTS)
