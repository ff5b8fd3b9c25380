import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { violationsOf } from './accessibility.js'
import { complaintsOf, picture, startBrowser, widerBy } from './browser.js'
import { PASSWORD, startWorld, type World, type WorldOptions } from './world.js'

/** An administrator in front of a real browser, with the whole product and its services behind it. */
export interface Journey {
  world: World
  page: Page
  context: BrowserContext
  /** what the browser complained of */
  complaints: string[]
  button(name: string): ReturnType<Page['getByRole']>
  /** the page's words */
  words(): Promise<string>
  /** Looks at the page as it stands: accessible, nothing sideways on a phone, a picture of both widths. */
  look(name: string): Promise<void>
  /** Waits until it holds; the page moves by itself with JavaScript, by reloading without. */
  until(holds: () => Promise<boolean>): Promise<void>
  /** From the app store to the dashboard. */
  install(connector: string): Promise<void>
  close(): Promise<void>
}

export async function startJourney({
  name,
  javaScriptEnabled = true,
  world: worldOptions = {},
}: {
  /** pictures begin with it */
  name: string
  javaScriptEnabled?: boolean
  world?: WorldOptions
}): Promise<Journey> {
  const world = await startWorld(worldOptions)
  const browser: Browser = await startBrowser()
  const context = await browser.newContext({
    javaScriptEnabled,
    viewport: { width: 1280, height: 900 },
    locale: 'ja-JP',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const complaints = complaintsOf(page)

  const button: Journey['button'] = label => page.getByRole('button', { name: label, exact: true })
  return {
    world,
    page,
    context,
    complaints,
    button,
    words: async () => (await page.textContent('main, dialog, body')) ?? '',

    async look(step) {
      if (!javaScriptEnabled) return
      expect(await violationsOf(page), step).to.deep.equal([])
      await picture(page, `${name}-${step}`, 1280)
      await page.setViewportSize({ width: 375, height: 800 })
      expect(await widerBy(page), `${step} scrolls sideways on a phone`).to.be.at.most(0)
      await picture(page, `${name}-${step}`, 375)
      await page.setViewportSize({ width: 1280, height: 900 })
    },

    async until(holds) {
      for (const deadline = Date.now() + 90_000; !(await holds()) && Date.now() < deadline;) {
        await page.waitForTimeout(100)
        if (!javaScriptEnabled) await page.reload()
      }
    },

    async install(connector) {
      await page.goto(`${world.sandboxUrl}/smarthr/plus/apps/${connector}`)
      await page.getByRole('link', { name: '連携をはじめる' }).click()
      await page.fill('#email', 'hanako@midori.example')
      await page.fill('#password', PASSWORD)
      await button('ログイン').click()
      await button('許可する').click()
      await page.waitForURL(`**/${connector}`)
    },

    async close() {
      await browser.close()
      await world.close()
    },
  }
}
