import { startPostgres } from '../../server/local/postgres.js'

/** One of several processes that start the server at the same time; prints where it is. */
const { url } = await startPostgres({ name: process.argv[2] ?? '' })
process.stdout.write(url)
