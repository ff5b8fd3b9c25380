import { ACCESS_CODES, type AccessCode } from './errors.js'
import type { FreeeSwitches } from './store.js'

const isCode = (value: unknown): value is AccessCode => typeof value === 'string' && value in ACCESS_CODES
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'

/** Which values each switch takes; see `FreeeSwitches` for what they do. */
const accepts: { [K in keyof FreeeSwitches]: (value: unknown) => value is FreeeSwitches[K] } = {
  ipRestricted: isFlag,
  plan: (value): value is FreeeSwitches['plan'] => value === 'free' || value === 'minimum',
  duplicateNum: (value): value is FreeeSwitches['duplicateNum'] => value === 'accept' || value === 'reject',
  role: (value): value is string | null => value === null || typeof value === 'string',
  refuseWith: (value): value is AccessCode | null => value === null || isCode(value),
  blocked: isFlag,
  exhausted: isFlag,
  listedAfterMs: (value): value is number => typeof value === 'number' && value >= 0,
  expiredTokenStatus: (value): value is 401 | 403 => value === 401 || value === 403,
}

/** Sets the switches named in `patch`; throws, changing nothing, when a name or value is unknown. */
export function setSwitches(switches: FreeeSwitches, patch: Record<string, unknown>) {
  const wrong = Object.entries(patch).filter(
    ([name, value]) => !(name in accepts) || !accepts[name as keyof FreeeSwitches](value),
  )
  if (wrong.length > 0) {
    throw new Error(
      `Unknown freee switch or value: ${wrong.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}`,
    )
  }
  Object.assign(switches, patch)
}
