import { mkdirSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, totalmem } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../server/platform/root.js'

/** What was measured by one part of the bench. */
export interface Row {
  scenario: string
  flow?: string
  people?: number
  values: Record<string, number>
}

/** `bench/results/<part>.json`: the figures, and what they were measured on. */
export function keep(part: string, rows: readonly Row[], postgres: string): void {
  const folder = join(projectRoot, 'bench', 'results')
  mkdirSync(folder, { recursive: true })
  const machine = {
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1024 ** 3),
    system: `${platform()} ${arch()}`,
    node: process.version,
    postgres,
  }
  const measured = { at: new Date().toISOString(), machine, rows }
  writeFileSync(join(folder, `${part}.json`), `${JSON.stringify(measured, null, 2)}\n`)
}
