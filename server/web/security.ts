import helmet from 'helmet'
import type { RequestHandler } from 'express'

/**
 * Headers against the usual attacks: no inline script or style, no framing, nothing from elsewhere. Forms may lead to
 * the consent pages, which a redirect after a POST needs.
 */
export function securityHeaders({
  production,
  consentUrls,
}: {
  production: boolean
  consentUrls: readonly string[]
}): RequestHandler {
  const origins = consentUrls.map(url => new URL(url).origin)
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'", ...new Set(origins)],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(production && { upgradeInsecureRequests: [] }),
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: production ? { maxAge: 63_072_000, includeSubDomains: true } : false,
  })
}

/** For what a GET uses up or records: whoever only asks for its head does neither. */
export const noHead: RequestHandler = (req, res, next) => {
  if (req.method === 'HEAD') res.status(405).set('Allow', 'GET').end()
  else next()
}

/** Pages show people and pay: they stay out of every cache. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store')
  next()
}
