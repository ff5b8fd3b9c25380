import { approvalRulesPage } from '../../server/dashboard/approval-rules.view.js'
import type { Approval, ApprovalMode } from '../../server/runs/approval.js'
import { approvalPage } from '../../server/wizard/approval.view.js'
import { smarthrLimits } from '../../server/smarthr/limits.js'
import { dashboard, flow, type Picture } from './pictures.js'
import { confirm, select } from './pictures.runs.js'
import { aPage, aRun, connector, EVIL, LONG, people, RUN_ID } from './samples.js'

/** As `now` of the other pictures. */
const NOW = new Date('2026-01-31T15:02:00Z')
const hours = (count: number) => new Date(NOW.getTime() + count * 3_600_000)

const anApproval = (changes: Partial<Approval> = {}): Approval => ({
  id: 'approval',
  runId: RUN_ID,
  revision: 1,
  mark: 'd41d8cd9',
  confirmation: { again: false, fewer: true, count: '62', names: { admin: LONG, crew: EVIL } },
  state: 'open',
  requestedBy: 'hanako',
  requestedByName: '須磨 英子（001）',
  requestedAt: hours(-1),
  expiresAt: hours(23),
  decidedBy: null,
  decidedByName: null,
  decidedAt: null,
  comment: null,
  ...changes,
})

type Asked = Parameters<typeof approvalPage>

/** The page of a request as `jiro` sees it, whom `hanako` has asked. */
export const askedOf = (
  changes: Partial<Approval> = {},
  more: Partial<Asked[0]> = {},
  shown: Partial<NonNullable<Asked[1]>> = {},
): Picture => {
  const run = shown.run ?? askedOf.run
  const approval = anApproval(changes)
  const plan = {
    connector,
    flow,
    run,
    limits: smarthrLimits,
    selected: { total: 62, new: 1, changed: 61 },
    page: aPage(people(50, { selected: true }), { hasNext: true }),
    mark: 'd41d8cd9',
    repeated: 0,
    left: null,
    now: NOW,
    ...shown,
  }
  return {
    view: 'pages/wizard/approval',
    locals: {
      connector,
      run,
      page: approvalPage(
        { flow, run, approval, adminId: 'jiro', now: NOW, ...more },
        approval.state === 'open' ? plan : null,
      ),
    },
  }
}

askedOf.run = aRun()
askedOf.approval = anApproval()

const guarded: Partial<NonNullable<Asked[1]>> = {
  run: aRun({ shortfalls: [{ name: 'freee人事労務', before: 100, now: 62 }] }),
  fired: [{ fired: { rule: 'updates', people: 61, most: 20, of: 100 }, people: people(5) }],
}

const ended = { decidedBy: 'jiro', decidedByName: LONG, decidedAt: NOW }

const rules = (
  next: boolean,
  administrators: number,
  adminId: string,
  {
    hasChanged = null,
    mode = administrators < 2 ? 'off' : 'always',
  }: { hasChanged?: 'request' | 'rule' | null; mode?: ApprovalMode } = {},
): Picture => ({
  view: 'pages/approval-rules',
  locals: {
    connector,
    page: approvalRulesPage(
      {
        rules: connector.flows.map((one, index) => ({
          flow: one,
          mode,
          next:
            next && index < 2
              ? { mode: 'off', adminId: 'hanako', adminName: LONG, at: hours(-2), from: hours(22) }
              : null,
        })),
        administrators,
      },
      { adminId, hasChanged },
    ),
  },
})

export const approvalPictures: Readonly<Record<string, Picture>> = {
  'approval-asked': askedOf(),
  'approval-guarded': askedOf({}, {}, guarded),
  'approval-own': askedOf({}, { adminId: 'hanako' }),
  'approval-error': askedOf({}, { typed: LONG, errors: { comment: 'コメントは、500文字以内で入力してください。' } }),
  'approval-problem': askedOf({}, { typed: `${EVIL}\n${LONG}`, problem: LONG, place: { after: '50' } }, guarded),
  'approval-unsent': askedOf({ state: 'withdrawn' }, { typed: `${EVIL}\n${LONG}`, problem: LONG }),
  'approval-returned': askedOf({ ...ended, state: 'returned', comment: `${EVIL}\n${LONG}` }, { adminId: 'hanako' }),
  'approval-forgotten': askedOf({ ...ended, state: 'returned' }),
  'approval-void': askedOf({ state: 'void' }),
  'approval-outdated': askedOf(
    { state: 'void' },
    {
      adminId: 'hanako',
      why: {
        stale: LONG,
        outdated: 'この同期を準備した後に、別の同期が実行されました。取得し直してから同期してください。',
      },
    },
  ),
  'approval-expired': askedOf({ expiresAt: hours(-1) }),
  'approval-rules': rules(false, 2, 'hanako'),
  'approval-rules-waiting': rules(true, 2, 'jiro'),
  'approval-rules-own': rules(true, 2, 'hanako'),
  'approval-rules-alone': rules(false, 1, 'hanako'),
  'approval-rules-left-alone': rules(false, 1, 'hanako', { mode: 'always' }),
  'approval-rules-changed': rules(true, 2, 'jiro', { hasChanged: 'request' }),
  'approval-rules-since': rules(true, 2, 'jiro', { hasChanged: 'rule' }),
  'confirm-asks': confirm(
    people(3),
    3,
    {},
    { asks: true, asked: anApproval({ ...ended, state: 'returned', comment: LONG }) },
  ),
  'select-asked': select(people(3), {
    run: aRun({ approval: { state: 'open', requestedBy: 'hanako', requestedByName: LONG, decidedByName: null } }),
  }),
  'dashboard-approvals': dashboard({
    adminId: 'hanako',
    unanswered: {
      first: [0, 1, 2].map(index => ({ run: aRun(), requestedAt: hours(-index) })),
      total: 5,
    },
    waiting: [
      { runId: RUN_ID, requestedBy: 'hanako' },
      { runId: RUN_ID, requestedBy: 'jiro' },
      { runId: RUN_ID, requestedBy: 'sora' },
    ],
  }),
}
