import { type Flow, stepOf } from '../contract/contract.js'
import { monthOf, plainDate } from './labels.js'

/** The reference date as people read it. */
export function dateText(flow: Pick<Flow, 'steps'>, date: string | null): string {
  if (date === null) return ''
  switch (stepOf(flow, 'date')?.unit) {
    case 'month':
      return monthOf(date)
    case 'year':
      return `${date.slice(0, 4)}年`
    case undefined:
      return plainDate(date)
  }
}
