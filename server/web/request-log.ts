import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import { actingAs, addressOf, shortAgent } from '../audit/actor.js'
import { withLogContext, type Logger } from '../platform/logger.js'
import type { createMetrics } from '../platform/metrics.js'

/** A request id for the log and the error page, and one line per request: route, status, time. */
export const requestLog =
  (log: Logger, metrics: ReturnType<typeof createMetrics>): RequestHandler =>
  (req, res, next) => {
    const requestId = randomUUID()
    const began = performance.now()
    res.set('X-Request-Id', requestId)
    withLogContext({ requestId }, () => {
      res.on('finish', () => {
        const ms = performance.now() - began
        const route = typeof req.route === 'object' ? String((req.route as { path: unknown }).path) : 'none'
        metrics.request({ method: req.method, route, status: String(res.statusCode) }, ms / 1000)
        log.info('request', { method: req.method, route, status: res.statusCode, ms: Math.round(ms) })
      })
      actingAs(
        { kind: 'person', admin: null, address: addressOf(req.ip), agent: shortAgent(req.get('user-agent')) },
        next,
      )
    })
  }
