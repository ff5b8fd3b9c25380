import type { Knex } from 'knex'
import { migrationSource } from './server/platform/db.js'

const url = process.env.DATABASE_OWNER_URL || process.env.DATABASE_URL

/** For knex's own command line, e.g. `DATABASE_OWNER_URL=… npx tsx node_modules/knex/bin/cli.js migrate:down`. */
const config: Knex.Config = {
  client: 'pg',
  ...(url && { connection: url }),
  migrations: { migrationSource, tableName: 'knex_migrations' },
}

export default config
