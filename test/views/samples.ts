import type { Connection } from '../../server/connections/connection.store.js'
import { kinkakuji } from '../../server/connectors/king-of-time/index.js'
import { freee } from '../../server/connectors/freee/index.js'
import { mikiwame } from '../../server/connectors/mikiwame/index.js'
import { moneyForward } from '../../server/connectors/money-forward/index.js'
import { pca } from '../../server/connectors/pca/index.js'
import { stepOf, type Area, type Flow, type StepKind, type StepOf } from '../../server/contract/contract.js'
import type { ItemPage } from '../../server/runs/item.rows.js'
import type { ItemWithContent, Run } from '../../server/runs/run.js'

export const connector = freee
/** a service whose fetch waits in the report, with choices for new people */
export const waiting = kinkakuji
/** a service whose account has several areas, opened by a form alone */
export const areal = pca
/** a service that each administrator links, with one-click runs */
export const linked = mikiwame

/** a service that fetches what is published for it */
export const pulling = moneyForward

export const flowTo = (direction: Flow['direction']): Flow => {
  const flow = freee.flows.find(candidate => candidate.direction === direction)
  if (!flow) throw new Error(`freee has no flow ${direction}`)
  return flow
}

export const toService = flowTo('to-service')

/** The flow's page of this kind, which it has. */
export function theStep<Kind extends StepKind>(flow: Flow, kind: Kind): StepOf<Kind> {
  const step = stepOf(flow, kind)
  if (!step) throw new Error(`${flow.id} has no step ${kind}`)
  return step
}

/** What an attacker, or an honest but odd person, may be called. */
export const EVIL = `<script>alert("1")</script>&'<b>`
export const LONG = '寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末'.repeat(3)

export const RUN_ID = '0d9a3c1e-6f7b-4a52-9d0e-3b1f5c7a9e11'

export const aRun = (changes: Partial<Run> = {}): Run => ({
  id: RUN_ID,
  tenantId: 'tenant',
  connectionId: 'connection',
  connector: 'freee',
  flow: toService.id,
  adminId: 'admin',
  adminName: '須磨 英子（001）',
  adminEmail: 'eiko@midori.example',
  state: 'ready',
  revision: 7,
  referenceDate: '2026-01-31',
  retryOf: null,
  retryOutcome: null,
  undoOf: null,
  undoneAt: null,
  takenBackAt: null,
  undoes: false,
  fetched: 10_234,
  planned: null,
  differingOnly: false,
  sourceListed: null,
  fetchTotal: 10_234,
  counts: { new: 34, changed: 200, same: 10_000, excluded: 0, leftOut: 12 },
  selectedCount: 0,
  succeededCount: 0,
  failedCount: 0,
  unconfirmedCount: 0,
  attempts: 0,
  waitingUntil: null,
  waitingReason: null,
  cancelRequestedAt: null,
  failure: null,
  createdAt: new Date('2026-01-31T15:00:00Z'),
  fetchBegunAt: new Date('2026-01-31T15:00:10Z'),
  fetchedAt: new Date('2026-01-31T15:01:00Z'),
  settings: {},
  rules: null,
  ruled: null,
  key: null,
  keyed: null,
  unasked: { rules: false, key: false },
  scope: null,
  scoped: null,
  tables: null,
  tabled: null,
  options: {},
  area: null,
  period: null,
  groupId: null,
  newItems: [],
  shortfalls: [],
  tallies: null,
  chosen: null,
  omit: [],
  omitted: [],
  atOnce: false,
  automatic: false,
  publishedAt: null,
  pulledCount: 0,
  pulledAt: null,
  pulledWith: null,
  queuedAt: null,
  startedAt: null,
  endedAt: null,
  peopleDeletedAt: null,
  ...changes,
})

/** Areas as such a service lists them: years of one company, and names nobody expects. */
export const areas: readonly Area[] = [
  { value: 'P20V01C001PAY0001', label: '001：株式会社みどり商会', detail: '2026/01/01〜2026/12/31　P20V01C001PAY0001' },
  { value: 'P20V01C001PAY0002', label: '001：株式会社みどり商会', detail: '2025/01/01〜2025/12/31　P20V01C001PAY0002' },
  {
    value: 'P20V01C002PAY0001',
    label: `002：${LONG}`,
    detail: `2026/01/01〜2026/12/31　${'P20V01C002PAY0001'.repeat(4)}`,
  },
  { value: EVIL, label: EVIL, detail: EVIL },
]

/** A run that has ended: 60 people, two of them in vain. */
export const anEndedRun = (changes: Partial<Run> = {}): Run =>
  aRun({
    state: 'partly_failed',
    selectedCount: 62,
    succeededCount: 60,
    failedCount: 2,
    queuedAt: new Date('2026-01-31T15:05:00Z'),
    startedAt: new Date('2026-01-31T15:05:01Z'),
    endedAt: new Date('2026-01-31T15:09:30Z'),
    ...changes,
  })

export const anItem = (number: number, changes: Partial<ItemWithContent> = {}): ItemWithContent => ({
  id: String(number),
  class: 'changed',
  excludedReason: null,
  sourceId: `crew-${number}`,
  targetId: `${1000 + number}`,
  key: String(number).padStart(4, '0'),
  name: `佐藤 花子${number}`,
  kana: `サトウ ハナコ${number}`,
  detail: '営業本部 第一営業部 東日本課',
  changedFields: ['last-name', 'address-city', 'bank-account-holder'],
  blocked: false,
  ownTick: false,
  repeated: false,
  selected: false,
  outcome: null,
  reason: null,
  content: {
    set: {},
    target: {},
    changes: [
      { field: 'last-name', label: '姓', before: '鈴木', after: '佐藤' },
      { field: 'address-city', label: '現住所 市区町村', before: '', after: '千代田区丸の内' },
      { field: 'bank-account-holder', label: '銀行口座 口座名義', before: 'スズキ ハナコ', after: 'サトウ ハナコ' },
    ],
    problems: [],
    notes: [],
  },
  ...changes,
})

export const people = (count: number, changes: Partial<ItemWithContent> = {}) =>
  Array.from({ length: count }, (_, index) => anItem(index + 1, changes))

export const aPage = (items: ItemWithContent[], changes: Partial<ItemPage> = {}): ItemPage => ({
  items,
  hasPrevious: false,
  hasNext: false,
  ...changes,
})

export const aConnection = (changes: Partial<Connection> = {}): Connection => ({
  id: 'connection',
  connector: 'freee',
  state: 'active',
  accountId: '1',
  accountCode: '0123456789',
  accountName: '株式会社みどり商会',
  createdBy: 'admin',
  createdByName: '須磨 英子（001）',
  createdAt: new Date('2026-01-05T01:00:00Z'),
  owner: null,
  validUntil: null,
  ...changes,
})
