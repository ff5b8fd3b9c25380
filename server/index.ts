import { createApp } from './app.js'
import { configOrExit, exitWith } from './config.js'
import { createContainer } from './container.js'
import { surviveDatabaseTrouble } from './platform/database-trouble.js'
import { checkLogins } from './platform/login.js'
import { APP_ROLE } from './platform/rights.js'

/** A page that waits for a locked table says so within five seconds. */
const LOCK_TIMEOUT_MS = 3_000

/** No page has a statement that takes so long: the line to the database is dead. Longer than a connection is kept idle. */
const SILENT_MS = 40_000

/** How long requests in hand are waited for when the process is to go, and when it is gone whatever still waits. */
const DRAIN_MS = 12_000
const GONE_MS = 15_000

/** The web process: config → container → listen. */
const config = configOrExit()
const container = createContainer(config, { lockTimeoutMs: LOCK_TIMEOUT_MS, silentMs: SILENT_MS })
const { log } = container
surviveDatabaseTrouble(log)
await checkLogins([{ variable: 'DATABASE_URL', pool: container.pool, role: APP_ROLE }], {
  production: config.production,
  log,
  refuse: exitWith,
})
let draining = false

const app = createApp(container, { draining: () => draining })
const server = config.host ? app.listen(config.port, config.host) : app.listen(config.port)
server.on('listening', () => log.info('web is listening', { port: config.port }))
server.on('error', error => {
  log.error('web can not listen', { err: error })
  process.exitCode = 1
  void container.close()
})
// Keep-alive connections would hold the process: while draining each closes after its answer.
server.on('request', (_req, res) => {
  res.on('close', () => {
    if (draining) setImmediate(() => server.closeIdleConnections())
  })
})

function stop() {
  if (draining) return
  draining = true
  log.info('web is draining')
  server.close(() => void container.close())
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref()
  setTimeout(() => process.exit(), GONE_MS).unref()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
