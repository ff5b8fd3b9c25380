import type { About } from '../contract/about.js'
import type { AdminStore } from '../install/admin.store.js'
import type { Mail } from '../jobs/mail.store.js'
import { heldBackMail } from '../mail/held-back-mail.view.js'
import type { Letter } from '../mail/letters.js'
import { paths } from '../paths.js'
import type { SyncFlow } from '../contract/contract.js'
import { APPROVAL_ASKED } from '../runs/approval.words.js'
import type { FlowOf } from '../runs/flow-of.js'
import { isHeldBack } from '../runs/run.js'
import type { RunStore } from '../runs/run.store.js'
import type { CheckStore } from './check.store.js'
import { checkedFlow } from './checkable.js'
import { autoOffMail, failingMail, newsMail, pausedMail } from './check-mail.view.js'
import type { ScheduleStore } from './schedule.store.js'

interface LetterStores {
  admins: AdminStore
  checks: Pick<CheckStore, 'ofRun' | 'latest'>
  schedules: Pick<ScheduleStore, 'find'>
  runs: Pick<RunStore, 'find'>
}

/** What is held back waits: its reasons; null when it waits no longer. */
async function aboutHeld(
  { checks, runs }: LetterStores,
  { flow, runId, url }: { flow: SyncFlow; runId: string; url: string },
) {
  const [check, run] = [await checks.ofRun(runId), await runs.find(runId)]
  if (!run || !isHeldBack(run) || check?.cause === null || check?.cause === undefined) return null
  const because = '次の理由により、定期チェックの「自動で同期」では、'
  const sentences = check.cause.split('\n')
  return heldBackMail({ flow, run, because, asks: sentences.includes(APPROVAL_ASKED), sentences, url })
}

/** What is said of checks by mail; null when it is not so any more, or its recipient is no administrator. */
export function createCheckLetter({ flowOf, about, appUrl }: { flowOf: FlowOf; about: About; appUrl: string }) {
  return async (stores: LetterStores, mail: Mail, scheduleId: string): Promise<Letter | null> => {
    const { admins, checks, schedules } = stores
    const schedule = await schedules.find(scheduleId)
    const to = mail.recipient === null ? null : await admins.find(mail.recipient)
    if (!schedule || !to || !(await admins.isAdministrator(to.id))) return null
    const known = checkedFlow(flowOf, schedule)
    if (!known) return null
    const { connector, flow } = known
    const urlOf = (path: string) => new URL(path, appUrl).href
    const subject = { about, connector, flow }
    const page = urlOf(paths.schedule.to({ connector: connector.id }))
    if (schedule.paused !== null) {
      // A service that is not offered has no page.
      const url = schedule.paused === 'not-offered' ? urlOf(paths.home.to()) : page
      return mail.kind.startsWith('check-paused')
        ? { to: to.email, ...pausedMail({ ...subject, why: schedule.paused, url }) }
        : null
    }
    if (mail.kind.startsWith('check-auto-off'))
      return schedule.autoOff && { to: to.email, ...autoOffMail({ ...subject, why: schedule.autoOff, url: page }) }
    if (mail.runId !== null && mail.kind.startsWith('check-held')) {
      const url = urlOf(paths.step.to({ id: mail.runId, step: 'select' }))
      const letter = await aboutHeld(stores, { flow, runId: mail.runId, url })
      return letter && { to: to.email, ...letter }
    }
    if (mail.runId !== null) {
      const check = await checks.ofRun(mail.runId)
      const url = urlOf(paths.dashboard.to({ connector: connector.id }))
      return check && { to: to.email, ...newsMail({ ...subject, check, url, mode: schedule.mode }) }
    }
    const [last] = await checks.latest(scheduleId, 1)
    if (last?.state !== 'failed') return null
    return { to: to.email, ...failingMail({ ...subject, check: last, url: page }) }
  }
}
