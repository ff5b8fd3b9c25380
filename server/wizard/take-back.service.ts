import type { Recorder } from '../audit/audit.store.js'
import { declared } from '../contract/declared.js'
import { Conflict, NotFound } from '../errors.js'
import { namesOf } from '../payslips/payroll-names.js'
import type { PayrollStore } from '../payslips/payroll.store.js'
import type { Clock } from '../platform/clock.js'
import type { InTenant } from '../platform/in-tenant.js'
import { alwaysAsks, type ApprovalStores } from '../runs/approval.js'
import { NO_TAKE_BACK } from '../runs/approval.words.js'
import { findRun, type FlowOf } from '../runs/flow-of.js'
import type { Who } from '../runs/may-start.js'
import type { RunFailures } from '../runs/run-failures.js'
import { endStates } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import type { OpenSides } from '../runs/sides.js'

interface TakeBackDeps {
  inTenant: InTenant<{
    runs: Pick<RunStore, 'find'>
    payrolls: PayrollStore
    approvals: ApprovalStores['approvals']
    audit: Recorder
  }>
  clock: Clock
  flowOf: FlowOf
  openSides: OpenSides
  failures: Pick<RunFailures, 'asking'>
}

const IN_USE =
  'この給与に給与明細を取り込んでいるため、取り消せません。連携レポートで終わったことを確認してから、もう一度取り消してください。'

/** Why the payroll stays. */
const STAYS = {
  closed:
    'SmartHRで確定されているため、取り消せません。SmartHRの給与明細で確定を解除してから、もう一度取り消してください。',
  shared:
    'SmartHRの給与に、このアプリが取り込んでいない給与明細があるため、取り消せません。SmartHRの給与明細で内容を確認し、不要な場合はSmartHRで削除してください。',
}

/** The payroll that a run has made, with the payslips it has brought, is removed from SmartHR as long as it is 未確定. */
export const createTakingBack = ({ inTenant, clock, flowOf, openSides, failures }: TakeBackDeps) => ({
  /** Throws Conflict when it stays, with why. What SmartHR does not have any more is taken back, too. */
  async takeBack(who: Who, runId: string): Promise<void> {
    const { run, groupId, ours } = await inTenant(who.tenantId, async stores => {
      const found = await findRun(stores, runId)
      if (!endStates.includes(found.state) || found.groupId === null) throw new NotFound()
      if (await alwaysAsks(stores, found, clock.now())) throw new Conflict(NO_TAKE_BACK)
      if (await stores.payrolls.isInUse(found.groupId)) throw new Conflict(IN_USE)
      return { run: found, groupId: found.groupId, ours: new Set(await stores.payrolls.payslipsIn(found.groupId)) }
    })
    const { flow } = flowOf(run.connector, run.flow, run)
    if (flow.kind !== 'import') throw new NotFound()
    // Whoever takes it back answers for it, and not whoever has brought it.
    const asked = { ...run, adminId: who.adminId }
    const became = await failures.asking(asked, async () => {
      const { target, close } = await openSides(asked)
      try {
        return await declared(target.grouping, 'grouping').takeBack(groupId, ours)
      } finally {
        await close()
      }
    })
    if (became === 'closed' || became === 'shared') throw new Conflict(STAYS[became])
    await inTenant(who.tenantId, async ({ payrolls, audit }) => {
      await payrolls.takenBack(groupId, clock.now())
      const name = namesOf(run)?.admin
      const details = { total: ours.size, ...(name !== undefined && { name }) }
      await audit.add({ act: 'run.taken-back', connector: run.connector, runId, details })
    })
  },
})

export type TakingBack = ReturnType<typeof createTakingBack>
