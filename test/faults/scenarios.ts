import type { Blow } from './blows.js'
import type { Scenario, When } from './play.js'

/** The moments that scenarios speak of. They are counted from one end of a run to the other, over both workers. */
const services = (way: When['way'], about: RegExp, nth: When['nth']): When => ({ far: 'services', way, about, nth })
const database = (way: When['way'], about: RegExp, nth: When['nth']): When => ({ far: 'database', way, about, nth })

const CREATE = /^POST \/freee\/hr\/api\/v1\/employees /
const aCreate = (nth: When['nth']) => services('asked', CREATE, nth)
const itsAnswer = (nth: When['nth']) => services('answered', CREATE, nth)
const anUpdate = (nth: When['nth']) => services('asked', /^PUT \/freee\/hr\/api\/v1\/employees\//, nth)
const aListing = (nth: When['nth']) => services('asked', /^GET \/(smarthr|freee)\/.*(crews|employees)/, nth)
const aWrite = (way: When['way'], nth: When['nth']) => services(way, /^(PUT|PATCH) \/(smarthr|freee)\//, nth)
const anIntent = (nth: When['nth']) => database('asked', /"intent_at" = \$/, nth)
const anItem = database('asked', /insert into "?run_items/, 1)
const theEnd = database('asked', /update "runs" set (?=.*"ended_at" = \$)(?=.*"written_until")/s, 1)
const aSlot = (nth: When['nth']) => database('answered', /insert into rate_limits/, nth)
const theMail = { far: 'mail', way: 'asked', about: /(?:^|\r\n)\.\r\n$/, nth: 1 } as const
const itsReceipt = { far: 'mail', way: 'answered', about: /(?:^|\r\n)\.\r\n$/, nth: 1 } as const

const kill: Blow = { kind: 'kill' }
const killUnheard: Blow = { kind: 'kill', lose: true }
const freeze: Blow = { kind: 'freeze', ms: 15_000 }

/** The sixth create is told to come back in twelve seconds. */
const throttled = {
  service: 'freee',
  method: 'POST',
  path: '/employees$',
  after: 3,
  times: 1,
  status: 429,
  headers: { 'Retry-After': '12' },
}
const inThePause = (nth: When['nth']): When => ({ ...itsAnswer(nth), says: /^HTTP\/1\.1 429/ })

const lost = { service: 'freee', method: 'POST', path: '/employees$', times: 1, applyFirst: true, drop: true }

const error500 = () => {
  const body = JSON.stringify({ status_code: 500, errors: [{ type: 'status', messages: ['サーバーエラー'] }] })
  const head = ['HTTP/1.1 500 Internal Server Error', 'Content-Type: application/json; charset=utf-8']
  return [...head, `Content-Length: ${Buffer.byteLength(body)}`, '', ''].join('\r\n') + body
}

const killed: readonly Scenario[] = [
  { name: 'a worker is killed while it reads', strikes: [{ when: aListing([1, 2]), blow: kill }] },
  { name: 'a worker is killed while it makes the plan', strikes: [{ when: anItem, blow: kill }] },
  { name: 'a worker is killed before an intent is stored', strikes: [{ when: anIntent([1, 5]), blow: killUnheard }] },
  { name: 'a worker is killed before a create has left', strikes: [{ when: aCreate([1, 5]), blow: killUnheard }] },
  { name: 'a worker is killed while a create is on its way', strikes: [{ when: aCreate([1, 5]), blow: kill }] },
  {
    name: 'a worker is killed between a create and its storing',
    strikes: [{ when: itsAnswer([1, 5]), blow: killUnheard }],
  },
  { name: 'a worker is killed during an update', strikes: [{ when: anUpdate([1, 8]), blow: kill }] },
  { name: 'a worker is killed while it ends the run', strikes: [{ when: theEnd, blow: kill }] },
  { name: 'a worker is killed while it sends the mail', strikes: [{ when: theMail, blow: killUnheard }] },
  {
    name: 'a worker is killed between the mail and its storing',
    strikes: [{ when: itsReceipt, blow: killUnheard }],
  },
  {
    name: 'a worker is killed in the middle of a batch',
    walk: 'to PCA',
    strikes: [{ when: services('answered', /^POST \/pca\/.*\/Create\//, 1), blow: killUnheard }],
  },
  {
    name: 'a worker is killed in a run of one click',
    walk: 'to ミキワメ',
    strikes: [{ when: services('answered', /^POST \/mikiwame\/.*employees/, [1, 4]), blow: killUnheard }],
  },
  {
    name: 'a worker is killed while payslips are on their way',
    walk: 'payslips',
    strikes: [{ when: services('answered', /^POST \/smarthr\/.*\/payslips/, 1), blow: killUnheard }],
  },
  {
    name: 'a worker is killed between a create in SmartHR and its storing',
    walk: 'to SmartHR',
    strikes: [{ when: services('answered', /^POST \/smarthr\/.*\/crews/, [1, 4]), blow: killUnheard }],
  },
]

/** A run that takes another one back, killed in each of its phases. */
const killedInAnUndo: readonly Scenario[] = (['undo in SmartHR', 'undo in freee'] as const).flatMap(walk =>
  (
    [
      ['while it reads', services('asked', /^GET \/(smarthr|freee)\/.*(crews|employees)/, [1, 2]), kill],
      ['while it makes the plan', anItem, kill],
      ['before an update has left', aWrite('asked', [1, 8]), killUnheard],
      ['between an update and its storing', aWrite('answered', [1, 8]), killUnheard],
      ['while it ends the run', theEnd, kill],
      ['while it sends the mail', theMail, killUnheard],
    ] as const
  ).map(([phase, when, blow]): Scenario => ({
    name: `a worker is killed ${phase} (${walk})`,
    walk,
    strikes: [{ when, blow }],
  })),
)

const frozen: readonly Scenario[] = [
  {
    name: 'a worker is frozen while it reads',
    strikes: [{ when: services('asked', /^GET \/(smarthr|freee)\/.*(crews|employees)/, [1, 3]), blow: freeze }],
  },
  {
    name: 'a worker is frozen before it makes the plan, and goes on when another has made it',
    people: 40,
    strikes: [{ when: database('asked', /delete from "run_items"/, 1), blow: { kind: 'freeze', ms: 16_000 } }],
  },
  {
    name: 'a worker is frozen before it makes the plan of a run of one click',
    walk: 'to ミキワメ',
    people: 60,
    strikes: [{ when: database('asked', /delete from "run_items"/, 1), blow: { kind: 'freeze', ms: 13_500 } }],
  },
  {
    name: 'a worker is frozen while it makes the plan',
    strikes: [{ when: database('asked', /insert into "?run_items/, 1), blow: freeze }],
  },
  {
    name: 'a worker is frozen while it asks whether the run is still its own',
    strikes: [{ when: database('answered', /^.*select "cancel_requested_at" from "runs"/s, [1, 3]), blow: freeze }],
  },
  {
    name: 'a worker is frozen while it opens a connection',
    strikes: [{ when: { far: 'services', way: 'opened', about: /^/, nth: [1, 2] }, blow: freeze }],
  },
  {
    name: 'a worker is frozen before an intent, and goes on when another has taken over',
    strikes: [{ when: anIntent([1, 5]), blow: freeze }],
  },
  {
    name: 'a worker is frozen after an intent, and goes on when another has taken over',
    strikes: [{ when: aCreate([1, 5]), blow: freeze }],
  },
  {
    name: 'a worker is frozen while it waits for a slot',
    walk: 'to SmartHR',
    limits: { service: 'smarthr', enabled: true },
    strikes: [{ when: aSlot([6, 12]), blow: freeze }],
  },
  {
    name: 'a worker is frozen in a 429 pause',
    faults: [throttled],
    strikes: [{ when: inThePause(1), blow: freeze }],
  },
]

const ofTheDatabase: readonly Scenario[] = [
  {
    name: 'connections to the database are cut while a create is in flight',
    strikes: [{ when: aCreate([1, 5]), blow: { kind: 'cut', far: 'database', ms: 500, whose: 'its' } }],
  },
  {
    name: 'the database falls silent in the middle of the creates',
    strikes: [{ when: aCreate([1, 5]), blow: { kind: 'hang', far: 'database', ms: 6_000 } }],
  },
  ...(['fast', 'immediate'] as const).map((how): Scenario => ({
    name: `the database restarts (${how})`,
    ownServer: true,
    strikes: [{ when: aCreate([1, 5]), blow: { kind: 'restart database', how, awayMs: 0 } }],
  })),
  {
    name: 'the database is away for 20 seconds',
    ownServer: true,
    strikes: [{ when: aCreate([1, 5]), blow: { kind: 'restart database', how: 'immediate', awayMs: 20_000 } }],
  },
  {
    name: 'the database takes no writes for a while',
    ownServer: true,
    strikes: [{ when: aCreate([1, 5]), blow: { kind: 'read-only', ms: 8_000 } }],
  },
  {
    name: 'the database has no connection left for a while',
    ownServer: true,
    strikes: [{ when: aCreate([1, 5]), blow: { kind: 'no connection left', ms: 6_000 } }],
  },
  ...['runs', 'run_items', 'rate_limits'].map((table): Scenario => ({
    name: `the table ${table} is locked for a while`,
    strikes: [{ when: aCreate([1, 5]), blow: { kind: 'lock', table, ms: 10_000 } }],
  })),
  // The last one on its server: what is left of it is a standby that was promoted.
  {
    name: 'the database fails over to its standby',
    ownServer: true,
    strikes: [{ when: aCreate([1, 5]), blow: { kind: 'fail over' } }],
  },
]

const ofTheServices: readonly Scenario[] = [
  { name: 'the answer of a create is lost', faults: [{ ...lost, after: 2 }] },
  {
    name: 'the answer of a batch is lost',
    walk: 'to PCA',
    faults: [{ service: 'pca', method: 'POST', path: '/Create/', times: 1, applyFirst: true, drop: true }],
  },
  {
    name: 'the answer of a create in SmartHR is lost',
    walk: 'to SmartHR',
    faults: [{ service: 'smarthr', method: 'POST', path: '/crews$', after: 1, times: 1, applyFirst: true, drop: true }],
  },
  {
    name: 'the answer of payslips is lost',
    walk: 'payslips',
    faults: [{ service: 'smarthr', method: 'POST', path: '/payslips', times: 1, applyFirst: true, drop: true }],
  },
  {
    name: 'the answer of a create is lost, and then the service is down for good',
    strikes: [
      {
        when: aCreate([1, 3]),
        blow: { kind: 'faults', faults: [lost, { service: 'freee', path: '/hr/', status: 503 }] },
      },
    ],
    endsWithinS: 600,
    allowed: { failures: 10, unconfirmed: 3 },
  },
  {
    name: 'the answer of a create is lost, and then the authorisation is gone for good',
    strikes: [
      {
        when: aCreate([1, 3]),
        blow: { kind: 'faults', faults: [lost, { service: 'freee', path: '/hr/', status: 401 }] },
      },
    ],
    allowed: { failures: 10, unconfirmed: 3 },
  },
  {
    name: 'the answer of an update is lost, and then the authorisation is gone for good',
    strikes: [
      {
        when: anUpdate([1, 8]),
        blow: {
          kind: 'faults',
          faults: [
            { service: 'freee', method: 'PUT', times: 1, applyFirst: true, drop: true },
            { service: 'freee', path: '/hr/', status: 401 },
          ],
        },
      },
    ],
    allowed: { failures: 20, unconfirmed: 8 },
  },
  {
    name: 'one of the creates is answered 500 whenever it is sent',
    strikes: [
      {
        when: services('asked', /^POST \/freee\/hr\/api\/v1\/employees [\s\S]*P000008/, 1),
        times: 'always',
        blow: { kind: 'reply', reply: error500() },
      },
    ],
    endsWithinS: 600,
    allowed: { failures: 1, unconfirmed: 1 },
  },
  {
    name: 'one of the records is answered 500 whenever it is updated',
    faults: [{ service: 'freee', method: 'PUT', path: '/employees/\\d*3(/|$)', status: 500 }],
    endsWithinS: 180,
    allowed: { failures: 1 },
  },
  {
    name: 'the mail server is silent in every slot',
    silentMail: { ms: 30_000, earlier: 'to ミキワメ', runs: 4 },
  },
]

const ofTheProcesses: readonly Scenario[] = [
  {
    name: 'the clocks of the workers are five minutes apart, and one of them dies',
    environment: { worker2: { CLOCK: new Date(Date.now() + 300_000).toISOString() } },
    strikes: [{ when: aCreate([2, 4]), blow: kill }],
  },
  {
    name: 'a worker is asked to end in a 429 pause',
    faults: [throttled],
    strikes: [{ when: inThePause(1), blow: { kind: 'ask to end' } }],
  },
  {
    name: 'a worker is asked to end while a write hangs',
    faults: [{ ...lost, after: 1, drop: false, hang: true }],
    strikes: [{ when: aCreate(2), blow: { kind: 'ask to end' } }],
  },
  {
    name: 'a worker is asked to end while it makes the plan',
    people: 40,
    strikes: [{ when: anItem, blow: { kind: 'ask to end' } }],
  },
  {
    name: 'the disk of the log is full',
    environment: { worker1: { STDOUT: '/dev/full' }, worker2: { STDOUT: '/dev/full' } },
  },
]

/** What may come together with anything else. */
const ANY: Blow = {
  kind: 'any',
  of: [
    kill,
    killUnheard,
    freeze,
    { kind: 'ask to end' },
    { kind: 'cut', far: 'database', ms: 800, whose: 'its' },
    { kind: 'cut', far: 'database', ms: 1_500, whose: 'all' },
    { kind: 'cut', far: 'services', ms: 800, whose: 'its' },
  ],
}

const mixed: readonly Scenario[] = [
  {
    name: 'anything happens twice',
    strikes: [{ when: 'anything', times: 2, blow: ANY }],
  },
  {
    name: 'anything happens, and answers get lost',
    walk: 'to SmartHR',
    faults: [
      { service: 'smarthr', method: 'POST', path: '/crews$', probability: 0.2, times: 3, applyFirst: true, drop: true },
      { service: 'smarthr', method: 'PATCH', probability: 0.2, times: 3, status: 503 },
    ],
    strikes: [{ when: 'anything', times: 2, blow: ANY }],
  },
]

/** The short form: one of each kind, and none that takes minutes. */
const SHORT = new Set([
  'a worker is killed between a create and its storing',
  'a worker is killed while it makes the plan',
  'a worker is killed during an update',
  'a worker is killed while it sends the mail',
  'a worker is killed in the middle of a batch',
  'a worker is killed while payslips are on their way',
  'a worker is killed in a run of one click',
  'a worker is killed between an update and its storing (undo in SmartHR)',
  'a worker is frozen after an intent, and goes on when another has taken over',
  'a worker is frozen in a 429 pause',
  'the table run_items is locked for a while',
  'the database is away for 20 seconds',
  'the database fails over to its standby',
  'the answer of a create is lost, and then the authorisation is gone for good',
  'one of the records is answered 500 whenever it is updated',
  'the mail server is silent in every slot',
  'anything happens twice',
  'the answer of a create in SmartHR is lost',
  'the clocks of the workers are five minutes apart, and one of them dies',
])

/** Every misfortune by name. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'nothing happens' },
  ...killed,
  ...killedInAnUndo,
  ...frozen,
  ...ofTheServices,
  ...ofTheProcesses,
  ...mixed,
  ...ofTheDatabase,
].map(scenario => ({ ...scenario, short: SHORT.has(scenario.name) }))

/** Kills at any instant, four in each run. */
export const KILLS: readonly Scenario[] = (['to freee', 'to SmartHR', 'payslips', 'to ミキワメ'] as const).map(
  walk => ({
    name: `workers are killed at any instant (${walk})`,
    walk,
    strikes: [{ when: 'anything', times: 4, blow: { kind: 'any', of: [kill, killUnheard] } }],
  }),
)
