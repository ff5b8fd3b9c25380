import { setImmediate as othersTurn, setTimeout as sleep } from 'node:timers/promises'

/** A caller that wakes 8 ms late loses its slot of a limit (calls/limiter.ts), whichever company's it is. */
const LONGEST_MS = 4

/** What `work` makes of each of a list, in pieces between which the process goes on with everybody else's work. */
export async function mapPiecewise<T, Result>(
  list: readonly T[],
  work: (one: T, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = []
  let began = performance.now()
  for (const [index, one] of list.entries()) {
    results.push(work(one, index))
    if (performance.now() - began < LONGEST_MS) continue
    await othersTurn()
    began = performance.now()
  }
  return results
}

/** For so long a list keeps the process busy, and for so long it then leaves it to others. */
const TURN_MS = 2
const LEFT_MS = 4

/** A long list for an answer that goes on for minutes: whoever asks for a page meanwhile hardly waits. */
export async function* inTurns<T>(list: AsyncIterable<T>): AsyncGenerator<T> {
  let began = performance.now()
  for await (const one of list) {
    yield one
    if (performance.now() - began < TURN_MS) continue
    await sleep(LEFT_MS)
    began = performance.now()
  }
}
