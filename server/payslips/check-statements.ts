import type { PayslipRules } from '../contract/contract.js'
import type { Reason } from '../errors.js'
import { repeatButtons } from '../runs/labels.js'
import type { Result } from '../runs/item.store.js'
import { holding } from '../runs/lease.js'
import { begunReasons } from '../runs/reasons.js'
import { daysOf } from '../runs/sides.js'
import type { PayrollDeps } from './payroll.deps.js'
import { digestOf } from './payslip.js'

/** Selected records looked at together before anything is written. */
const CHUNK = 500

/** Numbers printed in a reason at most. */
const SHOWN_KEYS = 3

/** One statement without a person in SmartHR keeps every other one of the run from being imported. */
export const stoppedBy = (keys: readonly string[], more: number, button: string): Reason => {
  const by = (whose: string) =>
    `${whose}の従業員がSmartHRに存在しないため、取り込みを中断しました。この明細は取り込んでいません。［${button}］で、取り込み直してください。`
  return {
    shown: by(`社員番号${keys.map(key => `「${key}」`).join('')}${more > 0 ? `ほか${more}名` : ''}`),
    kept: by('ほか'),
  }
}

export const movedStatement = (source: string) =>
  `${source}の明細が、内容を確認した後に変更されたか、確定が解除されています。取り込んでいません。最新の内容を取得し直して、再度取り込んでください。`

type CheckDeps = Pick<PayrollDeps, 'inTenant' | 'clock' | 'run' | 'lease' | 'sides' | 'store'>

/** Fails the statements that have changed since the plan, on either side. Returns how many can't be imported any more. */
export async function checkStatements(deps: CheckDeps, rules: PayslipRules): Promise<number> {
  const { inTenant, clock, run, sides, store } = deps
  const { statements, crews } = await readAgain(deps)
  const gone: Result[] = []
  const unknownKeys: string[] = []
  for (let after = '0'; ;) {
    const { items, hasNext } = await inTenant(run.tenantId, stores =>
      stores.items.chosen(run.id, { after, limit: CHUNK, outcomes: [null] }),
    )
    for (const { id, key, sourceId, content } of items) {
      const known = crews.has(String(content.set.crew_id))
      if (!known) unknownKeys.push(key ?? '')
      const reason = !known
        ? rules.unknownReason
        : statements.get(sourceId) === content.digest
          ? null
          : movedStatement(sides.names.source)
      if (reason !== null) gone.push({ itemId: id, outcome: 'failed', reason })
    }
    const last = items.at(-1)
    if (!hasNext || !last) break
    after = last.id
  }
  await store(gone)
  if (unknownKeys.length > 0 && rules.unknown === 'fails-all') {
    const [shown, more] = [unknownKeys.slice(0, SHOWN_KEYS), Math.max(0, unknownKeys.length - SHOWN_KEYS)]
    const reason = stoppedBy(shown, more, repeatButtons.not_run)
    const rest = { outcome: 'not_run', reason, begun: begunReasons(sides.names.target, reason) } as const
    await holding(deps, stores => stores.items.settleRest(run.id, rest, clock.now()))
  }
  return gone.length
}

/** Both sides as they are now: the digest of each statement by its id, and the ids of SmartHR's people. */
async function readAgain({ clock, run, sides }: CheckDeps) {
  const { asOf } = daysOf(sides.flow, run, clock)
  const statements = new Map<string, string>()
  for await (const { people } of sides.source.list(asOf)) {
    for (const person of people)
      if (!person.excluded && sides.flow.includes(person, asOf)) statements.set(person.id, digestOf(person.payload))
  }
  const crews = new Set<string>()
  for await (const { people } of sides.target.list(asOf)) for (const person of people) crews.add(person.id)
  return { statements, crews }
}
