import type { Flow } from '../contract/contract.js'
import { Conflict } from '../errors.js'
import type { InTenant } from '../platform/in-tenant.js'
import type { FlowOf } from '../runs/flow-of.js'
import { firedFor, uniqueOf } from '../runs/guard.check.js'
import type { Fired } from '../runs/guard.js'
import type { Examples, GuardStore } from '../runs/guard.store.js'
import type { ItemWithContent, Run } from '../runs/run.js'
import type { SelectionStore } from './selection.store.js'

/** A rule that fires for the selected people, and the first of them. */
export interface FiredWithPeople {
  fired: Fired
  people: readonly ItemWithContent[]
}

interface GuardStores {
  guard: GuardStore
  selection: Pick<SelectionStore, 'choice'>
}

/** What of a selection is dangerous: asked by the dialog, and once more by 同期 in its own transaction. */
export const createGuard = ({ inTenant, flowOf }: { inTenant: InTenant<GuardStores>; flowOf: FlowOf }) => ({
  fired: (run: Run): Promise<FiredWithPeople[]> =>
    inTenant(run.tenantId, async ({ guard, selection }) => {
      const { flow } = flowOf(run.connector, run.flow, run)
      if (flow.kind !== 'sync') return []
      const unique = uniqueOf(flow)
      const { mark } = await selection.choice(run.id)
      const kept = await guard.counted(run.id, mark)
      const counts = kept?.counts ?? (await guard.counts(run.id, unique))
      const known = kept?.examples ?? {}
      const examples: Record<string, Examples> = {}
      const all: FiredWithPeople[] = []
      for (const fired of await firedFor(guard, { run, flow, counts })) {
        const name = JSON.stringify(fired)
        const them = known[name] ?? (await guard.examples(run, fired, unique))
        examples[name] = them
        all.push({ fired, people: await guard.people(them) })
      }
      if (!kept || Object.keys(examples).some(name => !(name in known)))
        await guard.keep(run.id, { mark, counts, examples })
      return all
    }),
})

export type Guard = ReturnType<typeof createGuard>

/** What was typed is not the number of the selected people: said at its field. */
export class WrongCount extends Conflict {
  constructor(
    message: string,
    /** the rules that ask for it */
    readonly fired: readonly Fired[],
  ) {
    super(message)
  }
}

/** The number of the selected people has to be typed, and was not, or is another one. */
export const countRefusal = ({ words }: Flow, fired: readonly Fired[], typed: string, total: number): string | null => {
  if (fired.length === 0 || typed === String(total)) return null
  const what = countLabel(words)
  return typed === ''
    ? `${what}が入力されていません。入力してください。`
    : `${what}が一致しません。選択した${words.item}の合計を、数字で入力してください。`
}

/** 対象の人数 or 対象の件数: those who are synced or, by a run that takes another one back, those who go back */
export const countLabel = ({ counter }: Flow['words']): string => `対象の${counter === '名' ? '人数' : '件数'}`
