import type { ConnectionStore } from '../connections/connection.store.js'
import type { AccessTokenStore } from '../connections/access-token.store.js'
import type { Connector, PublicationFlow } from '../contract/contract.js'
import { declared } from '../contract/declared.js'
import { Conflict } from '../errors.js'
import type { Clearance } from '../runs/approval.js'
import type { EndStores } from '../runs/end-run.js'
import type { ItemStore, Result } from '../runs/item.store.js'
import type { PublicationStore } from '../runs/publication.store.js'
import { endPublication, goneReason, publishedFor } from '../runs/publications.js'
import { stillConnected } from '../runs/run-settings.js'
import type { Run } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import type { OpenSides } from '../runs/sides.js'

export interface PublishStores extends EndStores {
  connections: Pick<ConnectionStore, 'find' | 'lock'>
  accessTokens: Pick<AccessTokenStore, 'resourcesInForce'>
  runs: RunStore
  items: ItemStore
  publications: PublicationStore
}

export const EVERYBODY_GONE =
  '選択した従業員は、情報を取得した後に全員がSmartHRから削除されたか、対象外になったため、公開していません。取得し直してください。'

/** The snapshot on offer that a run's would take the place of: the one for the same year, where a flow goes by years. */
export async function replacedBy(
  { publications }: { publications: Pick<PublicationStore, 'onOffer'> },
  run: Run,
  flow: PublicationFlow,
): Promise<Run | null> {
  const onOffer = await publications.onOffer(run.connectionId, run.flow)
  return onOffer.find(before => publishedFor(flow, before) === publishedFor(flow, run)) ?? null
}

/** Asks the source about the chosen once more: whose record is gone, or no longer to be passed on, since the plan. */
export async function goneSince(
  openSides: OpenSides,
  run: Run,
  { publication }: PublicationFlow,
  chosen: readonly { id: string; sourceId: string }[],
  asOf: string,
): Promise<Result[]> {
  const { source, close } = await openSides(run)
  try {
    const found = await source.present?.(
      chosen.map(({ sourceId }) => sourceId),
      asOf,
    )
    return chosen.flatMap(({ id, sourceId }): Result[] => {
      const person = found?.get(sourceId)
      const gone = found && person === undefined ? goneReason : null
      const reason = gone ?? (person ? publication.publish(person, { asOf }).excluded : null)
      return reason === null ? [] : [{ itemId: id, outcome: 'not_run', reason }]
    })
  } finally {
    await close()
  }
}

/**
 * 公開: the snapshot takes the place of the one before, in the caller's transaction. There is nothing for a worker to do.
 * Who is `gone` is no part of it. False: the plan is not the one that was shown.
 */
export async function publish(
  stores: PublishStores,
  { connector, flow }: { connector: Connector; flow: PublicationFlow },
  run: Run,
  order: {
    revision: number
    adminId: string
    total: number
    gone: readonly Result[]
    clearance: Clearance
    now: Date
  },
): Promise<boolean> {
  const { revision, adminId, total, gone, clearance, now } = order
  if (run.state !== 'ready' || run.revision !== revision) return false
  // Two who publish at once take turns, and so do 解除 and the revocation of a token.
  await stores.connections.lock(run.connectionId)
  await stillConnected(stores, run)
  const fetchable = await stores.accessTokens.resourcesInForce(run.connectionId)
  if (!fetchable.includes(flow.publication.resource))
    throw new Conflict(declared(connector.accessTokens, 'accessTokens').missing)
  if (gone.length === total) throw new Conflict(EVERYBODY_GONE)
  await stores.items.settle(run.id, gone, now)
  const before = await replacedBy(stores, run, flow)
  if (before) await endPublication(stores, before.id, 'replaced', now)
  return stores.publications.publish(run.id, {
    revision,
    selected: total - gone.length,
    adminId,
    clearance,
    publishedFor: publishedFor(flow, run),
    now,
  })
}
