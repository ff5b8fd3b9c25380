import { Router, type RequestHandler, type Response } from 'express'
import { countFacts, STAYS } from '../housekeeping/company-words.js'
import type { CompanyEnding } from '../housekeeping/company-end.service.js'
import { deletedSince, signedIn } from '../install/guard.js'
import { paths } from '../paths.js'
import { jstDateTime } from '../platform/clock.js'
import type { Logger } from '../platform/logger.js'
import { notTyped, textField } from '../web/form.js'
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

export const companyGoingPage = (company: string, since: Date): Page & { paragraphs: readonly string[] } => ({
  title: '企業データを削除しています',
  paragraphs: [
    `${jstDateTime(since)}に企業データの削除が確定したため、Renkeiに保存している${company}のデータを、すべて削除しています。削除を取り消すことはできません。`,
    '通常は数分以内に完了し、削除した件数が管理者全員にメールで届きます。メールを送信できない場合は、完了までに1日ほどかかります。',
    '完了するまで、同期や連携の開始、設定の変更、ファイルの出力はできません。アクセストークンは使えません。',
    'もう一度利用する場合は、完了のメールが届いてから、SmartHR PlusのアプリページでRenkeiの［連携をはじめる］を押し、最初から設定してください。',
  ],
})

/** From ［すべて削除する］ on, whoever is signed in sees that the data go, and nothing else; signing out stays possible. */
export const whileDeleted: RequestHandler = (req, res, next) => {
  const since = deletedSince(res)
  if (since === null) return next()
  const page = companyGoingPage(signedIn(res).tenant.name, since)
  res.status(403)
  if (req.accepts(['html', 'json']) === 'json') res.json({ error: page.title })
  else res.render('pages/company-going', { page })
}

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
      return show(
        res,
        typed,
        value === '' ? notTyped('企業名') : '企業名が一致しません。表示されているとおりに入力してください。',
      )
    }
    await companyEnd.ask(tenant.id)
    log.info('the deletion of a company was asked for', { tenantId: tenant.id })
    await endSession(req)
    delete res.locals.admin
    res.render('pages/company-ended', { page: { title: '企業データの削除を受け付けました' } })
  })

  return router
}
