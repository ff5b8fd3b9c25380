import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { projectRoot } from '../../server/platform/root.js'

/** Where a Chromium stands; the one without a window takes a fifth less of the machine. */
export const CHROMIUMS = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** The browser that `npm test` found; none outside CI means a skip with a word, in CI a failure. */
export const chromiumPath = [process.env.CHROMIUM_PATH, ...CHROMIUMS].find(path => path && existsSync(path))

export async function startBrowser(): Promise<Browser> {
  if (!chromiumPath) throw new Error('no Chromium: set CHROMIUM_PATH')
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // One process for all pages, whichever of the stand-ins they come from: a fifth less work.
      '--disable-site-isolation-trials',
      '--in-process-gpu',
    ],
  })
}

/** Collects what the browser complains of. A refused form is no complaint, nor is any other answer that is `expected`. */
export function complaintsOf(page: Page, expected = /status of 4\d\d/): string[] {
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
  return complaints
}

/**
 * Saves the whole page as wide as this, as `test/screenshots/{name}-{width}.png`. With SCREENSHOTS=1 only: people look at
 * these, no test does.
 */
export async function picture(page: Page, name: string, width: number): Promise<void> {
  if (process.env.SCREENSHOTS !== '1') return
  const path = join(projectRoot, 'test', 'screenshots', `${name}-${width}.png`)
  mkdirSync(dirname(path), { recursive: true })
  await page.setViewportSize({ width, height: 900 })
  await page.screenshot({ path, fullPage: true })
}

/** The tables that would have to be moved sideways to be read, by how many pixels. */
export const offScreen = async (page: Page): Promise<string[]> =>
  (await page.evaluate(
    `[...document.querySelectorAll('.reel')].filter(reel => reel.scrollWidth > reel.clientWidth + 1)
      .map(reel => reel.textContent.trim().slice(0, 20) + ' ' + (reel.scrollWidth - reel.clientWidth))`,
  )) as string[]

/** How many pixels a page is wider than its window. */
export const widerBy = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'))
