import type { World } from './world.js'

/** Every row of every table of every schema, the job queue's and each day's people too, as text: its table and the row. */
export async function dumpOf({ container: { ownerPool } }: World): Promise<string[]> {
  const { rows } = await ownerPool.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace n on n.oid = relnamespace
     where relkind = 'r' and nspname !~ '^(pg_|information_schema|kept_)'`,
  )
  if (rows.length < 30) throw new Error('a database without its tables')
  const lines: string[] = []
  for (const { name } of rows) {
    const found = await ownerPool.query<{ row: string }>(`select t::text as row from ${name} t`)
    lines.push(...found.rows.map(({ row }) => `${name} ${row}`))
  }
  return lines
}

/** Which tables hold which of these texts. */
export async function tablesWith(world: World, texts: readonly string[]): Promise<string[]> {
  const lines = await dumpOf(world)
  return texts.flatMap(text =>
    lines.filter(line => line.includes(text)).map(line => `${text} in ${line.split(' ')[0]}`),
  )
}
