import { configOrExit } from './config.js'
import { createContainer } from './container.js'

/** Exit code where nothing could be counted (sysexits EX_UNAVAILABLE): 1 says that a key is missing. */
const EX_UNAVAILABLE = 69

/** `npm run keys`: what each key of TOKEN_KEYS still seals, and what was sealed with one that is not there. */
const config = configOrExit()
const say = (line: string) => void process.stdout.write(`${line}\n`)
const container = createContainer(config)
try {
  const counts = await container.data.due.keyCounts()
  const known = config.tokenKeys.map(({ id }) => id)
  for (const id of new Set([...known, ...counts.map(({ key }) => key)])) {
    const sealed = counts.filter(({ key }) => key === id)
    const total = sealed.reduce((sum, { values }) => sum + values, 0)
    const role = id === known[0] ? 'current' : known.includes(id) ? 'older' : 'MISSING in TOKEN_KEYS'
    say(`${id} (${role}): ${total}${total === 0 && id !== known[0] ? ', may be removed' : ''}`)
    for (const { place, values, bound } of sealed)
      say(`  ${place}: ${values}${bound ? '' : ' (not bound to their rows yet)'}`)
  }
  if (counts.some(({ key }) => !known.includes(key))) process.exitCode = 1
} catch (error) {
  process.stderr.write(
    `The sealed values could not be counted: ${error instanceof Error ? error.message : String(error)}\n` +
      'Is the database up, and has npm run release been done?\n',
  )
  process.exitCode = EX_UNAVAILABLE
} finally {
  await container.close()
}
