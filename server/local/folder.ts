import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot } from '../platform/root.js'

export interface Account {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: then its processes run as `postgres`, or `nobody` where there is none. */
export function accountForServer(): Account | null {
  if (process.getuid?.() !== 0) return null
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const entry = ['postgres', 'nobody'].flatMap(name => entries.find(([user]) => user === name) ?? [])
  const [, , uid, gid] = entry
  if (uid === undefined || gid === undefined)
    throw new Error('PostgreSQL needs a user "postgres" or "nobody" to run as')
  return { uid: Number(uid), gid: Number(gid) }
}

/** Whether an account without rights of its own can enter the folder. */
export function reachable(folder: string): boolean {
  const OTHERS_MAY_ENTER = 0o001
  const parent = dirname(folder)
  return (statSync(folder).mode & OTHERS_MAY_ENTER) !== 0 && (parent === folder || reachable(parent))
}

/**
 * Where local data lives: `.renkei/` in the project, or beside it when the server's account can't get there (root with
 * a project under /root).
 */
export function localFolder(): string {
  const account = accountForServer()
  if (!account || reachable(projectRoot)) {
    const folder = join(projectRoot, '.renkei')
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    return folder
  }
  const folder = join('/var/tmp', `renkei-${createHash('sha256').update(projectRoot).digest('hex').slice(0, 12)}`)
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  // Every account can make folders in /var/tmp: one that root did not make is a trap.
  const found = lstatSync(folder)
  if (!found.isDirectory() || found.uid !== 0) throw new Error(`${folder} belongs to somebody else. Remove it.`)
  return folder
}
