import { Readable } from 'node:stream'
import { Router, type Request } from 'express'
import { z } from 'zod'
import { actKinds, type ActKind } from '../audit/acts.js'
import type { AuditFilter, AuditStore, Recorded } from '../audit/audit.store.js'
import type { Connector } from '../contract/contract.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { jstMidnight, jstStamp, type Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { guarded, sendCsv } from '../runs/csv.js'
import { auditPage, csvHeader, csvLine, type Asked } from './audit.view.js'

/** Events per page, and per look for the file. */
const ROWS = 50
const CHUNK = 500

const date = z.iso.date()
const given = (value: unknown): string => (date.safeParse(value).success ? String(value) : '')
const place = (value: unknown): string | undefined => (/^\d{1,18}$/.test(String(value)) ? String(value) : undefined)

export interface AuditDeps {
  inTenant: InTenant<{ audit: AuditStore }>
  clock: Clock
  connectors: readonly Connector[]
}

/** What is asked for; whatever makes no sense is left out. */
function parseAsked({ query }: Request, connectors: readonly Connector[]): { asked: Asked; filter: AuditFilter } {
  const kind = (Object.keys(actKinds) as ActKind[]).find(name => name === query.kind)
  const connector = connectors.find(({ id }) => id === query.connector)?.id
  const [from, until] = [given(query.from), given(query.until)]
  return {
    asked: { kind: kind ?? '', connector: connector ?? '', from, until },
    filter: {
      kind,
      connector,
      from: from === '' ? undefined : jstMidnight(from),
      until: until === '' ? undefined : jstMidnight(until, 1),
    },
  }
}

/** 操作履歴: who did what in this company, as a page and as a file. */
export function auditRoutes({ inTenant, clock, connectors }: AuditDeps): Router {
  const router = Router()

  router.get(paths.audit.pattern, async (req, res) => {
    const { asked, filter } = parseAsked(req, connectors)
    const before = place(req.query.before)
    const events = await inTenant(signedIn(res).tenant.id, ({ audit }) =>
      audit.page(filter, { before, limit: ROWS + 1 }),
    )
    const page = auditPage({ asked, events: events.slice(0, ROWS), more: events.length > ROWS, before, connectors })
    res.render('pages/audit', { page })
  })

  router.get(paths.auditCsv.pattern, async (req, res) => {
    const { tenant } = signedIn(res)
    const { filter } = parseAsked(req, connectors)
    const name = `操作履歴_${jstStamp(clock.now()).slice(0, 12)}.csv`
    const inHead = `attachment; filename="renkei-audit.csv"; filename*=UTF-8''${encodeURIComponent(name)}`
    // Whoever asks for the head alone takes nothing away.
    if (req.method === 'HEAD') {
      res.set('Content-Disposition', inHead).type('text/csv; charset=utf-8').end()
      return
    }
    // What is recorded of this very file stands behind its last line, so that the count is the file's.
    const last = await inTenant(tenant.id, async ({ audit }) => {
      const [newest] = await audit.page(filter, { limit: 1 })
      await audit.add({ act: 'export.audit', details: { rows: await audit.count(filter) } })
      return newest
    })
    res.set('Content-Disposition', inHead).type('text/csv; charset=utf-8')
    const page = (before: string) => inTenant(tenant.id, ({ audit }) => audit.page(filter, { before, limit: CHUNK }))
    const lines = async function* () {
      yield csvHeader
      for (let events: Recorded[] = last ? [last] : []; events.length > 0;) {
        for (const event of events) yield csvLine(event, connectors).map(guarded)
        events = await page(events.at(-1)?.id ?? '0')
      }
    }
    await sendCsv(Readable.from(lines()), 'utf8', res)
  })

  return router
}
