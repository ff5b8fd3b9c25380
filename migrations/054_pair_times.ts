import type { Knex } from 'knex'

/**
 * A pair that a write has made was made when the write was noted, by the app's clock, like all that stands beside it on a
 * person's page. Until now it was the database's time, which is what the release before goes on to store for pairs that a
 * plan or a hand makes.
 */
export async function up(knex: Knex): Promise<void> {
  for (const [from, to] of changed) await replaceInNoteWrites(knex, from, to)
}

export async function down(knex: Knex): Promise<void> {
  for (const [from, to] of changed) await replaceInNoteWrites(knex, to, from)
}

const NOTE =
  'note_writes(uuid, uuid, uuid, timestamptz, bigint[], bigint[], text[], text, text, text[], text[], timestamptz[])'

const changed: readonly (readonly [from: string, to: string])[] = [
  [
    'insert into links (tenant_id, connector, account_id, smarthr_id, service_id, run_id)',
    'insert into links (tenant_id, connector, account_id, smarthr_id, service_id, run_id, created_at)',
  ],
  [
    'select company, service, account, l.smarthr_id, l.service_id, note_writes.run\n',
    'select company, service, account, l.smarthr_id, l.service_id, note_writes.run, note_writes.at\n',
  ],
]

/** Of whatever else earlier migrations say of the function, nothing changes. */
async function replaceInNoteWrites(knex: Knex, from: string, to: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { sql: string }[] }>(
    `select pg_get_functiondef('${NOTE}'::regprocedure) as sql`,
  )
  const sql = rows[0]?.sql ?? ''
  if (!sql.includes(from)) throw new Error('note_writes is not as it was')
  // A question mark would be a binding.
  await knex.raw(sql.replace(from, () => to).replaceAll('?', '\\?'))
}
