import { Router, type Request } from 'express'
import { stepOf } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { paths } from '../paths.js'
import { nextStep } from '../runs/step-urls.js'
import { one } from '../web/fields.js'
import { notChosen } from '../web/form.js'
import { takeFile } from '../web/upload.js'
import type { Uploading } from '../wizard/upload.service.js'
import { FILE } from '../wizard/upload.view.js'
import { whenBlocked, whoAsks, showUpload, type BeginDeps } from './begin.routes.js'

/** 次へ of the page on which a file is chosen: makes the run, and the file is the run's. */
export function uploadRoutes({ flowOf, connectorOf, clock, uploading }: BeginDeps & { uploading: Uploading }): Router {
  const router = Router()
  const askedFor = (req: Request) => flowOf(connectorOf(String(req.params.connector)).id, one(req.query.flow))

  // The address of a page with an error, asked for again.
  router.get(paths.newFile.pattern, (req, res) => {
    const { connector, flow } = askedFor(req)
    if (!stepOf(flow, 'upload')) throw new NotFound()
    res.redirect(paths.newRun.to({ connector: connector.id }, { flow: flow.id }))
  })

  router.post(paths.newFile.pattern, async (req, res) => {
    const { connector, flow } = askedFor(req)
    const step = stepOf(flow, 'upload')
    const source = connector.file
    if (!step || !source) throw new NotFound()
    const who = whoAsks(res)
    const taken = await takeFile(req, { field: FILE, maxBytes: source.maxBytes }, file =>
      uploading.upload(who, { connector: connector.id, flow: flow.id }, file),
    )
    if (taken !== 'none' && 'blocked' in taken) return res.redirect(303, whenBlocked(req, connector, taken.blocked))
    if (taken !== 'none' && 'runId' in taken) return res.redirect(303, nextStep({ id: taken.runId }, flow, 'upload'))
    res.status(422)
    showUpload(res, { connector, flow, clock }, taken === 'none' ? notChosen(step.label) : taken.fault)
  })

  return router
}
