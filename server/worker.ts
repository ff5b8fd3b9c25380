import { configOrExit } from './config.js'
import { createContainer } from './container.js'
import { startWorker } from './jobs/worker.js'
import { surviveDatabaseTrouble } from './platform/database-trouble.js'

/** For saying goodbye to the database and the mail server. */
const CLOSE_MS = 3_000

/** The worker process: config → container → poll. */
const container = createContainer(configOrExit())
const { log, config } = container
surviveDatabaseTrouble(log)
const worker = await startWorker({
  pool: container.ownerPool,
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
