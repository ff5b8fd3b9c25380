import type { Tenant } from '../install/tenant.store.js'
import { Unanswered, UNANSWERED_AT_MOST, type SendMail } from '../mail/outbox.job.js'
import type { Written } from '../mail/letter.js'
import type { InTenant } from '../platform/in-tenant.js'
import { mailbox } from '../platform/mailbox.js'
import type { CompanyEndStore, CompanyMail } from './company-end.store.js'

interface CompanyMailsDeps {
  inTenant: InTenant<{ companyEnds: CompanyEndStore }>
  send: SendMail
  appUrl: string
}

/**
 * Tells every administrator, each as the outbox would: once, or twice where nobody knows of the first. Throws when a
 * copy did not leave, and is to be tried again.
 */
export function createCompanyMails({ inTenant, send, appUrl }: CompanyMailsDeps) {
  return async (tenant: Tenant, mail: CompanyMail, text: Written): Promise<void> => {
    const { told, to } = await inTenant(tenant.id, async ({ companyEnds }) => {
      const claimed = await companyEnds.claimMail(mail)
      return { told: claimed ?? {}, to: claimed ? await companyEnds.addresses() : [] }
    })
    const failures: unknown[] = []
    for (const [index, given] of to.entries()) {
      const copy = `${mail}.${index}`
      const [address, before = 0] = [mailbox(given), told[copy]]
      if (address === null || before === 'sent' || before >= UNANSWERED_AT_MOST) continue
      const messageId = `<${mail}.${tenant.id}.${index}@${new URL(appUrl).hostname}>`
      const failure = await send({ to: address, ...text, messageId }).then(
        () => null,
        (error: unknown) => ({ error }),
      )
      if (failure) failures.push(failure.error)
      const became = failure ? before + (failure.error instanceof Unanswered ? 1 : 0) : 'sent'
      if (became !== before) await inTenant(tenant.id, ({ companyEnds }) => companyEnds.noteCopy(copy, became))
    }
    if (failures.length > 0) throw failures[0]
    if (to.length > 0) await inTenant(tenant.id, ({ companyEnds }) => companyEnds.mailSent(mail))
  }
}
