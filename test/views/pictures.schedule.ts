import { kingOfTime } from '../../server/connectors/king-of-time/index.js'
import type { Check } from '../../server/schedule/check.store.js'
import { checkableFlows } from '../../server/contract/checkable.js'
import { notYetAutomatic } from '../../server/schedule/schedule.form.js'
import type { Schedule } from '../../server/schedule/schedule.store.js'
import { schedulePage, type ScheduleInput } from '../../server/schedule/schedule.view.js'
import { watchSection, type Watched } from '../../server/schedule/watch.view.js'
import { dashboard, type Picture } from './pictures.js'
import { select } from './pictures.runs.js'
import { aRun, connector, LONG, people, RUN_ID } from './samples.js'

const checkable = checkableFlows(connector)
const [FLOW, OTHER] = checkable.map(({ id }) => id)
/** As `now` of the dashboard's pictures. */
const NOW = new Date('2026-01-31T15:02:00Z')
const DAY = 24 * 3_600_000
const ago = (days: number) => new Date(NOW.getTime() - days * DAY)

const aSchedule = (changes: Partial<Schedule> = {}): Schedule => ({
  id: 'schedule',
  connector: connector.id,
  flow: FLOW ?? '',
  rule: 'weekdays',
  weekday: 1,
  day: 1,
  hour: 2,
  reference: 'month-end',
  mode: 'notify',
  scopeId: null,
  recipients: null,
  autoSince: null,
  autoAccount: null,
  autoOff: null,
  adminId: 'admin',
  adminName: '須磨 英子（001）',
  slotAt: ago(-1),
  nextAt: ago(-1),
  tries: 0,
  recountAt: null,
  paused: null,
  pausedAt: null,
  toldFingerprint: null,
  toldAt: null,
  failures: 0,
  ...changes,
})

const aCheck = (changes: Partial<Check> = {}): Check => ({
  id: 'check',
  scheduleId: 'schedule',
  runId: RUN_ID,
  slotAt: ago(0.5),
  begunAt: ago(0.5),
  endedAt: ago(0.5),
  state: 'done',
  new: 3,
  changed: 9,
  doomed: 0,
  same: 88,
  excluded: 2,
  fields: { phone: 4 },
  fingerprint: 'f',
  automatic: null,
  cause: null,
  ...changes,
})

/** Thirty nights: more and fewer differences, one that failed, one that was missed. */
const nights: Check[] = Array.from({ length: 30 }, (_, night) =>
  aCheck({
    begunAt: ago(night + 0.5),
    new: (night * 7 + 3) % 5,
    changed: (night * 3 + 9) % 11,
    ...(night === 12 && { state: 'failed', cause: 'freee人事労務に接続できませんでした。' }),
    ...(night === 20 && { state: 'missed' }),
  }),
)

const SCOPES = [
  { id: 'scope', name: '東京本社の正社員', isPreset: false },
  { id: 'other', name: LONG, isPreset: false },
]

interface Shown {
  schedules?: readonly Schedule[]
  refused?: NonNullable<ScheduleInput['refused']>
  scopes?: typeof SCOPES
  wellInARow?: number
  administrators?: ScheduleInput['flows'][number]['administrators']
}

const page = ({ schedules = [], scopes = [], wellInARow = 0, administrators = [], refused }: Shown = {}): Picture => {
  const offered = checkable.map(flow => {
    const schedule = schedules.find(one => one.flow === flow.id) ?? null
    return {
      flow,
      schedule,
      scopes,
      administrators,
      approval: 'off' as const,
      notYet: notYetAutomatic(wellInARow, { schedule, against: null }),
    }
  })
  return {
    view: 'pages/schedule',
    locals: {
      connector,
      page: schedulePage({
        connector: { ...connector, maintenance: kingOfTime.maintenance },
        flows: offered,
        ...(refused && { refused }),
      }),
    },
  }
}

type Shows = [schedule: Partial<Schedule>, checks: readonly Check[], now?: Partial<Pick<Watched, 'reading' | 'ran'>>]

const watched = (...all: Shows[]): Picture =>
  dashboard({
    watch: watchSection(connector.id, {
      flows: checkable,
      watched: all.map(([schedule, checks, now = {}]) => ({
        schedule: aSchedule(schedule),
        checks,
        reading: null,
        ran: null,
        ...now,
      })),
      now: NOW,
    }),
  })

export const schedulePictures: Readonly<Record<string, Picture>> = {
  schedule: page(),
  'schedule-saved': page({
    schedules: [
      aSchedule(),
      aSchedule({ flow: OTHER ?? '', rule: 'monthly', day: 31, paused: 'owner-left', adminName: LONG }),
    ],
  }),
  'schedule-errors': page({
    refused: {
      flow: FLOW ?? '',
      typed: { [`${String(FLOW)}-rule`]: 'hourly' },
      errors: {
        [`${String(FLOW)}-rule`]: '頻度が選択されていません。選択してください。',
        [`${String(FLOW)}-hour`]: '時刻が選択されていません。選択してください。',
      },
    },
  }),
  'schedule-since': page({
    schedules: [aSchedule({ hour: 7 })],
    refused: {
      flow: FLOW ?? '',
      typed: { [`${String(FLOW)}-hour`]: '5' },
      errors: {},
      changed: 'この画面を開いた後に、設定が変わったため、保存していません。',
    },
  }),
  'schedule-automatic': page({
    scopes: SCOPES,
    wellInARow: 3,
    schedules: [
      aSchedule({ mode: 'auto', scopeId: 'scope', autoSince: ago(9) }),
      aSchedule({ flow: OTHER ?? '', mode: 'confirm', autoOff: 'failed', scopeId: 'gone' }),
    ],
  }),
  'schedule-recipients': page({
    administrators: [
      { id: 'admin', smarthrUserId: '1', name: '須磨 英子（001）', email: 'eiko@example.com' },
      { id: 'other', smarthrUserId: '2', name: LONG, email: `${'long-'.repeat(12)}address@example.com` },
    ],
    schedules: [aSchedule({ recipients: ['other'] })],
  }),
  'schedule-not-yet': page({ wellInARow: 2 }),
  'dashboard-checks': watched(),
  'dashboard-checks-automatic': watched(
    [{ mode: 'auto' }, [aCheck({ automatic: 'started', doomed: 5 }), ...nights.slice(1)]],
    [
      { flow: OTHER ?? '', mode: 'auto' },
      [aCheck({ automatic: 'held', cause: '「銀行口座」が3名・5％を超えて変わります（12名）。' })],
    ],
  ),
  'dashboard-checks-off': watched([
    { mode: 'confirm', autoOff: 'failed' },
    [aCheck({ begunAt: ago(3.2) }), ...nights.slice(1)],
  ]),
  'dashboard-checked': watched(
    [{}, nights],
    [{ flow: OTHER ?? '' }, [aCheck({ state: 'failed', cause: `freee人事労務に接続できませんでした。${LONG}` })]],
  ),
  'dashboard-checks-waiting': watched([{}, []], [{ flow: OTHER ?? '', recountAt: NOW }, nights]),
  'dashboard-checks-reading': watched(
    [{ mode: 'auto' }, [], { reading: { begunAt: NOW, slotAt: NOW } }],
    [{ flow: OTHER ?? '', mode: 'confirm' }, nights, { reading: { begunAt: NOW, slotAt: null } }],
  ),
  'dashboard-checks-used': watched(
    [{ mode: 'confirm' }, nights, { ran: 'on' }],
    [{ flow: OTHER ?? '' }, nights, { ran: 'over' }],
  ),
  'dashboard-checks-put-off': watched([{ tries: 2, slotAt: NOW }, nights], [{ flow: OTHER ?? '', slotAt: NOW }, []]),
  'dashboard-checks-old': watched(
    [{}, [aCheck({ begunAt: ago(3.2) })]],
    [{ flow: OTHER ?? '', paused: 'unlinked' }, nights],
  ),
  'select-checked': select(people(3), { run: aRun({ differingOnly: true }) }),
}
