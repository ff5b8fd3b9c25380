/** Employment: who is in service on a day, and what 退職年月日 says about SmartHR's 在籍状況. One rule for all services. */
import { dateOf, textOf } from './conversions.js'
import { crew } from './crew-fields.js'
import type { FieldPair, Flow, Scalar } from './contract.js'

/** SmartHR's 在籍状況 as its screens name them. */
export const STATUSES: Readonly<Record<string, string>> = { employed: '在籍中', absent: '休職中', retired: '退職済' }

const UNDATED =
  '在籍状況「退職済」は、SmartHRに退職年月日が登録されていないため変更されません。在籍している場合は、SmartHRの従業員情報で在籍状況を修正してください。'

const shown = ([value]: readonly Scalar[]) => STATUSES[textOf(value) ?? ''] ?? textOf(value) ?? ''

/** 退職済 in SmartHR without 退職年月日: can't be placed in time, so not in service on any day. */
export const leftWithoutDate: (person: Parameters<Flow['includes']>[0]) => boolean = ({
  employedUntil = null,
  values,
}) => employedUntil === null && values.emp_status === 'retired'

/** In service on the day. `lastDay`: whether the day of 退職年月日 still counts. A missing 入社日 leaves no person out. */
export const inService =
  (lastDay: 'counts' | 'is-out'): Flow['includes'] =>
  (person, asOf) => {
    const { employedFrom = null, employedUntil = null } = person
    if (leftWithoutDate(person) || (employedFrom !== null && employedFrom > asOf)) return false
    return employedUntil === null || employedUntil > asOf || (lastDay === 'counts' && employedUntil === asOf)
  }

/**
 * SmartHR's 在籍状況 as it follows from the service's 退職年月日 at `path`. SmartHR retires people by itself only for dates
 * to come (SmartHR API reference, §4.6), and never takes that back. 退職済 without a date is left alone, and told.
 */
export const statusAfter = (path: string): FieldPair => ({
  id: 'employment-status',
  label: '在籍状況',
  sensitive: true,
  smarthr: ['emp_status', 'resigned_at'],
  reads: ['resigned_at'],
  follows: crew.leavingDate.id,
  service: [path],
  toService: () => 'keep',
  toSmarthr([value], { today, present: [status, resignedAt] }) {
    const last = dateOf(value)
    if (last !== null && last < today) return { set: { emp_status: 'retired' } }
    const written = dateOf(resignedAt)
    if (status === 'retired' && written === null) return { unsent: UNDATED }
    return status === 'retired' && written !== null && written !== last ? { set: { emp_status: 'employed' } } : 'keep'
  },
  showSmarthr: shown,
  showService: () => '',
})
