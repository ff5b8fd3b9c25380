import type { ScopeStore } from '../connections/scopes.store.js'
import type { Entry } from '../contract/contract.js'
import { listsOf, NOBODY_IN_SMARTHR, openScope, SCOPE, scopedCrew } from '../contract/scope.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { Run } from './run.js'
import type { Sides } from './sides.js'

/** Why a person is outside the run's 対象範囲; null: inside. */
export interface InScope {
  /** whoever SmartHR has, by its record */
  crew(record: Pick<Entry, 'id' | 'values'>, today: string): string | null
  /** whoever it does not have, by the other service's number */
  newcomer(key: string | null, today: string): string | null
  /** whoever it had at the plan and does not list any more */
  gone: string
}

export interface RunScopeStores {
  scopes: Pick<ScopeStore, 'conditionsOf'>
}

interface RunScopeDeps {
  inTenant: InTenant<RunScopeStores>
  run: Pick<Run, 'id' | 'tenantId' | 'scope'>
  sides: Pick<Sides, 'scopeLists'>
}

/** The run's own copy of its 対象範囲, held against SmartHR's lists as they are now; null: everybody. Throws ScopeBroken. */
export async function openRunScope({ inTenant, run, sides }: RunScopeDeps): Promise<InScope | null> {
  if (run.scope === null) return null
  const stored = await inTenant(run.tenantId, ({ scopes }) => scopes.conditionsOf(run.id))
  const lists = await sides.scopeLists(listsOf(stored))
  const judge = openScope(stored, lists, run.scope.name)
  return {
    crew: (record, today) => judge({ crew: scopedCrew(record, lists), key: null }, today),
    newcomer: (key, today) => judge({ crew: null, key }, today),
    gone: NOBODY_IN_SMARTHR,
  }
}

/** The scope of a plan as a fact of the pages; none where it is everybody. */
export const scopeFact = ({ scoped }: Pick<Run, 'scoped'>): [term: string, text: string][] =>
  scoped === null ? [] : [[SCOPE, scoped.name]]
