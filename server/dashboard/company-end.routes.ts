import { Router, type Response } from 'express'
import { countFacts, STAYS } from '../housekeeping/company-words.js'
import type { CompanyEnding } from '../housekeeping/company-end.service.js'
import { signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import type { Logger } from '../platform/logger.js'
import { textField } from '../web/form.js'
import type { Fact, Field, Page } from '../web/page.js'
import { endSession } from '../web/session.js'

export interface CompanyEndPage extends Page {
  company: string
  facts: Fact[]
  stays: readonly string[]
  field: Field
  errors: Readonly<Record<string, string>>
}

export const companyEndPage = (input: {
  company: string
  facts: Fact[]
  typed: string
  error: string | undefined
}): CompanyEndPage => ({
  title: '企業データの削除',
  hasErrors: input.error !== undefined,
  company: input.company,
  facts: input.facts,
  stays: STAYS,
  field: {
    id: 'company',
    label: '企業名',
    kind: 'text',
    value: input.typed,
    error: input.error,
    help: `削除する場合は「${input.company}」と入力してください。`,
    required: true,
  },
  errors: input.error === undefined ? {} : { company: input.error },
})

/** 企業データの削除: everything a company has here, once its name is typed. */
export function companyEndRoutes({ companyEnd, log }: { companyEnd: CompanyEnding; log: Logger }): Router {
  const router = Router()

  const show = async (res: Response, typed = '', error?: string) => {
    const { tenant } = signedIn(res)
    const facts = countFacts(await companyEnd.counts(tenant.id))
    res.render('pages/company-end', { page: companyEndPage({ company: tenant.name, facts, typed, error }) })
  }

  router.get(paths.companyEnd.pattern, async (_req, res) => show(res))

  router.post(paths.companyEnd.pattern, async (req, res) => {
    const { tenant } = signedIn(res)
    const { typed, value } = textField(req.body, 'company')
    if (value !== tenant.name.normalize('NFKC').trim()) {
      res.status(422)
      return show(res, typed, value === '' ? '企業名が入力されていません。' : '企業名が一致しません。')
    }
    await companyEnd.ask(tenant.id)
    log.info('the deletion of a company was asked for', { tenantId: tenant.id })
    await endSession(req)
    delete res.locals.admin
    res.render('pages/company-ended', { page: { title: '企業データの削除を受け付けました' } })
  })

  return router
}
