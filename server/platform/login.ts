import type pg from 'pg'
import { isDatabaseTrouble } from './database-trouble.js'
import type { Logger } from './logger.js'
import { APP_ROLE } from './rights.js'

/** A connection that must be made with the right login. */
export interface Login {
  /** the variable that names it */
  variable: string
  pool: pg.Pool
  /** what it has to be a member of */
  role: string
}

interface Found {
  login: string
  isSuperuser: boolean
  bypasses: boolean
  owns: boolean
  schemaIsThere: boolean
  hasRole: boolean
}

/** Of the login, or of what it works as; also what it could become with "set role". */
const QUERY = `
  select who.rolname as login, super as "isSuperuser",
    not super and exists (
      select from pg_roles r where r.rolbypassrls and pg_has_role(who.oid, r.oid, 'member')) as bypasses,
    exists (
      select from pg_class where relkind in ('r', 'p')
        and relnamespace in (to_regnamespace('public'), to_regnamespace('graphile_worker'))
        and (relowner = who.oid or not super and pg_has_role(who.oid, relowner, 'member'))) as owns,
    to_regclass('public.tenants') is not null as "schemaIsThere",
    exists (select from pg_roles r where r.rolname = $1 and pg_has_role(who.oid, r.oid, 'usage')) as "hasRole"
  from pg_roles who, lateral (
    select exists (select from pg_roles r where r.rolsuper and pg_has_role(who.oid, r.oid, 'member')) as super) s
  where who.rolname = case when $2 then session_user else current_user end`

const SEPARATE = `give it a login of its own that is a member of ${APP_ROLE}; the owner's is for DATABASE_OWNER_URL`

/**
 * What keeps a login from serving, in words. Production looks at the login itself. Elsewhere it may be one for all that
 * works as one of the roles.
 */
async function problemsOf({ variable, pool, role }: Login, production: boolean): Promise<string[]> {
  const { rows } = await pool.query<Found>(QUERY, [role, production])
  const [found] = rows
  if (!found) return [`${variable}: there is nothing known about its login`]
  const { login, isSuperuser, bypasses, owns, schemaIsThere, hasRole } = found
  return [
    isSuperuser && `${login} is a superuser, whom row-level security does not bind: ${SEPARATE}`,
    bypasses && `${login} has BYPASSRLS, row-level security does not bind it: ${SEPARATE}`,
    owns && `${login} owns the tables and could switch row-level security off: ${SEPARATE}`,
    !schemaIsThere && 'the tables are not there: run npm run release first',
    !hasRole && `${login} is no member of ${role}: run npm run release, or as its owner "grant ${role} to ${login}"`,
  ]
    .filter(problem => problem !== false)
    .map(problem => `${variable}: ${problem}`)
}

export class LoginError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The database can't be used with this login:\n${problems.map(problem => `  - ${problem}`).join('\n')}`)
  }
}

/**
 * Throws LoginError when one of the logins may do too much or too little; every problem at once. What comes back has kept
 * the database from answering, so nobody knows yet.
 */
async function troubleOf(logins: readonly Login[], production: boolean): Promise<Error | null> {
  try {
    const problems = await Promise.all(logins.map(login => problemsOf(login, production)))
    if (problems.flat().length > 0) throw new LoginError(problems.flat())
    return null
  } catch (error) {
    if (error instanceof LoginError || !(error instanceof Error)) throw error
    if (isDatabaseTrouble(error)) return error
    // No such database, a wrong password: the server's own words say it.
    throw new LoginError([error.message])
  }
}

const AGAIN_AFTER_MS = 1_000

/**
 * Ends the process by `refuse` unless the logins are right. While the database is away, the process goes on, and they are
 * looked at as soon as it is back.
 */
export async function checkLogins(
  logins: readonly Login[],
  { production, log, refuse }: { production: boolean; log: Logger; refuse: (error: LoginError) => never },
): Promise<void> {
  const trouble = await troubleOf(logins, production).catch((error: unknown) => {
    if (error instanceof LoginError) refuse(error)
    throw error
  })
  if (trouble === null) return
  // A pooler says of a wrong password, too, that the connection failed: its words stand in the log.
  log.warn('the database is away, the logins are looked at later', { err: trouble })
  setTimeout(() => void checkLogins(logins, { production, log, refuse }), AGAIN_AFTER_MS).unref()
}
