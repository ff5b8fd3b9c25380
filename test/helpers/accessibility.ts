import axe from 'axe-core'
import type { Page } from 'playwright-core'

interface Violation {
  id: string
  nodes: { html: string }[]
}

/**
 * What axe has to say against the page as it stands: a rule and the elements that break it. `tags` choose its rules.
 * The pages hold no frames, so axe runs in the page alone, without the detours frames would need.
 */
export async function violationsOf(page: Page, tags?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source)
  const options = { resultTypes: ['violations'], iframes: false, ...(tags && { runOnly: tags }) }
  const violations = await page.evaluate<Violation[]>(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) =>
      violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))`,
  )
  return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(' ')}`)
}
