import { beginPage } from '../../server/dashboard/begin.view.js'
import { dashboardPage } from '../../server/dashboard/dashboard.view.js'
import type { Connector } from '../../server/contract/contract.js'
import { connectors } from '../../server/connectors/registry.js'
import { homePage } from '../../server/dashboard/home.routes.js'
import { chooseTenantPage, signInFailedPage, type SignInFailure } from '../../server/install/sign-in.view.js'
import type { ItemWithContent } from '../../server/runs/run.js'
import type { Flash } from '../../server/web/session.js'
import { aConnection, anItem, connector, EVIL, LONG, people, toService } from './samples.js'

/** A page in one of its states: what a route would hand to `res.render`. */
export interface Picture {
  view: string
  locals: Record<string, unknown>
  signedOut?: boolean
  flash?: Flash[]
}

export const flow = toService

export const dashboard = (input: Partial<Parameters<typeof dashboardPage>[0]> = {}): Picture => ({
  view: 'pages/dashboard',
  locals: {
    connector: input.connector ?? connector,
    page: dashboardPage({
      connector,
      connection: aConnection(),
      smarthrActive: true,
      settingsSaved: true,
      fetchable: ['employees', 'year_end_adjustments'],
      active: null,
      runs: [],
      unseen: [],
      watch: null,
      now: new Date('2026-01-31T15:02:00Z'),
      ...input,
    }),
  },
})

/** A connector's first flow as an address or a bookmark begins it. */
export const beginOf = (of: Connector): Picture => ({
  view: 'pages/begin',
  locals: { connector: of, page: beginPage(of, of.flows[0] ?? fail('flow')) },
})

export const home = (connected: boolean): Picture => ({
  view: 'pages/home',
  locals: {
    page: homePage(
      connectors.map(({ id, category, labels }) => ({
        id,
        category,
        name: labels.app,
        summary: labels.summary,
        status: connected ? { label: '連携中', look: 'st-green' } : null,
        href: `/${id}`,
        button: connected ? 'アプリを開く' : '連携をはじめる',
      })),
    ),
  },
  signedOut: !connected,
})

export const signInFailed = (reason: SignInFailure): Picture => ({
  view: 'pages/sign-in-failed',
  locals: { page: signInFailedPage(reason, '/freee') },
  signedOut: true,
})

const candidates = [
  { smarthrId: 'a', name: '株式会社みどり商会', subdomain: 'midori-shokai' },
  { smarthrId: 'b', name: LONG, subdomain: 'aozora-kogyo' },
]

export const chooseTenant = (input: Partial<Parameters<typeof chooseTenantPage>[0]> = {}): Picture => ({
  view: 'pages/choose-tenant',
  locals: { page: chooseTenantPage({ candidates, typed: '', error: null, ...input }) },
  signedOut: true,
})

export const errorPage = (title: string, text: string, requestId: string | null, signInAgain = false): Picture => ({
  view: 'pages/error',
  locals: { page: { title, text, requestId, signInAgain } },
})

export const odd = (number: number, changes: Partial<ItemWithContent> = {}) =>
  anItem(number, {
    name: EVIL,
    kana: EVIL,
    detail: EVIL,
    key: EVIL,
    content: {
      set: {},
      target: null,
      changes: [{ field: 'last-name', label: EVIL, before: EVIL, after: EVIL }],
      problems: [EVIL],
      notes: [EVIL],
    },
    ...changes,
  })

export const long = anItem(2, { name: LONG, kana: LONG, detail: LONG, key: 'A'.repeat(60) })

export const excluded = anItem(3, {
  class: 'excluded',
  excludedReason: '社員番号が入力されていません。',
  key: null,
  content: { set: {}, target: null, changes: [], problems: [], notes: [] },
})

export const same = anItem(4, { class: 'same', content: { set: {}, target: {}, changes: [], problems: [], notes: [] } })

export const problematic = anItem(5, {
  class: 'new',
  targetId: null,
  content: { ...anItem(5).content, problems: ['入社日を入力してください。'] },
})

export const failed = people(2, {
  outcome: 'failed',
  reason: '入社日を入力してください。SmartHRで入社年月日を登録してください。',
})

export function fail(what: string): never {
  throw new Error(`no ${what} to show`)
}
