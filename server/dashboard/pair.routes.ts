import { Router, type Request, type Response } from 'express'
import { AppError, Conflict, NotFound, ReconnectNeeded } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Who } from '../runs/may-start.js'
import { one } from '../web/fields.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import { PairTaken, type Pairings } from '../wizard/pair.service.js'
import { crewIn, LONGEST, whoAsks } from './person.form.js'
import type { PersonStories } from './person.service.js'
import { pairConfirmPage, pairPage } from './pair.view.js'

/** Whose pair it is, in which service, and by which words a record is looked for. */
interface Asked {
  crew: string
  who: Who
  connector: string
  q: string
}

/** ［紐付けを直す］: a search, what would change, and the button that keeps it. */
export function pairRoutes({
  pairings,
  stories,
}: {
  pairings: Pairings
  stories: Pick<PersonStories, 'check'>
}): Router {
  const asked = async (req: Request, res: Response, typed: unknown): Promise<Asked> => {
    const crew = crewIn(req)
    await stories.check(signedIn(res).tenant.id, crew)
    const q = one(typed).slice(0, LONGEST).trim()
    return { crew, who: whoAsks(res), connector: String(req.params.connector), q }
  }

  /** Whatever stands in the way is said beside the search, which keeps its words: another record can be chosen. */
  const orChoice = async (res: Response, { crew, who, connector, q }: Asked, work: () => Promise<void>) => {
    try {
      await work()
    } catch (error) {
      // These have pages of their own.
      if (!(error instanceof AppError) || error instanceof NotFound || error instanceof ReconnectNeeded) throw error
      const pairing = await pairings.find(who, crew, connector)
      const problem = { text: error.message, owner: error instanceof PairTaken ? error.crewId : null }
      res.status(error.status).render('pages/pair', { page: pairPage(crew, pairing, { q, answer: null, problem }) })
    }
  }

  const show = async (req: Request, res: Response) => {
    const at = await asked(req, res, req.query.q)
    const { crew, who, connector, q } = at
    const pairing = await pairings.find(who, crew, connector)
    const to = one(req.query.to).slice(0, LONGEST)
    await orChoice(res, at, async () => {
      if (to !== '') {
        const found = await pairings.preview(who, pairing, crew, to)
        return res.render('pages/pair-confirm', { page: pairConfirmPage(crew, pairing, { ...found, q }) })
      }
      const answer = q === '' ? null : await pairings.search(who, pairing, q)
      res.render('pages/pair', { page: pairPage(crew, pairing, { q, answer }) })
    })
  }

  const save = async (req: Request, res: Response) => {
    const at = await asked(req, res, textField(req.body, 'q').typed)
    const before = textField(req.body, 'before').value
    const serviceId = textField(req.body, 'to').value.slice(0, LONGEST)
    await orChoice(res, at, async () => {
      if (serviceId === '') throw new Conflict(NOTHING_CHOSEN)
      const order = { before: before === '' ? null : before, serviceId }
      const isOther = await pairings.save(at.who, at.crew, at.connector, order)
      flash(req, { kind: 'success', text: isOther ? '紐付けを変更しました' : '紐付けは元のままです（変更なし）' })
      res.redirect(303, paths.person.to({ crew: at.crew }))
    })
  }

  return Router().get(paths.pairing.pattern, show).post(paths.pairing.pattern, save)
}

const NOTHING_CHOSEN = '紐付ける登録を読み取れませんでした。検索して、登録を選び直してください。'
