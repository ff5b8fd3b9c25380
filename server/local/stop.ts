import { stopPostgres } from './postgres.js'

/** `npm run db:stop`: ends the embedded servers of `npm start` and of tests run by hand. */
for (const name of ['main', 'test']) {
  if (await stopPostgres(name)) console.log(`PostgreSQL (${name}) has stopped.`)
}
