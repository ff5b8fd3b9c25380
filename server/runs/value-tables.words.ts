import type { Flow } from '../contract/contract.js'
import { usedOptions, VALUE_TABLES } from '../contract/value-tables.js'
import { slashed } from '../contract/conversions.js'
import type { Run } from './run.js'

/** What the 対応表 of a plan come to, in words. Pure. */

type Told = Pick<Run, 'tabled' | 'referenceDate' | 'undoOf'>

/** … whom they are for, and from which day on a change counts; null: none is used. */
export function tablesText(flow: Flow, { tabled, referenceDate, undoOf }: Told): string | null {
  // What goes back is what was written, not what a table says.
  const used = undoOf === null ? usedOptions(flow, tabled) : []
  if (used.length === 0) return null
  const { item, new: registered } = flow.words
  return used
    .map(({ name, label, from, dated }) => {
      const isAll = tabled?.[name]?.use === 'all'
      const since = dated && referenceDate !== null ? `（${slashed(referenceDate)}から有効）` : ''
      const whom = isAll
        ? `${registered}の${item}と、登録済みの${item}${since}に送ります`
        : `${registered}の${item}に登録します`
      return `${from.label}に対応する${label}を、${whom}。`
    })
    .join('')
}

/** … as a fact of the dialog and the report; none where none is used. */
export function tablesFact(flow: Flow, run: Told): [term: string, text: string][] {
  const text = tablesText(flow, run)
  return text === null ? [] : [[VALUE_TABLES, text]]
}
