import { configOrExit, releaseConfig } from './config.js'
import { migrateToLatest } from './platform/db.js'
import { createLogger } from './platform/logger.js'
import { WORKER_ROLE } from './platform/rights.js'

/** The release phase: brings the schema and the rights of the app's login up to date and ends. */
const log = createLogger('info')
const { ownerUrl, appLogin } = configOrExit(releaseConfig)
try {
  const migrations = await migrateToLatest(ownerUrl, appLogin === null ? {} : { [appLogin]: WORKER_ROLE })
  log.info('schema is up to date', { migrations })
} catch (error) {
  log.error('migration failed', { err: error })
  process.exitCode = 1
}
