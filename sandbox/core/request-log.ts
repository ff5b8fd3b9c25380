/** What the stand-ins received, for assertions. Secrets never get in. */
export interface LoggedRequest {
  time: string
  service: string
  method: string
  /** below the service's prefix */
  path: string
  query: Record<string, unknown>
  headers: Record<string, string>
  body: unknown
  status: number
  response?: unknown
}

const KEPT = 200_000
const SECRET = /secret|password|token|verifier|authorization|cookie|_csrf|^identifier$/i
/** OAuth's; PCA's `Code` is an employee's. */
const GRANT = 'code'

export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, SECRET.test(key) || key === GRANT ? '[masked]' : masked(entry)]),
  )
}

export function createRequestLog() {
  let requests: LoggedRequest[] = []
  let responses = false
  return {
    add(request: LoggedRequest) {
      requests.push(request)
      if (requests.length > KEPT) requests = requests.slice(KEPT / 2)
    },
    of: (service: string | undefined) =>
      service === undefined ? requests : requests.filter(request => request.service === service),
    /** whether answers are kept too */
    recording: () => responses,
    record(on: boolean) {
      responses = on
    },
    clear() {
      requests = []
      responses = false
    },
  }
}
