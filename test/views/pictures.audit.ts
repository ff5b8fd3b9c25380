import type { Recorded } from '../../server/audit/audit.store.js'
import { auditPage } from '../../server/dashboard/audit.view.js'
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

/** 操作履歴 in its states. */
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
}
