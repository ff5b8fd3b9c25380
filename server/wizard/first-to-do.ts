import { endedByScope, SCOPE } from '../contract/scope.js'
import { paths } from '../paths.js'
import { reconnectFor } from '../runs/blocked.view.js'
import type { Loaded } from '../runs/load-run.js'
import type { PageLink } from '../web/page.js'
import type { Beginning } from './begin.service.js'

/**
 * Where to put right what a run has failed over, before it can be read once more: the consent that has ended, or its
 * 対象範囲. Null: nothing is known to be in the way.
 */
export async function firstToDo(
  beginning: Pick<Beginning, 'blocked' | 'scopesFor'>,
  { run, connector, flow, tenantId, adminId }: Omit<Loaded, 'tenant'>,
  returnTo: string,
): Promise<PageLink | null> {
  if (run.failure === null) return null
  const blocked = await beginning.blocked({ tenantId, adminId }, connector.id, flow.id)
  const reconnect = reconnectFor(connector, blocked, returnTo)
  if (reconnect !== null || run.scope === null || !endedByScope(run)) return reconnect
  const { id } = run.scope
  const scopes = await beginning.scopesFor(tenantId, connector.id, flow)
  const to = { connector: connector.id }
  // One that was deleted since has no page; the list says which there are.
  return scopes.some(scope => scope.id === id)
    ? { href: paths.scope.to({ ...to, scope: id }), label: `${SCOPE}を確認` }
    : { href: paths.scopes.to(to), label: `${SCOPE}の一覧を確認` }
}
