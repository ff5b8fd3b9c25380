import type { Recipients, Wants } from '../connections/mail-recipient.store.js'

/**
 * Who is told that a run has ended: whoever started it, and the ids of others. Nobody is told twice, and somebody is told
 * of it in any case: where nobody is left who wants to know, it is whoever started.
 */
export function toldOf(
  { starter, admins }: Recipients,
  { startedBy, allWell }: { startedBy: string; allWell: boolean },
): { starter: boolean; others: string[] } {
  const wanted = (wants: Wants | undefined) => wants === 'all' || (wants === 'failures' && !allWell)
  const nobodyLeft = starter === 'none' && [...admins.values()].every(wants => wants === 'none')
  return {
    starter: wanted(starter) || wanted(admins.get(startedBy)) || nobodyLeft,
    others: [...admins].filter(([id, wants]) => id !== startedBy && wanted(wants)).map(([id]) => id),
  }
}
