import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler } from 'express'
import { actingAs } from '../audit/actor.js'
import type { Connector } from '../contract/contract.js'
import { paths } from '../paths.js'
import { withLogContext, type Logger } from '../platform/logger.js'
import { noHead, noStore } from '../web/security.js'
import type { AccessTokenService, Caller } from './access-token.service.js'
import { parseAcknowledgement, parsePage, parseYear } from './feed.form.js'
import type { createFeedLimits } from './feed.limits.js'
import { isYearly } from '../runs/publications.js'
import type { Feed } from './feed.service.js'
import { describeFeed } from './openapi.js'
import { Problem, wrong } from './problem.js'
import { isPublication } from './snapshot.js'

export interface FeedRoutesDeps {
  feed: Feed
  tokens: AccessTokenService
  limits: ReturnType<typeof createFeedLimits>
  connectors: readonly Connector[]
  appUrl: string
  log: Logger
}

const bearerOf = (req: Request): string | null => /^Bearer +(\S+)$/i.exec(req.get('authorization') ?? '')?.[1] ?? null

/** The pull feed (docs/feed.md): JSON for other services. No cookies, no pages. */
export function feedRoutes({ feed, tokens, limits, connectors, appUrl, log }: FeedRoutesDeps): Router {
  const router = Router()
  const at = (path: string) => `${paths.feed.pattern}/${path}`
  const flows = connectors.flatMap(connector => connector.flows).filter(isPublication)

  router.use(paths.feed.pattern, noStore)

  const description = describeFeed(flows, appUrl)
  const unnamed: RequestHandler = async (req, _res, next) => {
    await limits.refusals(req.ip ?? 'unknown')
    next()
  }
  router.get(at('openapi.json'), unnamed, (_req, res) => {
    res.json(description)
  })

  // Who has a good token is not slowed down by others behind the same address, who have none.
  const authenticated: RequestHandler = async (req, res, next) => {
    const bearer = bearerOf(req)
    const caller = bearer === null ? null : await tokens.callerOf(bearer)
    if (!caller) {
      await limits.refusals(req.ip ?? 'unknown')
      throw new Problem('invalid_token', { headers: { 'WWW-Authenticate': 'Bearer' } })
    }
    await limits.calls(caller.token.id)
    res.locals.caller = caller
    withLogContext({ tenantId: caller.tenantId }, () => actingAs({ kind: 'service' }, () => next()))
  }

  for (const flow of new Map(flows.map(one => [one.publication.resource, one])).values()) {
    const { resource } = flow.publication
    const path = isYearly(flow) ? `${resource}/:year` : resource
    router.get(at(path), noHead, authenticated, async (req, res) => {
      const year = isYearly(flow) ? parseYear(req.params.year) : null
      res.json(await feed.page(res.locals.caller as Caller, resource, year, parsePage(req.query)))
    })
  }

  router.post(at('acknowledgements'), authenticated, express.json({ limit: '1mb' }), async (req, res) => {
    res.json(await feed.acknowledge(res.locals.caller as Caller, parseAcknowledgement(req.body)))
  })

  router.use(paths.feed.pattern, unnamed, () => {
    throw new Problem('not_found')
  })

  /** The body parser's own errors have a status: what was sent can't be read. */
  const problemOf = (error: unknown): Problem => {
    if (error instanceof Problem) return error
    const { status } = error as { status?: unknown }
    return typeof status === 'number' && status >= 400 && status < 500
      ? wrong({ parameter: 'body', message: '1MB以内のJSONを指定してください。' })
      : new Problem('internal_error')
  }
  const refuse: ErrorRequestHandler = (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error)
    const problem = problemOf(error)
    const level = problem.code === 'internal_error' ? 'error' : 'info'
    // A body's parser may quote what it read: only our own bugs are told of in full.
    log[level]('feed call refused', { code: problem.code, path: req.path, ...(level === 'error' && { err: error }) })
    res.set(problem.more.headers ?? {})
    res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem.body()))
  }
  router.use(paths.feed.pattern, refuse)

  return router
}
