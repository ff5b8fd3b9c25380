import { randomBytes } from 'node:crypto'
import { Router, type Request, type Response } from 'express'
import { cookieOf } from '../core/cookies.js'
import { connectionsPage, employeesPage, importPage, loginPage, yearEndPage, type View } from './admin-pages.js'
import { Refused } from './errors.js'
import { runImport } from './imports.js'
import { connectionOf, requestOf } from './sim.js'
import { stampOf, type Office } from './store.js'

const BASE = '/money-forward/admin'
const PASSWORD = 'renkei-demo'
const COOKIE = 'money_forward_login'

interface Login {
  owner: string
  /** shown on the next page, once */
  notice: string | null
}

/** What was made of a form, or undefined when something in it is wrong. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

const textsOf = (form: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(form).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

export interface AdminDeps {
  offices(): readonly Office[]
  /** where the feed is unless another address is typed in */
  appUrl: string
  now(): Date
}

/** The admin site: log-in, ［連携設定］, ［従業員情報］ and ［年末調整］ (reference §2, §3.2). */
export function createAdmin({ offices, appUrl, now }: AdminDeps) {
  const router = Router()
  let logins = new Map<string, Login>()

  const thisYear = () => Number(stampOf(now()).slice(0, 'YYYY'.length))
  const formOf = (req: Request) => (req.body ?? {}) as Record<string, unknown>
  const loginOf = (req: Request) => logins.get(cookieOf(req, COOKIE) ?? '')
  const officeOf = (res: Response) => (res.locals as { office: Office }).office
  const viewOf = (req: Request, res: Response, error: string | null = null): View => {
    const login = loginOf(req)
    const notice = login?.notice ?? null
    if (login) login.notice = null
    return { office: officeOf(res), notice, error }
  }

  router.get('/login', (_req, res) => {
    res.send(loginPage(null))
  })
  router.post('/login', (req, res) => {
    const { email, password } = formOf(req)
    const office = offices().find(({ owner }) => owner === email)
    if (!office || password !== PASSWORD) {
      res.status(401).send(loginPage('メールアドレスまたはパスワードが正しくありません。'))
      return
    }
    const session = randomBytes(16).toString('hex')
    logins.set(session, { owner: office.owner, notice: null })
    res.cookie(COOKIE, session, { httpOnly: true, sameSite: 'lax', path: BASE })
    res.redirect(303, `${BASE}/employees`)
  })

  router.use((req, res, next) => {
    const office = offices().find(({ owner }) => owner === loginOf(req)?.owner)
    if (!office) {
      res.redirect(303, `${BASE}/login`)
      return
    }
    res.locals.office = office
    next()
  })
  router.post('/logout', (req, res) => {
    logins.delete(cookieOf(req, COOKIE) ?? '')
    res.redirect(303, `${BASE}/login`)
  })

  router.get('/', (_req, res) => {
    res.redirect(303, `${BASE}/employees`)
  })
  router.get('/employees', (req, res) => {
    res.send(employeesPage(viewOf(req, res)))
  })
  router.get('/employees/import', (req, res) => {
    res.send(importPage(viewOf(req, res)))
  })
  router.get('/year-end', (req, res) => {
    res.send(yearEndPage(viewOf(req, res), thisYear()))
  })
  router.get('/connections', (req, res) => {
    res.send(connectionsPage(viewOf(req, res), appUrl))
  })

  router.post('/connections/smarthr', (req, res) => {
    const form = formOf(req)
    const connection = attempt(() => connectionOf(form, appUrl))
    if (!connection) {
      const message = 'サブドメイン、接続文字列、接続先URLを正しく入力してください。'
      res.status(422).send(connectionsPage(viewOf(req, res, message), appUrl, textsOf(form)))
      return
    }
    officeOf(res).connection = connection
    const login = loginOf(req)
    if (login) login.notice = 'SmartHRとの連携を更新しました'
    res.redirect(303, `${BASE}/connections`)
  })

  for (const kind of ['employees_new', 'employees_update'] as const)
    router.post(`/imports/${kind}`, async (_req, res) => {
      await runImport(officeOf(res), requestOf({ kind }), now)
      res.redirect(303, `${BASE}/employees`)
    })
  router.post('/imports/year_end', async (req, res) => {
    const request = attempt(() => requestOf({ kind: 'year_end', year: Number(formOf(req).year) }))
    if (!request) {
      res.status(422).send(yearEndPage(viewOf(req, res, '年は、西暦4桁で入力してください。'), thisYear()))
      return
    }
    await runImport(officeOf(res), request, now)
    res.redirect(303, `${BASE}/year-end`)
  })

  return {
    router,
    reset() {
      logins = new Map()
    },
  }
}
