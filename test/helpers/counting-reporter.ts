import { writeFileSync } from 'node:fs'
import mocha, { type MochaOptions, type Runner } from 'mocha'

/** What `test/run.ts` needs to know of a mocha run. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** Mocha's own `spec`, which also writes the counts to the file named by `output` once everything has run. */
export default function CountingReporter(runner: Runner, options: MochaOptions) {
  const { output } = options.reporterOptions as { output: string }
  const spec = new mocha.reporters.Spec(runner, options)
  runner.once('end', () => {
    const { passes, failures, pending } = spec.stats
    writeFileSync(output, JSON.stringify({ passed: passes, failed: failures, skipped: pending } satisfies Counts))
  })
  return spec
}
