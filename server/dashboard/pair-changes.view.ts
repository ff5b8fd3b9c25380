import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { PairChange } from '../runs/pair-change.store.js'

/** What became of somebody's pairs, among the episodes of the story. */

const PAIR = { label: '紐付け', look: 'st-blue' } as const

const NONE = '（なし）'

const GONE =
  'どちらかのサービスで、登録を確認できなくなったため、紐付けを終了しました。登録し直した場合は、［紐付けを直す］から選択してください。'

const NOBODY = '（記録なし）'

const actOf = ({ before, after }: PairChange): string =>
  after === null ? '紐付けの終了' : before === null ? '紐付け' : '紐付けの変更'

const shown = (record: PairChange['after']): string =>
  record === null ? NONE : record.key === null ? record.id : `${record.id}（社員番号 ${record.key}）`

/** Gives what is as new as an instant, or newer, and was not given before; null: all the rest. */
export function newerPairs(pairs: readonly PairChange[]): (than: Date | null) => PairChange[] {
  const left = [...pairs]
  return than => {
    const older = left.findIndex(({ at }) => than !== null && at < than)
    return left.splice(0, older === -1 ? left.length : older)
  }
}

/** A row of the story. `service`: its name; `isOffered`: it has pages. */
export const pairRow = (pair: PairChange, { service, isOffered }: { service: string; isOffered: boolean }) => ({
  at: jstDateTime(pair.at),
  service,
  run: {
    label: actOf(pair),
    href: pair.runId !== null && isOffered ? paths.report.to({ id: pair.runId }) : null,
  },
  by: pair.by ?? NOBODY,
  outcome: null,
  label: PAIR,
  reason: pair.after === null ? GONE : '',
  pair: `${service}のID：${shown(pair.before)} → ${shown(pair.after)}`,
  notes: [],
  proof: null,
  changeList: null,
  fields: null,
})

/** In the columns of the file. */
export const pairCells = (pair: PairChange, service: string): string[] => [
  jstDateTime(pair.at),
  service,
  actOf(pair),
  pair.by ?? NOBODY,
  '',
  PAIR.label,
  '',
  '',
  `${service}のID`,
  shown(pair.before),
  shown(pair.after),
  pair.after === null ? GONE : '',
  '',
  pair.runId ?? '',
]
