import { writeFileSync } from 'node:fs'
import mocha, { type MochaOptions, type Runner } from 'mocha'

/** What `test/run.ts` needs to know of a mocha run. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
  /** each failed test by its whole title, the file it stands in, and why it failed */
  failures: { title: string; file?: string | undefined; why: string }[]
}

/** Mocha's own `spec`, which also writes the counts to the file named by `output` once everything has run. */
export default function CountingReporter(runner: Runner, options: MochaOptions) {
  const { output } = options.reporterOptions as { output: string }
  const spec = new mocha.reporters.Spec(runner, options)
  const failures: Counts['failures'] = []
  runner.on('fail', (test, error: Error) =>
    failures.push({ title: test.fullTitle(), file: test.file, why: error.stack ?? String(error) }),
  )
  runner.once('end', () => {
    const { passes: passed, failures: failed, pending: skipped } = spec.stats
    writeFileSync(output, JSON.stringify({ passed, failed, skipped, failures } satisfies Counts))
  })
  return spec
}
