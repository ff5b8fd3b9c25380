import { csrfSync } from 'csrf-sync'
import type { Request, RequestHandler } from 'express'
import { Forbidden } from '../errors.js'
import { paths } from '../paths.js'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

const refused = () =>
  new Forbidden(
    'この操作は受け付けられませんでした。画面が古くなっているか、別のサイトから送信された可能性があります。画面を再読み込みして、やり直してください。',
  )

/** Browsers say where a request comes from; a write from another site ends here, whatever token it carries. */
export const sameOriginOnly =
  (appUrl: string): RequestHandler =>
  (req, _res, next) => {
    if (SAFE.has(req.method)) {
      next()
      return
    }
    const site = req.get('sec-fetch-site')
    const origin = req.get('origin')
    const foreign =
      (site !== undefined && site !== 'same-origin' && site !== 'none') ||
      (origin !== undefined && origin !== new URL(appUrl).origin && origin !== `${req.protocol}://${req.get('host')}`)
    next(foreign ? refused() : undefined)
  }

const { csrfSynchronisedProtection, generateToken, isRequestValid } = csrfSync({
  getTokenFromRequest: req => (req.body as { _csrf?: unknown } | undefined)?._csrf as string | undefined,
})

const partsOf = (path: string): string[] => path.split('/').filter(part => part !== '')

/** Forms with a file: only their own routes read them, and ask for the token that stands before the file (web/upload.ts). */
const FORMS = [paths.newFile, paths.valueTablesFile].map(({ pattern }) => partsOf(pattern))
const isFiles = (path: string): boolean => {
  const parts = partsOf(path.toLowerCase())
  return FORMS.some(
    form => form.length === parts.length && form.every((part, index) => part.startsWith(':') || part === parts[index]),
  )
}
export const isUpload = (req: Request): boolean =>
  req.method === 'POST' && isFiles(req.path) && Boolean(req.is('multipart/form-data'))

/** Throws Forbidden when this is no token of the session. */
export function checkCsrf(req: Request, token: string | undefined): void {
  req.body = { _csrf: token }
  if (!isRequestValid(req)) throw refused()
}

/** A token of the session in every form. */
export const csrfProtection: RequestHandler = (req, res, next) => {
  if (isUpload(req)) return next()
  csrfSynchronisedProtection(req, res, error => next(error ? refused() : undefined))
}

/**
 * A form of an ended session has no valid token either; there, signing in again is the message that helps. Sign-in's own
 * forms always need theirs.
 */
export const csrfUnlessSignedOut: RequestHandler = (req, res, next) => {
  // The router takes /AUTH/ for the same.
  if (!res.locals.admin && !req.path.toLowerCase().startsWith('/auth/')) next()
  else csrfProtection(req, res, next)
}

/** The token for the page's forms; asking for it makes it. */
export const csrfToken = (req: Request): string => generateToken(req)
