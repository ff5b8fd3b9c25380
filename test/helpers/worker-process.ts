import { configOrExit } from '../../server/config.js'
import { createContainer } from '../../server/container.js'
import { runWorker } from '../../server/run-worker.js'

/** server/worker.ts, but that it looks for creates without an answer for seconds, not minutes. */
await runWorker(createContainer(configOrExit(), { waits: { lookUpAfterMs: [500, 1_000, 3_000] } }))
