import type { Knex } from 'knex'
import { actor, type Actor } from './actor.js'
import { acts, type Act, type ActKind, type Details } from './acts.js'

/** An act as it is recorded; who and from where is known already (`actingAs`). */
export interface AuditEvent {
  act: Act
  connector?: string
  runId?: string
  /** the id of another thing it is about: a connection, a token */
  about?: string
  details?: Details
  /** who signs in is known only by this very act */
  admin?: { id: string; name: string }
}

/** An act as it stands in the list. */
export interface Recorded {
  id: string
  at: Date
  actor: Actor['kind']
  adminName: string | null
  address: string | null
  agent: string | null
  /** one that this release does not know is shown by its code */
  act: string
  connector: string | null
  runId: string | null
  details: Details
}

export interface AuditFilter {
  kind?: ActKind | undefined
  connector?: string | undefined
  /** instants, half open */
  from?: Date | undefined
  until?: Date | undefined
}

const columns: Readonly<Record<keyof Recorded, string>> = {
  id: 'id',
  at: 'at',
  actor: 'actor',
  adminName: 'admin_name',
  address: 'address',
  agent: 'agent',
  act: 'act',
  connector: 'connector',
  runId: 'run_id',
  details: 'details',
}

const actsOf = (kind: ActKind): string[] => Object.entries(acts).flatMap(([act, is]) => (is.kind === kind ? [act] : []))

/**
 * 操作履歴 of a company; without one, the operator's. The database lets the app add and read, and nothing else. When something
 * was done is the database's time on purpose, also where CLOCK is set: nobody who can set a clock dates what was done.
 */
export function createAuditStore(db: Knex, tenantId: string | null) {
  const found = ({ kind, connector, from, until }: AuditFilter) => {
    const events = db('audit_events').where({ tenant_id: tenantId, ...(connector && { connector }) })
    if (kind) void events.whereIn('act', actsOf(kind))
    if (from) void events.where('at', '>=', from)
    if (until) void events.where('at', '<', until)
    return events
  }

  return {
    /** Records an act, in the transaction that does it. */
    async add({ act, connector, runId, about, details = {}, admin }: AuditEvent): Promise<void> {
      const { kind, address, agent, ...by } = actor()
      const who = admin ?? by.admin
      await db('audit_events').insert({
        tenant_id: tenantId,
        actor: admin ? 'admin' : kind,
        admin_id: who?.id ?? null,
        admin_name: who?.name ?? null,
        address,
        agent,
        act,
        connector: connector ?? null,
        run_id: runId ?? null,
        about: about ?? null,
        details: JSON.stringify(details),
      })
    },

    /** The newest first; `before`: those behind that one. */
    async page(filter: AuditFilter, { before, limit }: { before?: string | undefined; limit: number }) {
      const events = found(filter)
      if (before !== undefined) void events.where('id', '<', before)
      return (await events.orderBy('id', 'desc').limit(limit).select(columns)) as Recorded[]
    },

    async count(filter: AuditFilter): Promise<number> {
      const [row] = (await found(filter).count('* as total')) as { total: number }[]
      return row?.total ?? 0
    },
  }
}

export type AuditStore = ReturnType<typeof createAuditStore>

/** For those who record and read nothing. */
export type Recorder = Pick<AuditStore, 'add'>
