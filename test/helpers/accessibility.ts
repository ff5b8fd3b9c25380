import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { CDPSession, Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Past playwright's own evaluation, which takes three times as long for a script of this size. */
const sessions = new WeakMap<Page, Promise<CDPSession>>()
async function loadAxe(page: Page): Promise<void> {
  const session = sessions.get(page) ?? page.context().newCDPSession(page)
  sessions.set(page, session)
  await (await session).send('Runtime.evaluate', { expression: AXE })
}

interface Violation {
  id: string
  nodes: { html: string }[]
}

/**
 * What axe has to say against the page as it stands: a rule and the elements that break it. `tags` choose its rules.
 * The pages hold no frames, so axe runs in the page alone, without the detours frames would need.
 */
export async function violationsOf(page: Page, tags?: readonly string[]): Promise<string[]> {
  await loadAxe(page)
  const options = { resultTypes: ['violations'], iframes: false, ...(tags && { runOnly: tags }) }
  const violations = await page.evaluate<Violation[]>(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) =>
      violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))`,
  )
  return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`)
}
