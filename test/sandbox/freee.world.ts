import express from 'express'
import request from 'supertest'
import { CLIENT } from '../../sandbox/freee/accounts.js'
import type { RequestLimit } from '../../sandbox/freee/limiter.js'
import { createFreeeRouter } from '../../sandbox/freee/router.js'
import { MIDORI, seedStore } from '../../sandbox/freee/seed.js'
import { madeUpPeople } from '../../sandbox/people.js'

export const CALLBACK = 'http://localhost:3123/freee/connection/callback'
export const COMPANY = MIDORI.id
export const HR = '/freee/hr/api/v1'

export type World = ReturnType<typeof createWorld>

/** freee at `/freee` with its own clock, the seed, and thirty people who are also in SmartHR. */
export function createWorld() {
  const store = seedStore(madeUpPeople({ count: 30, seed: 1 }))
  let now = Date.parse('2026-11-20T10:00:00+09:00')
  const limit: RequestLimit = { perHour: 10_000, perSecond: null, enabled: true }
  const { router } = createFreeeRouter({ store: () => store, now: () => now, limit: () => limit })
  const app = express().use('/freee', router)
  const company = store.companies.get(COMPANY)
  if (!company) throw new Error('The seed has no company')

  const authorizeUrl = (changes: Record<string, string> = {}) =>
    `/freee/public_api/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: CLIENT.id,
      redirect_uri: CALLBACK,
      state: 'xyz',
      prompt: 'select_company',
      ...changes,
    }).toString()}`

  /** Logs in and presses 許可する or キャンセル; gives the address freee redirects to. */
  const consent = async (options: { email?: string; company?: number; prompt?: string; decision?: string } = {}) => {
    const browser = request.agent(app)
    const params: Record<string, string> = { prompt: options.prompt ?? 'select_company' }
    if (options.company !== undefined) params.company_id = String(options.company)
    const url = authorizeUrl(params)
    await browser
      .post('/freee/login')
      .type('form')
      .send({ email: options.email ?? 'owner@freee.example', password: 'renkei-demo', return_to: url })
      .expect(302)
    const page = await browser.get(url).expect(200)
    const answer = await browser
      .post('/freee/public_api/authorize')
      .type('form')
      .send({ ...hiddenFields(page.text), decision: options.decision ?? 'allow' })
      .expect(302)
    return new URL(String(answer.headers.location))
  }

  const tokenCall = (form: Record<string, string>) =>
    request(app)
      .post('/freee/public_api/token')
      .type('form')
      .send({ client_id: CLIENT.id, client_secret: CLIENT.secret, ...form })

  const signIn = async (options: Parameters<typeof consent>[0] = {}) => {
    const back = await consent({ company: COMPANY, ...options })
    const code = back.searchParams.get('code') ?? ''
    const answer = await tokenCall({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }).expect(200)
    return answer.body as Tokens
  }

  return {
    app,
    store,
    company,
    limit,
    authorizeUrl,
    consent,
    tokenCall,
    signIn,
    refresh: (refreshToken: string) => tokenCall({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    get: (token: string, path: string, query: Record<string, unknown> = {}) =>
      request(app).get(`${HR}${path}`).set('Authorization', `Bearer ${token}`).query(query),
    post: (token: string, path: string, body: object) =>
      request(app).post(`${HR}${path}`).set('Authorization', `Bearer ${token}`).send(body),
    put: (token: string, path: string, body: object) =>
      request(app).put(`${HR}${path}`).set('Authorization', `Bearer ${token}`).send(body),
    delete: (token: string, path: string, query: Record<string, unknown> = {}) =>
      request(app).delete(`${HR}${path}`).set('Authorization', `Bearer ${token}`).query(query),
  }
}

export interface Tokens {
  access_token: string
  token_type: string
  expires_in: number
  refresh_token: string
  scope: string
  created_at: number
  company_id?: string
  external_cid?: string
}

export function hiddenFields(html: string): Record<string, string> {
  const form = html.slice(0, html.indexOf('name="decision"'))
  return Object.fromEntries(
    [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [
      name ?? '',
      (value ?? '').replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
    ]),
  )
}

/** A create that freee accepts. */
export const aCreate = (changes: Record<string, unknown> = {}) => ({
  num: 'N-1',
  last_name: '山田',
  first_name: '太郎',
  last_name_kana: 'ヤマダ',
  first_name_kana: 'タロウ',
  birth_date: '1990-01-01',
  entry_date: '2021-12-01',
  working_hours_system_name: '固定時間',
  company_reference_date_rule_name: '正社員',
  pay_calc_type: 'monthly',
  pay_amount: 220_000,
  ...changes,
})

/** Shape A with its messages. */
export const problem = (status: number, type: string, messages: string[]) => ({
  status_code: status,
  errors: [{ type, messages }],
})
