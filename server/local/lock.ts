import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from './programs.js'

/** The first start makes a database: on a slow machine that takes minutes. */
const LOCK_PATIENCE_MS = 600_000
/** A lock file is empty for the instant between its creation and the writing of the holder's id. */
const EMPTY_LOCK_MS = 2_000

const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Two first starts at once take turns; a lock left by a killed process is taken over. */
export async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, 'lock')
  for (const deadline = Date.now() + LOCK_PATIENCE_MS; ;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => '0'))
    const age = await stat(file).then(
      found => Date.now() - found.mtimeMs,
      () => 0,
    )
    if (holder > 0 ? !alive(holder) : age > EMPTY_LOCK_MS) await rm(file, { force: true })
    if (Date.now() > deadline) {
      throw new Error(`Another start has held ${file} for ten minutes. Remove it if nothing runs.`)
    }
    await sleep(50)
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}
