import { configOrExit } from '../dist/server/config.js'
import { createContainer } from '../dist/server/container.js'
import { startWorker } from '../dist/server/jobs/worker.js'

/**
 * A worker like server/worker.ts, as it is built, that does not space its calls out: what the engine costs when no
 * service limits it.
 */
const container = createContainer(configOrExit(), { pace: process.env.BENCH_PACE !== 'off' })
const worker = await startWorker({
  pool: container.jobPool,
  handlers: container.handlers,
  concurrency: container.config.workerConcurrency,
  log: container.log,
  everyMinute: process.env.BENCH_HOUSEKEEPING === 'on' ? container.housekeeping : () => Promise.resolve(),
})
container.log.info('worker is polling')
process.on('SIGTERM', () => void worker.stop().then(() => container.close()))
