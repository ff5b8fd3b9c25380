import { spawn, type ChildProcess } from 'node:child_process'
import { projectRoot } from '../../server/platform/root.js'
import { eventually } from './waiting.js'
import type { World } from './world.js'

/** A process of its own loads everything anew, and an overloaded machine lets it wait. */
const SLOW_START_MS = 60_000

/** A worker process of its own, as operators run it, at the world's database and sandbox. */
export async function startWorkerProcess(
  world: World,
  environment: Record<string, string> = {},
): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ['--import=tsx', 'test/helpers/worker-process.ts'], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, ...world.environment, LOG_LEVEL: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  worker.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
  await eventually(
    'the worker',
    saw => {
      if (worker.exitCode !== null) throw new Error(`the worker ended: ${output}`)
      saw(output)
      return Promise.resolve(output.includes('worker is polling'))
    },
    SLOW_START_MS,
  )
  return worker
}

/** Starts worker processes at the world of these tests; none of them outlives its test. */
export function useWorkers(world: World): (environment?: Record<string, string>) => Promise<ChildProcess> {
  const workers: ChildProcess[] = []
  afterEach(() => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL')
  })
  return async environment => {
    const worker = await startWorkerProcess(world, environment)
    workers.push(worker)
    return worker
  }
}
