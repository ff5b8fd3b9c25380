import { setTimeout as sleep } from 'node:timers/promises'
import type { Page, Visitor } from './visitor.js'

const FIRST_PAUSE_MS = 10

const PAUSE_GROWS = 1.25

/** What is looked for may last for an instant only. */
const SHORT_PAUSE_MS = 25

/** … but a plan and a report stay, and looking at them takes time from what they wait for. */
const LONG_PAUSE_MS = 100

/** A look takes less on a machine that is not overloaded. */
const LOOK_MS = 25

/** … and on one that is, looking must leave most of the time to what is waited for. */
const PAUSE_PER_LOOK = 5

/**
 * Waits for `look` to say yes. Not a sleep: it ends as soon as it does. It fails when nothing has moved for `ms`; what
 * `look` passes to `saw` is a move whenever it is something new. A slow machine is given the time it needs to look as
 * often as another would have.
 */
export async function eventually<T>(
  what: string,
  look: (saw: (answer: string) => void) => Promise<T | false | null | undefined>,
  ms = 20_000,
  longestPauseMs = SHORT_PAUSE_MS,
): Promise<T> {
  const patience = ms / (longestPauseMs + LOOK_MS)
  let since = Date.now()
  let looks = 0
  let last: string | undefined
  const saw = (answer: string) => {
    if (answer === last) return
    last = answer
    since = Date.now()
    looks = 0
  }
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * PAUSE_GROWS, longestPauseMs)) {
    const began = Date.now()
    const seen = await look(saw)
    const took = Date.now() - began
    if (seen) return seen
    looks += 1
    const stands = Date.now() - since
    if (stands > ms && looks > patience)
      throw new Error(`${what} did not happen: nothing has moved for ${stands} ms, ${last ?? 'nothing seen'}`)
    await sleep(Math.max(pause, PAUSE_PER_LOOK * took))
  }
}

interface Progress {
  state: string
  ended: boolean
}

/** Waits until a run stands where `there` says, by asking for its progress as its page's script does. */
const untilRun = (visitor: Visitor, runId: string, what: string, there: (run: Progress) => boolean, ms?: number) =>
  eventually(
    what,
    async saw => {
      const { html } = await visitor.get(`/runs/${runId}/progress`, { accept: 'application/json' })
      saw(html)
      return there(JSON.parse(html) as Progress)
    },
    ms,
    LONG_PAUSE_MS,
  )

/** Waits until both sides were read; the page where the run stands then. */
export async function whenRead(visitor: Visitor, runId: string): Promise<Page> {
  await untilRun(visitor, runId, 'the plan', run => run.state !== 'fetching')
  const page = await visitor.get(`/runs/${runId}/fetch`)
  if (page.text.includes('取得に失敗しました')) throw new Error(page.text)
  return page
}

/** Waits for the end of a run and returns its report page. */
export async function reportOf(visitor: Visitor, runId: string, ms?: number) {
  await untilRun(visitor, runId, 'the end of the run', run => run.ended, ms)
  return visitor.get(`/runs/${runId}`)
}
