import type { BanWindow } from './dates.js'

/** An answer that is not 2xx (King of Time reference, §3.6). */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: object,
  ) {
    super(`King of Time answers ${status}`)
  }
}

interface ErrorEntry {
  message: string
  code: number
}

const refused = (status: number, ...errors: ErrorEntry[]) => new Refused(status, { errors })

/** Token wrong or stopped, right missing, or address not permitted. */
export const authenticationFailed = () => refused(403, { message: '認証に失敗しました', code: 100 })

// assumed: the text; only the code was ever seen.
export const addressNotPermitted = () =>
  refused(403, { message: '許可されていないIPアドレスからのアクセスです', code: 105 })

export const banned = (windows: readonly BanWindow[]) =>
  refused(403, {
    message: `次の時間帯（JST）はAPIへのアクセスが禁止されています [${windows.map(([from, to]) => `${from} ～ ${to}`).join(', ')}]`,
    code: 104,
  })

export const outOfService = () => refused(500, { message: 'Resource Server Error.', code: 300 })

/** The other envelope: flat, and the code is text. */
export const tooManyRequests = () => new Refused(429, { code: '303', message: 'Too Many Requests' })

// assumed from here on: wording and codes, except that a malformed date has code 2.
export const wrongDate = (property: string): ErrorEntry => ({
  message: `${property} must be a date in the format yyyy-MM-dd.`,
  code: 2,
})
export const dateOutOfRange = (property: string): ErrorEntry => ({
  message: `${property} must be within 3 years back and 1 year ahead.`,
  code: 2,
})
export const invalid = (property: string): ErrorEntry => ({ message: `${property} is invalid.`, code: 202 })
export const codeExists = (): ErrorEntry => ({ message: 'Code already exists.', code: 201 })

export const badRequest = (...errors: ErrorEntry[]) => refused(400, ...errors)
export const employeeNotFound = () => refused(404, { message: 'Employee not found.', code: 200 })
export const notFound = () => refused(404, { message: 'Not found.', code: 1 })
export const unexpected = () => refused(500, { message: 'Unexpected error.', code: 301 })

export type { ErrorEntry }
