import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import winston from 'winston'

type Fields = Readonly<Record<string, unknown>>

/** A fixed sentence plus fields. Ids and numbers only: nothing personal, no secrets. */
export interface Logger {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

export interface LogContext {
  requestId?: string
  tenantId?: string
  runId?: string
  jobId?: string
  mailId?: string
}

const context = new AsyncLocalStorage<LogContext>()

/** Everything logged inside `work` carries these ids too. */
export const withLogContext = <T>(fields: LogContext, work: () => T): T =>
  context.run({ ...context.getStore(), ...fields }, work)

export const logContext = (): LogContext => context.getStore() ?? {}

const DEPTH = 6
const SECRET_KEY =
  /token|secret|password|passwd|authorization|cookie|api[-_]?key|credential|refresh|^code$|code_verifier|^sess$|^sid$/i
const SECRET_TEXT: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [masked]'],
  [/([?&](?:code|state|token|access_token|refresh_token|client_secret)=)[^&\s"']+/gi, '$1[masked]'],
  [/(:\/\/)[^/\s:@]+:[^/\s@]+@/g, '$1[masked]@'],
]

/** More of one field helps nobody; whoever sends it must not fill the log with it. */
const LONGEST = 10_000

const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)} [cut]` : text)

const maskText = (text: string) => SECRET_TEXT.reduce((masked, [pattern, by]) => masked.replace(pattern, by), cut(text))

/** PostgreSQL quotes the value it could not read ("data exception", class 22), which may be personal. */
const maskError = (text: string, code: unknown) =>
  maskText(typeof code === 'string' && /^22\w{3}$/.test(code) ? cut(text).replace(/: ".*"/g, ': "[masked]"') : text)

/** What a service has said may name people: a hash tells whether it is the same again, and no more. */
const hashed = (text: string) =>
  `[the service's words, ${createHash('sha256').update(text).digest('hex').slice(0, 12)}]`
const quotes = (error: Error) => error.message !== '' && (error as { quotes?: unknown }).quotes === true

/** A copy without secrets: masked keys, bearer strings and URL credentials; errors as name, message, code, status, stack. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH) return '[deep]'
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Error) {
    const { code, codes, status, cause } = value as Error & { code?: unknown; codes?: unknown; status?: unknown }
    const told = (text: string) =>
      maskError(quotes(value) ? text.replaceAll(value.message, () => hashed(value.message)) : text, code)
    return {
      name: value.name,
      message: told(value.message),
      ...(code !== undefined && { code }),
      ...(Array.isArray(codes) && codes.length > 0 && { codes: redact(codes, depth + 1) }),
      ...(status !== undefined && { status }),
      ...(value.stack !== undefined && { stack: told(value.stack) }),
      ...(cause !== undefined && { cause: redact(cause, depth + 1) }),
    }
  }
  if (Array.isArray(value)) return value.map(entry => redact(entry, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      SECRET_KEY.test(key) && entry !== null && entry !== undefined ? '[masked]' : redact(entry, depth + 1),
    ]),
  )
}

const ignore = () => undefined

/** A disk that is full, or a reader of the log that is gone, costs lines of the log and nothing else. */
function surviveLostLines(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore)
  }
}

/** JSON lines on stdout (or wherever `transport` says, for tests). */
export function createLogger(level: string, transport?: winston.transport): Logger {
  surviveLostLines()
  const winstonLogger = winston.createLogger({
    level,
    format: winston.format.printf(info => {
      const { level: at, message, fields } = info as { level: string; message: unknown; fields?: Fields }
      return JSON.stringify({
        time: new Date().toISOString(),
        level: at,
        message: maskText(String(message)),
        ...context.getStore(),
        ...(redact(fields ?? {}) as object),
      })
    }),
    transports: [transport ?? new winston.transports.Console()],
  })
  const { levels } = winstonLogger
  const write = (at: string) =>
    // winston would carry a line through its streams before it finds out that nobody wants it.
    (levels[at] ?? 0) > (levels[level] ?? Infinity)
      ? () => undefined
      : (message: string, fields?: Fields) => {
          winstonLogger.log({ level: at, message, fields })
        }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
