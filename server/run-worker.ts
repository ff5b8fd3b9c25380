import { exitWith } from './config.js'
import type { Container } from './container.js'
import { startWorker } from './jobs/worker.js'
import { surviveDatabaseTrouble } from './platform/database-trouble.js'
import { checkLogins } from './platform/login.js'
import { APP_ROLE, WORKER_ROLE } from './platform/rights.js'

/** For saying goodbye to the database and the mail server. */
const CLOSE_MS = 3_000

/** Polls until the process is asked to go; ends it with exit code 78 where the logins are wrong. */
export async function runWorker(container: Container): Promise<void> {
  const { log, config, pool, jobPool } = container
  surviveDatabaseTrouble(log)
  await checkLogins(
    [
      { variable: 'DATABASE_URL', pool, role: APP_ROLE },
      { variable: 'DATABASE_DIRECT_URL or DATABASE_URL', pool: jobPool, role: WORKER_ROLE },
    ],
    { production: config.production, log, refuse: exitWith },
  )
  const worker = await startWorker({
    pool: jobPool,
    handlers: container.handlers,
    concurrency: config.workerConcurrency,
    log,
    everyMinute: container.housekeeping,
  })
  log.info('worker is polling', { concurrency: config.workerConcurrency })

  let stopping = false
  async function stop() {
    if (stopping) return
    stopping = true
    log.info('worker is draining')
    // Whoever was left waiting would hold the process: a write without an answer, a database that is away.
    if (!(await worker.stop())) process.exit()
    setTimeout(() => process.exit(), CLOSE_MS).unref()
    await container.close()
  }
  process.on('SIGTERM', () => void stop())
  process.on('SIGINT', () => void stop())
}
