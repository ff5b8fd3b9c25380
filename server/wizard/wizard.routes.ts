import { Router } from 'express'
import type { StepKind } from '../contract/contract.js'
import { approvalRoutes } from './approval.routes.js'
import { areaRoutes } from './area.routes.js'
import { cancelRoutes } from './cancel.routes.js'
import { columnsRoutes } from './columns.routes.js'
import { confirmRoutes } from './confirm.routes.js'
import { dateRoutes } from './date.routes.js'
import { fetchRoutes } from './fetch.routes.js'
import { itemsRoutes } from './items.routes.js'
import { optionsRoutes } from './options.routes.js'
import { periodRoutes } from './period.routes.js'
import { planFileRoutes } from './plan-file.routes.js'
import { selectRoutes } from './select.routes.js'
import { uploadRoutes } from './upload.routes.js'
import type { WizardDeps } from './wizard.deps.js'

/**
 * The journey: every page a flow may have, in the order in which it has them (`flow.steps`). A page that the flow
 * lacks is 404; one whose turn is over leads to where the run stands.
 */
const pages: Readonly<Record<StepKind, (deps: WizardDeps) => Router>> = {
  /** the file that is read */
  upload: uploadRoutes,
  /** which of its columns holds what */
  columns: columnsRoutes,
  /** what the records are for */
  period: periodRoutes,
  /** 情報取得基準日, a month or a year */
  date: dateRoutes,
  /** which of the account's areas to work in */
  area: areaRoutes,
  /** both sides are read, and the plan is made */
  fetch: fetchRoutes,
  /** payslip items that are new here */
  items: itemsRoutes,
  /** who */
  select: selectRoutes,
  /** values for new people */
  options: optionsRoutes,
  /** the dialog, and 同期 */
  confirm: confirmRoutes,
}

export function wizardRoutes(deps: WizardDeps): Router {
  const router = Router()
  for (const routes of Object.values(pages)) router.use(routes(deps))
  return router.use(approvalRoutes(deps), cancelRoutes(deps), planFileRoutes(deps))
}
