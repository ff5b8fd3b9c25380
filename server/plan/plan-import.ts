import { asksItems, type EntryOf, type ImportFlow } from '../contract/contract.js'
import type { ItemKind, Statement } from '../contract/statement.js'
import { jstDateTime } from '../platform/clock.js'
import { holdsBroken } from '../platform/odd-text.js'
import {
  chosenItems,
  kindsOfNames,
  toldApart,
  unregistered,
  unusable,
  type KindsOfNames,
} from '../payslips/statement-items.js'
import { digestOf, payslipContent } from '../payslips/payslip.js'
import { findTargets, type Found } from './matching.js'
import type { PlannedItem } from './planned-item.store.js'
import { about, excluded, sourceChunks, unreadableRecord, type Planner, type PlanOrder } from './planner.js'
import type { Staged } from './staging.store.js'

/** A blank item is not sent. */
const withValues = ({ items }: Pick<Statement, 'items'>) => ({ items: items.filter(({ value }) => value !== '') })

/** Which kinds each name of the run's statements stands for, whoever has it. */
async function kindsStaged(order: PlanOrder): Promise<KindsOfNames> {
  let kinds: KindsOfNames = new Map()
  for await (const { people } of sourceChunks<EntryOf<Statement>>(order))
    kinds = kindsOfNames(
      people.map(({ payload }) => payload),
      kinds,
    )
  return kinds
}

/** A payslip for everybody whom SmartHR knows. */
export async function importPlanner(order: PlanOrder, flow: ImportFlow): Promise<Planner> {
  const { inTenant, run, sides } = order
  const remembered = await inTenant(run.tenantId, ({ payslipItems }) => payslipItems.of(sides.account))
  const registry = asksItems(flow) ? remembered : null
  // Where items are sent as they are, what went through before is known to SmartHR.
  const known = registry ?? new Set([...(flow.payslips.usualItems ?? []), ...remembered.keys()])
  const kinds = await kindsStaged(order)
  let newItems = new Map<string, ItemKind>()

  const planPerson = (person: EntryOf<Statement>, found: Found, importedAt: Date | undefined, preselect: boolean) => {
    const out = (reason: string): PlannedItem => excluded(person, reason)
    const match = found.matchOf(person)
    if (person.excluded !== undefined) return out(person.excluded)
    if (match.kind === 'excluded') return out(match.reason)
    if (holdsBroken(person.payload)) return out(unreadableRecord(sides.names.source))
    const remark = found.remarkOf(person)
    if (match.kind === 'new') return out(`${flow.payslips.unknownReason}${remark ?? ''}`)
    const statement = toldApart(person.payload, kinds)
    const problem = unusable(
      chosenItems(statement, registry).flatMap(({ item, kind }) => (kind === null ? [] : [{ ...item, kind }])),
      sides.names.source,
    )
    if (problem !== null) return out(problem)
    const content = {
      ...payslipContent(statement, match.targetId, registry),
      // What is compared before the write is what the service gave, not what was made of it.
      digest: digestOf(person.payload),
      ...(registry && statement.items.some(({ name }) => !registry.has(name)) && { lines: statement.items }),
    }
    if (remark !== undefined) content.notes.unshift(remark)
    if (importedAt) content.notes.push(`同じ明細が${jstDateTime(importedAt)}に取り込み済みです。`)
    return {
      ...about(person),
      crewId: match.targetId,
      class: 'new' as const,
      excludedReason: null,
      content,
      blocked: false,
      groupKey: statement.group,
      repeated: importedAt !== undefined,
      ownTick: remark !== undefined,
      selected: preselect && remark === undefined,
    }
  }

  return {
    async plan(people: readonly Staged<EntryOf<Statement>>[], preselect) {
      const statements = people.map(person => toldApart(person.payload, kinds))
      newItems = unregistered(registry ? statements : statements.map(withValues), known, newItems)
      await inTenant(run.tenantId, async stores => {
        const found = await findTargets(stores, order, people, false)
        const before = await stores.plannedItems.importedBefore(
          run,
          people.map(person => person.id),
        )
        const planned = people.map(person => planPerson(person, found, before.get(person.id), preselect))
        await stores.plannedItems.add(run.id, planned)
      })
    },
    newItems: () => [...newItems].map(([name, kind]) => ({ name, kind })),
  }
}
