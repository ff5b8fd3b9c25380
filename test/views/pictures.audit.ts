import type { Recorded } from '../../server/audit/audit.store.js'
import { auditPage } from '../../server/dashboard/audit.view.js'
import { companyEndPage, companyGoingPage } from '../../server/dashboard/company-end.routes.js'
import { countFacts } from '../../server/housekeeping/company-words.js'
import type { Picture } from './pictures.js'
import { connector, EVIL, LONG, RUN_ID } from './samples.js'

const anEvent = (changes: Partial<Recorded> = {}): Recorded => ({
  id: '7',
  at: new Date('2026-01-31T15:02:00Z'),
  actor: 'admin',
  adminName: 'hanako@midori.example',
  address: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff',
  agent: 'Edge 126 (Windows)',
  act: 'run.started',
  connector: connector.id,
  runId: RUN_ID,
  details: { total: 1_200, new: 3, confirmed: [] },
  ...changes,
})

const audit = (events: readonly Recorded[], kind = ''): Picture => ({
  view: 'pages/audit',
  locals: {
    page: auditPage({
      asked: { kind, connector: '', from: '', until: '' },
      events,
      more: events.length > 0,
      before: events.length > 0 ? '8' : undefined,
      connectors: [connector],
    }),
  },
})

const leaving = (company: string, typed = '', error?: string): Picture => ({
  view: 'pages/company-end',
  locals: {
    page: companyEndPage({
      company,
      facts: countFacts({ admins: 2, connections: 3, runs: 1_200, people: 12_000, links: 900, tokens: 0, events: 7 }),
      typed,
      error,
    }),
  },
})

/** 操作履歴 and 企業データの削除 in their states. */
export const auditPictures: Readonly<Record<string, Picture>> = {
  audit: audit([
    anEvent(),
    anEvent({
      act: 'settings.saved',
      runId: null,
      details: { changes: [{ label: EVIL, before: LONG, after: '' }] },
    }),
    anEvent({ actor: 'system', adminName: null, address: null, agent: null, connector: null, act: 'unknown.act' }),
    anEvent({ actor: 'service', adminName: null, agent: EVIL, connector: 'gone', details: { name: EVIL, rows: 100 } }),
  ]),
  'audit-empty': audit([]),
  'audit-no-match': audit([], 'access'),
  'company-end': leaving(LONG),
  'company-end-error': leaving('株式会社みどり商会', EVIL, '企業名が一致しません。'),
  'company-going': {
    view: 'pages/company-going',
    locals: { page: companyGoingPage(LONG, new Date('2026-11-20T03:00:00Z')) },
  },
  'company-ended': {
    view: 'pages/company-ended',
    locals: { page: { title: '企業データの削除を受け付けました' } },
    signedOut: true,
  },
}
