import type { Limits } from '../contract/contract.js'

/** SmartHR counts per access token: 10 calls a second, 5,000 an hour (SmartHR API reference, §2.2). */
export const smarthrLimits: Limits = {
  perSecond: 10,
  perHour: 5_000,
  concurrency: 4,
  callsPerPerson: { new: 1, changed: 1 },
}

/** Payslips go in bulks of 100. */
export const payslipLimits: Limits = { ...smarthrLimits, callsPerPerson: { new: 0.01, changed: 0 } }
