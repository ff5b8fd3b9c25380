import type { SyncFlow } from '../contract/contract.js'
import { changedSince, sinceShown, type Pairs, type SinceShown } from '../web/since-shown.js'
import { apart, joined } from './recipients.js'
import { asks, fieldId, scopeOptions, storedFields, typedIn, type Saved, type Typed } from './schedule.form.js'

/** Beside the fields: why the check has stopped; blank where it goes on, as whoever saves or resumes wants it to. */
const PAUSED = 'paused'

const pairsOf = (flow: SyncFlow, fields: Typed): Pairs =>
  Object.entries(fields).flatMap(([id, value]) =>
    id === fieldId(flow, 'recipients') ? apart(value).map(one => [id, one] as const) : [[id, value] as const],
  )

/** What is saved, of the fields that the form has. */
function storedPairs(flow: SyncFlow, offered: Saved): Pairs {
  const scope = fieldId(flow, 'scope')
  const hasScope = scopeOptions(offered).length > 0
  const fields = pairsOf(flow, storedFields(flow, offered)).filter(([id]) => hasScope || id !== scope)
  return [...fields, [PAUSED, offered.schedule?.paused ?? '']]
}

/** A flow's form as the page shows it. `changed`: why nothing was saved. */
export const shownNow = (flow: SyncFlow, offered: Saved, changed: string | null): SinceShown => ({
  ...sinceShown(storedPairs(flow, offered)),
  changed,
})

/** What stands in the fields that the form has. */
const typedFields = (flow: SyncFlow, body: unknown, offered: Saved): Typed =>
  Object.fromEntries(
    Object.keys(storedFields(flow, offered))
      .filter(id => asks(body, id))
      .map(id => [id, typedIn(flow, body, id)]),
  )

/** Nothing was changed on the page. */
export function isAsSaved(flow: SyncFlow, body: unknown, offered: Saved): boolean {
  const stored = storedFields(flow, offered)
  return Object.entries(typedFields(flow, body, offered)).every(([id, typed]) => typed === stored[id])
}

/** The form came from a page that showed something else than is saved now: the fields to show instead; see changedSince. */
export function formSince(flow: SyncFlow, body: unknown, offered: Saved): Typed | null {
  const recipients = fieldId(flow, 'recipients')
  const merged = changedSince(body, {
    typed: [...pairsOf(flow, typedFields(flow, body, offered)), [PAUSED, '']],
    stored: storedPairs(flow, offered),
    boxes: asks(body, recipients) ? [recipients] : [],
  })
  const all = (id: string) => joined((merged ?? []).flatMap(([name, value]) => (name === id ? [value] : [])))
  return merged && Object.fromEntries(Object.keys(storedFields(flow, offered)).map(id => [id, all(id)]))
}
