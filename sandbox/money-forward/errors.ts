/** The API's failures (reference §5.7): `{ "id", "message" }`. Only `office_not_found` is known to be real. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly id: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message)
  }
}

export const invalidIdentifier = () => new Refused(401, 'invalid_identifier', 'API access identifier is invalid')
export const ipNotAllowed = () => new Refused(403, 'ip_not_allowed', 'Source IP address is not registered')
export const officeNotFound = () => new Refused(404, 'office_not_found', 'Office not found')
export const payrollNotFound = () => new Refused(404, 'payroll_not_found', 'Payroll not found')
export const notFound = () => new Refused(404, 'not_found', 'Not found')
export const invalidParameter = (name: string) => new Refused(422, 'invalid_parameter', `${name} is invalid`)
export const tooManyRequests = (seconds: number) =>
  new Refused(429, 'too_many_requests', 'Too many requests', { 'Retry-After': String(seconds) })
export const maintenance = () => new Refused(503, 'maintenance', 'Under maintenance')
export const internalError = () => new Refused(500, 'internal_error', 'Internal server error')
