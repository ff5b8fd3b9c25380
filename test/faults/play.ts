import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../helpers/connecting.js'
import type { Visitor } from '../helpers/visitor.js'
import { reportOf } from '../helpers/waiting.js'
import { strike, type Blow } from './blows.js'
import type { Far, Moment } from './lines.js'
import { judge, type Allowance, type Violation } from './model.js'
import { itemRow, itemSeal, saidRow, saidSeal } from '../../server/runs/item.rows.js'
import { namesIn, type Call, type ItemRow, type Observed, type RunRow } from './observed.js'
import type { Hand, ProcessName } from './processes.js'
import type { Random } from './random.js'
import type { Stage } from './stage.js'
import { WALKS, type Walk, type WalkName } from './walks.js'

/** A moment on a worker's lines. */
export interface When {
  far: Far
  way: Moment['way']
  /** what is said, or of an answer what was asked */
  about: RegExp
  /** of an answer: what it says */
  says?: RegExp
  /** which of these moments; a pair: one between, by the seed */
  nth: number | readonly [number, number]
}

/** What happens to the product, once or several times. */
export interface Strike {
  when: When | 'anything'
  /** so often; the counting begins anew after each. `always`: as often as it can be dealt */
  times?: number | 'always'
  blow: Blow
}

/** A misfortune as data. Everything has a sensible preset: 10 people to freee, and nobody may notice. */
export interface Scenario {
  /** a sentence: what happens */
  name: string
  walk?: WalkName
  people?: number
  /** faults of the services from the start, in the words of the sandbox's control API */
  faults?: readonly object[]
  strikes?: readonly Strike[]
  limits?: { service: string; perSecond?: number; enabled: boolean }
  environment?: Partial<Record<ProcessName, Record<string, string>>>
  /** needs a database server of its own */
  ownServer?: boolean
  /** the mail server is silent for so long from the start, with mails of runs like this waiting in every slot */
  silentMail?: { ms: number; earlier: WalkName; runs: number }
  /** the run ends within so long after the last blow, s */
  endsWithinS?: number
  allowed?: Partial<Allowance>
  /** part of the short form */
  short?: boolean
}

export interface Played {
  violations: Violation[]
  seconds: number
  struck: number
  seen: Observed
}

/** What a run's end, beside what it looks for, or one more mail may take on an overloaded machine. */
const ENDS_WITHIN_S = 60
const MAIL_WITHIN_S = 20
/** A mail whose sender died is taken up again after a minute. */
const MAIL_AFTER_DEATH_S = 100
/** A mail that could not be sent is tried again 20, 40, 80 s later (server/mail/outbox.job.ts); each try may take a while. */
const MAIL_AFTER_SILENCE_S = 200

/** What a worker says that has nothing to do. */
const IDLE = /worker_heartbeats|graphile_worker/

const isMoment = (when: When, { far, way, text, question }: Moment) =>
  far === when.far &&
  way === when.way &&
  when.about.test(way === 'asked' ? text : question) &&
  (when.says?.test(text) ?? true)

/** Arms the strikes of a scenario; `done` resolves when every blow has been dealt and has passed. */
function arm(stage: Stage, strikes: readonly Strike[], random: Random) {
  const state = strikes.map(({ when, times = 1, blow }) => ({
    when,
    blow,
    left: times === 'always' ? Infinity : times,
    count: 0,
    next: when === 'anything' ? random.between(20, 160) : random.pick(when.nth),
  }))
  const passing: Promise<void>[] = []
  let struck = 0
  stage.watch((by: Hand, moment: Moment) => {
    if (by.name === 'web') return 'pass'
    for (const each of state) {
      if (each.left === 0) continue
      if (each.when === 'anything' ? IDLE.test(moment.text) : !isMoment(each.when, moment)) continue
      each.count += 1
      if (each.count < each.next) continue
      each.left -= 1
      each.count = 0
      if (each.when === 'anything') each.next = random.between(20, 160)
      struck += 1
      const { verdict, passes } = strike(each.blow, { stage, by, moment, random })
      passing.push(passes)
      return verdict
    }
    return 'pass'
  })
  return {
    struck: () => struck,
    async passed() {
      // A blow may set off another one.
      for (let known = -1; known !== passing.length;) {
        known = passing.length
        await Promise.all(passing)
      }
    },
    complete: () => state.every(({ when, left }) => when === 'anything' || left === 0 || left === Infinity),
  }
}

const runOf = async (stage: Stage, id: string) => {
  const [run] = await stage.rows<RunRow & { ended_at: Date | null }>('select * from runs where id = $1', [id])
  if (!run) throw new Error('the run is gone')
  return run
}

interface Sealed {
  id: number
  tenant_id: string
  sealed: string | null
  said: string | null
}

/** The people of a run as its report tells of them: with the keys and reasons that no clear column holds. */
async function itemsOf({ rows, sealer }: Stage, runId: string): Promise<ItemRow[]> {
  const stored = await rows<ItemRow & Sealed>('select * from run_items where run_id = $1 order by id', [runId])
  return stored.map(({ id, tenant_id, sealed, said, ...item }) => {
    const content = sealed && sealer.open(sealed, itemSeal(tenant_id), itemRow(runId, item.source_id))
    const { key = item.key } = JSON.parse(content ?? '{}') as { key?: string }
    return { ...item, key, reason: said ? sealer.open(said, saidSeal(tenant_id), saidRow(runId, id)) : item.reason }
  })
}

/** The database may be away. */
const orNull = <T>(question: Promise<T>) => question.catch(() => null)

async function untilEnded(stage: Stage, id: string, armed: ReturnType<typeof arm>, endsWithinS: number) {
  for (let over = Date.now(); Date.now() - over < endsWithinS * 1000; await sleep(200)) {
    const before = armed.struck()
    await armed.passed()
    const run = await orNull(runOf(stage, id))
    if (run?.ended_at) return
    if (armed.struck() !== before || !run) over = Date.now()
  }
}

async function untilMailed(stage: Stage, id: string, endsWithinS: number) {
  for (const since = Date.now(); Date.now() - since < endsWithinS * 1000; await sleep(200)) {
    if ((await stage.mails()).some(({ text }) => text.includes(id))) return
  }
}

/** Runs end while the mail server says nothing: their mails take every slot that there is for mails. */
async function silence(stage: Stage, visitor: Visitor, { ms, earlier, runs }: NonNullable<Scenario['silentMail']>) {
  const walk: Walk = WALKS[earlier]
  await connect(visitor, walk.connector)
  // The first of them writes two people, the others find nothing to do.
  await walk.fill(stage, { people: 2, seed: 1 }, visitor)
  const lines = Object.values(stage.hands).map(({ lines: { mail } }) => mail)
  for (const line of lines) line.hang()
  for (let run = 0; run < runs; run += 1) await reportOf(visitor, await walk.start(stage, visitor))
  void sleep(ms).then(() => Promise.all(lines.map(line => line.mend())))
}

const PRESET: Allowance = { failures: 0, unconfirmed: 0, reads: 0, writes: 0, mailCopies: 1 }

/** Each blow and each answer that was no success may cost this much; a worker has three calls on their way. */
const READS_PER_BLOW = 30
const WRITES_PER_BLOW = 18

/** Plays one scenario and judges what is seen at its end. */
export async function play(stage: Stage, scenario: Scenario, random: Random): Promise<Played> {
  const began = Date.now()
  const walk: Walk = WALKS[scenario.walk ?? 'to freee']
  const { strikes = [], endsWithinS = ENDS_WITHIN_S + walk.looksForS, environment } = scenario
  await stage.begin(environment)
  const visitor = await stage.connected(walk.connector)
  if (scenario.silentMail) await silence(stage, visitor, scenario.silentMail)
  const order = { people: scenario.people ?? 10, seed: random.between(1, 1_000_000) }
  const filled = await walk.fill(stage, order, visitor)
  const expected = typeof filled === 'number' ? filled : filled.amount
  const source = typeof filled === 'number' ? walk.from.people(await stage.state(walk.from.name)) : filled.ought
  const before = walk.to.people(await stage.state(walk.to.name))
  const earlier = ((await stage.control('GET', `/requests?service=${walk.to.name}`)) as Call[]).length
  if (scenario.limits) await stage.control('PUT', '/limits', scenario.limits)
  for (const fault of scenario.faults ?? []) await stage.control('POST', '/faults', fault)

  const armed = arm(stage, strikes, random)
  const id = await walk.start(stage, visitor)
  await untilEnded(stage, id, armed, endsWithinS)
  const died = strikes.some(({ blow }) => blow.kind !== 'faults')
  const ids = (await stage.rows<{ id: string }>('select id from runs')).map(run => run.id)
  const mailWithinS = scenario.silentMail ? MAIL_AFTER_SILENCE_S : died ? MAIL_AFTER_DEATH_S : MAIL_WITHIN_S
  for (const each of ids) await untilMailed(stage, each, mailWithinS)
  await armed.passed()
  // What a process that was away would still send leaves at once.
  await sleep(1_000)
  stage.watch(null)

  const calls = ((await stage.control('GET', `/requests?service=${walk.to.name}`)) as Call[]).slice(earlier)
  const after = walk.to.people(await stage.state(walk.to.name))
  const seen: Observed = {
    run: await runOf(stage, id),
    items: await itemsOf(stage, id),
    source,
    before,
    after,
    calls,
    runs: ids,
    mails: await stage.mails(),
    logs: Object.values(stage.hands)
      .map(hand => hand.log().replaceAll(/^/gm, `${hand.name} `))
      .join('\n'),
    ended: Object.values(stage.hands).flatMap(({ endedByItself }) => endedByItself),
    secrets: stage.secrets(),
    names: namesIn([...source, ...after]),
  }
  const spoiled = calls.filter(({ status }) => status < 200 || status >= 300).length
  const blows = armed.struck()
  const allowed: Allowance = { ...PRESET, ...scenario.allowed }
  const violations = judge(seen, {
    service: walk.to,
    clean: walk.clean,
    expected,
    allowed: {
      ...allowed,
      reads: allowed.reads + READS_PER_BLOW * blows + 6 * spoiled,
      writes: allowed.writes + WRITES_PER_BLOW * blows + spoiled,
      mailCopies: Math.max(allowed.mailCopies, strikes.some(({ blow }) => blow.kind === 'kill') ? 2 : 1),
    },
  })
  // A blow that was never dealt proves nothing.
  if (!armed.complete()) violations.push({ letter: 'E', what: `only ${blows} blows could be dealt` })
  for (const what of stage.lateness.splice(0)) violations.push({ letter: 'E', what })
  return { violations, seconds: (Date.now() - began) / 1000, struck: blows, seen }
}
