import type { Change } from '../audit/acts.js'
import { itemKinds } from '../contract/statement.js'
import type { RegisteredItem } from './statement-items.js'

const saidOf = ({ kind, shown }: RegisteredItem): string => `${itemKinds[kind]}、${shown ? '表示する' : '表示しない'}`

/** What is recorded of payslip items: those that are new, or other than before. */
export const itemChanges = (before: readonly RegisteredItem[], after: readonly RegisteredItem[]): Change[] => {
  const known = new Map(before.map(item => [item.name, saidOf(item)]))
  return after.flatMap(item => {
    const was = known.get(item.name) ?? ''
    return was === saidOf(item) ? [] : [{ label: item.name, before: was, after: saidOf(item) }]
  })
}
