import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { violationsOf } from './accessibility.js'
import { complaintsOf, picture, startBrowser, widerBy } from './browser.js'
import { eventually } from './waiting.js'
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

/** Colours don't depend on data: the gallery's browser tests look at them on every page, and it takes half of axe's time. */
const SEEN_IN_GALLERY = ['color-contrast']

const LONGEST_PAUSE_MS = 200
const MOST_LOOKS = 3
/** What Chromium says when a page is replaced while it is looked at. */
const MOVED_ON = /context was destroyed|Cannot find context|navigated or closed|Promise was collected/

/** A click on a link or a button asks for the next page within this time. */
const ASKED_WITHIN_MS = 50

/** Tells when the page that was asked for stands, which is a moment after the click. */
function navigationOf(page: Page): () => Promise<void> {
  let underWay = false
  page.on('request', request => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) underWay = true
  })
  page.on('requestfailed', request => {
    if (request.isNavigationRequest()) underWay = false
  })
  page.on('framenavigated', frame => {
    if (frame === page.mainFrame()) underWay = false
  })
  return async () => {
    do await page.waitForTimeout(ASKED_WITHIN_MS)
    while (underWay)
    await page.waitForLoadState()
  }
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
  const settled = navigationOf(page)

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
      for (let tries = 1; ; tries += 1) {
        try {
          await settled()
          expect(await violationsOf(page, { without: SEEN_IN_GALLERY }), step).to.deep.equal([])
          await picture(page, `${name}-${step}`, 1280)
          await page.setViewportSize({ width: 375, height: 800 })
          expect(await widerBy(page), `${step} scrolls sideways on a phone`).to.be.at.most(0)
          await picture(page, `${name}-${step}`, 375)
          return await page.setViewportSize({ width: 1280, height: 900 })
        } catch (error) {
          // A page with a progress bar loads itself anew when its run goes on: the new one is looked at.
          if (tries === MOST_LOOKS || !MOVED_ON.test(String(error))) throw error
          await page.setViewportSize({ width: 1280, height: 900 })
        }
      }
    },

    async until(holds) {
      await eventually(
        'the page',
        async saw => {
          if (await holds()) return true
          if (!javaScriptEnabled) await page.reload()
          saw(`${page.url()} ${(await page.textContent('body')) ?? ''}`)
          return false
        },
        90_000,
        LONGEST_PAUSE_MS,
      )
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
