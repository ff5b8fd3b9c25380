import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../server/local/postgres.js'
import { projectRoot } from '../../server/platform/root.js'
import { play, type Played, type Scenario } from './play.js'
import { createRandom } from './random.js'
import { KILLS, SCENARIOS } from './scenarios.js'
import { openStage, type Stage } from './stage.js'

/**
 * `npm run test:faults`: the product under misfortune, judged from outside. See docs/faults.md.
 * `--short`: one of each kind. `--seeds 5 --from 1`, `--only <part of a name>`, `--kills 200`, `--stages 5`,
 * `--logs <folder>`: what was seen wherever something was wrong.
 */
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '1' },
    from: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    kills: { type: 'string', default: '0' },
    stages: { type: 'string', default: '5' },
    logs: { type: 'string', default: '' },
  },
})

const say = (line: string) => process.stdout.write(`${line}\n`)

/** As many as a run of KILLS deals at most. */
const KILLS_PER_RUN = 4

interface Order {
  scenario: Scenario
  seed: number
}

interface Result extends Order {
  played: Played | null
  error: string | null
}

/** One stage plays what is next, one after the other, until there is nothing left. */
async function perform(name: string, own: boolean, next: () => Order | undefined, results: Result[]) {
  let stage: Stage | null = null
  for (let order = next(); order; order = next()) {
    const { scenario, seed } = order
    try {
      stage ??= await openStage(name, { own })
      const played = await play(stage, scenario, createRandom(seed))
      results.push({ ...order, played, error: null })
      const letters = played.violations.map(({ letter }) => letter).join('')
      say(
        `${letters || 'ok'}  ${Math.round(played.seconds)} s  ${scenario.name} (seed ${seed}, ${played.struck} blows)`,
      )
      for (const { letter, what } of played.violations) say(`    ${letter}: ${what}`)
      if (values.logs !== '' && letters !== '') keep(values.logs, `${seed} ${scenario.name}`, played)
    } catch (error) {
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
      results.push({ ...order, played: null, error: said })
      say(`broken  ${scenario.name} (seed ${seed}): ${said}`)
      // Nobody knows what state it is in.
      await stage?.close().catch(() => undefined)
      stage = null
    }
  }
  await stage?.close()
}

function keep(folder: string, name: string, { seen }: Played) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name.replaceAll(/\W+/g, '-').slice(0, 60)}.json`), JSON.stringify(seen, null, 1))
  writeFileSync(join(folder, `${name.replaceAll(/\W+/g, '-').slice(0, 60)}.log`), seen.logs)
}

function build() {
  const built = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'server'], {
    cwd: projectRoot,
    stdio: 'inherit',
  })
  if (built.status !== 0) process.exit(1)
}

build()
const postgres = process.env.TEST_DATABASE_URL ? undefined : await startPostgres({ name: 'faults', fsync: false })
process.env.TEST_DATABASE_URL ??= postgres?.url

const [from, seeds, wanted] = [Number(values.from), Number(values.seeds), Number(values.kills)]
const chosen = SCENARIOS.filter(({ name, short }) => name.includes(values.only) && (short || !values.short))
const orders = chosen.flatMap(scenario =>
  Array.from({ length: seeds }, (_, index): Order => ({ scenario, seed: from + index })),
)
const results: Result[] = []
const of = (own: boolean) => {
  const mine = orders.filter(({ scenario }) => (scenario.ownServer ?? false) === own)
  return () => mine.shift()
}
/** Runs whose workers are killed again and again, until enough of them were. */
let begun = 0
const nextKills = (): Order | undefined => {
  const done = results.filter(({ scenario }) => KILLS.includes(scenario))
  const dealt = done.reduce((sum, { played }) => sum + (played?.struck ?? 0), 0)
  if (dealt + (begun - done.length) * KILLS_PER_RUN >= wanted) return undefined
  const scenario = KILLS[begun % KILLS.length]
  begun += 1
  return scenario && { scenario, seed: from + begun }
}
const ofShared = of(false)
const began = Date.now()
const hasOwn = chosen.some(({ ownServer }) => ownServer)
await Promise.all([
  ...Array.from({ length: Number(values.stages) }, () =>
    perform('shared', false, () => ofShared() ?? nextKills(), results),
  ),
  ...(hasOwn ? [perform('faults-own', true, of(true), results)] : []),
])
await postgres?.stop()

say('')
let failures = 0
for (const scenario of [...chosen, ...KILLS]) {
  const mine = results.filter(result => result.scenario === scenario)
  const passed = mine.filter(({ played }) => played?.violations.length === 0).length
  if (mine.length === 0) continue
  failures += mine.length - passed
  say(`${passed === mine.length ? 'ok    ' : 'FAILED'}  ${passed}/${mine.length}  ${scenario.name}`)
}
const dealt = results.reduce((sum, { played }) => sum + (played?.struck ?? 0), 0)
const minutes = ((Date.now() - began) / 60_000).toFixed(1)
say(`${results.length - failures} of ${results.length} runs passed, ${dealt} blows, in ${minutes} minutes`)
process.exitCode = failures === 0 && results.length > 0 ? 0 : 1
