import type { Knex } from 'knex'
import { migrationSource } from './server/platform/db.js'

/** For knex's own command line, e.g. `DATABASE_URL=… npx tsx node_modules/knex/bin/cli.js migrate:down`. */
const config: Knex.Config = {
  client: 'pg',
  ...(process.env.DATABASE_URL && { connection: process.env.DATABASE_URL }),
  migrations: { migrationSource, tableName: 'knex_migrations' },
}

export default config
