import type { Request, Response } from 'express'
import type { Connector, Flow } from '../contract/contract.js'
import { NotFound } from '../errors.js'
import { signedIn } from '../install/guard.js'
import type { Tenant } from '../install/tenant.store.js'
import type { InTenant } from '../platform/in-tenant.js'
import { isUuid } from '../web/ids.js'
import { findRun, type FlowOf } from './flow-of.js'
import { ofChecks, type Run } from './run.js'
import type { RunStore } from './run.store.js'

/** The run that a page is about. */
export interface Loaded {
  run: Run
  tenantId: string
  tenant: Tenant
  adminId: string
  connector: Connector
  flow: Flow
}

/** Reads the run in the address, as far as the administrator's company has it; throws NotFound otherwise. */
export type LoadRun = (req: Request, res: Response) => Promise<Loaded>

export const createRunLoader =
  ({ inTenant, flowOf }: { inTenant: InTenant<{ runs: Pick<RunStore, 'find'> }>; flowOf: FlowOf }): LoadRun =>
  async (req, res) => {
    const { id } = req.params
    if (!isUuid(id)) throw new NotFound()
    const { tenant, admin } = signedIn(res)
    const run = await inTenant(tenant.id, stores => findRun(stores, id))
    // Whoever looks at a check makes it a run of their own first.
    if (ofChecks.includes(run.state)) throw new NotFound()
    return { run, tenantId: tenant.id, tenant, adminId: admin.id, ...flowOf(run.connector, run.flow, run) }
  }
