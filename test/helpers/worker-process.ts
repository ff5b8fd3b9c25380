import { configOrExit } from '../../server/config.js'
import { createContainer } from '../../server/container.js'
import { startWorker } from '../../server/jobs/worker.js'
import { surviveDatabaseTrouble } from '../../server/platform/database-trouble.js'

/** server/worker.ts, but that it looks for creates without an answer for seconds, not minutes. */
const container = createContainer(configOrExit(), { waits: { lookUpAfterMs: [500, 1_000, 3_000] } })
const { log } = container
surviveDatabaseTrouble(log)
const worker = await startWorker({
  pool: container.ownerPool,
  handlers: container.handlers,
  concurrency: container.config.workerConcurrency,
  log,
  everyMinute: container.housekeeping,
})
log.info('worker is polling')
process.once('SIGTERM', () => void worker.stop().then(() => container.close()))
