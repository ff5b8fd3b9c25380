import type { NextFunction, Request, RequestHandler, Response } from 'express'
import session from 'express-session'
import type { Pool } from 'pg'
import type { Clock } from '../platform/clock.js'
import type { Sealer } from '../platform/seal.js'
import { SessionStore } from './session.store.js'

const MINUTE = 60_000

/** Without a request for so long, a session ends; and after the second in any case (ASVS 5 V7). */
export const IDLE_MS = 60 * MINUTE
export const ABSOLUTE_MS = 12 * 60 * MINUTE

export interface Flash {
  kind: 'success' | 'error' | 'warning' | 'info' | 'sync'
  text: string
  link?: { href: string; label: string }
}

declare module 'express-session' {
  interface SessionData {
    tenantId: string
    adminId: string
    /** ms since the epoch */
    signedInAt: number
    adminCheckedAt: number
    flash: Flash[]
    /** the service for which consent was just given at SmartHR */
    consentedTo: string
  }
}

export interface SessionOptions {
  pool: Pool
  sealer: Sealer
  secrets: readonly string[]
  production: boolean
}

/** `__Host-`: browsers take it from this host alone, over https, and no neighbour's page can plant one. */
const cookieName = (production: boolean) => (production ? '__Host-renkei' : 'renkei')

/** Server-side sessions in PostgreSQL; the cookie is a signed random id. */
export function createSession({ pool, sealer, secrets, production }: SessionOptions): RequestHandler {
  return session({
    name: cookieName(production),
    secret: [...secrets],
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { httpOnly: true, sameSite: 'lax', secure: production, maxAge: IDLE_MS },
    store: new SessionStore(pool, sealer),
  })
}

/** Ends sessions that are older than the absolute limit. */
export const absoluteLimit =
  (clock: Clock): RequestHandler =>
  (req, _res, next) => {
    const began = req.session.signedInAt
    if (began !== undefined && clock.now().getTime() - began > ABSOLUTE_MS) {
      req.session.regenerate(next)
      return
    }
    next()
  }

/** A new session id at every change of rights, so that an id planted before is worth nothing. */
export const renewSession = (req: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    req.session.regenerate(error => (error ? reject(error as Error) : resolve()))
  })

export const endSession = (req: Request): Promise<void> =>
  new Promise((resolve, reject) => {
    req.session.destroy(error => (error ? reject(error as Error) : resolve()))
  })

/** A message for the next page, shown once. */
export function flash(req: Request, message: Flash): void {
  req.session.flash = [...(req.session.flash ?? []), message]
}

/** Whether the next page shows this message, so that it need not say the same itself. */
export const isFlashed = (req: Request, text: string): boolean =>
  (req.session.flash ?? []).some(message => message.text === text)

/**
 * Stores the session before a redirect leaves. Browsers follow a redirect as soon as they see its head, while
 * express-session still writes. The next page would miss what this request left behind.
 */
export const saveBeforeRedirect: RequestHandler = (req, res, next) => {
  const redirect = res.redirect.bind(res) as (...args: unknown[]) => void
  res.redirect = (...args: unknown[]) => {
    const session = req.session as typeof req.session | undefined
    if (session) session.save(error => (error ? next(error) : redirect(...args)))
    else redirect(...args)
  }
  next()
}

/** Hands waiting messages to the page they were meant for: shown once, not before on an error page that comes between. */
export const flashForPages: RequestHandler = (req: Request, res: Response, next: NextFunction) => {
  const render = res.render.bind(res)
  res.render = ((view: string, options?: object) => {
    // Without a session store there is no session, and the page that says so must be drawn all the same.
    const session = req.session as typeof req.session | undefined
    const messages = view === 'pages/error' ? [] : (session?.flash ?? [])
    if (session && messages.length > 0) delete session.flash
    render(view, { ...options, flash: messages })
  }) as Response['render']
  next()
}
