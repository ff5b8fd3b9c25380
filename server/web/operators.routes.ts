import { createHash, timingSafeEqual } from 'node:crypto'
import { Router } from 'express'
import type { Knex } from 'knex'
import type { Config } from '../config.js'
import { paths } from '../paths.js'
import { OPERATORS_WAIT_MS, within } from '../platform/db.js'
import type { createFigures } from '../platform/figures.js'
import type { createMetrics } from '../platform/metrics.js'

/** A standby, or a server that is changing roles, answers but takes no writes. */
async function databaseState(db: Knex): Promise<'ok' | 'read-only database' | 'no database'> {
  try {
    const asked = db.raw<{ rows: { readOnly: boolean }[] }>(
      `select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "readOnly"`,
    )
    const { rows } = await within(OPERATORS_WAIT_MS, asked)
    return rows[0]?.readOnly ? 'read-only database' : 'ok'
  } catch {
    return 'no database'
  }
}

const YEAR_MS = 365 * 24 * 3_600_000

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Takes as long for a token that is nearly right. */
const bears = (token: string, header = ''): boolean => timingSafeEqual(digest(`Bearer ${token}`), digest(header))

/** For operators: alive, ready, figures. `draining` says that the process is on its way out. */
export function operatorsRoutes({
  db,
  metrics,
  figures,
  draining,
  metricsToken,
  production,
  about,
}: {
  db: Knex
  metrics: ReturnType<typeof createMetrics>
  figures: ReturnType<typeof createFigures>
  draining: () => boolean
  metricsToken: string | null
  production: boolean
  about: Config['about']
}): Router {
  const router = Router()
  router.get(paths.live.pattern, (_req, res) => {
    res.json({ status: 'ok' })
  })
  router.get(paths.ready.pattern, async (_req, res) => {
    const status = draining() ? 'draining' : await databaseState(db)
    res.status(status === 'ok' ? 200 : 503).json({ status })
  })
  router.get(paths.metrics.pattern, async (req, res) => {
    // Figures tell a stranger how busy we are: without a token to ask for them, production has none.
    if (metricsToken === null && production) return res.status(404).type('text').send('Not found')
    if (metricsToken !== null && !bears(metricsToken, req.get('authorization')))
      return res.status(401).set('WWW-Authenticate', 'Bearer').type('text').send('Unauthorized')
    await figures.refresh()
    res.type(metrics.contentType).send(await metrics.text())
  })
  // Whom to tell of a hole (RFC 9116); it says for how long to believe it.
  router.get(paths.securityTxt.pattern, (_req, res) => {
    const contacts = [about.supportMail && `mailto:${about.supportMail}`, about.supportUrl].flatMap(one => one ?? [])
    if (contacts.length === 0) return res.status(404).type('text').send('Not found')
    const expires = new Date(Date.now() + YEAR_MS).toISOString()
    const lines = [...contacts.map(one => `Contact: ${one}`), `Expires: ${expires}`, 'Preferred-Languages: ja, en', '']
    res.type('text').send(lines.join('\n'))
  })
  return router
}
