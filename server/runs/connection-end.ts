import { Conflict } from '../errors.js'
import type { EndStores } from './end-run.js'
import type { PublicationStore } from './publication.store.js'
import { endPublication } from './publications.js'
import type { RunStore } from './run.store.js'

/** Where what goes by a connection stands. */
interface WorkStores extends EndStores {
  runs: EndStores['runs'] & Pick<RunStore, 'active' | 'abandon'>
  publications: Pick<PublicationStore, 'onOffer'>
}

/** 連携を解除: open runs are given up and snapshots on offer end. Throws Conflict while a run is at work. */
export async function endWorkOf(stores: WorkStores, connectionId: string, now: Date): Promise<void> {
  const { runs, publications } = stores
  if (await runs.active(connectionId)) {
    throw new Conflict('同期処理を実行中のため、連携を解除できません。完了後に再度お試しください。')
  }
  await runs.abandon(connectionId, now)
  for (const { id } of await publications.onOffer(connectionId)) {
    await endPublication(stores, id, 'disconnected', now)
  }
}
