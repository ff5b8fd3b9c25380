import type { Monthly } from './months.js'
import type { Company, FreeeStore } from './store.js'

/** The whole store as plain JSON, for assertions. Tokens and passwords stay out: who may read them is not the point. */
export function freeeState(store: FreeeStore) {
  return {
    companies: [...store.companies.values()].map(companyState),
    users: store.users.map(({ id, email, roles }) => ({ id, email, roles })),
    grants: [...store.grants.values()].map(
      ({ accessToken: _access, refreshToken: _refresh, ...described }) => described,
    ),
    switches: { ...store.switches },
  }
}

const companyState = ({ employees, ...company }: Company) => ({
  ...company,
  employees: employees.all().map(({ payroll, ...employee }) => ({
    ...employee,
    payroll: payroll && {
      group: payroll.group.name,
      workingHoursSystem: payroll.workingHoursSystem.name,
      profile: readable(payroll.profile),
      health: readable(payroll.health),
      pension: readable(payroll.pension),
      bank: readable(payroll.bank),
      basicPay: readable(payroll.basicPay),
    },
  })),
})

/** Payment months as `2026-11`. */
const readable = <T>(history: Monthly<T>) =>
  history.map(({ from, value }) => ({
    from: `${Math.floor(from / 12)}-${String((from % 12) + 1).padStart(2, '0')}`,
    value,
  }))
