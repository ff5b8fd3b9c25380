import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { CDPSession, Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Past playwright's own evaluation, which takes three times as long for a script of this size. */
const sessions = new WeakMap<Page, Promise<CDPSession>>()
const sessionOf = (page: Page) => {
  const session = sessions.get(page) ?? page.context().newCDPSession(page)
  sessions.set(page, session)
  return session
}

interface Violation {
  id: string
  nodes: { html: string }[]
}

/**
 * What axe has to say against the page as it stands: a rule and the elements that break it. `tags` choose its rules,
 * `without` leaves some out.
 * The pages hold no frames and no media, so axe runs in the page alone, without the detours those would need.
 */
export async function violationsOf(
  page: Page,
  { tags, without = [] }: { tags?: readonly string[]; without?: readonly string[] } = {},
): Promise<string[]> {
  const options = {
    resultTypes: ['violations'],
    iframes: false,
    preload: false,
    ...(tags && { runOnly: tags }),
    rules: Object.fromEntries(without.map(rule => [rule, { enabled: false }])),
  }
  const expression = `${AXE};
    axe.run(${JSON.stringify(options)}).then(({ violations }) =>
      violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))`
  await page.waitForLoadState()
  const session = await sessionOf(page)
  const answer = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
  if (answer.exceptionDetails) throw new Error(`axe could not look: ${JSON.stringify(answer.exceptionDetails)}`)
  const violations = answer.result.value as Violation[]
  return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`)
}
