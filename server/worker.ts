import { configOrExit } from './config.js'
import { createContainer } from './container.js'
import { runWorker } from './run-worker.js'

/** The worker process: config → container → poll. */
await runWorker(createContainer(configOrExit()))
