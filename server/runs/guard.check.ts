import { mappingOf, readsFile, type Flow } from '../contract/contract.js'
import { accountParts, uniqueNumbers } from './guard.facts.js'
import { firedOf, limitsOf, type Fired, type GuardCounts } from './guard.js'
import type { GuardStore } from './guard.store.js'
import type { Run } from './run.js'

/** Fields that no two people have the same of, and the bank account as a whole. */
export const uniqueOf = (flow: Flow): string[] => {
  const mapping = mappingOf(flow)
  return [...uniqueNumbers(mapping), ...(accountParts(mapping).length > 0 ? ['account'] : [])]
}

/** What has to be known of a plan: how many of its people the flow includes. */
type Plan = Pick<Run['counts'], 'new' | 'changed' | 'same'>

/**
 * The rules that fire for the people who are selected now. Only a flow that writes over records has a guard. `counts`:
 * what was counted of them, where that is known.
 */
export async function firedFor(
  guard: Pick<GuardStore, 'counts' | 'base' | 'saved'>,
  { run, flow, plan = run.counts, ...known }: { run: Run; flow: Flow; plan?: Plan; counts?: GuardCounts },
): Promise<Fired[]> {
  if (flow.kind !== 'sync') return []
  const counts = known.counts ?? (await guard.counts(run.id, uniqueOf(flow)))
  const base = await guard.base(run, plan.new + plan.changed + plan.same)
  // In a file stands whom somebody has put there: a shorter one takes nobody away.
  const measured = readsFile(flow) ? { ...base, source: null } : base
  const sensitive = new Set(flow.mapping.flatMap(({ id, sensitive }) => (sensitive ? [id] : [])))
  return firedOf(counts, measured, limitsOf(await guard.saved()), sensitive)
}
