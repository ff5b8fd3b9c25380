import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import type { Connector } from '../contract/contract.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { id as number } from '../runs/id-place.js'
import { announceSheet, fileLabel, sendSheet, sheetForm } from '../runs/sheet.js'
import { one } from '../web/fields.js'
import { parseClass, parseDays, presetDays } from './changes.form.js'
import { createChanges, type ChangePlace, type ChangesStores, type Written } from './changes.service.js'
import { changesFile, changesPage, changesSheet } from './changes.view.js'

const place = z.object({ r: z.uuid(), i: number, n: z.number().int().min(0).max(10_000) })

/** Nonsense leads to the first page. */
function decodePlace(text: unknown): ChangePlace | null {
  try {
    const { r, i, n } = place.parse(JSON.parse(Buffer.from(one(text), 'base64url').toString()))
    return { run: r, item: i, nth: n }
  } catch {
    return null
  }
}

const encodePlace = ({ run, item, nth }: Written): string =>
  Buffer.from(JSON.stringify({ r: run.id, i: item.id, n: nth })).toString('base64url')

export interface ChangesDeps {
  inTenant: InTenant<ChangesStores>
  clock: Clock
  connectorOf(id: string): Connector
}

/** 変更者一覧: who was changed in what between two days, as a page and as a file. */
export function changesRoutes({ inTenant, clock, connectorOf }: ChangesDeps): Router {
  const changes = createChanges({ inTenant })

  const asked = async (req: Request, res: Response) => {
    const connector = connectorOf(String(req.params.connector))
    const tenantId = signedIn(res).tenant.id
    const preset = presetDays(clock.today(), await changes.lastClose(tenantId, connector))
    const isPreset = req.query.from === undefined && req.query.to === undefined
    return {
      connector,
      tenantId,
      since: isPreset ? preset.since : null,
      form: parseDays(req.query, preset),
      of: parseClass(req.query.of),
    }
  }
  type Asked = Awaited<ReturnType<typeof asked>>

  /** The page with what was typed and what is wrong with it. */
  const refuse = (res: Response, { connector, since, of, form: { typed, errors } }: Asked) =>
    res.status(422).render('pages/changes', {
      connector,
      page: changesPage({ connector, typed, of, errors, since, found: null }),
    })

  const show = async (req: Request, res: Response) => {
    const what = await asked(req, res)
    const { connector, since, of, form } = what
    if (form.value === null) return refuse(res, what)
    const place = decodePlace(req.query.at)
    const { next, ...page } = await changes.page(what.tenantId, connector.id, { days: form.value, of, place })
    const found = { ...page, next: next && encodePlace(next), isFirst: place === null }
    res.render('pages/changes', {
      connector,
      page: changesPage({ connector, typed: form.value, of, errors: {}, since, found }),
    })
  }

  const send = async (req: Request, res: Response) => {
    const what = await asked(req, res)
    const { connector, tenantId, form } = what
    if (form.value === null) return refuse(res, what)
    const kind = sheetForm(req)
    // Whoever asks for the head alone takes nothing away.
    if (req.method === 'HEAD') {
      announceSheet(res, changesFile(connector, form.value), kind)
      res.end()
      return
    }
    const found = await changes.exported(tenantId, connector.id, form.value, fileLabel('変更者一覧', kind))
    await sendSheet(res, changesSheet(connector, form.value, clock.now(), found), kind)
  }

  return Router()
    .get(paths.changes.pattern, show)
    .get(paths.changesXlsx.pattern, send)
    .get(paths.changesCsv.pattern, send)
}
