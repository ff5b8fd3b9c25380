import { Router, type Request, type Response } from 'express'
import { z } from 'zod'
import type { Connector } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import type { Tenant } from '../install/tenant.store.js'
import { paths } from '../paths.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { id as number } from '../runs/id-place.js'
import type { StoryPlace } from '../runs/person.store.js'
import { announceSheet, fileLabel, sendSheet, sheetForm } from '../runs/sheet.js'
import { one } from '../web/fields.js'
import { createPersonStories, type PersonStores } from './person.service.js'
import { peoplePage } from './people.view.js'
import { personFile, personPage, personSheet } from './person.view.js'

/** Ids of SmartHR are shorter, and hold no sign that the database has no room for. */
const crewId = z.string().regex(/^[\w.~-]{1,100}$/)

/** Words of a search. */
const LONGEST = 100

const place = z.tuple([z.coerce.number().int().min(0).max(8.64e15), number])

/** Nonsense leads to the first page. */
function placeIn(text: unknown): StoryPlace | null {
  const read = place.safeParse(one(text).split('-'))
  return read.success ? { at: new Date(read.data[0]), item: read.data[1] } : null
}

const placeText = ({ at, item }: StoryPlace): string => `${at.getTime()}-${item}`

function crewIn({ params }: Request): string {
  const read = crewId.safeParse(params.crew)
  if (!read.success) throw new NotFound()
  return read.data
}

export interface PersonDeps {
  inTenant: InTenant<PersonStores>
  clock: Clock
  /** all services, and those of them that have pages here */
  allConnectors: readonly Connector[]
  connectors: readonly Connector[]
  /** a company's SmartHR as its people see it */
  siteOf(tenant: Tenant): string
}

/** The search for people, and one person's story as a page and as a file. */
export function personRoutes({ inTenant, clock, allConnectors, connectors, siteOf }: PersonDeps): Router {
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
    const story = await stories.page(tenant.id, crewIn(req), { behind, isOpened: req.method !== 'HEAD' })
    res.render('pages/person', {
      page: personPage({
        ...story,
        next: story.next && placeText(story.next),
        isFirst: behind === null,
        site: siteOf(tenant),
        connectors: allConnectors,
        offered,
      }),
    })
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
    .get(paths.personXlsx.pattern, send)
    .get(paths.personCsv.pattern, send)
}
