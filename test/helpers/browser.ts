import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

/** The browser that `npm test` found; none outside CI means a skip with a word, in CI a failure. */
export const chromiumPath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  path => path && existsSync(path),
)

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
    ],
  })
}
