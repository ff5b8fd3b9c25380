import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Far, Moment, Verdict } from './lines.js'
import type { Hand } from './processes.js'
import type { Random } from './random.js'
import type { Stage } from './stage.js'

/** What can happen. Times in ms. */
export type Blow =
  /** kill -9; `lose`: what it was saying at that moment is not heard. It is started again after a while. */
  | { kind: 'kill'; lose?: true }
  /** SIGTERM: it has 25 s */
  | { kind: 'ask to end' }
  /** SIGSTOP, and later SIGCONT */
  | { kind: 'freeze'; ms: number }
  /** every connection of this process, or of both workers */
  | { kind: 'cut'; far: Far; ms: number; whose: 'its' | 'all' }
  | { kind: 'hang'; far: Far; ms: number }
  | { kind: 'restart database'; how: 'fast' | 'immediate'; awayMs: number }
  | { kind: 'fail over' }
  | { kind: 'read-only'; ms: number }
  | { kind: 'lock'; table: string; ms: number }
  | { kind: 'no connection left'; ms: number }
  /** from now on; the moment itself is struck, too */
  | { kind: 'faults'; faults: readonly object[] }
  /** what was said is not heard, and this is the answer */
  | { kind: 'reply'; reply: string }
  /** one of these */
  | { kind: 'any'; of: readonly Blow[] }

export interface Struck {
  verdict: Verdict | Promise<Verdict>
  /** when it is over, and everything runs again */
  passes: Promise<void>
}

/** A process that is asked to end is gone within this time. */
const ENDS_WITHIN_MS = 25_000

async function withClient(stage: Stage, work: (client: pg.Client) => Promise<void>) {
  const client = new pg.Client(stage.cluster.url())
  client.on('error', () => undefined)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

const allOf = (stage: Stage) => Object.values(stage.hands)

/** The processes find the database where it is now. */
const leadAll = (stage: Stage) => {
  for (const { lines } of allOf(stage)) lines.database.lead(stage.cluster.appUrl())
}

/** Every place is taken: connections are made until one is refused, and held. */
async function fill(stage: Stage, ms: number) {
  await stage.rows(`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()
    and backend_type = 'client backend'`)
  const held: pg.Client[] = []
  for (;;) {
    const client = new pg.Client(stage.cluster.url())
    client.on('error', () => undefined)
    try {
      await client.connect()
    } catch {
      break
    }
    held.push(client)
  }
  await sleep(ms)
  await Promise.all(held.map(client => client.end()))
}

async function readOnly(stage: Stage, ms: number) {
  const set = async (value: 'on' | 'off') =>
    withClient(stage, async client => {
      await client.query('set default_transaction_read_only = off')
      await client.query(`alter system set default_transaction_read_only = ${value}`)
      await client.query('select pg_reload_conf()')
    })
  await set('on')
  await sleep(ms)
  await set('off')
}

export interface At {
  stage: Stage
  /** whose moment it is */
  by: Hand
  moment: Moment
  random: Random
}

/** Deals a blow to the process that was just speaking. */
export function strike(blow: Blow, at: At): Struck {
  const { stage, by, moment, random } = at
  const pass = (passes: Promise<void>): Struck => ({ verdict: 'pass', passes })
  switch (blow.kind) {
    case 'kill': {
      const gone = by.kill()
      const back = gone.then(() => sleep(random.between(200, 1_500))).then(() => by.start())
      return { verdict: blow.lose ? 'lose' : 'pass', passes: back }
    }
    case 'ask to end':
      return pass(
        by.ask().then(async ms => {
          if (ms > ENDS_WITHIN_MS) stage.lateness.push(`${by.name} took ${Math.round(ms)} ms to end`)
          await by.start()
        }),
      )
    case 'freeze': {
      const thaw = by.freeze()
      // What it sends when it goes on leaves at once or never.
      return pass(
        sleep(blow.ms)
          .then(thaw)
          .then(() => sleep(5_000)),
      )
    }
    case 'cut': {
      const lines = (blow.whose === 'its' ? [by] : stage.workers).map(({ lines }) => lines[blow.far])
      const cut = Promise.all(lines.map(line => line.cut()))
      return {
        verdict: 'lose',
        passes: cut
          .then(() => sleep(blow.ms))
          .then(async () => void (await Promise.all(lines.map(line => line.mend())))),
      }
    }
    case 'hang': {
      const lines = allOf(stage).map(({ lines }) => lines[blow.far])
      for (const line of lines) line.hang()
      return {
        verdict: moment.far === blow.far ? 'lose' : 'pass',
        passes: sleep(blow.ms).then(async () => void (await Promise.all(lines.map(line => line.mend())))),
      }
    }
    case 'restart database':
      return pass(
        stage.cluster
          .stop(blow.how)
          .then(() => sleep(blow.awayMs))
          .then(() => stage.cluster.start())
          .then(() => leadAll(stage)),
      )
    case 'fail over':
      return pass(stage.cluster.failOver().then(() => leadAll(stage)))
    case 'read-only':
      return pass(readOnly(stage, blow.ms))
    case 'lock':
      return pass(
        withClient(stage, async client => {
          await client.query(`begin; lock table ${blow.table} in access exclusive mode`)
          await sleep(blow.ms)
          await client.query('rollback')
        }),
      )
    case 'no connection left':
      return pass(fill(stage, blow.ms))
    case 'faults': {
      const armed = (async () => {
        for (const fault of blow.faults) await stage.control('POST', '/faults', fault)
      })()
      return { verdict: armed.then(() => 'pass' as const), passes: armed }
    }
    case 'reply':
      return { verdict: { reply: blow.reply }, passes: Promise.resolve() }
    case 'any':
      return strike(random.one(blow.of), at)
  }
}
