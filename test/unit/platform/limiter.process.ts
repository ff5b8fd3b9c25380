import { createDatabase } from '../../../server/platform/db.js'
import { createLimiter } from '../../../server/calls/limiter.js'

/** One of several processes that share a limit: takes slots and reports when it got them, in ms since the epoch. */
const [, , url = '', key = '', perSecond, calls] = process.argv
const db = createDatabase(url)
const limiter = createLimiter(db)
const times: number[] = []
await Promise.all(
  Array.from({ length: Number(calls) }, async () => {
    await limiter.take(key, Number(perSecond), 60_000)
    times.push(performance.timeOrigin + performance.now())
  }),
)
await db.destroy()
process.send?.(times, () => process.disconnect())
