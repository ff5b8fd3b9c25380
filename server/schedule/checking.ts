import type { InTenant } from '../platform/in-tenant.js'
import { beginCheck } from './begin-check.js'
import type { CheckDeps, CheckStores } from './checks.deps.js'
import { endCheck } from './end-check.js'
import { KEPT_MS, SHOWN_MS } from './plan-age.js'

const DAY_MS = 24 * 3_600_000

/** Figures of checks are kept for thirteen months. */
const FIGURES_MS = 396 * DAY_MS

export interface CheckingDeps extends CheckDeps {
  inTenant: InTenant<CheckStores>
  /** reads both sides and makes the plan; see server/plan/fetch.job.ts */
  plan(payload: { tenantId: string; runId: string }, signal: AbortSignal): Promise<void>
}

/** 定期チェック: begins what is due, and says what became of it. */
export function createChecking({ inTenant, plan, ...deps }: CheckingDeps) {
  const { clock } = deps
  const ago = (ms: number) => new Date(clock.now().getTime() - ms)
  const dueBy = () => ({ now: clock.now(), plans: ago(SHOWN_MS), checks: ago(FIGURES_MS) })

  return {
    /** From when on something is to be done for a company. */
    dueBy,

    /** What is due for a company; each schedule in a transaction of its own. */
    async tend(tenantId: string): Promise<void> {
      const { now, plans, checks: old } = dueBy()
      const ids = await inTenant(tenantId, async ({ checks, schedules }) => {
        await checks.forget(old)
        await checks.drop({ shownSince: plans, keptSince: ago(KEPT_MS) }, now)
        const underWay = (await checks.underWay()).map(({ check }) => check.scheduleId)
        return { underWay: [...new Set(underWay)], due: (await schedules.due(now)).map(({ id }) => id) }
      })
      for (const id of ids.underWay) await inTenant(tenantId, stores => endCheck(deps, stores, id))
      for (const id of ids.due) await inTenant(tenantId, stores => beginCheck(deps, stores, id))
    },

    /** The job of a check: reads, plans, and says at once what it has come to. */
    async job(payload: { tenantId: string; runId: string }, signal: AbortSignal): Promise<void> {
      await plan(payload, signal)
      await inTenant(payload.tenantId, async stores => {
        const check = await stores.checks.ofRun(payload.runId)
        if (check) await endCheck(deps, stores, check.scheduleId)
      })
    },
  }
}

export type Checking = ReturnType<typeof createChecking>
