import { databaseUrlOrExit } from './config.js'
import { migrateToLatest } from './platform/db.js'
import { createLogger } from './platform/logger.js'

/** The release phase: brings the schema up to date and ends. */
const log = createLogger('info')
try {
  const migrations = await migrateToLatest(databaseUrlOrExit())
  log.info('schema is up to date', { migrations })
} catch (error) {
  log.error('migration failed', { err: error })
  process.exitCode = 1
}
