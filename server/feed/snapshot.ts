import type { Connector, Flow, PublicationFlow } from '../contract/contract.js'
import type { Clock } from '../platform/clock.js'
import type { AccessTokenStore } from '../connections/access-token.store.js'
import type { RunStore } from '../runs/run.store.js'
import { endsAt, isYearly } from '../runs/publications.js'
import { isPublished, type Run } from '../runs/run.js'
import type { Caller } from './access-token.service.js'
import { Problem } from './problem.js'

/** A snapshot that was acknowledged to its end is still served for so long to pulls that name it. */
const GRACE_MS = 3_600_000

export const isPublication = (flow: Flow): flow is PublicationFlow => flow.kind === 'publication'

export interface Snapshot {
  id: string
  resource: string
  reference_date: string | null
  year: number | null
  published_at: string
  expires_at: string
}

export const snapshotOf = (flow: PublicationFlow, run: Run): Snapshot => ({
  id: run.id,
  resource: flow.publication.resource,
  reference_date: isYearly(flow) ? null : run.referenceDate,
  year: isYearly(flow) ? yearOf(run) : null,
  published_at: (run.publishedAt ?? run.createdAt).toISOString(),
  expires_at: endsAt(run, flow.publication).toISOString(),
})

const yearOf = (run: Run): number => Number(run.referenceDate?.slice(0, 4))

/** On offer: not past its end, whether or not it has been cleared away yet. */
export const isOnOffer = ({ publication }: PublicationFlow, run: Run, clock: Clock): boolean =>
  isPublished(run) && endsAt(run, publication) > clock.now()

const inGrace = ({ state, endedAt, peopleDeletedAt }: Run, clock: Clock): boolean =>
  ['succeeded', 'partly_failed', 'failed'].includes(state) &&
  endedAt !== null &&
  peopleDeletedAt === null &&
  clock.now().getTime() - endedAt.getTime() < GRACE_MS

/** What the caller's service publishes. */
export const flowsOf = ({ token }: Caller, connectorOf: (id: string) => Connector): PublicationFlow[] =>
  connectorOf(token.connector).flows.filter(isPublication)

/** Throws Problem when the token is not for this resource. */
export function permitted({ token }: Caller, { publication }: PublicationFlow): void {
  if (!token.resources.includes(publication.resource)) throw new Problem('resource_forbidden')
}

export interface ForceStores {
  accessTokens: Pick<AccessTokenStore, 'find'>
  companyEnds: { askedAt(): Promise<Date | null> }
}

/** Throws Problem when the token was revoked, or its company ended, since the call began: nothing is given any more. */
export async function stillInForce({ accessTokens, companyEnds }: ForceStores, { token }: Caller): Promise<void> {
  const now = await accessTokens.find(token.id)
  if (!now || now.revokedAt || (await companyEnds.askedAt()))
    throw new Problem('invalid_token', { headers: { 'WWW-Authenticate': 'Bearer' } })
}

/** The named snapshot of the token's connection while it is served. Throws Problem. */
export async function namedSnapshot(
  { runs }: { runs: Pick<RunStore, 'find'> },
  { token }: Caller,
  order: { flows: readonly PublicationFlow[]; id: string; clock: Clock },
) {
  const run = await runs.find(order.id)
  const flow = order.flows.find(candidate => candidate.id === run?.flow)
  if (!run || !flow || run.connectionId !== token.connectionId) throw new Problem('snapshot_not_found')
  if (!isOnOffer(flow, run, order.clock) && !inGrace(run, order.clock)) throw new Problem('snapshot_not_found')
  return { run, flow }
}
