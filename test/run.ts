import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { startPostgres } from '../server/local/postgres.js'
import { projectRoot } from '../server/platform/root.js'
import { CHROMIUMS } from './helpers/browser.js'
import type { Counts } from './helpers/counting-reporter.js'

/**
 * `npm test`: every mocha test, with lint, format and types beside them, one throw-away PostgreSQL for all and a Chromium
 * for the browser tests. Arguments go to mocha instead of the whole of test/.
 */
const say = (line: string) => process.stdout.write(`${line}\n`)
const inCi = Boolean(process.env.CI)

/** These measure time, or start the product as a user does: nothing else runs meanwhile. */
const ALONE = /^test\/(setup\/|unit\/platform\/(http|limiter)\.test\.ts$)/
/** A browser takes more than a core: only one of them at a time, beside everything else. */
const IN_BROWSER = /^test\/(journeys\/|views\/browser)/
/** Begun first, so that they don't keep one process busy after the others have ended. */
const LONGEST = /^test\/law\/|\/(crash|faults|contract|pca|bulks)\.test\.ts$/
/** As many files with failures are run once more: more than these are no accident. */
const ACCIDENTS = 3
/** Files share nothing: each has its own database, ports and stand-ins. */
const JOBS = 2

/** Runs a program of node_modules. What it prints is shown as it comes, or with `quiet` all at once when it has ended. */
function run(name: string, program: string, args: readonly string[], { env = process.env, quiet = false } = {}) {
  return new Promise<{ name: string; ok: boolean }>(done => {
    const child = spawn(process.execPath, [`node_modules/${program}`, ...args], { cwd: projectRoot, env })
    const kept: [NodeJS.WriteStream, string][] = []
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.setEncoding('utf8').on('data', (text: string) => {
        if (quiet) kept.push([to, text])
        else to.write(text)
      })
    }
    child.on('close', code => {
      for (const [to, text] of kept) to.write(text)
      done({ name, ok: code === 0 })
    })
  })
}

const checks = async () => [
  await run('format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'], { quiet: true }),
  await run('lint', 'eslint/bin/eslint.js', ['-c', '.eslint.config.mjs', '.'], { quiet: true }),
  await run('types', 'typescript/bin/tsc', ['--noEmit', '-p', '.'], { quiet: true }),
]

const apart = (files: readonly string[], which: RegExp) =>
  [files.filter(file => which.test(file)), files.filter(file => !which.test(file))] as const

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] }

/** One run of mocha; without counts it never came to its end. */
async function mocha(args: readonly string[], env: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), 'renkei-test-'))
  const output = join(folder, 'counts.json')
  const reporter = ['--reporter', 'test/helpers/counting-reporter.ts', '--reporter-option', `output=${output}`]
  const { ok } = await run('tests', 'mocha/bin/mocha.js', [...reporter, ...args], { env })
  const counts = existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Counts) : NOTHING
  rmSync(folder, { recursive: true })
  return { ok: ok && counts.passed + counts.failed > 0, ...counts }
}

/** The browser of the journeys; fetched where that is possible. */
function chromium(): string | undefined {
  const places = [process.env.CHROMIUM_PATH, ...CHROMIUMS]
  const find = () => places.find(path => path && existsSync(path))
  const found = find()
  if (found || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return found
  say('Fetching Chromium for the browser tests …')
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
  const packages = ['chromium-headless-shell', 'fonts-ipafont-gothic']
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  return find()
}

/**
 * A machine that is full of other work can fail a test that holds. So the files of a few failures run once more with
 * nothing beside them, and that run decides; what failed at first is said at the end all the same.
 */
async function onceMore() {
  const failures = runs.flatMap(counts => counts.failures)
  const again = [...new Set(failures.map(({ file }) => relative(projectRoot, file ?? '')))]
  if (again.length === 0 || again.length > ACCIDENTS || again.includes('')) return
  say(`Once more, with nothing beside: ${again.join(', ')}`)
  const second = await mocha(again, env)
  if (!second.ok) return
  for (const counts of runs) {
    // A run that ended badly without a failed test is no accident of one.
    if (counts.failed === 0) continue
    Object.assign(counts, { ok: true, passed: counts.passed + counts.failed, failed: 0, failures: [] })
  }
  shaky.push(...failures)
}

const shaky: Counts['failures'] = []
const files = process.argv.slice(2)
const browser = chromium()
const postgres = process.env.TEST_DATABASE_URL ? undefined : await startPostgres({ name: 'test', fsync: false })
const env = {
  ...process.env,
  ...(browser && { CHROMIUM_PATH: browser }),
  ...(postgres && { TEST_DATABASE_URL: postgres.url }),
}
const steps: { name: string; ok: boolean }[] = []
const runs: Awaited<ReturnType<typeof mocha>>[] = []
if (files.length > 0) {
  runs.push(await mocha(files, env))
  // Of a single file somebody wants to see the failure.
  if (files.length > 1) await onceMore()
} else {
  const every = readdirSync(join(projectRoot, 'test'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.test.ts'))
    .map(file => `test/${file.replaceAll(sep, '/')}`)
    .sort()
  const [alone, rest] = apart(every, ALONE)
  const [inBrowser, others] = apart(rest, IN_BROWSER)
  const [checked, ...ran] = await Promise.all([
    checks(),
    mocha(inBrowser, env),
    mocha(['--parallel', '--jobs', String(JOBS), ...apart(others, LONGEST).flat()], env),
  ])
  steps.push(...checked)
  runs.push(...ran, await mocha(alone, env))
  await onceMore()
  // Processes that are killed and frozen at moments: nothing else runs meanwhile.
  steps.push(await run('faults', 'tsx/dist/cli.mjs', ['test/faults/run.ts', '--short'], { env }))
}
await postgres?.stop()

const sum = (what: 'passed' | 'failed' | 'skipped') => runs.reduce((total, counts) => total + counts[what], 0)
const [passed, failed, skipped] = [sum('passed'), sum('failed'), sum('skipped')]
steps.push({ name: 'tests', ok: runs.every(({ ok }) => ok) })
if (!browser) {
  steps.push({ name: 'browser', ok: !inCi })
  say(
    `No Chromium was found (CHROMIUM_PATH, ${CHROMIUMS.join(', ')}): the browser tests ${inCi ? 'could not run, which fails in CI' : 'were skipped'}.`,
  )
}
// A test that does not run in CI is a test nobody has.
if (inCi && skipped > 0) steps.push({ name: 'nothing skipped', ok: false })

// Once more where nobody has to search for them among what passed.
for (const { title, why } of shaky) say(`FAILED AT FIRST, passed with nothing beside: ${title}\n${why}\n`)
for (const { title, why } of runs.flatMap(({ failures }) => failures)) say(`FAILED: ${title}\n${why}\n`)
say(steps.map(({ name, ok }) => `${name} ${ok ? 'ok' : 'FAILED'}`).join(' · '))
say(`${passed} tests passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = steps.every(({ ok }) => ok) ? 0 : 1
