import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { projectRoot } from '../server/platform/root.js'
import { eventually } from '../test/helpers/waiting.js'
import type { Visitor } from '../test/helpers/visitor.js'
import type { World } from '../test/helpers/world.js'
import { stop } from './processes.js'

const PORT = 4173
/** Pages before anything is measured: by then the process has the memory that pages alone take of it. */
const WARM_UP = 400
const TIMES = 200

const p95 = (times: readonly number[]) => [...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? NaN

/** MB that a process has in memory now. */
const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/**
 * Files about a plan of 100,000 people from a web process of their own: when each begins and ends, what it takes of the
 * process's memory, and what it does to whoever asks for a page meanwhile.
 */
export async function bigFiles(world: World, visitor: Visitor, runId: string): Promise<Record<string, number>> {
  const web = spawn(process.execPath, ['dist/server/index.js'], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, ...world.environment, PORT: String(PORT), LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  web.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await eventually('web', () => Promise.resolve(said.includes('web is listening')))
  const pid = web.pid ?? 0
  const headers = { cookie: [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  const ask = (path: string) => fetch(`http://localhost:${PORT}${path}`, { headers })

  const page = async () => {
    const asked = performance.now()
    const answer = await ask(`/runs/${runId}`)
    if (answer.status !== 200) throw new Error(`the report: ${answer.status}`)
    await answer.arrayBuffer()
    return performance.now() - asked
  }
  const pages = async (until: () => boolean) => {
    const times: number[] = []
    while (!until()) times.push(await page())
    return times
  }
  /** the most that pages alone take */
  let calm = 0
  const takesSo = async (path: string) => {
    let [most, first, bytes] = [0, NaN, 0]
    const watch = setInterval(() => (most = Math.max(most, memoryOf(pid))), 25)
    const asked = performance.now()
    let isOver = false
    const toItsEnd = async () => {
      const answer = await ask(path)
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`)
      for await (const chunk of answer.body ?? []) {
        if (bytes === 0) first = performance.now() - asked
        bytes += (chunk as Uint8Array).length
      }
      isOver = true
      return performance.now() - asked
    }
    const [last, meanwhile] = await Promise.all([toItsEnd(), pages(() => isOver)])
    clearInterval(watch)
    return { first, last, meanwhile: p95(meanwhile), memory: most - calm, bytes }
  }

  try {
    let n = 0
    await pages(() => (n += 1) > WARM_UP)
    n = 0
    const alone = p95(
      await pages(() => {
        calm = Math.max(calm, memoryOf(pid))
        return (n += 1) > TIMES
      }),
    )
    const values: Record<string, number> = { 'report alone, p95 ms': Math.round(alone) }
    for (const [name, path] of [
      ['CSV of everybody', `/runs/${runId}/errors.csv?all=1`],
      ['plan, Excel', `/runs/${runId}/plan.xlsx`],
      ['plan, CSV', `/runs/${runId}/plan.csv`],
      ['plan, CSV in CP932', `/runs/${runId}/plan.csv?encoding=sjis`],
      ['changes, Excel', '/freee/changes.xlsx'],
    ] as const) {
      const { first, last, meanwhile, memory, bytes } = await takesSo(path)
      values[`${name}: first byte ms`] = Math.round(first)
      values[`${name}: last byte s`] = Number((last / 1000).toFixed(1))
      values[`${name}: MB`] = Math.round(bytes / 1024 ** 2)
      values[`${name}: memory + MB`] = Math.round(memory)
      values[`${name}: report meanwhile, p95 ÷ alone`] = Number((meanwhile / alone).toFixed(1))
    }
    return values
  } finally {
    await stop(web)
  }
}
