import { type Flow, stepOf } from '../contract/contract.js'
import { slashed } from '../contract/conversions.js'
import { monthOf } from './labels.js'

/** The reference date as people read it; of a flow that no longer exists as a day. */
export function dateText(flow: Pick<Flow, 'steps'> | undefined, date: string | null): string {
  if (date === null) return ''
  switch (flow && stepOf(flow, 'date')?.unit) {
    case 'month':
      return monthOf(date)
    case 'year':
      return `${date.slice(0, 4)}年`
    case undefined:
      return slashed(date)
  }
}
