import type { About } from '../contract/about.js'
import type { AdminStore } from '../install/admin.store.js'
import type { Mail } from '../jobs/mail.store.js'
import type { Letter } from '../mail/letters.js'
import { paths } from '../paths.js'
import type { FlowOf } from '../runs/flow-of.js'
import type { CheckStore } from './check.store.js'
import { isCheckable } from './checkable.js'
import { failingMail, newsMail, pausedMail } from './check-mail.view.js'
import type { ScheduleStore } from './schedule.store.js'

interface LetterStores {
  admins: AdminStore
  checks: Pick<CheckStore, 'ofRun' | 'latest'>
  schedules: Pick<ScheduleStore, 'find'>
}

/** What is said of checks by mail; null when it is not so any more, or its recipient is no administrator. */
export function createCheckLetter({ flowOf, about, appUrl }: { flowOf: FlowOf; about: About; appUrl: string }) {
  return async (stores: LetterStores, mail: Mail, scheduleId: string): Promise<Letter | null> => {
    const { admins, checks, schedules } = stores
    const schedule = await schedules.find(scheduleId)
    const to = mail.recipient === null ? null : await admins.find(mail.recipient)
    if (!schedule || !to || !(await admins.isAdministrator(to.id))) return null
    const { connector, flow } = flowOf(schedule.connector, schedule.flow)
    if (!isCheckable(connector, flow)) return null
    const urlOf = (path: string) => new URL(path, appUrl).href
    const subject = { about, connector, flow }
    const page = urlOf(paths.schedule.to({ connector: connector.id }))
    if (schedule.paused !== null)
      return mail.kind.startsWith('check-paused')
        ? { to: to.email, ...pausedMail({ ...subject, why: schedule.paused, url: page }) }
        : null
    if (mail.runId !== null) {
      const check = await checks.ofRun(mail.runId)
      const url = urlOf(paths.dashboard.to({ connector: connector.id }))
      return check && { to: to.email, ...newsMail({ ...subject, check, url }) }
    }
    const [last] = await checks.latest(scheduleId, 1)
    if (last?.state !== 'failed') return null
    return { to: to.email, ...failingMail({ ...subject, check: last, url: page }) }
  }
}
