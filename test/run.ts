import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { startPostgres } from '../server/local/postgres.js'
import { projectRoot } from '../server/platform/root.js'

/**
 * `npm test`: lint, format, types, then every mocha test with one throw-away PostgreSQL for all of them and a Chromium
 * for the browser tests. Arguments go to mocha instead of the whole of test/.
 */
const say = (line: string) => process.stdout.write(`${line}\n`)
const inCi = Boolean(process.env.CI)

/** Runs a program of node_modules; what it prints is shown as it comes and given back. */
function run(name: string, program: string, args: readonly string[], env = process.env) {
  return new Promise<{ name: string; ok: boolean; output: string }>(done => {
    const child = spawn(process.execPath, [`node_modules/${program}`, ...args], { cwd: projectRoot, env })
    let output = ''
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.setEncoding('utf8').on('data', (text: string) => {
        output += text
        to.write(text)
      })
    }
    child.on('close', code => done({ name, ok: code === 0, output }))
  })
}

/** The browser of the journeys; fetched where that is possible. */
function chromium(): string | undefined {
  const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const find = () => places.find(path => path && existsSync(path))
  const found = find()
  if (found || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return found
  say('Fetching Chromium for the browser tests …')
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
  const packages = ['chromium', 'fonts-ipafont-gothic']
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return find()
}

const steps: { name: string; ok: boolean }[] = []
const files = process.argv.slice(2)
if (files.length === 0) {
  steps.push(await run('format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']))
  steps.push(await run('lint', 'eslint/bin/eslint.js', ['-c', '.eslint.config.mjs', '.']))
  steps.push(await run('types', 'typescript/bin/tsc', ['--noEmit', '-p', '.']))
}

const browser = chromium()
const postgres = process.env.TEST_DATABASE_URL ? undefined : await startPostgres({ name: 'test', fsync: false })
const tests = await run('tests', 'mocha/bin/mocha.js', files.length > 0 ? files : ['test/**/*.test.ts'], {
  ...process.env,
  ...(browser && { CHROMIUM_PATH: browser }),
  ...(postgres && { TEST_DATABASE_URL: postgres.url }),
})
await postgres?.stop()

const plain = tests.output.replace(/\x1b\[[\d;]*m/g, '')
const count = (what: string) => Number(new RegExp(`^\\s*(\\d+) ${what}`, 'm').exec(plain)?.[1] ?? 0)
const [passed, failed, skipped] = [count('passing'), count('failing'), count('pending')]
const ran = passed + failed > 0
steps.push({ ...tests, ok: tests.ok && ran })
if (!browser) {
  steps.push({ name: 'browser', ok: !inCi })
  say(
    `No Chromium was found (CHROMIUM_PATH, /usr/bin/chromium): the browser tests ${inCi ? 'could not run, which fails in CI' : 'were skipped'}.`,
  )
}
// A test that does not run in CI is a test nobody has.
if (inCi && skipped > 0) steps.push({ name: 'nothing skipped', ok: false })

say(steps.map(({ name, ok }) => `${name} ${ok ? 'ok' : 'FAILED'}`).join(' · '))
say(`${passed} tests passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = steps.every(({ ok }) => ok) ? 0 : 1
