import { Router, type Request, type Response } from 'express'
import type { Connector } from '../contract/contract.js'
import { signedIn } from '../install/guard.js'
import { blockedMessage } from '../runs/blocked.view.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import type { Pairings } from '../wizard/pair.service.js'
import type { PersonCheck } from '../wizard/check-person.service.js'
import type { Tenant } from '../install/tenant.store.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { announceSheet, fileLabel, sendSheet, sheetForm } from '../runs/sheet.js'
import { one } from '../web/fields.js'
import { createPersonStories, type PersonStores } from './person.service.js'
import { crewIn, LONGEST, placeIn, placeText, whoAsks } from './person.form.js'
import { pairRoutes } from './pair.routes.js'
import { peoplePage } from './people.view.js'
import { personFile, personSheet } from './person-file.view.js'
import { personPage } from './person.view.js'

export interface PersonDeps {
  inTenant: InTenant<PersonStores>
  clock: Clock
  /** all services, and those of them that have pages here */
  allConnectors: readonly Connector[]
  connectors: readonly Connector[]
  connectorOf(id: string): Connector
  personCheck: PersonCheck
  pairings: Pairings
  /** a company's SmartHR as its people see it */
  siteOf(tenant: Tenant): string
}

/** The search for people, and one person's story as a page and as a file. */
export function personRoutes({
  inTenant,
  clock,
  allConnectors,
  connectors,
  connectorOf,
  personCheck,
  pairings,
  siteOf,
}: PersonDeps): Router {
  const stories = createPersonStories({ inTenant, connectors: allConnectors })
  const offered = new Set(connectors.map(({ id }) => id))

  const search = async (req: Request, res: Response) => {
    const q = one(req.query.q).slice(0, LONGEST).trim()
    const answer = q === '' ? null : await stories.search(signedIn(res).tenant.id, q)
    res.render('pages/people', { page: peoplePage({ q, answer, connectors: allConnectors }) })
  }

  const show = async (req: Request, res: Response) => {
    const { tenant } = signedIn(res)
    const behind = placeIn(req.query.before)
    const crew = crewIn(req)
    const story = await stories.page(tenant.id, crew, { behind, isOpened: req.method !== 'HEAD' })
    res.render('pages/person', {
      page: personPage({
        ...story,
        next: story.next && placeText(story.next),
        isFirst: behind === null,
        site: siteOf(tenant),
        checks: await personCheck.offers(whoAsks(res), crew),
        connectors: allConnectors,
        offered,
      }),
    })
  }

  const check = async (req: Request, res: Response) => {
    const crew = crewIn(req)
    await stories.check(signedIn(res).tenant.id, crew)
    const [connector = '', flow = ''] = textField(req.body, 'flow').value.split('/')
    const begun = await personCheck.begin(whoAsks(res), crew, { connector, flow })
    if ('runId' in begun) return res.redirect(303, paths.step.to({ id: begun.runId, step: 'fetch' }))
    flash(req, { kind: 'warning', ...blockedMessage(connectorOf(connector), begun.blocked) })
    res.redirect(303, paths.person.to({ crew }))
  }

  const send = async (req: Request, res: Response) => {
    const { tenant } = signedIn(res)
    const crew = crewIn(req)
    const kind = sheetForm(req)
    // Whoever asks for the head alone takes nothing away.
    if (req.method === 'HEAD') {
      await stories.check(tenant.id, crew)
      announceSheet(res, personFile(clock.now()), kind)
      res.end()
      return
    }
    const story = await stories.exported(tenant.id, crew, fileLabel('従業員の記録', kind))
    await sendSheet(res, personSheet({ ...story, connectors: allConnectors, now: clock.now() }), kind)
  }

  return Router()
    .get(paths.people.pattern, search)
    .get(paths.person.pattern, show)
    .post(paths.checkPerson.pattern, check)
    .use(pairRoutes({ pairings, stories }))
    .get(paths.personXlsx.pattern, send)
    .get(paths.personCsv.pattern, send)
}
