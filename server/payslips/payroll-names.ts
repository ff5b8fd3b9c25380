import type { PayslipRules } from '../contract/contract.js'
import { monthOf } from '../runs/labels.js'
import type { GroupFacts, Run } from '../runs/run.js'

/** What a payroll is called in SmartHR, for administrators and for employees. */
export interface PayrollNames {
  admin: string
  crew: string
}

export const NAME_LABELS: Readonly<Record<keyof PayrollNames, string>> = {
  admin: '給与明細の名前（管理者向け）',
  crew: '給与明細の名前（従業員向け）',
}

/** Characters of a payroll's name at most (assumed; SmartHR names no limit) */
export const MAX_NAME = 100

/** The names as a run keeps them. */
export const nameOptions = ({ admin, crew }: PayrollNames): Run['options'] => ({
  name_for_admin: { value: admin, label: admin },
  name_for_crew: { value: crew, label: crew },
})

/** Names of payrolls that were made before, by who sees them. */
export type TakenNames = Readonly<Record<keyof PayrollNames, readonly string[]>>

/** The name itself, or the first of 「…（2）」, 「…（3）」 that nothing has yet. */
const fresh = (name: string, taken: readonly string[]): string => {
  for (let number = 2, candidate = name; ; number += 1) {
    if (!taken.includes(candidate)) return candidate
    candidate = `${name}（${number}）`
  }
}

/** The names a dialog begins with: never those of another payroll made here. */
export const presetNames = (group: GroupFacts, rules: Pick<PayslipRules, 'names'>, taken: TakenNames): PayrollNames => {
  const name = rules.names(monthOf(group.paidAt), group.paymentType === 'bonus' ? '賞与' : '給与')
  return { admin: fresh(name, taken.admin), crew: fresh(name, taken.crew) }
}

/** The names a run was given, once it was started. */
export const namesOf = ({ options }: Pick<Run, 'options'>): PayrollNames | null =>
  options.name_for_admin && options.name_for_crew
    ? { admin: options.name_for_admin.value, crew: options.name_for_crew.value }
    : null
