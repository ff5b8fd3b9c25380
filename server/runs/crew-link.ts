import type { Flow } from '../contract/contract.js'
import type { PageLink } from '../web/page.js'
import type { Item } from './run.js'

/** SmartHR's id of the person an item is about; null where SmartHR has nobody yet, or the item is about no person. */
function crewIdOf(flow: Flow, { sourceId, targetId }: Pick<Item, 'sourceId' | 'targetId'>): string | null {
  if (flow.dataset === 'crew-documents') return sourceId
  if (flow.dataset !== 'employees') return null
  return flow.direction === 'to-smarthr' ? targetId : sourceId
}

/** The way to a person's page in SmartHR, where what stands in the way is put right. `site`: the company's SmartHR. */
export function crewLink(site: string, flow: Flow, item: Pick<Item, 'sourceId' | 'targetId'>): PageLink | null {
  const id = crewIdOf(flow, item)
  // assumed: the address of SmartHR's page of a person is not public
  return id === null ? null : { href: `${site}/crews/${encodeURIComponent(id)}`, label: 'SmartHRの従業員情報を開く' }
}
