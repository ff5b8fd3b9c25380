import { Router, type Request, type Response } from 'express'
import { Conflict } from '../errors.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { one } from '../web/fields.js'
import { textField } from '../web/form.js'
import { flash } from '../web/session.js'
import type { Pairings } from '../wizard/pair.service.js'
import { crewIn, LONGEST, whoAsks } from './person.form.js'
import type { PersonStories } from './person.service.js'
import { pairConfirmPage, pairPage } from './pair.view.js'

/** ［紐付けを直す］: a search, what would change, and the button that keeps it. */
export function pairRoutes({
  pairings,
  stories,
}: {
  pairings: Pairings
  stories: Pick<PersonStories, 'check'>
}): Router {
  const asked = async (req: Request, res: Response) => {
    const crew = crewIn(req)
    await stories.check(signedIn(res).tenant.id, crew)
    return { crew, who: whoAsks(res), connector: String(req.params.connector) }
  }

  const show = async (req: Request, res: Response) => {
    const { crew, who, connector } = await asked(req, res)
    const pairing = await pairings.find(who, crew, connector)
    const to = one(req.query.to).slice(0, LONGEST)
    if (to !== '') {
      const found = await pairings.preview(who, pairing, crew, to)
      return res.render('pages/pair-confirm', { page: pairConfirmPage(crew, pairing, found) })
    }
    const q = one(req.query.q).slice(0, LONGEST).trim()
    const answer = q === '' ? null : await pairings.search(who, pairing, q)
    res.render('pages/pair', { page: pairPage(crew, pairing, { q, answer }) })
  }

  const save = async (req: Request, res: Response) => {
    const { crew, who, connector } = await asked(req, res)
    const before = textField(req.body, 'before').value
    const serviceId = textField(req.body, 'to').value.slice(0, LONGEST)
    if (serviceId === '') throw new Conflict(NOTHING_CHOSEN)
    await pairings.save(who, crew, connector, { before: before === '' ? null : before, serviceId })
    flash(req, { kind: 'success', text: '紐付けを変更しました' })
    res.redirect(303, paths.person.to({ crew }))
  }

  return Router().get(paths.pairing.pattern, show).post(paths.pairing.pattern, save)
}

const NOTHING_CHOSEN = '紐付ける登録を読み取れませんでした。検索の画面に戻り、登録を選び直してください。'
