import { configOrExit, exitWith } from './config.js'
import { createContainer } from './container.js'
import { startWorker } from './jobs/worker.js'
import { surviveDatabaseTrouble } from './platform/database-trouble.js'
import { checkLogins } from './platform/login.js'
import { APP_ROLE, WORKER_ROLE } from './platform/rights.js'

/** The worker process: config → container → poll. */
const container = createContainer(configOrExit())
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
  await worker.stop()
  await container.close()
}
process.on('SIGTERM', () => void stop())
process.on('SIGINT', () => void stop())
