import type { Request, Response } from 'express'
import type { Connector, Flow } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import type { Run } from '../runs/run.js'
import { isRunId } from './wizard.form.js'
import type { Wizard } from './wizard.service.js'

/** The run a page is about, as far as the administrator's company has it; throws NotFound otherwise. */
export type LoadRun = (
  req: Request,
  res: Response,
) => Promise<{ run: Run; tenantId: string; adminId: string; connector: Connector; flow: Flow }>

export const runLoader =
  (wizard: Wizard): LoadRun =>
  async (req, res) => {
    const { id } = req.params
    if (!isRunId(id)) throw new NotFound()
    const { tenant, admin } = signedIn(res)
    const run = await wizard.run(tenant.id, id)
    return { run, tenantId: tenant.id, adminId: admin.id, ...wizard.flowOf(run.connector, run.flow) }
  }
