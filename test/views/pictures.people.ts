import { personPage } from '../../server/dashboard/person.view.js'
import type { Episode } from '../../server/dashboard/person.service.js'
import { peoplePage } from '../../server/dashboard/people.view.js'
import { pairConfirmPage, pairPage } from '../../server/dashboard/pair.view.js'
import { pairedFlows } from '../../server/wizard/pair.service.js'
import type { PairChange } from '../../server/runs/pair-change.store.js'
import type { PersonLink } from '../../server/runs/person.store.js'
import type { ItemWithContent, Run } from '../../server/runs/run.js'
import type { Picture } from './pictures.js'
import { aConnection, anEndedRun, anItem, connector, EVIL, linked, LONG, RUN_ID } from './samples.js'

const EMPLOYEES = linked.flows.find(({ dataset }) => dataset === 'employees')?.id ?? ''
const CREW = '0f0a1a6e-6f7b-4a52-9d0e-3b1f5c7a9e11'
const at = (time: string) => new Date(`2026-01-31T${time}Z`)

const episode = (item: ItemWithContent, run: Run, events: Episode['events'] = []): Episode => ({
  run,
  item: {
    ...item,
    targetPage: null,
    intentAt: null,
    creates: 0,
    looks: 0,
    appliedAt: at('15:06:00'),
    ofRun: run.id,
  },
  events,
})

const link = (changes: Partial<PersonLink> = {}): PersonLink => ({
  connector: connector.id,
  accountId: '123',
  accountName: '株式会社みどり商会',
  serviceId: '4711',
  dead: false,
  since: at('15:06:00'),
  by: '須磨 英子（001）',
  runId: RUN_ID,
  ...changes,
})

const pairChange = (changes: Partial<PairChange> = {}): PairChange => ({
  at: at('15:07:00'),
  connector: connector.id,
  by: '須磨 英子（001）',
  runId: null,
  before: { id: '4711', key: '0001' },
  after: { id: '4712', key: null },
  ...changes,
})

const person = (input: Partial<Parameters<typeof personPage>[0]>): Picture => ({
  view: 'pages/person',
  locals: {
    page: personPage({
      crewId: CREW,
      latest: null,
      links: [],
      seen: [],
      checks: [],
      episodes: [],
      pairs: [],
      next: null,
      isFirst: true,
      site: 'https://midori-shokai.smarthr.example',
      connectors: [connector, linked],
      offered: new Set([connector.id]),
      ...input,
    }),
  },
})

const people = (q: string, answer: Parameters<typeof peoplePage>[0]['answer']): Picture => ({
  view: 'pages/people',
  locals: { page: peoplePage({ q, answer, connectors: [connector] }) },
})

const pairing = {
  connector,
  connection: aConnection(),
  flows: pairedFlows(connector),
  serviceId: '4711',
}
const candidate = { id: '4712', key: '0002', name: '佐藤 次郎', kana: 'サトウ ジロウ', detail: '営業', of: null }
const entry = { id: '4712', key: '0002', name: EVIL, kana: '', detail: '', values: {} }

const run = anEndedRun()
const gone = anEndedRun({ peopleDeletedAt: new Date('2026-03-01T00:00:00Z') })
const plain = anItem(1, { outcome: 'succeeded' })
const account = { field: 'bank-account-number', label: '銀行口座 口座番号', before: '1234567', after: '7654321' }
const seen = episode(plain, run).item

/** 従業員の記録 in its states. */
export const peoplePictures: Readonly<Record<string, Picture>> = {
  person: person({
    latest: { run, item: seen },
    links: [link(), link({ serviceId: EVIL, accountName: LONG, dead: true, by: null, runId: null })],
    seen: [
      {
        connector: linked.id,
        flow: EMPLOYEES,
        sourceId: CREW,
        targetId: '99',
        at: at('15:00:00'),
        accountId: '123',
        area: null,
      },
    ],
    checks: connector.flows.map((flow, index) => ({ connector, flow, why: index === 0 ? null : EVIL })),
    episodes: [
      episode(
        anItem(12, {
          outcome: 'succeeded',
          content: { ...plain.content, changes: [account, ...plain.content.changes] },
        }),
        run,
      ),
      episode(anItem(13, { class: 'new', outcome: 'succeeded' }), run, [
        { at: at('01:02:11'), what: 'looked', found: false },
        { at: at('01:02:12'), what: 'sent', found: null },
        { at: at('01:02:42'), what: 'looked', found: true },
        { at: at('01:02:43'), what: 'made', found: null },
      ]),
      episode(anItem(14, { outcome: 'failed', reason: LONG, name: EVIL }), run),
      episode(
        anItem(15, { outcome: 'succeeded' }),
        anEndedRun({ connector: linked.id, flow: EMPLOYEES, adminName: EVIL }),
      ),
    ],
    pairs: [
      pairChange({ by: EVIL, after: { id: EVIL, key: LONG } }),
      pairChange({ at: at('15:05:30'), runId: RUN_ID, before: null }),
      pairChange({ at: at('15:05:00'), by: null, runId: RUN_ID, after: null }),
    ],
    next: '1-2',
    isFirst: false,
  }),
  'person-forgotten': person({
    episodes: [
      episode(
        anItem(12, { key: null, name: '', outcome: 'succeeded', content: { ...plain.content, changes: [] } }),
        gone,
      ),
    ],
  }),
  'person-empty': person({ latest: { run, item: seen } }),
  people: people('', null),
  'people-found': people('山', {
    found: [
      { crewId: CREW, run, item: seen },
      { crewId: '2', run, item: { ...seen, name: LONG, key: LONG } },
      { crewId: '3', run, item: { ...seen, name: EVIL, key: EVIL } },
    ],
    more: true,
  }),
  pair: { view: 'pages/pair', locals: { page: pairPage(CREW, pairing, { q: '', answer: null }) } },
  'pair-found': {
    view: 'pages/pair',
    locals: {
      page: pairPage(CREW, pairing, {
        q: EVIL,
        answer: {
          found: [
            candidate,
            { ...candidate, id: '4711', of: CREW },
            { ...candidate, id: EVIL, name: LONG, key: LONG, of: 'x' },
          ],
          more: true,
        },
      }),
    },
  },
  'pair-empty': {
    view: 'pages/pair',
    locals: { page: pairPage(CREW, { ...pairing, serviceId: null }, { q: 'x', answer: { found: [], more: false } }) },
  },
  'pair-problem': {
    view: 'pages/pair',
    locals: {
      page: pairPage(CREW, pairing, {
        q: '佐藤',
        answer: null,
        problem: {
          text: `この登録は、すでに別の従業員（社員番号1002、${EVIL}）と紐付いているため、紐付けられません。先に、その従業員の紐付けを直してください。`,
          owner: 'x',
        },
      }),
    },
  },
  'pair-confirm': {
    view: 'pages/pair-confirm',
    locals: { page: pairConfirmPage(CREW, pairing, { entry, changes: [account, ...plain.content.changes], q: EVIL }) },
  },
  'pair-confirm-same': {
    view: 'pages/pair-confirm',
    locals: { page: pairConfirmPage(CREW, pairing, { entry, changes: [], q: '' }) },
  },
  'people-empty': people(EVIL, { found: [], more: false }),
}
